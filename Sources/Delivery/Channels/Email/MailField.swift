// One header field, folded. What goes into a field comes through here, so that no text can end a line.

import Foundation
import Settings

/// A header field (RFC 5322): ASCII, no line over 76 characters where it can be folded.
struct MailField: Sendable, Equatable {
    let name: String
    /// All after the colon, folds included, without the last CRLF.
    let body: String

    var text: String { name + ":" + body + "\r\n" }

    /// For values that are made here and hold no space: on the next line where they are long.
    init(_ name: String, value: String) {
        self.name = name
        let clean = Self.clean(value)
        body = (name.utf8.count + 2 + clean.utf8.count <= 76 ? " " : "\r\n ") + clean
    }

    /// For values that are folded already.
    init(_ name: String, folded: String) {
        self.name = name
        body = folded
    }

    /// Free text, a subject for instance.
    static func unstructured(_ name: String, _ text: String) -> MailField {
        let clean = clean(text)
        let offset = name.utf8.count + 2
        if let plain = foldedPlain(clean, offset: offset) { return MailField(name, folded: " " + plain) }
        return MailField(name, folded: " " + EncodedWord.encode(clean, offset: offset))
    }

    /// `Incidents <incidents@example.com>`; the name is quoted or encoded where it must be.
    static func mailbox(_ name: String, displayName: String?, address: MailAddress) -> MailField {
        let display = clean(displayName ?? "").trimmingCharacters(in: .whitespaces)
        if display.isEmpty { return MailField(name, value: address.text) }
        let offset = name.utf8.count + 2
        let quoted = "\"" + display.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
        let phrase: String
        if display.utf8.allSatisfy({ isAtom($0) || $0 == 0x20 }), display.utf8.count <= 60, !display.contains("  ") {
            phrase = display
        } else if display.utf8.allSatisfy({ (0x20...0x7E).contains($0) }), quoted.utf8.count <= 62, !display.contains("=?") {
            phrase = quoted
        } else {
            phrase = EncodedWord.encode(display, offset: offset)
        }
        let last = phrase.split(separator: "\r\n", omittingEmptySubsequences: false).last.map { $0.utf8.count } ?? 0
        let used = phrase.contains("\r\n") ? last : offset + last
        let gap = used + 3 + address.text.utf8.count <= 76 ? " " : "\r\n "
        return MailField(name, folded: " " + phrase + gap + "<" + address.text + ">")
    }

    /// Printable ASCII folded at spaces, or nil where it must be encoded: other characters, what looks like an encoded
    /// word, spaces that folding would change, and words that are too long for a line.
    private static func foldedPlain(_ text: String, offset: Int) -> String? {
        guard text.utf8.allSatisfy({ (0x20...0x7E).contains($0) }), !text.contains("=?") else { return nil }
        if text.hasPrefix(" ") || text.hasSuffix(" ") || text.contains("  ") { return nil }
        var out = ""
        var column = offset
        for (index, word) in text.split(separator: " ").enumerated() {
            let size = word.utf8.count
            if size > 75 || (index == 0 && offset + size > 76) { return nil }
            if index == 0 {
                out += word
                column += size
            } else if column + 1 + size <= 76 {
                out += " " + word
                column += 1 + size
            } else {
                out += "\r\n " + word
                column = 1 + size
            }
        }
        return out
    }

    /// Control characters, line ends among them, become spaces: nothing can add a header.
    private static func clean(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { Redactor.isControl($0) ? " " : $0 }))
    }

    private static func isAtom(_ byte: UInt8) -> Bool {
        switch byte {
        case 48...57, 65...90, 97...122: true
        default: "!#$%&'*+-/=?^_`{|}~".utf8.contains(byte)
        }
    }
}
