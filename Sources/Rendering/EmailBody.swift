// The HTML of a mail.

import Foundation

enum EmailBody {
    /// A subject on one line, within its limit.
    static func subject(_ text: String) -> String {
        let line =
            text.utf8.contains(0x0A) || text.utf8.contains(0x0D) ? text.split(whereSeparator: \.isWhitespace).joined(separator: " ") : text
        return Shortening.cut(line, to: ChannelLimits.Email.subject)
    }

    /// The plain text with a note above its signature, or at its end where it has none.
    static func with(_ note: String, above text: String) -> String {
        guard let signature = text.range(of: "\n--\n", options: .backwards) else { return "\(text)\n\n\(note)" }
        var body = text[..<signature.lowerBound]
        while body.last == "\n" { body.removeLast() }
        return "\(body)\n\n\(note)\n\(text[signature.lowerBound...])"
    }

    /// The page with a note as its last line.
    ///
    /// - Parameter note: plain text.
    static func with(_ note: String, in html: String) -> String {
        let style = "margin:16px 0 0 0;font-size:13px;line-height:18px;color:#6b7280;"
        let line = "<p style=\"\(style)\">\(Destination.html.escapeText(note))</p>"
        guard let end = html.range(of: "</body>", options: [.backwards, .caseInsensitive]) else { return "\(html)\n\(line)" }
        return "\(html[..<end.lowerBound])\(line)\n\(html[end.lowerBound...])"
    }
}
