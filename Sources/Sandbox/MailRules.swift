// What a mail must be like to be taken: RFC 5321 for the transfer, RFC 5322 for the header section.

/// Gathers the lines after DATA.
struct MailData {
    private(set) var content: [UInt8] = []
    private(set) var flaw: SMTPReply?
    private var atLineStart = true
    private let maximumSize: Int
    private let isStrict: Bool
    /// RFC 5321, 4.5.3.1.6: 1,000 with CRLF; the dot that was stuffed in does not count.
    private var lineLength = 0

    init(maximumSize: Int, isStrict: Bool) {
        self.maximumSize = maximumSize
        self.isStrict = isStrict
    }

    /// Takes the next piece, which ends with a line feed or is part of an overlong line; true at the final dot.
    mutating func take(_ piece: ArraySlice<UInt8>) -> Bool {
        var piece = piece
        if atLineStart {
            if piece.elementsEqual([0x2E, 0x0D, 0x0A]) { return true }
            if piece.first == 0x2E { piece.removeFirst() }
            lineLength = 0
        }
        atLineStart = piece.last == 0x0A
        lineLength += piece.count
        if isStrict { inspect(piece) }
        if content.count + piece.count > maximumSize {
            flaw = flaw ?? SMTPReply(552, "5.3.4 message size exceeds fixed limit of \(maximumSize) bytes")
        } else {
            content += piece
        }
        return false
    }

    private mutating func inspect(_ piece: ArraySlice<UInt8>) {
        if flaw != nil { return }
        if lineLength > 1_000 { flaw = SMTPReply(500, "5.5.2 line too long: over 1000 bytes with CRLF") }
        var last: UInt8 = 0
        for byte in piece {
            if byte == 0x0A, last != 0x0D { flaw = flaw ?? SMTPReply(550, "5.5.2 bare <LF> received") }
            if last == 0x0D, byte != 0x0A { flaw = flaw ?? SMTPReply(550, "5.5.2 bare <CR> received") }
            if byte == 0 { flaw = flaw ?? SMTPReply(550, "5.6.0 a NUL byte in the message") }
            if byte >= 0x80 { flaw = flaw ?? SMTPReply(554, "5.6.1 eight-bit data, but 8BITMIME was not offered") }
            last = byte
        }
    }
}

enum MailRules {
    /// Headers that may come once (RFC 5322, 3.6).
    private static let single: Set<String> = [
        "date", "from", "sender", "reply-to", "to", "cc", "bcc", "message-id", "in-reply-to", "references", "subject",
    ]

    /// The refusal of a mail whose header section is broken; nil where it is good.
    static func flaw(_ mail: MailMessage) -> SMTPReply? {
        var seen: Set<String> = []
        for (name, value) in mail.headers {
            let lower = name.lowercased()
            let isName = !name.isEmpty && name.utf8.allSatisfy { (33...126).contains($0) && $0 != UInt8(ascii: ":") }
            if !isName { return SMTPReply(550, "5.6.0 not a header field: RFC 5322 wants `Name: value`") }
            if single.contains(lower), !seen.insert(lower).inserted { return SMTPReply(550, "5.6.0 multiple \(name) headers") }
            if lower == "from", !value.contains("@") { return SMTPReply(550, "5.6.0 no address in the From header") }
        }
        for name in ["from", "date"] where !mail.headers.contains(where: { $0.0.lowercased() == name }) {
            return SMTPReply(550, "5.6.0 no \(name == "from" ? "From" : "Date") header (RFC 5322, 3.6)")
        }
        return nil
    }

    /// `<local@domain>` of MAIL and RCPT as an address; nil where the syntax or a length (RFC 5321, 4.5.3.1) is wrong.
    static func address(_ path: Substring, allowsEmpty: Bool) -> String? {
        guard path.first == "<", path.last == ">", path.count >= 2 else { return nil }
        let address = path.dropFirst().dropLast()
        if address.isEmpty { return allowsEmpty ? "" : nil }
        let allowed = address.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "<") && $0 != UInt8(ascii: ">") }
        guard allowed, let at = address.lastIndex(of: "@") else { return nil }
        let local = address[..<at]
        let domain = address[address.index(after: at)...]
        let isLocal = (1...64).contains(local.utf8.count) && (local.hasPrefix("\"") || !local.contains("@"))
        return isLocal && (1...255).contains(domain.utf8.count) ? String(address) : nil
    }
}
