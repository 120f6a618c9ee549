// What mail to the sender's address may say: that a mail of ours did not arrive (RFC 3464), or that its reader wants no more.
// Everything in it is hostile: what counts is proved by a token that only a mail of ours had.

import Cryptography
import Foundation

/// What one mail says.
public enum InboundMail: Sendable, Equatable {
    /// A mail of ours was not delivered, for good.
    case bounce(Bounce)
    /// Its reader wants to leave: the token of their link.
    case leave(token: String, id: String)
    /// It is understood, and nothing follows from it; why, in words.
    case nothing(String)
    /// It is something else; why, in words.
    case other(String)

    /// A report that a mail did not arrive.
    public struct Bounce: Sendable, Equatable {
        /// Of our mail's Message-ID.
        public var token: String
        /// Whom the report names.
        public var recipient: String
        /// `5.1.1`
        public var status: String
        /// What the last server said, shortened.
        public var diagnostic: String?
        /// The same for the same report.
        public var id: String
    }

    /// Bytes; what is longer is not read.
    public static let longest = 10 << 20

    public static func read(_ bytes: [UInt8]) -> InboundMail {
        if bytes.isEmpty { return .other("it is empty") }
        if bytes.count > longest { return .other("it has more than \(longest >> 20) MiB") }
        let mail = MailPart(bytes[...])
        if mail.fields.isEmpty { return .other("it has no header, so it is no mail") }
        let id = identity(mail, bytes)
        let parts = mail.all()
        if let report = parts.first(where: { ["message/delivery-status", "message/global-delivery-status"].contains($0.type) }) {
            return read(report, in: mail, parts, id: id)
        }
        if let token = leaveToken(mail["subject"] ?? "") { return .leave(token: token, id: id) }
        return .other("it is neither a report that a mail did not arrive nor one to unsubscribe")
    }

    private static func read(_ report: MailPart, in mail: MailPart, _ parts: [MailPart], id: String) -> InboundMail {
        let recipients = groups(of: report).filter { $0["final-recipient"] != nil || $0["original-recipient"] != nil }
        guard !recipients.isEmpty else { return .nothing("the report names no recipient") }
        guard let failed = recipients.first(where: { ($0["action"]?.lowercased() ?? "").hasPrefix("failed") }) else {
            return .nothing("the report is not of a failure, but: \(short(recipients[0]["action"] ?? "it does not say what"))")
        }
        let diagnostic = failed["diagnostic-code"].map(typed)
        guard let status = status(failed["status"] ?? "") ?? diagnostic.flatMap(status) else {
            return .nothing("the report gives no status code")
        }
        let recipient = typed(failed["original-recipient"] ?? failed["final-recipient"] ?? "")
        guard BounceStatus.isOfAddress(status) else {
            return .nothing("status \(status) is not about the address \(short(recipient)), but about that one mail, or will pass")
        }
        guard let token = original(mail, parts) else {
            return .nothing(
                "the report does not hold the Message-ID of the mail that it is about, so nothing proves that it was one of ours")
        }
        return .bounce(Bounce(token: token, recipient: short(recipient), status: status, diagnostic: diagnostic.map(short), id: id))
    }

    /// Groups of fields, by empty lines: the report's own, and one for each recipient.
    private static func groups(of report: MailPart) -> [MailPart] {
        var groups: [MailPart] = []
        var lines: [ArraySlice<UInt8>] = []
        var all = MailLines(Array(report.text.utf8)[...])
        func close() {
            if !lines.isEmpty { groups.append(MailPart(Array(lines.joined(separator: [0x0A]))[...])) }
            lines = []
        }
        while let line = all.next(), groups.count < MailPart.mostParts {
            if line.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) { close() } else { lines.append(line) }
        }
        close()
        return groups
    }

    /// The token of our own mail, from what the report gives back of it, or else what it answers.
    private static func original(_ mail: MailPart, _ parts: [MailPart]) -> String? {
        let returned = ["message/rfc822", "text/rfc822-headers", "message/rfc822-headers", "message/global", "message/global-headers"]
        for part in parts where returned.contains(part.type) {
            if let token = token(part.enclosed["message-id"] ?? "") { return token }
        }
        for name in ["x-original-message-id", "in-reply-to", "references"] {
            if let token = mail[name].flatMap(token) { return token }
        }
        return nil
    }

    /// `<TOKEN@domain>`, of 32 hexadecimal digits.
    private static func token(_ field: String) -> String? {
        for word in field.split(whereSeparator: { $0 == " " || $0 == "\t" || $0 == "<" || $0 == ">" || $0 == "," }) {
            guard let at = word.firstIndex(of: "@") else { continue }
            let token = word[..<at].lowercased()
            if token.utf8.count == 32, token.utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }) { return token }
        }
        return nil
    }

    /// `5.1.1` in `5.1.1 (bad address)`; where there is only a reply's code, that.
    private static func status(_ text: String) -> String? {
        let words = text.prefix(200).split(whereSeparator: { !($0.isASCII && $0.isNumber) && $0 != "." })
        func isStatus(_ word: Substring) -> Bool {
            let parts = word.split(separator: ".", omittingEmptySubsequences: false)
            return parts.count == 3 && ["2", "4", "5"].contains(parts[0]) && parts.allSatisfy { (1...3).contains($0.count) }
        }
        if let word = words.first(where: isStatus) { return String(word) }
        return words.first { $0.count == 3 && ($0.hasPrefix("5") || $0.hasPrefix("4")) }.map(String.init)
    }

    /// `rfc822; x@example.com` without its type, and `smtp; 550 …` without its.
    private static func typed(_ field: String) -> String {
        guard let semicolon = field.firstIndex(of: ";"),
            field[..<semicolon].allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == " ") })
        else { return field.trimmingCharacters(in: .whitespaces) }
        return field[field.index(after: semicolon)...].trimmingCharacters(in: CharacterSet(charactersIn: " \t<>"))
    }

    /// On one line, and not too long.
    private static func short(_ text: String) -> String {
        let clean = String.UnicodeScalarView(text.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 })
        return String(String(clean).prefix(300))
    }

    /// `unsubscribe TOKEN`, as `mailto:` of List-Unsubscribe gives it.
    private static func leaveToken(_ subject: String) -> String? {
        let words = subject.split(whereSeparator: \.isWhitespace)
        guard let place = words.firstIndex(where: { $0.lowercased() == "unsubscribe" }), place <= 2, place + 1 < words.count else {
            return nil
        }
        return String(words[place + 1])
    }

    private static func identity(_ mail: MailPart, _ bytes: [UInt8]) -> String {
        let seed = mail["message-id"].flatMap { $0.isEmpty ? nil : Array($0.utf8) } ?? bytes
        return String(SHA256.hex(seed).prefix(32))
    }
}
