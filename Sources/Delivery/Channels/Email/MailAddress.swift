// An address as SMTP can take it. Everything that could add a command, a header or a second recipient is refused here.

import Foundation

/// A checked e-mail address (RFC 5321, section 4.1.2: a dot-string and a domain). The domain is in ASCII.
struct MailAddress: Sendable, Equatable {
    let local: String
    let domain: String

    var text: String { local + "@" + domain }

    /// Why a text is no address; in words that say what would be right.
    struct Fault: Error, Equatable {
        let message: String
    }

    init(_ text: String) throws(Fault) {
        if text.unicodeScalars.contains(where: { Redactor.isControl($0) || $0 == " " }) {
            throw Fault(message: "the e-mail address holds spaces or control characters")
        }
        guard let at = text.lastIndex(of: "@") else { throw Fault(message: "the e-mail address has no @") }
        let local = String(text[..<at])
        guard local.utf8.allSatisfy({ $0 < 0x80 }) else {
            throw Fault(
                message: "the part before the @ is not ASCII, which only servers with SMTPUTF8 can take; use the mailbox's ASCII address")
        }
        guard (1...64).contains(local.utf8.count), local.utf8.allSatisfy(Self.isAtomByte), local.first != ".", local.last != ".",
            !local.contains("..")
        else {
            throw Fault(message: "the part before the @ must be 1 to 64 letters, digits, dots and !#$%&'*+-/=?^_`{|}~")
        }
        let name = String(text[text.index(after: at)...])
        if let literal = Self.addressLiteral(name) {
            domain = literal
        } else if let ascii = Punycode.ascii(name) {
            domain = ascii
        } else {
            throw Fault(message: "the part after the @ is no domain name")
        }
        self.local = local
    }

    /// RFC 5322's atext, and the dot.
    private static func isAtomByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 48...57, 65...90, 97...122: true
        default: "!#$%&'*+-/=?^_`{|}~.".utf8.contains(byte)
        }
    }

    /// `[192.0.2.1]`, `[IPv6:2001:db8::1]`.
    private static func addressLiteral(_ text: String) -> String? {
        guard text.hasPrefix("["), text.hasSuffix("]"), text.count > 2, text.utf8.count <= 60 else { return nil }
        let inside = text.dropFirst().dropLast()
        let bytes = (inside.hasPrefix("IPv6:") ? inside.dropFirst(5) : inside).utf8
        let isLiteral = bytes.allSatisfy { (48...58).contains($0) || (65...70).contains($0) || (97...102).contains($0) || $0 == 46 }
        return isLiteral ? text : nil
    }
}
