// The exchanges of AUTH: PLAIN (RFC 4616), LOGIN (obsolete, in wide use), XOAUTH2 (Google, Microsoft).

import Foundation

struct SMTPAuthentication {
    enum Mechanism: String {
        case plain = "PLAIN"
        case login = "LOGIN"
        case xoauth2 = "XOAUTH2"
    }

    enum Step {
        /// The text after 334.
        case prompt(String)
        case accepted(String)
        case refused
        case malformed
    }

    let mechanism: Mechanism
    /// nil accepts every name and password that are not empty.
    let credentials: [String: String]?
    private var name: String?
    /// XOAUTH2 said no and waits for the client's empty line.
    private var hasFailed = false

    init(mechanism: Mechanism, credentials: [String: String]?) {
        self.mechanism = mechanism
        self.credentials = credentials
    }

    var firstPrompt: String { mechanism == .login ? Self.base64("Username:") : "" }

    mutating func take(_ line: String) -> Step {
        if hasFailed { return .refused }
        guard let data = Data(base64Encoded: line) else { return .malformed }
        switch mechanism {
        case .plain: return plain(data)
        case .login: return login(String(decoding: data, as: UTF8.self))
        case .xoauth2: return xoauth2(String(decoding: data, as: UTF8.self))
        }
    }

    /// authorization identity, NUL, name, NUL, password.
    private func plain(_ data: Data) -> Step {
        let parts = data.split(separator: 0, omittingEmptySubsequences: false).map { String(decoding: $0, as: UTF8.self) }
        guard parts.count == 3 else { return .malformed }
        return verdict(parts[1], parts[2])
    }

    private mutating func login(_ text: String) -> Step {
        guard let name else {
            name = text
            return .prompt(Self.base64("Password:"))
        }
        return verdict(name, text)
    }

    /// `user=NAME^Aauth=Bearer TOKEN^A^A`.
    private mutating func xoauth2(_ text: String) -> Step {
        let parts = text.split(separator: "\u{1}", omittingEmptySubsequences: false)
        guard parts.count == 4, parts[0].hasPrefix("user="), parts[1].hasPrefix("auth=Bearer "), parts[2].isEmpty, parts[3].isEmpty else {
            return .malformed
        }
        if case .accepted(let name) = verdict(String(parts[0].dropFirst(5)), String(parts[1].dropFirst(12))) { return .accepted(name) }
        hasFailed = true
        return .prompt(Self.base64("{\"status\":\"401\",\"schemes\":\"bearer\",\"scope\":\"https://mail.google.com/\"}"))
    }

    private func verdict(_ name: String, _ password: String) -> Step {
        guard let credentials else { return name.isEmpty || password.isEmpty ? .refused : .accepted(name) }
        return !name.isEmpty && credentials[name] == password ? .accepted(name) : .refused
    }

    private static func base64(_ text: String) -> String { Data(text.utf8).base64EncodedString() }
}
