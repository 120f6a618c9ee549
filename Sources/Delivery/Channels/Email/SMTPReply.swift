// What can be read from a server's reply without guessing: the enhanced status code and the queue's id.

/// A reply's text (RFC 5321, section 4.2), with or without the code in front.
struct SMTPReply {
    /// Without the reply code.
    let text: String

    init(_ reply: String) {
        let digits = reply.utf8.prefix(3)
        let hasCode = digits.count == 3 && digits.allSatisfy { (48...57).contains($0) }
        let next = reply.utf8.dropFirst(3).first
        text = hasCode && (next == nil || next == 0x20 || next == 0x2D) ? String(reply.dropFirst(4)) : reply
    }

    /// `5.1.1` (RFC 3463, sent as RFC 2034 says: at the start), where its class is that of the code.
    func enhanced(for code: Int) -> String? {
        guard let word = text.split(whereSeparator: { $0.isWhitespace }).first else { return nil }
        let parts = word.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == "\(code / 100)" else { return nil }
        let isCode = parts.allSatisfy { (1...3).contains($0.utf8.count) && $0.utf8.allSatisfy { (48...57).contains($0) } }
        return isCode ? String(word) : nil
    }

    /// The word after `queued as`, which Postfix and its kin say; nothing is decided by it.
    var queueID: String? {
        guard let mark = text.firstRange(of: "queued as ") else { return nil }
        let id = text[mark.upperBound...].prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }
        return (1...64).contains(id.utf8.count) ? String(id) : nil
    }
}
