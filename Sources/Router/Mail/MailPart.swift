// A mail as others wrote it (RFC 5322, RFC 2045): its fields and its parts. Tolerant, because mail programs are careless; and
// bounded, because anybody can write one.

import Foundation

/// A mail, or a part of one.
struct MailPart {
    /// In their order, unfolded; names in lower case.
    private(set) var fields: [(name: String, value: String)] = []
    private(set) var body: ArraySlice<UInt8>

    /// Of one head.
    static let mostFields = 500
    static let longestField = 16_384
    /// Parts in parts, and parts of one.
    static let deepest = 6
    static let mostParts = 64

    init(_ bytes: ArraySlice<UInt8>) {
        var lines = MailLines(bytes)
        var isFirst = true
        while let line = lines.next() {
            if line.isEmpty { break }
            defer { isFirst = false }
            // The envelope that mail stores put before a mail.
            if isFirst, line.starts(with: Array("From ".utf8)) { continue }
            let text = String(decoding: line.prefix(Self.longestField), as: UTF8.self)
            if line.first == 0x20 || line.first == 0x09 {
                guard let last = fields.indices.last, fields[last].value.utf8.count < Self.longestField else { continue }
                fields[last].value += " " + text.trimmingCharacters(in: .whitespaces)
            } else if let colon = text.firstIndex(of: ":"), fields.count < Self.mostFields {
                let name = text[..<colon].trimmingCharacters(in: .whitespaces).lowercased()
                fields.append((name, text[text.index(after: colon)...].trimmingCharacters(in: .whitespaces)))
            }
        }
        body = lines.rest
    }

    /// The first field of a name.
    subscript(name: String) -> String? { fields.first { $0.name == name }?.value }

    /// `multipart/report`, in lower case; `text/plain` where nothing is said.
    var type: String {
        let text = self["content-type"]?.split(separator: ";", maxSplits: 1).first.map(String.init) ?? "text/plain"
        return text.trimmingCharacters(in: .whitespaces).lowercased()
    }

    /// The parts of a multipart; none of anything else.
    var parts: [MailPart] {
        guard type.hasPrefix("multipart/"), let boundary = parameter("boundary"), !boundary.isEmpty else { return [] }
        let delimiter = Array("--\(boundary)".utf8)
        var parts: [MailPart] = []
        var start: Int?
        var lines = MailLines(body)
        var at = body.startIndex
        while let line = lines.next() {
            defer { at = lines.rest.startIndex }
            guard line.starts(with: delimiter) else { continue }
            let end = line.dropFirst(delimiter.count)
            let isLast = end.starts(with: [0x2D, 0x2D])
            guard isLast || end.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) else { continue }
            if let start { parts.append(MailPart(body[start..<max(start, at)])) }
            start = lines.rest.startIndex
            if isLast || parts.count >= Self.mostParts { return parts }
        }
        // One that was cut off.
        if let start, start < body.endIndex { parts.append(MailPart(body[start...])) }
        return parts
    }

    /// Itself and all parts of it.
    func all(depth: Int = 0) -> [MailPart] {
        depth >= Self.deepest ? [self] : [self] + parts.flatMap { $0.all(depth: depth + 1) }
    }

    /// The body as text, its transfer encoding undone.
    var text: String {
        switch self["content-transfer-encoding"]?.lowercased() {
        case "base64":
            Data(base64Encoded: Data(body), options: .ignoreUnknownCharacters).map { String(decoding: $0, as: UTF8.self) } ?? ""
        case "quoted-printable": String(decoding: Self.unquoted(body), as: UTF8.self)
        default: String(decoding: body, as: UTF8.self)
        }
    }

    /// The content that a part carries as a mail of its own, or the head of one.
    var enclosed: MailPart { MailPart(Array(text.utf8)[...]) }

    /// A parameter of the content type: `boundary="…"`.
    private func parameter(_ name: String) -> String? {
        guard let field = self["content-type"], let semicolon = field.firstIndex(of: ";") else { return nil }
        var rest = field[field.index(after: semicolon)...]
        while let equals = rest.firstIndex(of: "=") {
            let key = rest[..<equals].trimmingCharacters(in: CharacterSet(charactersIn: " \t;")).lowercased()
            rest = rest[rest.index(after: equals)...].drop { $0 == " " || $0 == "\t" }
            var value = ""
            if rest.first == "\"" {
                rest = rest.dropFirst()
                while let character = rest.popFirst(), character != "\"" {
                    if character == "\\", let escaped = rest.popFirst() { value.append(escaped) } else { value.append(character) }
                }
                rest = rest.drop { $0 != ";" }
            } else {
                value = String(rest.prefix { $0 != ";" && $0 != " " && $0 != "\t" })
                rest = rest.drop { $0 != ";" }
            }
            if key == name { return value }
        }
        return nil
    }

    private static func unquoted(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        func digit(_ byte: UInt8) -> UInt8? { Character(Unicode.Scalar(byte)).hexDigitValue.map(UInt8.init) }
        var out: [UInt8] = []
        var at = bytes.startIndex
        while at < bytes.endIndex {
            let rest = bytes[at...].dropFirst()
            if bytes[at] == 0x3D, rest.first == 0x0A {
                at += 2
            } else if bytes[at] == 0x3D, rest.starts(with: [0x0D, 0x0A]) {
                at += 3
            } else if bytes[at] == 0x3D, rest.count >= 2, let high = digit(bytes[at + 1]), let low = digit(bytes[at + 2]) {
                out.append(high << 4 | low)
                at += 3
            } else {
                out.append(bytes[at])
                at += 1
            }
        }
        return out
    }
}

/// The lines of a text, without their ends (CRLF or LF).
struct MailLines {
    private(set) var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    mutating func next() -> ArraySlice<UInt8>? {
        if rest.isEmpty { return nil }
        let end = rest.firstIndex(of: 0x0A) ?? rest.endIndex
        var line = rest[rest.startIndex..<end]
        rest = end == rest.endIndex ? rest[end...] : rest[(end + 1)...]
        if line.last == 0x0D { line = line.dropLast() }
        return line
    }
}
