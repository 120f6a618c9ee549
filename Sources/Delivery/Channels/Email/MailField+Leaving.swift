// How mail programs offer to leave (RFC 2369, RFC 8058): one link that takes a POST, and an address to write to. DKIM signs
// both fields, as RFC 8058 asks.

import Rendering

extension MailField {
    /// `List-Unsubscribe`, and with an https link `List-Unsubscribe-Post`; none where there is no way to leave.
    static func leaving(_ leaving: Leaving) -> [MailField] {
        let link = leaving.url.flatMap { $0.hasPrefix("https://") && isPlain($0) ? $0 : nil }
        let mail = leaving.mailto.flatMap { $0.hasPrefix("mailto:") && isPlain($0) ? $0 : nil }
        let ways = [link, mail].compactMap(\.self).map { "<\($0)>" }
        if ways.isEmpty { return [] }
        let field = MailField("List-Unsubscribe", folded: "\r\n " + ways.joined(separator: ",\r\n "))
        return link == nil ? [field] : [field, MailField("List-Unsubscribe-Post", value: "List-Unsubscribe=One-Click")]
    }

    /// Nothing that could end the link, the field or the line.
    private static func isPlain(_ text: String) -> Bool {
        text.utf8.count <= 900
            && text.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != 0x3C && $0 != 0x3E && $0 != 0x2C && $0 != 0x22 }
    }
}
