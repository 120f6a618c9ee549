// One SMTP dialogue as a value (RFC 5321): a line in, a reply out. It knows the order of commands, who authenticated and
// the envelope; bytes, TLS and time belong to `SMTPConnection`.

/// A reply; several lines for EHLO.
struct SMTPReply: Equatable {
    var code: Int
    var lines: [String]

    init(_ code: Int, _ lines: String...) {
        self.init(code, lines: lines)
    }

    init(_ code: Int, lines: [String]) {
        self.code = code
        self.lines = lines.isEmpty ? [""] : lines
    }

    var text: String {
        lines.enumerated().map { "\(code)\($0.offset + 1 < lines.count ? "-" : " ")\($0.element)\r\n" }.joined()
    }
}

struct SMTPSession {
    enum Mode {
        case command
        case data(MailData)
        case authentication(SMTPAuthentication)
    }

    /// What the connection has to do.
    enum Step {
        case reply(SMTPReply)
        case startTLS(SMTPReply)
        case quit(SMTPReply)
        case nothing
        /// The final dot has come.
        case ended(MailData)
    }

    let options: SMTPOptions
    let isStrict: Bool
    var canStartTLS: Bool
    var offersAuthentication = true
    var isSecure: Bool
    private(set) var mode = Mode.command
    private(set) var hello: String?
    private(set) var user: String?
    private(set) var sender: String?
    private(set) var recipients: [String] = []

    init(options: SMTPOptions, isStrict: Bool, canStartTLS: Bool, isSecure: Bool) {
        self.options = options
        self.isStrict = isStrict
        self.canStartTLS = canStartTLS
        self.isSecure = isSecure
    }

    var isInData: Bool { if case .data = mode { true } else { false } }
    var isIdle: Bool { sender == nil && !isInData }

    /// A piece of the message, up to and with a line feed.
    mutating func data(_ piece: ArraySlice<UInt8>) -> Step {
        guard case .data(var data) = mode else { return .nothing }
        // Taken out while it grows, so that its bytes are never copied.
        mode = .command
        if data.take(piece) { return .ended(data) }
        mode = .data(data)
        return .nothing
    }

    mutating func reset() {
        sender = nil
        recipients = []
        mode = .command
    }

    /// TLS has begun: what was said before does not count (RFC 3207, 4.2).
    mutating func secured() {
        reset()
        isSecure = true
        hello = nil
        user = nil
    }

    /// A command line without its CRLF.
    mutating func command(_ line: String) -> Step {
        if case .authentication(let exchange) = mode { return authenticate(exchange, line) }
        let parts = line.split(separator: " ", maxSplits: 1)
        let argument = parts.count > 1 ? parts[1].drop(while: { $0 == " " }) : ""
        switch parts.first?.uppercased() {
        case "EHLO": return greet(argument, isExtended: true)
        case "HELO": return greet(argument, isExtended: false)
        case "STARTTLS": return startTLS(argument)
        case "AUTH": return beginAuthentication(argument)
        case "MAIL": return mail(argument)
        case "RCPT": return recipient(argument)
        case "DATA": return beginData(argument)
        case "RSET":
            reset()
            return reply(250, "2.0.0 Ok")
        case "NOOP": return reply(250, "2.0.0 Ok")
        case "VRFY": return reply(252, "2.5.2 cannot VRFY user, but will take message for this user")
        case "HELP": return reply(214, "2.0.0 Tocsin's sandbox: EHLO STARTTLS AUTH MAIL RCPT DATA RSET NOOP VRFY QUIT")
        case "QUIT": return .quit(SMTPReply(221, "2.0.0 Bye"))
        default: return reply(500, "5.5.2 command not recognized")
        }
    }

    private mutating func greet(_ name: Substring, isExtended: Bool) -> Step {
        if name.isEmpty || name.contains(" ") { return reply(501, "5.5.4 Syntax: EHLO hostname") }
        reset()
        hello = String(name)
        guard isExtended else { return reply(250, "localhost") }
        var lines = ["localhost"]
        if options.offersPipelining { lines.append("PIPELINING") }
        lines.append("SIZE \(options.maximumSize)")
        if canStartTLS, !isSecure { lines.append("STARTTLS") }
        if mayAuthenticate { lines.append("AUTH \(options.mechanisms.joined(separator: " "))") }
        lines.append("ENHANCEDSTATUSCODES")
        return .reply(SMTPReply(250, lines: lines))
    }

    private var mayAuthenticate: Bool {
        offersAuthentication && !options.mechanisms.isEmpty && (isSecure || (options.authenticatesInClear && !options.requiresTLS))
    }

    private mutating func startTLS(_ argument: Substring) -> Step {
        if !argument.isEmpty { return reply(501, "5.5.4 Syntax: STARTTLS") }
        if isSecure { return reply(503, "5.5.1 TLS is already active") }
        if !canStartTLS { return reply(502, "5.5.1 STARTTLS is not offered") }
        return .startTLS(SMTPReply(220, "2.0.0 Ready to start TLS"))
    }

    private mutating func beginAuthentication(_ argument: Substring) -> Step {
        if hello == nil { return reply(503, "5.5.1 send EHLO first") }
        if options.requiresTLS, !isSecure { return reply(530, "5.7.0 Must issue a STARTTLS command first") }
        if !mayAuthenticate { return reply(502, "5.5.1 AUTH is not offered") }
        if user != nil || sender != nil { return reply(503, "5.5.1 AUTH is out of place here") }
        let parts = argument.split(separator: " ", maxSplits: 1).map(String.init)
        guard let name = parts.first?.uppercased(), options.mechanisms.contains(name),
            let mechanism = SMTPAuthentication.Mechanism(rawValue: name)
        else { return reply(504, "5.5.4 Unrecognized authentication type") }
        let exchange = SMTPAuthentication(mechanism: mechanism, credentials: options.credentials)
        // `=` stands for an initial response of no bytes (RFC 4954, 4).
        guard parts.count > 1 else { return prompt(exchange, exchange.firstPrompt) }
        return authenticate(exchange, parts[1] == "=" ? "" : parts[1])
    }

    private mutating func prompt(_ exchange: SMTPAuthentication, _ text: String) -> Step {
        mode = .authentication(exchange)
        return reply(334, text)
    }

    private mutating func authenticate(_ exchange: SMTPAuthentication, _ line: String) -> Step {
        mode = .command
        if line == "*" { return reply(501, "5.7.0 Authentication aborted") }
        var exchange = exchange
        switch exchange.take(line) {
        case .prompt(let text): return prompt(exchange, text)
        case .accepted(let name):
            user = name
            return reply(235, "2.7.0 Authentication successful")
        case .refused: return reply(535, "5.7.8 Error: authentication failed")
        case .malformed: return reply(501, "5.5.2 cannot decode the response")
        }
    }

    private mutating func mail(_ argument: Substring) -> Step {
        if hello == nil { return reply(503, "5.5.1 send EHLO first") }
        if options.requiresTLS, !isSecure { return reply(530, "5.7.0 Must issue a STARTTLS command first") }
        if options.requiresAuthentication, user == nil { return reply(530, "5.7.0 Authentication required") }
        if sender != nil { return reply(503, "5.5.1 nested MAIL command") }
        guard argument.uppercased().hasPrefix("FROM:") else { return reply(501, "5.5.4 Syntax: MAIL FROM:<address>") }
        let parts = argument.dropFirst(5).split(separator: " ")
        guard let path = parts.first, let address = MailRules.address(path, allowsEmpty: true) else {
            return reply(501, "5.1.7 Bad sender address syntax")
        }
        for parameter in parts.dropFirst() {
            let pair = parameter.split(separator: "=", maxSplits: 1)
            switch pair[0].uppercased() {
            case "SIZE":
                guard pair.count == 2, let size = Int(pair[1]), size >= 0 else { return reply(501, "5.5.4 Bad message size syntax") }
                if size > options.maximumSize { return reply(552, "5.3.4 Message size exceeds fixed limit") }
            case "AUTH" where mayAuthenticate: break
            default: return reply(555, "5.5.4 Unsupported option: \(pair[0])")
            }
        }
        sender = address
        return reply(250, "2.1.0 Ok")
    }

    private mutating func recipient(_ argument: Substring) -> Step {
        if sender == nil { return reply(503, "5.5.1 need MAIL command") }
        guard let address = Self.recipient(argument) else { return reply(501, "5.1.3 Bad recipient address syntax") }
        if recipients.count >= 100 { return reply(452, "4.5.3 Too many recipients") }
        recipients.append(address)
        return reply(250, "2.1.5 Ok")
    }

    /// The address of `TO:<address>`.
    static func recipient(_ argument: Substring) -> String? {
        guard argument.uppercased().hasPrefix("TO:") else { return nil }
        let parts = argument.dropFirst(3).split(separator: " ")
        return parts.count == 1 ? MailRules.address(parts[0], allowsEmpty: false) : nil
    }

    private mutating func beginData(_ argument: Substring) -> Step {
        if !argument.isEmpty { return reply(501, "5.5.4 Syntax: DATA") }
        if sender == nil { return reply(503, "5.5.1 need MAIL command") }
        if recipients.isEmpty { return reply(503, "5.5.1 need RCPT command") }
        mode = .data(MailData(maximumSize: options.maximumSize, isStrict: isStrict))
        return reply(354, "End data with <CR><LF>.<CR><LF>")
    }

    private func reply(_ code: Int, _ text: String) -> Step { .reply(SMTPReply(code, text)) }
}
