// The sandbox: starts the receivers, says where they are, and leaves nothing behind.

import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Settings
import Synchronization

/// Local receivers on 127.0.0.1 that speak Slack's webhooks and Web API, Teams Workflows, SMTP, Twilio and a generic SMS
/// gateway, check what they get as strictly as the provider would, and keep it in an inbox.
///
/// One HTTP port serves:
///
/// | path | receiver |
/// | --- | --- |
/// | `POST /slack/webhook/NAME` | Slack's incoming webhook |
/// | `POST /slack/api/METHOD` | `chat.postMessage`, `.update`, `conversations.create`, `.list`, `.join`, `.invite`, `.setTopic`, `.archive`, `.unarchive`, `auth.test` |
/// | `POST /teams/NAME` | a Teams Workflow |
/// | `POST /twilio/2010-04-01/Accounts/AC…/Messages.json` | Twilio |
/// | `GET` or `POST /gateway/cgi-bin/sendsms` | a gateway that answers as Kannel does |
///
/// SMTP has a port with STARTTLS and one with TLS from the first byte.
///
/// For drills from a shell the same HTTP port takes faults and shows the inbox:
/// ```
/// curl http://127.0.0.1:PORT/_faults -d '{"receiver":"slack","channel":"ops-slack","fault":"status","status":503,"times":2}'
/// curl http://127.0.0.1:PORT/_inbox            # one JSON object a line
/// curl http://127.0.0.1:PORT/_threads          # Slack's conversations as they stand: each first message, and its thread
/// curl -X DELETE http://127.0.0.1:PORT/_inbox  # forgets all
/// curl -X DELETE http://127.0.0.1:PORT/_faults # clears all
/// ```
/// A fault has `receiver` (`slack`, `slack_api`, `teams`, `smtp`, `twilio`, `gateway`), optionally `channel` (a webhook's
/// NAME, a method of Slack's Web API, the account of Twilio, a mail's recipient) and `times`, and as `fault` one of `none` (clears), `status` (`status`,
/// `body`, `retry_after` in seconds or as a date), `delay` (`seconds`), `reset_before_body`, `reset_after_body`, `drip`
/// (`seconds` between bytes), `hang`, `garbage`, `close_idle`, `reply` (SMTP: `step` of `connect`, `ehlo`, `auth`, `mail`,
/// `rcpt`, `data`, `end`, with `code` and `text`), `no_auth`, `no_starttls`, `legacy_teams` (`status`), `error` (Slack's
/// Web API: `error` is what it answers, for instance `edit_window_closed` for `chat.update`). Several in an array
/// happen in that order.
public final class Sandbox: Sendable {
    /// Where the receivers are.
    public let endpoints: SandboxEndpoints
    public let httpPort: Int
    public let smtpPort: Int
    /// 0 without TLS.
    public let smtpsPort: Int
    private let reception: Reception
    private let group: MultiThreadedEventLoopGroup
    private let certificates: Certificates?
    private let isStopped = Mutex(false)

    var workspace: SlackWorkspace { reception.workspace }

    /// What was received.
    public var inbox: Inbox { reception.inbox }

    /// The directory of the certificate and its keys, until `stop`; nil without TLS.
    var directory: String? { certificates?.directory }
    /// Connections that are open now, idle ones too.
    public var openConnections: Int { reception.connections.count }

    /// Starts all receivers.
    ///
    /// - Throws: `SandboxError`: a port is taken, or openssl is missing.
    public static func start(_ options: SandboxOptions = SandboxOptions()) async throws -> Sandbox {
        let certificates = options.tls || options.https ? try await makeCertificates(options) : nil
        let group = MultiThreadedEventLoopGroup(numberOfThreads: max(1, options.threads))
        do {
            let reception = Reception(options: options)
            let listeners = try Listeners(reception: reception, group: group, certificates: certificates)
            let ports = try await listeners.bind()
            return Sandbox(reception: reception, group: group, certificates: certificates, ports: ports)
        } catch {
            try? await group.shutdownGracefully()
            certificates?.remove()
            throw error
        }
    }

    private init(
        reception: Reception, group: MultiThreadedEventLoopGroup, certificates: Certificates?, ports: (http: Int, smtp: Int, smtps: Int)
    ) {
        self.reception = reception
        self.group = group
        self.certificates = certificates
        (httpPort, smtpPort, smtpsPort) = ports
        let base = "\(reception.options.https ? "https" : "http")://127.0.0.1:\(ports.http)"
        endpoints = SandboxEndpoints(
            slackWebhook: base + "/slack/webhook", slackAPI: base + "/slack/api", teams: base + "/teams", smtpHost: "127.0.0.1",
            smtpPort: ports.smtp, smtpsPort: ports.smtps, twilio: base + "/twilio", gateway: base + "/gateway/cgi-bin/sendsms",
            ca: certificates?.authority)
    }

    /// For who forgets to stop it, as a test that fails half way does.
    deinit {
        guard !isStopped.withLock({ $0 }) else { return }
        let (inbox, certificates) = (reception.inbox, certificates)
        group.shutdownGracefully { _ in
            inbox.close()
            certificates?.remove()
        }
    }

    /// Asks for a fault, or clears with nil. Faults with `times` happen one after the other; one without lasts until it is
    /// cleared or another is set.
    ///
    /// - Parameters:
    ///   - channel: only there: a webhook's name, a method of Slack's Web API, Twilio's account, a mail's first recipient; nil for the whole receiver.
    ///   - times: for so many requests; nil for all.
    /// - Returns: false where the receiver has no such fault (see `Fault.fits`); nothing is set then.
    @discardableResult
    public func setFault(_ fault: Fault?, on receiver: Receiver, channel: String? = nil, times: Int? = nil) -> Bool {
        reception.set(fault, on: receiver, channel: channel, times: times)
    }

    /// Closes the receiver's connections that have nothing under way, and returns when that is done.
    public func closeIdleConnections(of receiver: Receiver) async {
        for future in reception.connections.closeIdle(receiver) { try? await future.get() }
    }

    /// Ends all receivers and connections, finishes streams and waits, and removes the certificate. May be called again.
    public func stop() async {
        let isFirst = isStopped.withLock { isStopped in
            defer { isStopped = true }
            return !isStopped
        }
        guard isFirst else { return }
        try? await group.shutdownGracefully()
        inbox.close()
        certificates?.remove()
    }

    /// openssl runs on a thread of its own.
    private static func makeCertificates(_ options: SandboxOptions) async throws -> Certificates {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async {
                continuation.resume(with: Result { try Certificates.make(flaw: options.certificateFlaw, openssl: options.openssl) })
            }
        }
    }
}

extension Reception {
    @discardableResult
    func set(_ fault: Fault?, on receiver: Receiver, channel: String?, times: Int?) -> Bool {
        if let fault, !fault.fits(receiver) { return false }
        if fault == .closeIdle {
            connections.closeIdle(receiver)
        } else {
            faults.set(fault, on: receiver, channel: channel, times: times)
        }
        return true
    }
}
