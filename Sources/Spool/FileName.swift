// A file's name as the kernel has it: bytes, which need not be UTF-8. What the name says about the file.

/// One name in a directory (or, for a taken file with a very long name, `DIRECTORY/NAME`). Never holds a zero byte.
struct FileName: Hashable, Sendable, Comparable {
    let bytes: [UInt8]

    init(bytes: [UInt8]) { self.bytes = bytes }
    init(_ text: String) { bytes = Array(text.utf8) }

    /// For people, and for the event's identity; bytes that are not UTF-8 are replaced.
    var text: String { String(decoding: bytes, as: UTF8.self) }

    enum Kind: Sendable { case json, ndjson, other }

    var kind: Kind {
        if bytes.first == UInt8(ascii: ".") { return .other }
        if ends(with: ".json") { return .json }
        if ends(with: ".ndjson") { return .ndjson }
        return .other
    }

    func ends(with suffix: StaticString) -> Bool {
        let count = suffix.utf8CodeUnitCount
        guard bytes.count >= count else { return false }
        for index in 0..<count where bytes[bytes.count - count + index] != suffix.utf8Start[index] { return false }
        return true
    }

    func appending(_ text: String) -> FileName { FileName(bytes: bytes + text.utf8) }

    /// Calls with the name as a C string.
    func withPath<Result>(_ body: (UnsafePointer<CChar>) -> Result) -> Result {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: bytes.count + 1) { buffer in
            for (index, byte) in bytes.enumerated() { buffer[index] = CChar(bitPattern: byte) }
            buffer[bytes.count] = 0
            guard let base = buffer.baseAddress else { return body("") }
            return body(UnsafePointer(base))
        }
    }

    static func < (left: FileName, right: FileName) -> Bool { left.bytes.lexicographicallyPrecedes(right.bytes) }

    /// The longest name of a file on Linux, in bytes (NAME_MAX).
    static let maximumLength = 255

    /// A name that fits with so much more behind it: what is too long is cut at a character, and keeps its end.
    func shortened(leaving room: Int) -> FileName {
        let limit = FileName.maximumLength - room
        guard bytes.count > limit else { return self }
        let ending: [UInt8] = kind == .ndjson ? Array("~.ndjson".utf8) : Array("~.json".utf8)
        var cut = limit - ending.count
        while cut > 0, bytes[cut] & 0xC0 == 0x80 { cut -= 1 }
        return FileName(bytes: bytes[..<cut] + ending)
    }
}
