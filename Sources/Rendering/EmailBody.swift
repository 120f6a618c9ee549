// The HTML of a mail.

import Foundation

enum EmailBody {
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
