// What is refused before libcurl sees it: it writes addresses and names into SMTP commands as they are, CR and LF with them.

extension SMTPMail {
    /// Why this mail cannot be handed to this server; nil where it can.
    func refusal(for server: SMTPServer) -> TransportFailure? {
        guard !recipient.isEmpty else { return .refused("There is no recipient's address.") }
        if !sender.utf8.allSatisfy(\.isAddressCharacter) || sender.utf8.count > 320 {
            return .refused("The sender's address contains a space, a control character, `<` or `>`, or is too long.")
        }
        if !recipient.utf8.allSatisfy(\.isAddressCharacter) || recipient.utf8.count > 320 {
            return .refused("The recipient's address contains a space, a control character, `<` or `>`, or is too long.")
        }
        // Some servers take a bare LF for a line's end: then a line with a lone dot ends the mail, and commands follow (smuggling).
        if !hasCleanLineEnds { return .refused("The mail has a line end that is not CRLF, or a NUL.") }
        return server.refusal
    }

    /// A local part beyond ASCII needs SMTPUTF8 (RFC 6531); libcurl makes domains ASCII by itself.
    var needsUTF8: Bool {
        [sender, recipient].contains { address in
            let end = address.utf8.lastIndex(of: UInt8(ascii: "@")) ?? address.utf8.endIndex
            return address.utf8[..<end].contains { $0 >= 0x80 }
        }
    }

    private var hasCleanLineEnds: Bool {
        content.withUnsafeBufferPointer { bytes in
            var previous: UInt8 = 0x20
            for byte in bytes {
                if (byte == 0x0A) != (previous == 0x0D) || byte == 0 { return false }
                previous = byte
            }
            return previous != 0x0D
        }
    }
}

extension SMTPServer {
    var refusal: TransportFailure? {
        guard !host.isEmpty, host.utf8.allSatisfy({ $0.isHostCharacter || $0 >= 0x80 }) else {
            return .refused("The mail server's host is not a host name or an address.")
        }
        guard (1...65_535).contains(port) else { return .refused("The mail server's port is not between 1 and 65535.") }
        guard !name.isEmpty, name.utf8.allSatisfy(\.isHostCharacter) else {
            return .refused("The name given in EHLO is not a host name or an address literal.")
        }
        if let mechanism, !["PLAIN", "LOGIN", "XOAUTH2"].contains(mechanism) {
            return .refused("The mechanism to log in is none of PLAIN, LOGIN, XOAUTH2.")
        }
        if (username == nil) != (password == nil) { return .refused("A user name and a password are given together or not at all.") }
        for text in [username, password, ca, proxy].compactMap(\.self) where text.utf8.contains(where: \.isLineBreaking) {
            return .refused("The user name, password, path of `ca` or proxy contains CR, LF or NUL.")
        }
        return nil
    }

    /// `smtp(s)://host:port/EHLO-NAME`
    var url: String {
        let bare = host.contains(":") && !host.hasPrefix("[") ? "[\(host)]" : host
        return "\(implicitTLS ? "smtps" : "smtp")://\(bare):\(port)/\(name)"
    }
}

extension UInt8 {
    /// What may stand between `<` and `>` in MAIL FROM and RCPT TO, quoted local parts with spaces left out.
    var isAddressCharacter: Bool { self > 0x20 && self != 0x7F && self != UInt8(ascii: "<") && self != UInt8(ascii: ">") }

    /// Host names, IPv4 and IPv6 addresses, address literals in brackets.
    var isHostCharacter: Bool {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: ":"), UInt8(ascii: "["), UInt8(ascii: "]"): true
        default: false
        }
    }
}
