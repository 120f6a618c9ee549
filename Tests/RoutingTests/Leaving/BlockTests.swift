// Nothing goes to an address that is suppressed, whatever routes say; nobody is lost by that who can be told otherwise.

import Foundation
import Incidents
import JSON
import Testing

@testable import Routing

@Suite struct BlockTests {
    /// Only blocks are known.
    private struct Blocks: Surroundings {
        var blocks: [AddressBlock]
        var told: [ToldAddress] = []
        var standing: [Subscription] = []

        var silences: Standing<Silence> { Standing() }
        var subscriptions: SubscriptionBook { SubscriptionBook(standing) }
        func told(of incident: String) -> [ToldAddress] { told }
        func throttled(channel: String, address: String, since: Date, limit: Int) -> [Date] { [] }
        func held(channel: String, address: String, key: String) -> HeldState { HeldState() }
        func openIncidents(services: [String], atLeast rank: Int) -> [OpenIncident] { [] }
        func stepFailed(of incident: String) -> Bool { false }
        func kept(by silence: String) -> [KeptAddress] { [] }
        func block(kind: ChannelKind, address: String) -> AddressBlock? {
            blocks.first { $0.kind == kind && $0.address == address }
        }
    }

    private func stopped(_ address: String, _ kind: ChannelKind = .email) -> AddressBlock {
        AddressBlock(kind: kind, address: address, since: noon.addingTimeInterval(-3_600), cause: .stop, reason: "texted\nSTOP")
    }

    private func plan(
        _ to: [String], _ surroundings: Blocks, _ event: Event = event(.escalation), urgent: Bool = false, unrouted: [String] = ["bot"]
    ) throws -> Plan {
        try table([route("r", to: to, isUrgent: urgent)], unrouted: unrouted)
            .plan(event, application: application(), now: noon, surroundings: surroundings)
    }

    @Test func itIsSuppressedWithReasonAndDate() throws {
        let plan = try plan(["mail:X@example.com", "ops-slack"], Blocks(blocks: [stopped("X@Example.com")]), urgent: true)
        #expect(plan.deliveries.map(\.address) == ["X@example.com", "https://hooks.slack.com/…"])
        let reason = "stop since 24 Nov 2026: texted STOP"
        #expect(plan.deliveries[0].intent == .suppress(Suppression(reason: reason)))
        #expect(plan.deliveries[1].intent == .send)
    }

    @Test func bouncesAloneKeepNothingBack() throws {
        let bounced = AddressBlock(kind: .email, address: "x@example.com", since: nil, cause: .bounces, bounces: [noon])
        #expect(try plan(["mail:x@example.com"], Blocks(blocks: [bounced])).deliveries.map(\.intent) == [.send])
    }

    @Test func aPersonIsToldByAnotherWayOfTheirs() throws {
        let plan = try plan(["duty-engineer via sms"], Blocks(blocks: [stopped("+447700900123", .sms)]), urgent: true)
        #expect(plan.deliveries.map(\.channel) == ["sms", "mail"])
        #expect(plan.deliveries.map { $0.intent == .send } == [false, true])
        #expect(plan.deliveries[1].address == "duty@example.com" && plan.deliveries[1].kind == .email)
        #expect(plan.deliveries[1].isUrgent && plan.deliveries[1].routes == ["r"] && plan.deliveries[1].recipient == "duty-engineer")
        #expect(!plan.fellThrough)
    }

    @Test func whereAllAreLostSomebodyHears() throws {
        let blocks = Blocks(blocks: [stopped("owner@example.com"), stopped("x@example.com")])
        let plan = try plan(["service-owner", "mail:x@example.com"], blocks)
        #expect(plan.fellThrough)
        #expect(plan.deliveries.map(\.channel) == ["mail", "mail", "bot"])
        #expect(plan.deliveries.last?.intent == .send && plan.deliveries.last?.routes == [RoutingTable.unroutedName])
    }

    /// Whoever waits for a digest of their own wish is nobody who hears.
    @Test func subscribersWhoGatherDoNotCount() throws {
        var blocks = Blocks(blocks: [stopped("owner@example.com")])
        blocks.standing = [Subscription(id: "s", who: .person("duty-engineer"), cadence: .daily(at: 480))]
        let plan = try plan(["service-owner"], blocks)
        #expect(plan.fellThrough && plan.deliveries.map(\.channel) == ["mail", "sms", "bot"])
    }

    /// An approver, or a deputy, whom an event is for that routes do not see.
    @Test func whomAnEventIsForAloneIsToldOtherwiseToo() throws {
        let asked = Directed(.entry(try entry("duty-engineer via sms")), origin: .reminder, name: "broadcasts.approvers", isUrgent: true)
        let plan = try table([]).plan(
            event(.approval), application: nil, now: noon, surroundings: Blocks(blocks: [stopped("+447700900123", .sms)]), directed: [asked]
        )
        #expect(plan.deliveries.map(\.channel) == ["sms", "mail"])
        #expect(plan.deliveries.map { $0.intent == .send } == [false, true])
    }

    @Test func theOperatorsAreNotToldThereEither() throws {
        let table = try table([], operators: ["mail:ops@example.com", "ops-slack"])
        let plan = try table.plan(
            event(.operations), application: nil, now: noon, surroundings: Blocks(blocks: [stopped("ops@example.com")]))
        #expect(plan.deliveries.map { $0.intent == .send } == [false, true])
    }

    @Test func leavingCancelsWhatIsOwedAndAStandingWishDoesNot() throws {
        var surroundings = Blocks(blocks: [stopped("stopped@example.com")])
        var left = told("left@example.com")
        left.subscriptions = ["gone"]
        var stays = told("stays@example.com")
        stays.subscriptions = ["gone", "here"]
        surroundings.told = [told("stopped@example.com"), left, stays, told("named@example.com")]
        surroundings.standing = [Subscription(id: "here", who: .email("stays@example.com"))]
        let turned = Event(
            id: "e2", source: "monitor", type: .statusChange, time: noon,
            incident: IncidentPatch(id: "INC0012345", members: ["status": "resolved"]))
        let application = try #require(Incident.apply(turned, to: incident(), now: noon))
        let plan = try table([]).plan(turned, application: application, now: noon, surroundings: surroundings)
        #expect(plan.deliveries.map(\.address) == ["stays@example.com", "named@example.com"])
        #expect(plan.deliveries.map(\.subscription) == ["here", nil], "the end has a way out, too")
    }

    @Test func anAddressIsLostAfterSoManyBouncesInTheWindow() {
        var block = AddressBlock(kind: .email, address: "X@example.com", since: nil, cause: .bounces)
        let rule = BounceRule(count: 3, window: 86_400)
        func count(_ seconds: TimeInterval, _ reason: String?) -> Bool {
            block.count(bounceAt: noon.addingTimeInterval(seconds), reason: reason, by: rule)
        }
        let first = [count(-90_000, "old"), count(-100, "1"), count(-50, "2")]
        #expect(first == [false, false, false])
        #expect(block.bounces.count == 2 && !block.isSuppressed, "the old one is forgotten")
        let third = count(0, String(repeating: "x\r\n", count: 1_000))
        #expect(third && block.since == noon && block.address == "x@example.com")
        #expect((block.reason?.count ?? 0) <= AddressBlock.longestReason + 1)
        #expect(block.reason?.contains("\n") == false)
        let fourth = count(0, nil)
        #expect(!fourth, "it is news once")
    }

    @Test func theOwnersWordCountsMoreThanBounces() {
        var block = AddressBlock(kind: .email, address: "x@example.com", since: noon, cause: .bounces, reason: "550")
        let isNews = block.suppress(.stop, at: noon.addingTimeInterval(60), reason: "asked", by: nil)
        #expect(!isNews && block.cause == .stop && block.reason == "asked" && block.since == noon)
        _ = block.suppress(.byOperator, at: noon, reason: "again", by: "ops")
        #expect(block.cause == .stop, "the first word stays")
    }

    @Test func theOwnerHearsOfItByAnotherChannel() throws {
        let table = try table([], operators: ["ops-slack"])
        let lost = stopped("+447700900123", .sms)
        let due = try #require(table.lostAddress(lost, now: noon) { _, _ in false })
        #expect(due.event.type == .operations && due.event.change.field == "address")
        #expect(due.event.document["address"] == "+447700900123" && due.event.document["channel"] == "sms")
        let plan = try table.plan(
            due.event, application: nil, now: noon, surroundings: Blocks(blocks: [lost]), directed: due.directed)
        #expect(plan.deliveries.map(\.channel) == ["mail", "ops-slack"])
        #expect(plan.deliveries[0].recipient == "duty-engineer")
        #expect(plan.deliveries.allSatisfy { !$0.isUrgent && $0.intent == .send })
        let unlisted = table.lostAddress(stopped("nobody@example.com"), now: noon) { _, _ in false }
        #expect(unlisted?.event == nil, "nobody's in `people`")
        let alone = try #require(table.lostAddress(stopped("owner@example.com"), now: noon) { _, _ in false })
        #expect(alone.directed.isEmpty)
        #expect(alone.event.message?.contains("service-owner cannot be told by another channel") == true)
    }
}
