// Channels of type email.

import Foundation

extension ConfigurationReader {
    func email(_ section: Section) -> ChannelSettings.Way? {
        let server = section.text("server").flatMap { try? MailServer($0) }
        let tls = section.word("tls").flatMap(EmailSettings.TLS.init) ?? .required
        if let server, tls == .off, let place = section.first("tls")?.place {
            if server.implicitTLS {
                findings.error("`tls: off` contradicts `smtps://`; one of them is wrong", at: place)
                return nil
            }
            if !server.isLoopback {
                findings.error(
                    "`tls: off` is for loopback only (127.0.0.1, ::1, localhost): passwords and mails would go in clear", at: place)
                return nil
            }
        }
        for (one, other) in [("username", "password"), ("password", "username"), ("auth", "username")]
        where section.has(one) && !section.has(other) && !section.misspelt.contains(other) {
            findings.error("`\(one)` needs `\(other)` as well", at: section.place(of: one))
            return nil
        }
        if let given = section.first("username"), AddressText.holdsControls(given.text) {
            findings.error("`username` holds control characters", at: given.place)
            return nil
        }
        let signing = section.node("dkim").flatMap(signing)
        guard let server, let from = section.mailbox("from"), section.has("dkim") == (signing != nil) else { return nil }
        return .email(
            EmailSettings(
                host: server.host, port: server.port, implicitTLS: server.implicitTLS, tls: tls, username: section.text("username"),
                password: section.secret("password"), authentication: section.word("auth").flatMap(EmailSettings.Authentication.init),
                from: from, replyTo: section.mailbox("reply_to"), dkim: signing?.settings))
    }

    private enum Signing {
        case unsigned
        case signed(DKIMSettings)

        var settings: DKIMSettings? {
            if case .signed(let settings) = self { return settings }
            return nil
        }
    }

    /// Nil where it is broken; unsigned where the key is a placeholder, which cannot sign.
    private func signing(_ node: YAMLNode) -> Signing? {
        guard let section = section(node, "channels.*.dkim", "`dkim`") else { return nil }
        guard let domain = section.text("domain"), let selector = section.text("selector"), let key = section.first("key") else {
            return nil
        }
        if key.isPlaceholder { return .unsigned }
        guard key.text.contains("-----BEGIN ") else {
            findings.error("`key` is no private key in PEM (`-----BEGIN PRIVATE KEY-----`)", at: key.place)
            return nil
        }
        return .signed(DKIMSettings(domain: domain, selector: selector, key: Secret(key.text)))
    }
}
