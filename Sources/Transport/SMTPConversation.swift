// What was said last on one connection and what the server answered, from the lines libcurl shows. It decides two things before
// any mail goes out: whether the login that was asked for took place, and whether the server takes addresses beyond ASCII.

/// Follows one SMTP connection. Touched only by the thread that uses the easy handle.
package struct SMTPConversation {
    /// Why the conversation was broken off from this side.
    package enum Veto: Equatable {
        case noLogin
        case noUTF8
    }

    private enum Command {
        case greeting, hello, startTLS, authenticate, sender, recipient, content, quit
    }

    /// A login must have taken place before MAIL.
    let needsLogin: Bool
    /// STARTTLS will follow the first EHLO: what that one offers does not count.
    let upgradesToTLS: Bool

    package private(set) var veto: Veto?
    /// The code of the whole reply to the last command; 0 while it is awaited.
    package private(set) var code = 0
    package private(set) var reply = ""
    /// The server asked for the content (354).
    private(set) var contentWasAsked = false
    private(set) var quitWasSaid = false
    /// Of the mail now under way.
    private var needsUTF8 = false

    private var command = Command.greeting
    private var isEncrypted = false
    private var offersLogin = false
    private var offersUTF8 = false
    private var isLoggedIn = false

    package init(needsLogin: Bool, upgradesToTLS: Bool) {
        self.needsLogin = needsLogin
        self.upgradesToTLS = upgradesToTLS
    }

    /// What was being said when the last reply came.
    package var step: SMTPResult.Step {
        switch command {
        case .greeting, .hello, .startTLS, .quit: .connect
        case .authenticate: .authenticate
        case .sender: .sender
        case .recipient: .recipient
        case .content: .content
        }
    }

    /// The next mail, on the same connection or a new one.
    mutating func begin(needsUTF8: Bool) {
        self.needsUTF8 = needsUTF8
        veto = nil
        contentWasAsked = false
        code = 0
        reply = ""
    }

    /// A new connection: nothing known of the old one holds.
    mutating func connect() {
        command = .greeting
        isEncrypted = false
        offersLogin = false
        offersUTF8 = false
        isLoggedIn = false
        quitWasSaid = false
        code = 0
        reply = ""
    }

    /// A command goes out. After QUIT nothing counts: the last reply before it is what the mail met with.
    package mutating func say(_ line: UnsafeRawBufferPointer) {
        if line.starts(with: "QUIT".utf8) {
            quitWasSaid = true
            command = command == .greeting || command == .hello ? .quit : command
            return
        }
        guard !quitWasSaid else { return }
        if line.starts(with: "EHLO ".utf8) || line.starts(with: "HELO ".utf8) {
            command = .hello
            offersLogin = false
            offersUTF8 = false
        } else if line.starts(with: "STARTTLS".utf8) {
            command = .startTLS
        } else if line.starts(with: "AUTH ".utf8) {
            command = .authenticate
        } else if line.starts(with: "MAIL FROM:".utf8) {
            command = .sender
        } else if line.starts(with: "RCPT TO:".utf8) {
            command = .recipient
        } else if line.starts(with: "DATA".utf8), command == .recipient {
            command = .content
        }
        code = 0
        reply = ""
    }

    /// A line from the server. False breaks the connection off.
    package mutating func hear(_ line: UnsafeRawBufferPointer) -> Bool {
        guard !quitWasSaid, line.count >= 4, let number = Self.number(line) else { return true }
        if code != 0 {
            // A further reply to the same command: the one to the final dot, after 354.
            code = 0
            reply = ""
        }
        // Capabilities as libcurl reads them: in upper case, at the line's beginning. What it does not see must not count here.
        let rest = UnsafeRawBufferPointer(rebasing: line[4...])
        if command == .hello, number == 250 {
            if rest.starts(with: "AUTH ".utf8) { offersLogin = true }
            if rest.starts(with: "SMTPUTF8".utf8) { offersUTF8 = true }
        }
        if reply.utf8.count < 1000 {
            let text = rest.prefix { $0 != 0x0D && $0 != 0x0A }
            if !reply.isEmpty { reply += " " }
            reply += String(decoding: text, as: UTF8.self)
        }
        guard line[3] != UInt8(ascii: "-") else { return true }
        code = number
        return answer()
    }

    private mutating func answer() -> Bool {
        switch command {
        case .hello where (200..<300).contains(code):
            // The EHLO before STARTTLS: the one after it counts.
            if upgradesToTLS, !isEncrypted { return true }
            if needsLogin, !offersLogin { return refuse(.noLogin) }
            if needsUTF8, !offersUTF8 { return refuse(.noUTF8) }
        case .startTLS where code == 220: isEncrypted = true
        case .authenticate where code == 235: isLoggedIn = true
        case .sender:
            // A kept connection said EHLO for an earlier mail; and nothing is said to a server that did not ask for the login.
            if needsLogin, !isLoggedIn { return refuse(.noLogin) }
            if needsUTF8, !offersUTF8 { return refuse(.noUTF8) }
        case .content where code == 354: contentWasAsked = true
        default: break
        }
        return true
    }

    private mutating func refuse(_ veto: Veto) -> Bool {
        self.veto = veto
        return false
    }

    private static func number(_ line: UnsafeRawBufferPointer) -> Int? {
        var value = 0
        for byte in line[..<3] {
            guard byte >= 0x30, byte <= 0x39 else { return nil }
            value = value * 10 + Int(byte - 0x30)
        }
        return value
    }
}
