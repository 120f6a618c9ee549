// A mail taken apart: RFC 5322 headers, MIME parts (RFC 2045, 2046), quoted-printable and base64, encoded words (RFC 2047).
// Lenient where a mail client is lenient; what the receiver refuses is decided in `MailRules`.

import Foundation

struct MailMessage {
    /// Names and unfolded values, in order.
    private(set) var headers: [(String, String)]
    /// The first text/plain part, decoded.
    private(set) var text: String?
    /// The first text/html part, decoded.
    private(set) var html: String?

    private static let maximumDepth = 8

    /// - Parameter content: with CRLF line ends, without dot-stuffing.
    init(_ content: [UInt8]) {
        let part = MailPart(content[...])
        headers = part.headers
        collect(part, depth: 0)
    }

    /// The decoded value of a header.
    func header(_ name: String) -> String? {
        headers.first { $0.0.lowercased() == name.lowercased() }.map { EncodedWords.decoded($0.1) }
    }

    private mutating func collect(_ part: MailPart, depth: Int) {
        let type = part.type
        if type.value.hasPrefix("multipart/"), let boundary = type.parameters["boundary"], depth < Self.maximumDepth {
            for child in part.children(boundary) { collect(child, depth: depth + 1) }
        } else if type.value == "text/html" {
            if html == nil { html = part.decodedText }
        } else if type.value == "text/plain" || type.value.isEmpty {
            if text == nil { text = part.decodedText }
        }
    }
}

/// One MIME part: headers and what follows them.
struct MailPart {
    private(set) var headers: [(String, String)] = []
    private(set) var body: ArraySlice<UInt8>

    init(_ content: ArraySlice<UInt8>) {
        body = content
        var last: (String, String)?
        while !body.isEmpty {
            let end = body.firstIndex(of: 0x0A) ?? body.endIndex - 1
            var line = body[body.startIndex...end]
            body = body[(end + 1)...]
            while let byte = line.last, byte == 0x0A || byte == 0x0D { line.removeLast() }
            if line.isEmpty { break }
            let text = String(decoding: line, as: UTF8.self)
            if text.first == " " || text.first == "\t" {
                // Unfolding takes the line break away and nothing else (RFC 5322, 2.2.3).
                last?.1 += text
                continue
            }
            if let last { headers.append(last) }
            let colon = text.firstIndex(of: ":") ?? text.endIndex
            let value = colon == text.endIndex ? "" : text[text.index(after: colon)...].trimmingCharacters(in: .whitespaces)
            last = (String(text[..<colon]), value)
        }
        if let last { headers.append(last) }
    }

    func header(_ name: String) -> String? { headers.first { $0.0.lowercased() == name }?.1 }

    /// The media type in lower case and its parameters; empty where there is no header.
    var type: (value: String, parameters: [String: String]) { Self.parameters(header("content-type") ?? "") }

    var decodedText: String {
        let bytes: [UInt8]
        switch (header("content-transfer-encoding") ?? "").trimmingCharacters(in: .whitespaces).lowercased() {
        case "quoted-printable": bytes = QuotedPrintable.decoded(body)
        case "base64":
            bytes = Array(Data(base64Encoded: Data(body), options: .ignoreUnknownCharacters) ?? Data())
        default: bytes = Array(body)
        }
        return Charset.text(bytes, type.parameters["charset"] ?? "us-ascii").replacing("\r\n", with: "\n")
    }

    /// The parts between the lines `--boundary`.
    func children(_ boundary: String) -> [MailPart] {
        let mark = Array("--\(boundary)".utf8)
        var parts: [MailPart] = []
        var start: Int?
        var position = body.startIndex
        while position < body.endIndex {
            let end = body[position...].firstIndex(of: 0x0A).map { $0 + 1 } ?? body.endIndex
            if body[position..<end].starts(with: mark) {
                if let start { parts.append(MailPart(Self.withoutLastLineEnd(body[start..<position]))) }
                start = body[position..<end].dropFirst(mark.count).starts(with: [0x2D, 0x2D]) ? nil : end
                if start == nil { break }
            }
            position = end
        }
        if let start { parts.append(MailPart(body[start...])) }
        return parts
    }

    /// The line end before a boundary belongs to the boundary (RFC 2046, 5.1.1).
    private static func withoutLastLineEnd(_ slice: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var slice = slice
        if slice.last == 0x0A { slice.removeLast() }
        if slice.last == 0x0D { slice.removeLast() }
        return slice
    }

    private static func parameters(_ value: String) -> (String, [String: String]) {
        var parts: [String] = [""]
        var isQuoted = false
        for character in value {
            if character == "\"" { isQuoted.toggle() }
            if character == ";", !isQuoted { parts.append("") } else { parts[parts.count - 1].append(character) }
        }
        var parameters: [String: String] = [:]
        for part in parts.dropFirst() {
            let pair = part.split(separator: "=", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
            if pair.count == 2 { parameters[pair[0].lowercased()] = pair[1].trimmingCharacters(in: CharacterSet(charactersIn: "\"")) }
        }
        return (parts[0].trimmingCharacters(in: .whitespaces).lowercased(), parameters)
    }
}
