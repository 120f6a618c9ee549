// Builds the mail itself: headers in ASCII, multipart/alternative with the plain text first, quoted-printable, CRLF.
// The same parcel always gives the same bytes, so that a retry is the same mail.

import Cryptography
import Foundation
import Settings

/// One mail before it is signed.
struct MailMessage {
    let fields: [MailField]
    let body: [UInt8]

    init(
        from: MailAddress, displayName: String?, replyTo: (address: MailAddress, displayName: String?)?, to: MailAddress, parcel: Parcel,
        subject: String, text: String, html: String
    ) {
        var fields = [
            MailField("Date", folded: " " + MailDate.text(parcel.date)),
            MailField.mailbox("From", displayName: displayName, address: from),
            MailField("To", value: to.text),
            MailField.unstructured("Subject", subject),
            MailField("Message-ID", value: "<\(parcel.token)@\(from.domain)>"),
        ]
        if let replyTo {
            fields.append(.mailbox("Reply-To", displayName: replyTo.displayName, address: replyTo.address))
        }
        if let incident = parcel.incident {
            let root = Self.root(incident: incident, domain: from.domain)
            fields.append(MailField("In-Reply-To", value: root))
            fields.append(MailField("References", value: root))
        }
        if let leaving = parcel.leaving { fields += MailField.leaving(leaving) }
        // RFC 3834: no out-of-office answers.
        fields.append(MailField("Auto-Submitted", value: "auto-generated"))
        fields.append(MailField("MIME-Version", value: "1.0"))
        let plain = QuotedPrintable.encode(text)
        if html.isEmpty {
            fields.append(MailField("Content-Type", folded: " text/plain; charset=utf-8"))
            fields.append(MailField("Content-Transfer-Encoding", value: "quoted-printable"))
            body = plain
        } else {
            let rich = QuotedPrintable.encode(html)
            let boundary = Self.boundary(token: parcel.token, outside: [plain, rich])
            fields.append(MailField("Content-Type", folded: " multipart/alternative;\r\n boundary=\"\(boundary)\""))
            body = Self.part("plain", plain, boundary) + Self.part("html", rich, boundary) + Array("--\(boundary)--\r\n".utf8)
        }
        self.fields = fields
    }

    /// The id that all mails about an incident refer to. No mail has it: readers that thread by it need none.
    static func root(incident: String, domain: String) -> String {
        "<incident.\(SHA256.hex(Array(incident.utf8)).prefix(32))@\(domain)>"
    }

    /// The mail's bytes, with a signature above the other headers.
    func bytes(signature: MailField?) -> [UInt8] {
        var out: [UInt8] = []
        for field in (signature.map { [$0] } ?? []) + fields { out += field.text.utf8 }
        out += [0x0D, 0x0A]
        return out + body
    }

    private static func part(_ subtype: String, _ content: [UInt8], _ boundary: String) -> [UInt8] {
        let head =
            "--\(boundary)\r\nContent-Type: text/\(subtype); charset=utf-8\r\n"
            + "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
        return Array(head.utf8) + content + (content.isEmpty ? [0x0D, 0x0A] : [])
    }

    /// `=_` cannot stand in quoted-printable text (RFC 2045, section 6.7); that the rest does not is seen to as well.
    private static func boundary(token: String, outside contents: [[UInt8]]) -> String {
        var number = 0
        while true {
            let digest = SHA256.hex(Array("\(token).\(number)".utf8)).prefix(32)
            let boundary = "=_\(digest)"
            let bytes = Array(boundary.utf8)
            let occurs = contents.contains { Data($0).range(of: Data(bytes)) != nil }
            if !occurs || number > 100 { return boundary }
            number += 1
        }
    }
}
