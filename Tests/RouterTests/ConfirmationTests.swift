// Whoever is not in routes.yaml is asked first, seldom, and confirms with what they were sent.

import Delivery
import Foundation
import Incidents
import JSON
import Ledger
import Rendering
import Routing
import Settings
import Testing
import Transport

@testable import Router

@Suite struct ConfirmationTests {
    static let start = Date(timeIntervalSince1970: 1_795_000_000)
    private let asker: Asker

    init() throws { asker = try Asker() }

    @Test func anAddressIsAskedBeforeItHears() throws {
        let question = try #require(try asker.subscribe("s1").first)
        #expect(question.origin == .confirmation && question.template == "subscription" && question.subscription == "s1")
        #expect(question.channel == "mail" && question.address == "x@example.com")
        let known = try #require(try asker.subscription("s1"))
        #expect(!known.isConfirmed && known.state(at: Self.start) == .unconfirmed)
        #expect(try asker.update().isEmpty)
        let code = Links.fixed.code(confirming: "s1", to: "x@example.com")
        #expect(try asker.confirm(["code": .string(code.lowercased().replacing("-", with: " "))]) == nil, "as people type it")
        #expect(try asker.update().map(\.address) == ["x@example.com"])
        #expect(try asker.confirm(["code": .string(code)]) == nil, "twice is as good as once")
        #expect(try asker.confirm(["id": "s1", "code": .string(Links.fixed.token(.confirm(subscription: "s1")))]) == nil)
    }

    @Test func aLinkConfirmsWhole() throws {
        _ = try asker.subscribe("s1")
        let token = Links.fixed.token(.confirm(subscription: "s1"))
        #expect(Links.token(in: " https://tocsin.example.com/u/\(token)?x=1 ") == token)
        #expect(try asker.confirm(["code": .string("https://tocsin.example.com/u/\(token)")]) == nil)
        #expect(try asker.subscription("s1")?.isConfirmed == true)
    }

    @Test func whatIsWrongConfirmsNothing() throws {
        _ = try asker.subscribe("s1")
        _ = try asker.subscribe("s2", who: ["sms": "+447700900555"])
        let other = Links.fixed.code(confirming: "s2", to: "+447700900555")
        let leave = Links.fixed.token(.leave(subscription: "s1"))
        for payload in [
            ["code": "0000-0000"], ["id": "s1", "code": .string(other)], ["id": "nobody", "by": "desk"], ["code": .string(leave)],
            ["code": "x"], ["code": .string(String(repeating: "A", count: 1_900))],
        ] as [[String: JSONValue]] {
            #expect(try asker.confirm(payload)?.code == .wrongCode, "\(payload)")
        }
        #expect(try asker.subscription("s1")?.isConfirmed == false)
        #expect(try asker.confirm(["id": "s1", "by": "desk"]) == nil, "an operator")
    }

    /// Not again within ten minutes, three times in all, whatever the subscriptions are called.
    @Test func nobodyIsFlooded() throws {
        var asked = 0
        for minute in 0..<120 {
            asker.now = Self.start.addingTimeInterval(Double(minute) * 60)
            asked += try asker.subscribe("s\(minute % 7)", who: ["email": minute.isMultiple(of: 2) ? "x@example.com" : "X@Example.com"])
                .count
            // Leaving does not make it forgotten.
            try asker.send(["action": "unsubscribe", "id": .string("s\(minute % 7)")])
        }
        #expect(asked == 3)
        #expect(try asker.subscribe("y", who: ["email": "y@example.com"]).count == 1, "another address")
    }

    @Test func whoeverHasConfirmedMayAskForMore() throws {
        for number in 0..<5 {
            asker.now = Self.start.addingTimeInterval(Double(number) * 601)
            #expect(try asker.subscribe("s\(number)").count == 1)
            #expect(try asker.confirm(["id": .string("s\(number)"), "by": "desk"]) == nil)
        }
        #expect(try asker.subscribe("s1", ["match": ["service": "other"]]).isEmpty, "a change of what is confirmed")
        #expect(try asker.subscription("s1")?.isConfirmed == true)
    }

    /// A second wish within ten minutes is not asked about: the answer to the first is one to both.
    @Test func oneAnswerConfirmsWhatWaits() throws {
        #expect(try asker.subscribe("s1").count == 1)
        #expect(try asker.subscribe("s2", who: ["email": "X@Example.com"]).isEmpty)
        _ = try asker.subscribe("left")
        try asker.send(["action": "unsubscribe", "id": "left"])
        _ = try asker.subscribe("other", who: ["email": "y@example.com"])
        #expect(try asker.confirm(["code": .string(Links.fixed.code(confirming: "s1", to: "x@example.com"))]) == nil)
        let confirmed = try ["s1", "s2", "left", "other"].filter { try asker.subscription($0)?.isConfirmed ?? false }
        #expect(confirmed == ["s1", "s2"])
        #expect(try asker.subscribe("s3").count == 1, "what comes later is asked about")
        #expect(try asker.confirm(["id": "other", "by": "desk"]) == nil)
        #expect(try asker.subscription("s3")?.isConfirmed == false)
    }

    @Test func aCodeIsFoundByItsMark() throws {
        let ledger = asker.ledger
        _ = try asker.subscribe("s1")
        let code = Links.fixed.code(confirming: "s1", to: "x@example.com")
        let mark = try #require(Links.fixed.mark(of: code.lowercased()))
        #expect(try asker.subscription("s1")?.mark == mark)
        #expect(try ledger.surroundings { try $0.subscriptions.marked(mark).map(\.id) } == ["s1"])
        #expect(Links.fixed.mark(of: "ABCD") == nil && Links.fixed.mark(of: "ABCD-EFGH") != mark)
        #expect(Links(key: Array(0..<32), publicURL: nil).mark(of: code) != mark, "it says nothing without the key")
    }

    @Test func peoplesWishesAreTheirsAsWell() throws {
        func subscribe(_ payload: [String: JSONValue]) throws -> Rejection? {
            try asker.rejection(payload.merging(["action": "subscribe"]) { $1 })
        }
        _ = try asker.subscribe("s1")
        #expect(try subscribe(["id": "s1", "who": "ana"])?.code == .idConflict)
        let nobody = try #require(try subscribe(["who": "an"]))
        #expect(nobody.code == .wrongType && nobody.message.contains("did you mean `ana`"))
        let via = try #require(try subscribe(["who": "ana", "via": "sms"]))
        #expect(via.code == .wrongType && via.pointer == "/subscription/via")
        #expect(try subscribe(["who": "ana", "via": "mail"]) == nil)
    }

    /// Two producers that both call their first event `1`.
    @Test func withoutAnIDTheSourceKeepsThemApart() throws {
        try asker.send(["action": "subscribe", "who": "ana"], id: "1", source: "desk")
        try asker.send(["action": "subscribe", "who": ["email": "x@example.com"]], id: "1", source: "shop")
        #expect(try asker.subscription("1")?.who == .person("ana"))
        #expect(try asker.subscription("shop/1")?.who == .email("x@example.com"))
    }

    @Test func whatIsSomebodyElsesCannotBeTaken() throws {
        _ = try asker.subscribe("s1")
        #expect(try asker.rejection(["action": "subscribe", "id": "s1", "who": ["email": "y@example.com"]])?.code == .idConflict)
        #expect(try asker.subscription("s1")?.who == .email("x@example.com"))
    }

    @Test func afterAWeekItIsTooLate() throws {
        _ = try asker.subscribe("s1")
        let code = Links.fixed.code(confirming: "s1", to: "x@example.com")
        asker.now = Self.start.addingTimeInterval(7 * 86_400)
        let rejection = try #require(try asker.confirm(["code": .string(code)]))
        #expect(rejection.code == .wrongCode && rejection.message.contains("subscribe again"))
    }

    @Test func anAddressThatNothingReachesIsRefused() throws {
        let via: [String: JSONValue] = ["action": "subscribe", "id": "s1", "who": ["email": "x@example.com"], "via": "sms"]
        #expect(try asker.rejection(via)?.pointer == "/subscription/via")
        let limit: [String: JSONValue] = ["action": "subscribe", "who": ["email": "x@example.com"], "limit": "many"]
        #expect(try asker.rejection(limit)?.pointer == "/subscription/limit")
    }

    @Test func theMessageHasTheCode() throws {
        _ = try asker.subscribe("s1")
        let delivery = try #require(asker.queued())
        let request = asker.setup.request(for: delivery, now: asker.now)
        #expect(request.confirmation?.code == Links.fixed.code(confirming: "s1", to: "x@example.com"))
        #expect(request.template == "subscription" && request.confirmation?.url == nil)
    }

    // MARK: Snoozes, and what is followed

    @Test func onlyPeopleThereAreAreSnoozed() throws {
        let payload: [String: JSONValue] = ["action": "snooze", "who": "an", "until": "2030-01-01T00:00:00Z"]
        let rejection = try #require(try asker.rejection(payload))
        #expect(rejection.message.contains("did you mean `ana`"))
        #expect(try asker.rejection(["action": "snooze", "who": "ana", "until": "2030-01-01T00:00:00Z"]) == nil)
        #expect(try asker.ledger.surroundings { try $0.snoozes.elements.map(\.who) } == [.person("ana")])
        #expect(try asker.rejection(["action": "wake", "who": "ana"]) == nil)
        #expect(try asker.ledger.surroundings { try $0.snoozes.elements.isEmpty })
    }

    @Test func whoFollowsHearsTheEndAndNoMore() throws {
        try asker.send(["action": "subscribe", "id": "f", "who": "ana", "match": ["id": "INC1"], "until": "Resolved"])
        #expect(try asker.update().map(\.address) == ["ana@example.com"])
        #expect(try asker.update(status: "resolved").map(\.address) == ["ana@example.com"])
        #expect(try asker.subscription("f") == nil)
        #expect(try asker.update(status: "resolved").isEmpty)
    }
}

/// Takes events as the router would, with a ledger in memory, and answers with what is planned.
final class Asker {
    let setup: Setup
    let ledger: VirtualLedger
    var now = ConfirmationTests.start
    private var count = 0
    private var last: [QueuedDelivery] = []

    init() throws {
        let text = """
            version: 1
            channels:
              mail: {type: email, server: "smtp://127.0.0.1:2525", tls: off, from: "a@example.com"}
              sms: {type: sms, gateway: twilio, account: AC0123456789abcdef0123456789abcdef, token: t0ken, from: "+15557654321"}
            people:
              ana: {email: ana@example.com, via: [mail]}
            routes: [{name: none, match: {type: broadcast}, to: [ana]}]
            """
        let path = NSTemporaryDirectory() + "confirmation-\(UUID().uuidString).yaml"
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: path) }
        let configuration = try #require(ConfigurationLoader.load(path: path, placeholderSecrets: true).configuration)
        setup = Setup(
            configuration: configuration, templates: .builtIn,
            channels: ChannelSet(configuration.channels, http: HTTPClient(), smtp: SMTPClient(), hostName: "localhost"), links: .fixed)
        ledger = try VirtualLedger()
    }

    private func accept(_ members: [String: JSONValue]) throws -> Receipt {
        count += 1
        var document = members
        document["id"] = document["id"] ?? .string("e\(count)")
        document["time"] = .string(Timestamp.format(now))
        let event = try setup.parser.event(
            from: .object(document), origin: EventOrigin(file: "\(count).json", modified: now, size: 1))
        return try ledger.accept(Pipeline.arrival(event, file: nil, setup: setup, now: now))
    }

    private func take(_ members: [String: JSONValue]) throws -> [PlannedDelivery] {
        let receipt = try accept(members)
        guard case .accepted(_, _, let ready, _, _) = receipt else { throw ReceiptFault(receipt: receipt) }
        last = ready
        _ = try ledger.record(ready.map { AttemptRecord(delivery: $0.id, at: now, outcome: "accepted", next: .delivered) })
        return ready.map { delivery in
            PlannedDelivery(
                channel: delivery.channel, kind: delivery.kind, address: delivery.address, recipient: delivery.recipient,
                for: delivery.for, routes: delivery.routes, template: delivery.template, priority: delivery.priority, due: delivery.due,
                origin: delivery.origin, subscription: delivery.subscription)
        }
    }

    func queued() -> QueuedDelivery? { last.first }

    @discardableResult
    func send(_ payload: [String: JSONValue]) throws -> [PlannedDelivery] {
        try take(["type": "subscription", "subscription": .object(payload)])
    }

    func send(_ payload: [String: JSONValue], id: String, source: String) throws {
        _ = try take(["type": "subscription", "id": .string(id), "source": .string(source), "subscription": .object(payload)])
    }

    func subscribe(
        _ id: String, who: JSONValue = ["email": "x@example.com"], _ more: [String: JSONValue] = [:]
    ) throws -> [PlannedDelivery] {
        try send(["action": "subscribe", "id": .string(id), "who": who].merging(more) { $1 })
    }

    func subscribe(_ id: String, _ more: [String: JSONValue]) throws -> [PlannedDelivery] {
        try subscribe(id, who: ["email": "x@example.com"], more)
    }

    func rejection(_ payload: [String: JSONValue]) throws -> Rejection? {
        let receipt = try accept(["type": "subscription", "subscription": .object(payload)])
        if case .rejected(let rejection) = receipt { return rejection }
        return nil
    }

    func confirm(_ payload: [String: JSONValue]) throws -> Rejection? { try rejection(payload.merging(["action": "confirm"]) { $1 }) }

    func update(status: String = "open") throws -> [PlannedDelivery] {
        try take([
            "type": "status_change", "incident": ["id": "INC1", "service": "shop", "severity": "low", "status": .string(status)],
        ])
    }

    func subscription(_ id: String) throws -> Subscription? { try ledger.surroundings { try $0.subscriptions[id] } }
}

struct ReceiptFault: Error { var receipt: Receipt }
