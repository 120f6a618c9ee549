// Takes secrets out of texts that peers send back. It knows each secret in the spellings in which a peer may echo it:
// as it is, percent-encoded, in JSON, in HTML, in base64. What is left is one line, shortened.

import Foundation
import Settings

/// Removes a channel's secrets from texts. It prints as nothing itself.
struct Redactor: Sendable {
    /// Longest first, so that a secret that contains another goes whole.
    private let secrets: [Secret]

    /// The longest text that is kept, in characters.
    static let longestDetail = 300
    /// How much of an answer is looked at, in bytes.
    private static let longestLook = 8_192

    /// `urls` are secrets but for scheme, host and port: the path, its segments, the query and its values are taken out.
    init(secrets: [Secret] = [], urls: [Secret] = []) {
        var texts: Set<String> = []
        for secret in secrets { texts.formUnion(Self.spellings(secret.reveal())) }
        for url in urls {
            for part in Self.parts(ofURL: url.reveal()) { texts.formUnion(Self.spellings(part)) }
        }
        self.secrets = texts.filter { $0.count >= 4 }.sorted { ($0.utf8.count, $0) > ($1.utf8.count, $1) }.map { Secret($0) }
    }

    /// One line without secrets and control characters, at most `longestDetail` characters; nil where nothing is left.
    func detail(_ text: String) -> String? {
        var out = redacted(text)
        out = String(String.UnicodeScalarView(out.unicodeScalars.map { Self.isControl($0) ? " " : $0 }))
        out = out.split(separator: " ", omittingEmptySubsequences: true).joined(separator: " ")
        if out.count > Self.longestDetail { out = out.prefix(Self.longestDetail) + "…" }
        return out.isEmpty ? nil : out
    }

    func detail(_ bytes: [UInt8]) -> String? { detail(String(decoding: bytes, as: UTF8.self)) }

    /// Byte by byte, so that no combining character hides a secret.
    private func redacted(_ text: String) -> String {
        var out = Array(text.utf8.prefix(Self.longestLook))
        for secret in secrets { Self.replace(Array(secret.reveal().utf8), in: &out) }
        // An answer is cut at some length: the beginning of a secret may be all that is left at its end.
        for secret in secrets {
            if let start = Self.beginning(of: Array(secret.reveal().utf8), atTheEndOf: out) { out = out[..<start] + Self.mask }
        }
        return String(decoding: out, as: UTF8.self)
    }

    private static let mask = Array("***".utf8)

    private static func replace(_ secret: [UInt8], in text: inout [UInt8]) {
        guard let first = secret.first, text.count >= secret.count else { return }
        var out: [UInt8] = []
        var kept = 0
        var index = 0
        while index + secret.count <= text.count {
            if text[index] == first || text[index] == UInt8(ascii: "&"), let end = end(of: secret, in: text, at: index) {
                out += text[kept..<index]
                out += mask
                index = end
                kept = index
            } else {
                index += 1
            }
        }
        if kept > 0 { text = out + text[kept...] }
    }

    /// Where the secret ends that begins at `start`, as it is or in HTML; nil where it does not begin there.
    private static func end(of secret: [UInt8], in text: [UInt8], at start: Int) -> Int? {
        if text[start...].starts(with: secret) { return start + secret.count }
        let match = HTMLReference.match(secret, in: text, at: start)
        return match.count == secret.count ? match.end : nil
    }

    /// Where at least four bytes of the secret begin that are all of the text's rest.
    private static func beginning(of secret: [UInt8], atTheEndOf text: [UInt8]) -> Int? {
        guard let first = secret.first else { return nil }
        return text.indices.first { start in
            guard text[start] == first || text[start] == UInt8(ascii: "&"), text.count - start >= 4 else { return false }
            if text.count - start < secret.count, secret.starts(with: text[start...]) { return true }
            let match = HTMLReference.match(secret, in: text, at: start)
            guard (4..<secret.count).contains(match.count) else { return false }
            return match.end == text.count || HTMLReference.isCut(text[match.end...])
        }
    }

    private static func parts(ofURL url: String) -> [String] {
        var parts = [url]
        let afterScheme = url.range(of: "://").map { url[$0.upperBound...] } ?? url[...]
        let end = afterScheme.firstIndex { "/?#".contains($0) } ?? afterScheme.endIndex
        if let at = afterScheme[..<end].lastIndex(of: "@") {
            let userInfo = afterScheme[..<at]
            parts.append(String(userInfo))
            if let colon = userInfo.firstIndex(of: ":") { parts.append(String(userInfo[userInfo.index(after: colon)...])) }
        }
        let rest = afterScheme[end...]
        if rest.count > 1 { parts.append(String(rest)) }
        let query = rest.firstIndex(of: "?").map { rest[$0...].dropFirst() } ?? ""
        let path = rest.prefix { !"?#".contains($0) }
        if path.count > 1 { parts.append(String(path)) }
        parts += path.split(separator: "/").map(String.init)
        if !query.isEmpty { parts.append(String(query)) }
        for pair in query.split(separator: "&") {
            if let equals = pair.firstIndex(of: "=") { parts.append(String(pair[pair.index(after: equals)...])) }
        }
        return parts
    }

    private static func spellings(_ text: String) -> Set<String> {
        let percent = PercentEncoding.encode(text)
        let json = String(decoding: JSONText.escaped(text), as: UTF8.self)
        return [
            text, percent, percent.replacing(/%[0-9A-F]{2}/) { $0.output.lowercased() },
            percent.replacingOccurrences(of: "%20", with: "+"), json,
            json.replacingOccurrences(of: "/", with: "\\/"), Data(text.utf8).base64EncodedString(), text.removingPercentEncoding ?? text,
        ]
    }

    static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0, 0x2028, 0x2029: true
        default: false
        }
    }
}

extension Redactor: CustomStringConvertible, CustomReflectable {
    var description: String { "Redactor" }
    var customMirror: Mirror { Mirror(self, children: []) }
}
