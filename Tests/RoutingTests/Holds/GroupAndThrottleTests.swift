// Several events in one message, and so many messages in so much time.

import Foundation
import Incidents
import JSON
import Testing

@testable import Routing

@Suite struct GroupAndThrottleTests {
    private let known = InMemorySurroundings()
    private let rule = GroupRule(by: ["service", "labels.region", "labels.nothing", "nonsense"], wait: 30, interval: 300)
    private let key = "group/r/payments-api/eu-west-1/-/-"

    private func route(
        _ name: String = "r", to: [String] = ["bot"], isUrgent: Bool = false, _ group: GroupRule? = nil, _ throttle: ThrottleRule? = nil
    ) throws -> Route {
        var route = try RoutingTests.route(name, to: to, isUrgent: isUrgent)
        route.group = group
        route.throttle = throttle
        return route
    }

    // MARK: Group

    @Test func theFirstWaitsForOthers() throws {
        let plan = try table([route("r", rule)]).planned(with: known)
        #expect(plan.holds == [Hold(kind: .group, key: key, until: noon + 30, reason: "grouped by route r: in 30s")])
    }

    @Test(
        arguments: [
            (10, nil, 10), (nil, -299, 1), (nil, -300, 30), (nil, -1, 299), (nil, -900, 30), (5, -1, 5), (-3, nil, 0),
            // The clock was set back.
            (nil, 7_200, 300), (7_200, nil, 300),
        ] as [(TimeInterval?, TimeInterval?, TimeInterval)])
    func theRestGoesWithItAndTheNextWaitsForTheInterval(opens: TimeInterval?, last: TimeInterval?, until: TimeInterval) throws {
        known.held["C0123456 \(key)"] = HeldState(opensAt: opens.map { noon + $0 }, lastReleased: last.map { noon + $0 })
        #expect(try table([route("r", rule)]).planned(with: known).holds.map(\.until) == [noon + until])
    }

    /// Words are the same in either case; a slash in a value is not one between two.
    @Test func keysAreOfValues() throws {
        let table = try table([route("r", GroupRule(by: ["service", "category"], wait: 1, interval: 1))])
        func key(_ service: String, _ category: String) throws -> String? {
            try table.planned(of: incident(["service": .string(service), "category": .string(category)]), with: known).holds.first?.key
        }
        #expect(try key("A", "b") == key("a", "B"))
        #expect(try key("a/b", "c") != key("a", "b/c"))
        #expect(try key("a/b", "c") != key("a%2Fb", "c"))
    }

    /// Only if all contributing routes have it; the first one's.
    @Test func allMustGroup() throws {
        let other = GroupRule(by: [], wait: 5, interval: 5)
        #expect(try table([route("r", rule), route("s", other)]).planned(with: known).holds.map(\.key) == [key])
        #expect(try table([route("s", other), route("r", rule)]).planned(with: known).holds.map(\.key) == ["group/s"])
        #expect(try table([route("r", rule), route("s", nil)]).planned(with: known).outcome == ["C0123456 send"])
        #expect(try table([route("s", nil), route("r", rule)]).planned(with: known).outcome == ["C0123456 send"])
        // A step that is for the same address is not grouped either; a wish for a digest leaves it to the route.
        let step = Directed(.entry(try entry("bot")), origin: .step, name: "escalation.p step 1")
        #expect(try table([route("r", rule)]).planned(with: known, directed: [step]).outcome == ["C0123456 send"])
        known.standingSubscriptions = [Subscription(id: "s", who: .person("service-owner"), cadence: .hourly)]
        let person = try table([route("r", to: ["service-owner"], rule)])
        #expect(try person.planned(with: known).holds.map(\.key) == [key])
    }

    @Test func urgentAndGraveOnesAreGroupedAsTheirRouteSays() throws {
        #expect(try table([route("r", isUrgent: true, rule)]).planned(of: incident(), with: known).holds.map(\.key) == [key])
    }

    @Test func anEndThatIsOwedIsNotGrouped() throws {
        known.toldOf["INC0012345"] = [told("C0123456", by: bot)]
        #expect(
            try table([route("x", to: ["ops-slack"], rule)]).planned(turn: turn("resolved"), with: known).outcome.last == "C0123456 send")
    }

    // MARK: Throttle

    private let three = ThrottleRule(count: 3, window: 600)

    /// After the clock was set back.
    @Test func whatIsToHaveBeenSentLaterThanNowDoesNotCount() throws {
        known.sent["C0123456"] = [noon + 7_200, noon + 7_100, noon + 1]
        #expect(try table([route("r", nil, three)]).planned(with: known).outcome == ["C0123456 send"])
    }

    @Test func whatIsOverWaitsForADigest() throws {
        known.sent["C0123456"] = [-10, -20, -500, -590].map { noon + $0 }
        let plan = try table([route("r", nil, three)]).planned(with: known)
        #expect(plan.holds == [Hold(kind: .throttle, until: noon + 100, reason: "more than 3 per 10m: in a digest in 1m40s")])
        #expect(plan.deliveries.map(\.isThrottled) == [false])
        #expect(plan.notes == ["throttle at bot for bot: 3 sent of 3 per 10m"])
    }

    @Test func whatIsWithinGoesOutAndCounts() throws {
        known.sent["C0123456"] = [-10, -590, -601].map { noon + $0 }
        let plan = try table([route("r", nil, three)]).planned(with: known)
        #expect(plan.outcome == ["C0123456 send"])
        #expect(plan.deliveries.map(\.isThrottled) == [true])
    }

    @Test func urgentAndMostUrgentOnesAreNotThrottled() throws {
        known.sent["C0123456"] = Array(repeating: noon, count: 9)
        let urgent = try table([route("r", isUrgent: true, nil, three)]).planned(with: known)
        let grave = try table([route("r", nil, three)]).planned(of: incident(), with: known)
        #expect(urgent.outcome == ["C0123456 send"] && grave.outcome == ["C0123456 send"])
        #expect((urgent.deliveries + grave.deliveries).allSatisfy { !$0.isThrottled })
        #expect(known.questions.isEmpty)
    }

    /// Only if all have one; the one that lets most through. One message has gone out just now.
    @Test(
        arguments: [
            (["1 60", "5 60"], "send"), (["5 60", "1 60"], "send"), (["3 600", "1 60"], "hold throttle -"), (["3 600", "2 600"], "send"),
            (["1 60", "1 60"], "hold throttle -"), (["1 60", ""], "send"), (["", "1 60"], "send"),
        ])
    func ofSeveralTheMostGenerous(rules: [String], outcome: String) throws {
        known.sent["C0123456"] = [noon - 1]
        let routes = try rules.enumerated().map { number, text in
            let words = text.split(separator: " ").compactMap { Double($0) }
            return try route("r\(number)", nil, words.count == 2 ? ThrottleRule(count: Int(words[0]), window: words[1]) : nil)
        }
        #expect(try table(routes).planned(with: known).outcome == ["C0123456 \(outcome)"])
        #expect(known.questions.isEmpty == rules.contains(""))
    }

    @Test func oneAddressDoesNotCountForAnother() throws {
        known.sent["C0123456"] = [noon - 1, noon - 2, noon - 3]
        let plan = try table([route("r", to: ["bot", "ops-slack"], nil, three)]).planned(with: known)
        #expect(plan.outcome == ["C0123456 hold throttle -", "https://hooks.slack.com/… send"])
    }

    /// What a group gathers counts once.
    @Test func aGroupCountsOnce() throws {
        let table = try table([route("r", rule, three)])
        #expect(try table.planned(with: known).deliveries.map(\.isThrottled) == [true])
        known.held["C0123456 \(key)"] = HeldState(opensAt: noon + 10)
        #expect(try table.planned(with: known).deliveries.map(\.isThrottled) == [false])
        known.sent["C0123456"] = [noon - 1, noon - 2, noon - 3]
        #expect(try table.planned(with: known).outcome == ["C0123456 hold throttle -"])
    }
}
