// `signature`: the name of a known way of signing, a way of one's own, or a list of those.

import Incidents
import JSON
import Settings

extension AdapterReader {
    private static let signatureMembers = ["header", "prefix", "separator", "encoding", "secret", "timestamp", "signs", "tolerance"]

    mutating func signatures(_ value: YAMLValue) -> [SignatureScheme] {
        (value.list ?? [value]).compactMap { signature($0) }
    }

    private mutating func signature(_ value: YAMLValue) -> SignatureScheme? {
        if let name = value.text {
            if let scheme = SignatureScheme.named[name] { return scheme }
            let known = SignatureScheme.named.keys.sorted()
            let hint = Suggestion.clause(for: name, among: known)
            error(
                "there is no signature `\(excerpt(name))`\(hint.isEmpty ? "; there are \(known.joined(separator: ", "))" : hint)", at: value
            )
            return nil
        }
        guard let members = map(value, "`signature`", known: Self.signatureMembers) else { return nil }
        guard let header = members["header"].flatMap({ text($0, "header") }), isHeader(header) else {
            error("`signature` needs `header`: the header that holds it, for instance `X-Signature`", at: members["header"] ?? value)
            return nil
        }
        var scheme = SignatureScheme(header: header.lowercased())
        if let prefix = members["prefix"] { scheme.prefix = text(prefix, "prefix") ?? "" }
        if let separator = members["separator"] {
            if let text = separator.text, text.count == 1 {
                scheme.separator = text.first
            } else {
                error("`separator` is one character", at: separator)
            }
        }
        if let encoding = members["encoding"] {
            if let known = SignatureScheme.Encoding(rawValue: encoding.text ?? "") {
                scheme.encoding = known
            } else {
                error("`encoding` is hex or base64", at: encoding)
            }
        }
        if let key = members["secret"] {
            if let known = SignatureScheme.Key(rawValue: key.text ?? "") {
                scheme.key = known
            } else {
                // What stands there may be the secret itself: it is not repeated.
                error("`secret` says how the secret is written, text or base64; the secret itself stands in routes.yaml", at: key)
            }
        }
        if let timestamp = members["timestamp"] { scheme.timestamps = texts(timestamp, "timestamp").map { $0.text.lowercased() } }
        if let signs = members["signs"], let text = text(signs, "signs") {
            scheme.signs = attempt(signs) { () throws(TextFault) in try SignatureScheme.pieces(text) } ?? [.body]
        }
        if let tolerance = members["tolerance"] {
            if let seconds = DurationText.parse(tolerance.text ?? ""), seconds > 0, seconds <= 3_600 {
                scheme.tolerance = seconds
            } else {
                error("`tolerance` is a duration of up to 1h, for instance 5m", at: tolerance)
            }
        }
        if scheme.signs.contains(.timestamp), scheme.timestamps.isEmpty {
            error("`signs` has `{{timestamp}}`, and no `timestamp` says which header holds it", at: members["signs"] ?? value)
        }
        if !scheme.timestamps.isEmpty, !scheme.signs.contains(.timestamp) {
            error("`timestamp` is not in `signs`: a time that is not signed can be changed by anybody", at: members["timestamp"] ?? value)
        }
        return scheme
    }

    private func isHeader(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 100 && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x3A }
    }
}
