// Whom a broadcast reaches: each address once, in parts, in the order of its entries; and what is held or left out.

import Foundation
import Incidents
import JSON
import Testing

@testable import Routing

@Suite struct AudienceTests {
    func table(_ change: (inout Directory) throws -> Void = { _ in }) throws -> RoutingTable {
        var directory = try directory()
        try change(&directory)
        return RoutingTable(routes: [], directory: directory, scale: .standard, assumedSeverity: SeverityScale.standard.mostUrgent)
    }

    func broadcast(_ audience: [String], match: [String: JSONValue] = [:], urgent: Bool = false, subscriptions: Int64 = .max) -> Broadcast {
        Broadcast(
            id: "b1", source: "test", event: "e1", state: .sending, created: noon, by: "ana", audience: audience, match: match,
            isUrgent: urgent, started: noon, lastSubscription: subscriptions)
    }

    func news(_ incident: Incident? = nil) -> BroadcastNews { BroadcastNews(event: event(.broadcast), incident: incident) }

    /// All parts, each as its addresses.
    func parts(
        _ table: RoutingTable, _ broadcast: Broadcast, _ incident: Incident? = nil, _ surroundings: any Surroundings = NoSurroundings()
    ) throws -> [[PlannedDelivery]] {
        var parts: [[PlannedDelivery]] = []
        var broadcast = broadcast
        while let part = try table.part(of: broadcast, news: news(incident), surroundings: surroundings, now: noon) {
            broadcast = part.broadcast
            parts.append(part.deliveries)
            try #require(parts.count < 10_000)
        }
        #expect(broadcast.state == .sent)
        #expect(broadcast.step == .done)
        return parts
    }

    @Test func eachAddressOnceInTheOrderOfTheEntries() throws {
        let parts = try parts(table(), broadcast(["payments", "duty-engineer", "mail:OWNER@example.com", "mail:x@example.com"]))
        let all = parts.flatMap { $0 }
        #expect(all.map(\.address) == ["+447700900123", "owner@example.com", "https://hooks.slack.com/…", "x@example.com"])
        #expect(all.allSatisfy { $0.origin == .broadcast && $0.template == "broadcast" && $0.routes == ["broadcast b1"] })
    }

    @Test func itGoesBehindWhateverIsAboutAnIncident() throws {
        let calm = try parts(table(), broadcast(["ops-slack"])).flatMap { $0 }
        #expect(calm.map(\.priority) == [SeverityScale.standard.steps.count + 1])
        let urgent = try parts(table(), broadcast(["ops-slack"], urgent: true), incident(), NoSurroundings()).flatMap { $0 }
        #expect(urgent.map(\.priority) == [SeverityScale.standard.steps.count], "before the others, and behind the least severe")
        #expect(urgent.map(\.isUrgent) == [true])
    }

    @Test func manyGoOutInSmallParts() throws {
        let entries = (1...1_000).map { "mail:n\($0)@example.com" }
        let parts = try parts(table(), broadcast(entries))
        #expect(parts.allSatisfy { $0.count <= RoutingTable.addressesToAPart })
        #expect(parts.flatMap { $0 }.map(\.address) == (1...1_000).map { "n\($0)@example.com" })
    }

    @Test func aChangeOfThoseWhoAreNamedBeginsAnew() throws {
        let entries = (1...100).map { "mail:n\($0)@example.com" }
        var going = broadcast(entries)
        let first = try #require(try table().part(of: going, news: news(), surroundings: NoSurroundings(), now: noon))
        going = first.broadcast
        #expect(going.cursor == Int64(RoutingTable.addressesToAPart))
        going.audience.removeFirst(10)
        let next = try #require(try table().part(of: going, news: news(), surroundings: NoSurroundings(), now: noon))
        #expect(next.deliveries.first?.address == "n11@example.com", "whoever has it already is passed over when it is written")
    }

    @Test func quietHoursHoldItUnlessItIsUrgent() throws {
        let table = try table { directory in
            directory.people["duty-engineer"]?.quietHours = QuietHours(from: 0, until: 0)
        }
        let calm = try parts(table, broadcast(["duty-engineer"])).flatMap { $0 }
        guard case .hold(let hold)? = calm.first?.intent else { return #expect(Bool(false), "\(calm)") }
        #expect(hold.kind == .quietHours)
        let urgent = try parts(table, broadcast(["duty-engineer"], urgent: true)).flatMap { $0 }
        #expect(urgent.map(\.intent) == [.send])
    }

    @Test func aSilenceDoesNotHoldIt() throws {
        let surroundings = InMemorySurroundings()
        surroundings.standingSilences = [
            Silence(id: "x1", match: ["severity": "*"], from: noon.addingTimeInterval(-60), until: noon.addingTimeInterval(60))
        ]
        let all = try parts(table(), broadcast(["ops-slack"]), incident(), surroundings).flatMap { $0 }
        #expect(all.map(\.intent) == [.send])
    }

    private func subscription(_ who: String, _ match: [String: JSONValue] = [:]) -> Subscription {
        Subscription(id: "s-\(who)", who: .person(who), match: match)
    }

    @Test func subscribersAreThoseWhoseWishFitsTheIncident() throws {
        let surroundings = InMemorySurroundings()
        surroundings.standingSubscriptions = [
            subscription("duty-engineer", ["service": "pay*"]), subscription("service-owner", ["service": "search"]),
        ]
        let all = try parts(table(), broadcast(["subscribers"]), incident(), surroundings).flatMap { $0 }
        #expect(all.map(\.recipient) == ["duty-engineer"])
        #expect(all.map(\.subscription) == ["s-duty-engineer"])
    }

    @Test func withoutAnIncidentMatchNarrowsThem() throws {
        let surroundings = InMemorySurroundings()
        surroundings.standingSubscriptions = [
            subscription("duty-engineer", ["service": "pay*"]), subscription("service-owner", ["service": "search"]),
        ]
        func reached(_ match: [String: JSONValue]) throws -> [String] {
            try parts(table(), broadcast(["subscribers"], match: match), nil, surroundings).flatMap { $0 }.map(\.recipient)
        }
        #expect(try reached([:]) == ["duty-engineer", "service-owner"])
        #expect(try reached(["service": "payments"]) == ["duty-engineer"])
        #expect(try reached(["service": ["search", "mail"]]) == ["service-owner"])
        #expect(try reached(["service": "shop"]) == [])
    }

    @Test func whoSubscribesLaterIsNotTold() throws {
        let surroundings = InMemorySurroundings()
        surroundings.standingSubscriptions = [subscription("duty-engineer"), subscription("service-owner")]
        let all = try parts(table(), broadcast(["subscribers"], subscriptions: 1), nil, surroundings).flatMap { $0 }
        #expect(all.map(\.recipient) == ["duty-engineer"])
    }

    @Test func whomRoutesToldIsPassedOver() throws {
        var told = broadcast(["ops-slack", "mail:x@example.com"])
        told.routed = [Way(channel: "mail", address: "X@example.com")]
        #expect(try parts(table(), told).flatMap { $0 }.map(\.recipient) == ["ops-slack"])
    }

    @Test func whomRoutesTellCountsOnce() throws {
        var routed = try plan(["ops-slack", "mail:n1@example.com"])
        func count(_ routed: [PlannedDelivery]) throws -> Int {
            try table().addresses(
                of: broadcast(["mail:n1@example.com", "mail:n2@example.com"]), news(), routed: routed, surroundings: NoSurroundings(),
                limit: 10, now: noon)
        }
        #expect(try count(routed) == 3)
        routed[0].intent = .supersede("")
        #expect(try count(routed) == 2)
    }

    private func plan(_ to: [String]) throws -> [PlannedDelivery] {
        var table = try table()
        table.routes = [try route("r", to: to)]
        return table.plan(event(.broadcast), application: nil, now: noon).deliveries
    }

    @Test func theCountStopsAtItsLimit() throws {
        let entries = (1...100).map { "mail:n\($0)@example.com" }
        func count(_ limit: Int) throws -> Int {
            try table().addresses(of: broadcast(entries + entries), news(), surroundings: NoSurroundings(), limit: limit, now: noon)
        }
        #expect(try count(1_000) == 100)
        #expect(try count(50) == 51)
    }

    @Test func aCorrectionIsCountedOnlySoFar() throws {
        let known = CorrectedSurroundings()
        var correction = broadcast([])
        (correction.corrects, correction.chain) = ("b0", ["b0"])
        func count(_ limit: Int) throws -> Int {
            try table().addresses(of: correction, news(), surroundings: known, limit: limit, now: noon)
        }
        #expect(try count(50) == 51, "of those that have been looked at, nobody was reached")
        #expect(known.looked <= RoutingTable.looksToCount)
    }

    @Test func namesThatAreNobodysAreFound() throws {
        let table = try table()
        #expect(table.fault(inAudience: ["payments", "subscribers", "assignee"]) == nil)
        let fault = try #require(table.fault(inAudience: ["ops-slack", "paymnts"]))
        #expect(fault.place == 1)
        #expect(fault.why.contains("did you mean `payments`?"))
        #expect(table.fault(inAudience: ["fax:12"])?.why.contains("no channel `fax`") == true)
    }
}

/// A broadcast of a hundred thousand deliveries, none of which has gone out.
private final class CorrectedSurroundings: Surroundings {
    private(set) var looked = 0

    var silences: Standing<Silence> { Standing() }
    var subscriptions: SubscriptionBook { SubscriptionBook([]) }
    func told(of incident: String) -> [ToldAddress] { [] }
    func throttled(channel: String, address: String, since: Date, limit: Int) -> [Date] { [] }
    func held(channel: String, address: String, key: String) -> HeldState { HeldState() }
    func openIncidents(services: [String], atLeast rank: Int) -> [OpenIncident] { [] }
    func stepFailed(of incident: String) -> Bool { false }
    func kept(by silence: String) -> [KeptAddress] { [] }

    func broadcast(_ id: String) -> Broadcast? {
        Broadcast(id: id, source: "test", event: "e0", state: .stopped, created: noon, started: noon)
    }

    func deliveries(of broadcast: Broadcast, after: Int64, limit: Int) -> [BroadcastDelivery] {
        let page = (after + 1)..<max(after + 1, min(after + 1 + Int64(limit), 100_001))
        looked += page.count
        return page.map {
            BroadcastDelivery(id: $0, address: RoutingTests.told("n\($0)@example.com"), isReached: false, mayBeWithdrawn: true)
        }
    }
}
