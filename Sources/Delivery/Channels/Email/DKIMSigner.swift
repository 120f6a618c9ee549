// Signs the mail that is uploaded, byte for byte (RFC 6376, RFC 8463): c=relaxed/relaxed, no l=.

import Cryptography
import Foundation

/// A domain's signature.
struct DKIMSigner: Sendable {
    let domain: String
    let selector: String
    let key: DKIMKey

    /// Signed where the mail has them.
    private static let names = ["from", "to", "subject", "date", "message-id", "list-unsubscribe", "list-unsubscribe-post"]
    /// Named once more, so that a second field of the name breaks the signature.
    private static let guarded = ["from", "subject", "date"]

    /// The DKIM-Signature field, to stand above `fields`; nil where OpenSSL declines to sign.
    func signature(over fields: [MailField], body: [UInt8], date: Date) -> MailField? {
        let present = Set(fields.map { $0.name.lowercased() })
        let names = Self.names.filter(present.contains) + Self.guarded
        let hash = Data(SHA256.digest(DKIMCanonical.body(body))).base64EncodedString()
        let tags = [
            " v=1; a=\(key.algorithm.rawValue); c=relaxed/relaxed;", " d=\(domain);",
            " s=\(selector); t=\(Int(date.timeIntervalSince1970));",
            Self.folded(names), " bh=\(hash);", " b=",
        ].joined(separator: "\r\n")
        let empty = MailField("DKIM-Signature", folded: tags)
        guard let signature = key.sign(DKIMCanonical.signed(names, in: fields, signature: empty)) else { return nil }
        return MailField("DKIM-Signature", folded: tags + Self.wrapped(Data(signature).base64EncodedString()))
    }

    /// ` h=from:to:…;` on lines of at most 76 characters; white space may stand after a colon.
    private static func folded(_ names: [String]) -> String {
        var out = " h="
        var column = 3
        for (index, name) in names.enumerated() {
            let piece = name + (index + 1 == names.count ? ";" : ":")
            if column + piece.count > 76 {
                out += "\r\n "
                column = 1
            }
            out += piece
            column += piece.count
        }
        return out
    }

    private static func wrapped(_ base64: String) -> String {
        var rest = Substring(base64)
        var lines: [Substring] = []
        while !rest.isEmpty {
            let line = rest.prefix(72)
            lines.append(line)
            rest = rest.dropFirst(line.count)
        }
        return lines.joined(separator: "\r\n ")
    }
}
