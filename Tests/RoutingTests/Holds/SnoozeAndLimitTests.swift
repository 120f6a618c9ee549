// People on their own terms: not now, and not more than that; and what of it counts where several ask for one message.

import Foundation
import Incidents
import JSON
import Testing

@testable import Routing

@Suite struct SnoozeAndLimitTests {
    private let known = InMemorySurroundings()
    private let owner = "service-owner"
    private let address = "owner@example.com"

    private func snooze(_ who: Subscription.Who, _ seconds: TimeInterval = 7_200) {
        known.standingSnoozes.append(Snooze(who: who, until: noon + seconds))
    }

    private func outcome(_ routes: [Route], of incident: Incident = medium, directed: [Directed] = []) throws -> [String] {
        try table(routes).planned(of: incident, with: known, directed: directed).outcome
    }

    // MARK: Snooze

    @Test func whoeverIsSnoozedHearsLater() throws {
        snooze(.person(owner))
        let plan = try table([route("r", to: [owner, "bot", "duty-engineer via mail"])]).planned(with: known)
        #expect(plan.outcome == ["\(address) hold snooze -", "C0123456 send", "duty@example.com send"])
        #expect(plan.holds == [Hold(kind: .snooze, until: noon + 7_200, reason: "service-owner does not want to hear until 14:00 UTC")])
    }

    @Test func urgentAndGraveComeThrough() throws {
        snooze(.person(owner))
        #expect(try outcome([route("r", to: [owner], isUrgent: true)]) == ["\(address) send"])
        var table = try table([route("r", to: [owner])])
        table.rules.wakesFor = SeverityScale.standard.severity("high")
        #expect(try table.planned(of: incident(["severity": "high"]), with: known).outcome == ["\(address) send"])
        #expect(try table.planned(of: medium, with: known).outcome == ["\(address) hold snooze -"])
    }

    @Test func itsEndAndThatOfQuietHoursCountTogether() throws {
        snooze(.person(owner), 600)
        let quiet = try table([route("r", to: [owner])]).withQuietHours(11 * 60, 14 * 60, of: owner)
        #expect(try quiet.planned(with: known).holds.map(\.kind) == [.quietHours])
        // It ends within quiet hours that begin meanwhile.
        let later = try table([route("r", to: [owner])]).withQuietHours(12 * 60 + 5, 14 * 60, of: owner)
        #expect(try later.planned(with: known).holds.map(\.until) == [noon + 7_200])
        #expect(try later.planned(with: known).holds.map(\.kind) == [.snooze], "whoever wakes hears it")
    }

    @Test func oneThatIsOverHoldsNothing() throws {
        snooze(.person(owner), -1)
        snooze(.person("duty-engineer"))
        #expect(try outcome([route("r", to: [owner])]) == ["\(address) send"])
    }

    /// An address is snoozed as itself, however it is written; not where a person is told at it.
    @Test func addressesAreSnoozedAsThemselves() throws {
        snooze(.email("OWNER@example.com"))
        #expect(try outcome([route("r", to: ["mail:Owner@Example.com"])]) == ["Owner@Example.com hold snooze -"])
        #expect(try outcome([route("r", to: [owner])]) == ["\(address) send"])
    }

    // MARK: Limits

    private func limited(_ routes: [Route], _ count: Int = 2) throws -> RoutingTable {
        var table = try table(routes)
        table.directory.people[owner]?.limits = [.email: ThrottleRule(count: count, window: 3_600)]
        return table
    }

    @Test func whatIsOverWaitsForADigest() throws {
        let table = try limited([route("r", to: [owner])])
        known.sent[address] = [noon - 60]
        let under = try table.planned(with: known)
        #expect(under.outcome == ["\(address) send"] && under.deliveries.map(\.isLimited) == [true])
        #expect(under.deliveries.map(\.isThrottled) == [false], "no throttle of a route is used up")
        known.sent[address] = [noon - 60, noon - 600]
        let over = try table.planned(with: known)
        #expect(over.outcome == ["\(address) hold limit -"] && over.deliveries.map(\.isLimited) == [false])
        #expect(over.holds.map(\.until) == [noon + 3_000])
        #expect(over.holds.map(\.reason) == ["more than 2 per 1h, the limit of service-owner: in a digest in 50m"])
        #expect(over.notes.contains("limit of service-owner at mail: 2 sent of 2 per 1h"))
    }

    /// What counts for one does not count for the other.
    @Test func limitsAndThrottlesAreApart() throws {
        var throttled = try route("r", to: [owner])
        throttled.throttle = ThrottleRule(count: 1, window: 3_600)
        known.limited = [address: [noon - 60]]
        let both = try limited([throttled]).planned(with: known)
        #expect(both.outcome == ["\(address) send"])
        #expect(both.deliveries.map { [$0.isThrottled, $0.isLimited] } == [[true, true]])
        (known.sent, known.limited) = ([address: [noon - 60]], [:])
        #expect(try limited([throttled]).planned(with: known).outcome == ["\(address) hold throttle -"])
        // The clock was set back: what is said to come later tells nothing.
        known.limited = [address: [noon + 60, noon + 30]]
        #expect(try limited([route("r", to: [owner])]).planned(with: known).outcome == ["\(address) send"])
    }

    @Test func urgentAndMostUrgentAreNotLimited() throws {
        known.sent[address] = [noon - 60, noon - 600]
        #expect(try limited([route("r", to: [owner], isUrgent: true)]).planned(with: known).outcome == ["\(address) send"])
        let worst = incident(["severity": "critical"])
        #expect(try limited([route("r", to: [owner])]).planned(of: worst, with: known).outcome == ["\(address) send"])
        #expect(known.questions.filter { $0.hasPrefix("throttled") }.isEmpty, "nothing was looked up")
    }

    @Test func theLaterOfThrottleAndLimitCounts() throws {
        known.sent[address] = [noon - 60, noon - 600]
        var route = try route("r", to: [owner])
        route.throttle = ThrottleRule(count: 1, window: 120)
        #expect(try limited([route]).planned(with: known).holds.map(\.kind) == [.limit])
        route.throttle = ThrottleRule(count: 2, window: 7_200)
        #expect(try limited([route]).planned(with: known).holds.map(\.kind) == [.throttle])
    }

    @Test func anAddressHasTheLimitOfItsSubscription() throws {
        known.standingSubscriptions = [
            Subscription(id: "s", who: .email("x@example.com"), limit: ThrottleRule(count: 1, window: 3_600), isConfirmed: true)
        ]
        #expect(try outcome([]) == ["x@example.com send"])
        known.sent["x@example.com"] = [noon - 60]
        #expect(try outcome([]) == ["x@example.com hold limit -"])
    }

    // MARK: One message

    /// Two routes and a subscription.
    @Test func theMostUrgentOfAllDecides() throws {
        known.standingSubscriptions = [Subscription(id: "s1", who: .person(owner), cadence: .daily(at: 480))]
        snooze(.person(owner))
        let routes = [try route("team", to: [owner]), try route("grave", to: [owner], isUrgent: true)]
        let plan = try table(routes).withQuietHours(11 * 60, 14 * 60, of: owner).planned(with: known)
        #expect(plan.deliveries.map(\.routes) == [["team", "grave", "subscription s1"]])
        #expect(plan.outcome == ["\(address) send"])
        #expect(plan.deliveries.map(\.subscription) == [nil], "they are named: leaving would change nothing")
        #expect(plan.deliveries.map(\.origin) == [.route])
    }

    @Test func whatComesByASubscriptionAloneNamesIt() throws {
        known.standingSubscriptions = [
            Subscription(id: "s1", who: .person(owner), match: ["type": "escalation"]), Subscription(id: "s2", who: .person(owner)),
        ]
        #expect(try table([]).planned(with: known).deliveries.map(\.subscription) == ["s1"])
        #expect(try table([route("r", to: ["subscribers"])]).planned(with: known).deliveries.map(\.subscription) == ["s1"])
        #expect(try table([route("r", to: ["subscribers", owner])]).planned(with: known).deliveries.map(\.subscription) == [nil])
        #expect(try table([route("r", to: [owner])]).planned(with: known).deliveries.map(\.subscription) == [nil])
        let quick = try table([route("r", to: ["subscribers"])]).planned(with: known, explaining: false)
        #expect(quick.deliveries.map(\.subscription) == ["s1"] && quick.verdicts.isEmpty)
    }

    // MARK: Addresses that are not listed

    @Test func aConfirmedAddressIsToldByTheFirstChannelOfItsKind() throws {
        known.standingSubscriptions = [
            Subscription(id: "a", who: .email("x@example.com"), isConfirmed: true),
            Subscription(id: "b", who: .sms("+4912345"), isConfirmed: true),
            Subscription(id: "c", who: .email("y@example.com"), via: "sms", isConfirmed: true),
            Subscription(id: "d", who: .email("z@example.com"), via: "mial", isConfirmed: true),
        ]
        var table = try table([])
        table.directory.channels["backup"] = ChannelFacts(name: "backup", kind: .email, ownAddress: nil, takesAddresses: true, place: -1)
        let plan = try table.planned(with: known)
        #expect(plan.deliveries.map(\.channel) == ["backup", "sms"])
        #expect(plan.deliveries.map(\.recipient) == ["x@example.com", "+4912345"])
        let reasons = plan.verdicts.flatMap(\.unreached).map(\.reason)
        #expect(reasons.first == "`sms` cannot reach y@example.com: it takes no email addresses")
        #expect(reasons.last?.contains("there is no channel `mial`") ?? false)
    }

    @Test func whatIsAskedIsNotHeld() throws {
        snooze(.email("x@example.com"))
        let question = Directed(.entry(try entry("mail:x@example.com")), origin: .confirmation, name: "subscription s", subscription: "s")
        let plan = try table([]).plan(event(.subscription), application: nil, now: noon, surroundings: known, directed: [question])
        #expect(plan.outcome == ["x@example.com send"])
        #expect(plan.deliveries.map(\.subscription) == ["s"] && plan.deliveries.map(\.origin) == [.confirmation])
    }
}
