// Mail over SMTP, one recipient a transaction, so that each outcome is one address's.

import Cryptography
import Foundation
import Incidents
import Settings
import Transport

/// Mail by one server.
struct EmailChannel: Channel {
    let name: String
    let kind = ChannelKind.email
    let destination: String
    private let settings: EmailSettings
    private let options: ChannelOptions
    private let from: MailAddress
    private let replyTo: MailAddress?
    private let signer: DKIMSigner?
    private let hostName: String
    private let redactor: Redactor
    private let mail: any MailSending

    /// What keeps a channel from working; in words.
    struct Fault: Error {
        let message: String
    }

    /// Throws where the sender's address or the DKIM key cannot be used: mail that should be signed never goes unsigned.
    init(
        name: String, settings: EmailSettings, options: ChannelOptions, hostName: String, mail: any MailSending
    ) throws(Fault) {
        self.name = name
        self.options = options
        self.hostName = hostName
        self.mail = mail
        from = try Self.address(settings.from, "from")
        replyTo = if let mailbox = settings.replyTo { try Self.address(mailbox, "reply_to") } else { nil }
        signer = if let dkim = settings.dkim { try Self.signer(dkim) } else { nil }
        destination = Self.destination(settings)
        redactor = Redactor(secrets: Self.secrets(settings), urls: options.proxy.map { [$0] } ?? [])
        // The key lives in the signer alone.
        self.settings = {
            var kept = settings
            kept.dkim = nil
            return kept
        }()
    }

    static func destination(_ settings: EmailSettings) -> String {
        let server = "smtp:\(settings.host.lowercased()):\(settings.port)"
        return settings.username.map { "\(server):\($0)" } ?? server
    }

    func deliver(_ parcel: Parcel) async -> AttemptReport {
        if let refusal = parcel.refusal { return refusal }
        guard case .email(let own, let text, let html) = parcel.message.content else { return parcel.mismatch(kind) }
        // Readers that thread by the subject see one conversation, whatever has become of severity and status.
        let keepsSubject = parcel.incident != nil && parcel.part.sharesSubject
        let subject = keepsSubject ? parcel.subject ?? own : own
        let to: MailAddress
        do {
            to = try MailAddress(parcel.address)
        } catch {
            return AttemptReport(.refused(.badAddress), detail: error.message)
        }
        let message = MailMessage(
            from: from, displayName: settings.from.displayName,
            replyTo: replyTo.map { ($0, settings.replyTo?.displayName) }, to: to, parcel: parcel, subject: subject, text: text, html: html)
        var signature: MailField?
        if let signer {
            signature = signer.signature(over: message.fields, body: message.body, date: parcel.date)
            guard signature != nil else {
                return AttemptReport(.deferred(.badConfiguration), detail: "the DKIM key would not sign; the mail was not sent")
            }
        }
        let content = message.bytes(signature: signature)
        let result = await mail.send(SMTPMail(sender: from.text, recipient: to.text, content: content), to: server)
        var report = report(result).degraded(by: [parcel.message.degraded])
        if keepsSubject, parcel.subject == nil { report.subject = subject }
        return report
    }

    private var server: SMTPServer {
        SMTPServer(
            host: settings.host, port: settings.port, implicitTLS: settings.implicitTLS, requiresTLS: settings.tls == .required,
            username: settings.username, password: settings.password?.reveal(),
            mechanism: settings.authentication?.rawValue.uppercased(), name: hostName, ca: options.ca, proxy: options.proxy?.reveal(),
            timeout: options.timeout)
    }

    private func report(_ result: SMTPResult) -> AttemptReport {
        switch result {
        case .accepted(let reply):
            let parsed = SMTPReply(reply)
            return AttemptReport(
                .accepted(remoteID: parsed.queueID.flatMap { redactor.detail($0) }), code: "250", detail: redactor.detail(parsed.text))
        case .rejected(let code, let step, let reply):
            let parsed = SMTPReply(reply)
            let enhanced = parsed.enhanced(for: code)
            return AttemptReport(
                OutcomePolicy.smtp(code: code, enhanced: enhanced, step: step), code: enhanced.map { "\(code) \($0)" } ?? String(code),
                detail: redactor.detail("\(step.rawValue): \(parsed.text)"))
        case .failed(let failure):
            return AttemptReport(
                OutcomePolicy.failure(failure), code: failure.curlCode == 0 ? nil : "curl \(failure.curlCode)",
                detail: redactor.detail(failure.detail))
        }
    }

    static func address(_ mailbox: Mailbox, _ option: String) throws(Fault) -> MailAddress {
        do {
            return try MailAddress(mailbox.address)
        } catch {
            throw Fault(message: "\(option): \(error.message)")
        }
    }

    static func signer(_ settings: DKIMSettings) throws(Fault) -> DKIMSigner {
        guard let domain = Punycode.ascii(settings.domain), let selector = Punycode.ascii(settings.selector) else {
            throw Fault(message: "dkim: domain and selector must be names as in the DNS: letters, digits, hyphens and dots")
        }
        do {
            return DKIMSigner(domain: domain, selector: selector, key: try DKIMKey(pem: settings.key.reveal()))
        } catch {
            throw Fault(message: "dkim: \(error.message)")
        }
    }

    /// The password, and the forms in which SMTP's mechanisms send it.
    private static func secrets(_ settings: EmailSettings) -> [Secret] {
        guard let password = settings.password?.reveal() else { return [] }
        let user = settings.username ?? ""
        return [password, "\0\(user)\0\(password)", "user=\(user)\u{1}auth=Bearer \(password)\u{1}\u{1}"].map { Secret($0) }
    }
}
