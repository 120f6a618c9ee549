// Mail to the sender's address, from a Maildir to events in the queue: each once, and nothing lost.

import Delivery
import Foundation
import Incidents
import JSON
import Ledger
import Logging
import Rendering
import Routing
import Settings
import Testing
import Transport

@testable import Router

@Suite struct MailboxTests {
    private let path: String
    private let ledger: LedgerStore
    private let setup: Setup
    private let mailbox: MailWatch

    init() throws {
        path = NSTemporaryDirectory() + "mailbox-\(UUID().uuidString)"
        for name in ["queue", "mail/new", "mail/tmp"] {
            try FileManager.default.createDirectory(atPath: "\(path)/\(name)", withIntermediateDirectories: true)
        }
        ledger = try LedgerStore(directory: path + "/state")
        var configuration = try #require(
            ConfigurationLoader.load(path: "\(Examples.directory)/../routes.yaml", placeholderSecrets: true).configuration)
        configuration.router.queue = path + "/queue"
        configuration.router.mailbox = path + "/mail"
        configuration.router.publicURL = "https://tocsin.example.com"
        setup = Setup(
            configuration: configuration, templates: .builtIn,
            channels: ChannelSet([], http: HTTPClient(), smtp: SMTPClient(), hostName: "router.example"),
            links: Links(key: Array(0..<32), publicURL: configuration.router.publicURL))
        mailbox = MailWatch(setup: CurrentSetup(setup), ledger: ledger, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    private func close() async {
        await ledger.close()
        try? FileManager.default.removeItem(atPath: path)
    }

    /// A mail of ours to an address, and a subscription of somebody.
    private func sent(to address: String) async throws -> String {
        let event = try setup.parser.parse(
            Array(#"{"type": "update", "id": "u1", "source": "t", "incident": {"id": "INC1"}, "message": "x"}"#.utf8),
            origin: EventOrigin(file: "u.json", modified: Date(), size: 1))
        let planned = PlannedDelivery(
            channel: "mail", kind: .email, address: address, recipient: address, for: address, routes: ["r"], template: "update",
            priority: 1, due: Date())
        let subscription = Subscription(id: "s1", who: .email(address))
        let receipts = try await ledger.accept([
            Arrival(event: event, digest: String(repeating: "0", count: 64), receivedAt: Date(), configVersion: "1") { incident, _ in
                Decision(
                    application: Incident.apply(event, to: incident, now: Date()), plan: Plan(deliveries: [planned]), lanes: ["lane"],
                    changes: [.subscribe(subscription)])
            }
        ])
        return try #require(receipts.first?.heads.first?.token)
    }

    private func put(_ text: String, _ name: String) throws {
        try Data(Reports.wire(text)).write(to: URL(fileURLWithPath: "\(path)/mail/new/\(name)"))
    }

    private func names(_ directory: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: "\(path)/\(directory)")) ?? []).sorted()
    }

    private func events() throws -> [Event] {
        try names("queue").filter { $0.hasSuffix(".json") }.map { name in
            let bytes = try Array(Data(contentsOf: URL(fileURLWithPath: "\(path)/queue/\(name)")))
            return try setup.parser.parse(bytes, origin: EventOrigin(file: name, modified: Date(), size: bytes.count))
        }
    }

    @Test func whatCameBackBecomesAnEventAndIsFiled() async throws {
        let token = try await sent(to: "Gone@example.net")
        try put(Reports.postfix.replacing(Reports.token, with: token), "1.a.host")
        try put(Reports.exim, "2.b.host")
        try put("From: x@example.com\nSubject: Out of office\n\nAway.\n", "3.c.host:2,")
        #expect(symlink("/etc/passwd", "\(path)/mail/new/4.d.host") == 0)
        await mailbox.look()
        #expect(
            names("mail/cur") == ["1.a.host:2,S", "2.b.host:2,S", "3.c.host:2,", "4.d.host:2,"],
            "also what is none of ours; what is not understood was not seen")
        #expect(names("mail/new").isEmpty)
        let event = try #require(try events().first)
        #expect(try events().count == 1)
        #expect(event.source == "tocsin-mail" && event.type == .subscription)
        #expect(event.payload?["action"] == "bounce" && event.payload?["who"] == ["email": "Gone@example.net"])
        #expect(event.payload?["code"] == "5.1.1")
        // Read again after a crash, and told again in another report: it came back once.
        try FileManager.default.moveItem(atPath: "\(path)/mail/cur/1.a.host:2,S", toPath: "\(path)/mail/new/1.a.host")
        let other = Reports.postfix.replacing(Reports.token, with: token).replacing("Message-Id:", with: "Message-ID: <other@x>\nX-Old:")
        try put(other, "5.e.host")
        await mailbox.look()
        #expect(try events().count == 1 && names("mail/new").isEmpty)
        // Also once the event has been taken.
        _ = try await ledger.accept([Pipeline.arrival(event, file: nil, setup: setup, now: Date())])
        for name in names("queue") where name.hasSuffix(".json") { try FileManager.default.removeItem(atPath: "\(path)/queue/\(name)") }
        try put(other, "6.f.host")
        await mailbox.look()
        #expect(try events().isEmpty && names("mail/new").isEmpty)
        await close()
    }

    /// However much of it there is: `run --once` looks until there is no more.
    @Test func whatNobodyUnderstandsIsReadOnce() async throws {
        for number in 0..<450 { try put("Subject: away\n\n\(number)\n", "\(number).host") }
        try put("Subject: kept\n\n", "449.host:2,")
        var looks = 0
        while await mailbox.look(), looks < 10 { looks += 1 }
        #expect(looks == 2 && names("mail/new").isEmpty && names("mail/cur").count == 451, "nothing is written over")
        await close()
    }

    @Test func whatCannotBeMovedIsNotReadAgain() async throws {
        for number in 0..<250 { try put("Subject: away\n\n\(number)\n", "\(number).host") }
        try Data().write(to: URL(fileURLWithPath: "\(path)/mail/cur"))
        #expect(await mailbox.look())
        #expect(await !mailbox.look())
        #expect(names("mail/new").count == 250)
        await close()
    }

    @Test func aMailToUnsubscribeEndsTheSubscription() async throws {
        _ = try await sent(to: "x@example.com")
        let leaving = setup.leaving("s1", by: "mail")
        #expect(leaving.url == "https://tocsin.example.com/u/\(leaving.code)")
        #expect(leaving.mailto == "mailto:incidents@example.com?subject=unsubscribe%20\(leaving.code)")
        #expect(setup.leaving("s1", by: "sms").mailto == nil)
        try put("From: x@example.com\nMessage-ID: <7@x>\nSubject: unsubscribe \(leaving.code)\n\n", "1")
        try put("From: x@example.com\nMessage-ID: <8@x>\nSubject: unsubscribe \(Links.fixed.token(.leave(subscription: "s1")))\n\n", "2")
        await mailbox.look()
        #expect(names("mail/new").isEmpty)
        let events = try events()
        #expect(events.count == 1, "the other token was made elsewhere")
        let event = try #require(events.first)
        #expect(event.payload?["action"] == "unsubscribe" && event.payload?["id"] == "s1")
        // The event does it.
        _ = try await ledger.accept([Pipeline.arrival(event, file: nil, setup: setup, now: Date())])
        #expect(try await ledger.subscriptions().isEmpty)
        await close()
    }

    @Test func whereNothingCanBeDroppedTheMailStays() async throws {
        let token = try await sent(to: "gone@example.net")
        try put(Reports.postfix.replacing(Reports.token, with: token), "1")
        try FileManager.default.removeItem(atPath: path + "/queue")
        await mailbox.look()
        #expect(names("mail/new") == ["1"])
        try FileManager.default.createDirectory(atPath: path + "/queue", withIntermediateDirectories: true)
        await mailbox.look()
        #expect(names("mail/new").isEmpty && names("queue").contains { $0.hasPrefix("mail-bounce") })
        await close()
    }
}

extension Receipt {
    fileprivate var heads: [QueuedDelivery] { if case .accepted(_, _, let deliveries, _, _) = self { deliveries } else { [] } }
}
