// Writing JSON: compact, members sorted by name. The canonical form also brings numbers to one spelling, so that two
// documents that mean the same compare as equal bytes.

extension JSONValue {
    /// Compact JSON with members in the order of their names.
    public var text: String { String(decoding: bytes, as: UTF8.self) }

    /// `text` as UTF-8.
    public var bytes: [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(1_024)
        write(to: &out, canonical: false)
        return out
    }

    /// The bytes that identity is judged by: sorted members, numbers in one spelling.
    public var canonicalBytes: [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(1_024)
        write(to: &out, canonical: true)
        return out
    }

    private func write(to out: inout [UInt8], canonical: Bool) {
        switch self {
        case .null: out += "null".utf8
        case .bool(let value): out += (value ? "true" : "false").utf8
        case .number(let text): out += (canonical ? Self.canonicalNumber(text) : text).utf8
        case .string(let text): Self.write(text, to: &out)
        case .array(let elements):
            out.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { out.append(UInt8(ascii: ",")) }
                element.write(to: &out, canonical: canonical)
            }
            out.append(UInt8(ascii: "]"))
        case .object(let members):
            out.append(UInt8(ascii: "{"))
            var first = true
            for (name, index) in Self.sorted(members) {
                if !first { out.append(UInt8(ascii: ",")) }
                first = false
                Self.write(name, to: &out)
                out.append(UInt8(ascii: ":"))
                members.values[index].write(to: &out, canonical: canonical)
            }
            out.append(UInt8(ascii: "}"))
        }
    }

    /// The names in their order, each with its place. Objects are small, and there are many.
    private static func sorted(_ members: [String: JSONValue]) -> [(String, Dictionary<String, JSONValue>.Index)] {
        var names: [(String, Dictionary<String, JSONValue>.Index)] = []
        names.reserveCapacity(members.count)
        var index = members.startIndex
        while index < members.endIndex {
            names.append((members.keys[index], index))
            members.formIndex(after: &index)
        }
        guard names.count <= 16 else { return names.sorted { $0.0 < $1.0 } }
        for end in names.indices.dropFirst() {
            var place = end
            while place > 0, names[place].0 < names[place - 1].0 {
                names.swapAt(place, place - 1)
                place -= 1
            }
        }
        return names
    }

    /// Appends a JSON string with its quotes. Control characters are escaped, everything else is written as it is.
    static func write(_ text: String, to out: inout [UInt8]) {
        var text = text
        out.append(UInt8(ascii: "\""))
        text.withUTF8 { bytes in
            // What needs no escape is copied in runs: nearly always all of it.
            var start = 0
            for index in 0..<bytes.count where isEscaped(bytes[index]) {
                out.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[start..<index]))
                writeEscape(of: bytes[index], to: &out)
                start = index + 1
            }
            out.append(contentsOf: start == 0 ? bytes : UnsafeBufferPointer(rebasing: bytes[start...]))
        }
        out.append(UInt8(ascii: "\""))
    }

    static func isEscaped(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte == 0x7F
    }

    private static func writeEscape(of byte: UInt8, to out: inout [UInt8]) {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): out += [0x5C, byte]
        case 0x0A: out += [0x5C, UInt8(ascii: "n")]
        case 0x0D: out += [0x5C, UInt8(ascii: "r")]
        case 0x09: out += [0x5C, UInt8(ascii: "t")]
        default:
            let digits = Array("0123456789abcdef".utf8)
            out += [0x5C, UInt8(ascii: "u"), 0x30, 0x30, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
        }
    }

    private static func canonicalNumber(_ text: String) -> String {
        if let integer = Int64(text) { return String(integer) }
        guard let double = Double(text), double.isFinite else { return text }
        // Past 2^53 two different spellings may be the same double: those are told apart by their text.
        if abs(double) >= 9_007_199_254_740_992 { return text }
        if double == double.rounded() { return String(Int64(double)) }
        return "\(double)"
    }
}

/// One JSON object with its members in the order in which they were added: what the commands print.
public struct JSONLine: Sendable {
    private var out: [UInt8] = [UInt8(ascii: "{")]

    public init() {}

    public init(_ members: KeyValuePairs<String, JSONValue>) {
        for (name, value) in members { add(name, value) }
    }

    /// Adds a member; the caller sees to it that no name comes twice.
    public mutating func add(_ name: String, _ value: JSONValue) {
        if out.count > 1 { out.append(UInt8(ascii: ",")) }
        JSONValue.write(name, to: &out)
        out.append(UInt8(ascii: ":"))
        out += value.bytes
    }

    /// The object on one line, without a line feed. U+0080 to U+009F are escaped here as well, since some terminals obey
    /// them; `JSONValue.bytes`, which digests are made of, has them as they are.
    public var text: String {
        var line: [UInt8] = []
        line.reserveCapacity(out.count + 1)
        let digits = Array("0123456789abcdef".utf8)
        var index = 0
        while index < out.count {
            let byte = out[index]
            // In UTF-8 those are 0xC2 with 0x80 to 0x9F, and 0xC2 begins a character wherever it stands.
            if byte == 0xC2, index + 1 < out.count, out[index + 1] < 0xA0 {
                let value = out[index + 1]
                line += [0x5C, UInt8(ascii: "u"), 0x30, 0x30, digits[Int(value >> 4)], digits[Int(value & 15)]]
                index += 2
            } else {
                line.append(byte)
                index += 1
            }
        }
        line.append(UInt8(ascii: "}"))
        return String(decoding: line, as: UTF8.self)
    }
}
