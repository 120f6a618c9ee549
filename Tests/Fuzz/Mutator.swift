// Makes a hostile text of a harmless one: a few small cruelties, one after the other.

/// Changes samples. It keeps what comes out within `largest`, but for a rare one that is made long on purpose.
public struct Mutator: Sendable {
    /// Bytes.
    static let largest = 32_768
    /// Bytes, of the rare ones.
    static let huge = 1 << 20

    let corpus: [[UInt8]]
    let tokens: [[UInt8]]

    public init(corpus: [[UInt8]], tokens: [String]) {
        self.corpus = corpus
        self.tokens = Tokens.bytes + tokens.map { Array($0.utf8) }
    }

    /// The next hostile text.
    public func make(_ chance: inout Chance) -> [UInt8] {
        var bytes = chance.pick(corpus, or: [])
        // Some samples stay as they are: what is good must stay good.
        if chance.once(in: 64) { return bytes }
        // One half of them suffers one cruelty, a quarter two, and so on: what is wrong in one place only goes the furthest.
        var cruelties = 1
        while cruelties < 8, chance.once(in: 2) { cruelties += 1 }
        for _ in 0..<cruelties { change(&bytes, &chance) }
        let most = chance.once(in: 4_096) ? Self.huge : Self.largest
        return bytes.count > most ? Array(bytes.prefix(most)) : bytes
    }

    /// The same as a text: what is no UTF-8 is replaced.
    public func text(_ chance: inout Chance) -> String { String(decoding: make(&chance), as: UTF8.self) }

    private func change(_ bytes: inout [UInt8], _ chance: inout Chance) {
        let place = chance.below(bytes.count + 1)
        switch chance.below(12) {
        case 0: if place < bytes.count { bytes[place] ^= 1 << UInt8(chance.below(8)) }
        case 1: if place < bytes.count { bytes[place] = UInt8(chance.below(256)) }
        case 2: bytes.removeSubrange(place..<min(bytes.count, place + 1 + chance.below(16)))
        case 3: bytes.removeSubrange(place...)
        case 4: bytes.removeSubrange(..<place)
        case 5: repeatPart(&bytes, place, &chance)
        case 6: nest(&bytes, place, &chance)
        case 7: splice(&bytes, place, &chance)
        case 8: replaceNumber(&bytes, place, &chance)
        case 9: swapParts(&bytes, place, &chance)
        default: bytes.insert(contentsOf: chance.pick(tokens, or: []), at: place)
        }
    }

    private func repeatPart(_ bytes: inout [UInt8], _ place: Int, _ chance: inout Chance) {
        let part = bytes[place..<min(bytes.count, place + 1 + chance.below(64))]
        guard !part.isEmpty else { return }
        let times = chance.once(in: 32) ? chance.below(Self.largest) : chance.below(40)
        let count = min(times, Self.largest / part.count + 1)
        bytes.insert(contentsOf: (0..<count).flatMap { _ in part }, at: place)
    }

    private static let brackets: [(open: String, close: String)] = [
        ("[", "]"), ("{\"a\":", "}"), ("{a: ", "}"), ("(", ")"), ("(?:", ")*"), ("- ", ""), ("{{#incident}}", "{{/incident}}"),
        ("<b>", "</b>"),
    ]

    private func nest(_ bytes: inout [UInt8], _ place: Int, _ chance: inout Chance) {
        let pair = Self.brackets[chance.below(Self.brackets.count)]
        let depth = chance.once(in: 8) ? chance.below(2_000) : 1 + chance.below(80)
        let end = min(bytes.count, place + chance.below(64))
        if !chance.once(in: 4) { bytes.insert(contentsOf: (0..<depth).flatMap { _ in pair.close.utf8 }, at: end) }
        bytes.insert(contentsOf: (0..<depth).flatMap { _ in pair.open.utf8 }, at: place)
    }

    private func splice(_ bytes: inout [UInt8], _ place: Int, _ chance: inout Chance) {
        let other = chance.pick(corpus, or: [])
        let start = chance.below(other.count + 1)
        let part = other[start..<min(other.count, start + 1 + chance.below(256))]
        if chance.once(in: 2) { bytes.removeSubrange(place..<min(bytes.count, place + part.count)) }
        bytes.insert(contentsOf: part, at: place)
    }

    private static let numbers = [
        "0", "-1", "-0", "1e9999", "-1e-9999", "9223372036854775807", "9223372036854775808", "-9223372036854775809", "00", "0x10", "1e",
        "NaN", "4294967296", "99999999999999999999999999999999", "0.1e1", "1.",
    ]

    /// The digits at a place become another number.
    private func replaceNumber(_ bytes: inout [UInt8], _ place: Int, _ chance: inout Chance) {
        func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
        guard let start = bytes[place...].firstIndex(where: isDigit) else { return }
        let end = bytes[start...].firstIndex { !isDigit($0) } ?? bytes.count
        bytes.replaceSubrange(start..<end, with: Self.numbers[chance.below(Self.numbers.count)].utf8)
    }

    private func swapParts(_ bytes: inout [UInt8], _ place: Int, _ chance: inout Chance) {
        let length = 1 + chance.below(32)
        let other = chance.below(bytes.count + 1)
        guard abs(place - other) >= length, max(place, other) + length <= bytes.count else { return }
        for offset in 0..<length { bytes.swapAt(place + offset, other + offset) }
    }
}
