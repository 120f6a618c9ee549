// Standing wishes: like routes of one's own, at one's own times.

import Foundation
import Incidents
import JSON
import Testing

@testable import Routing

@Suite struct SubscriptionPlanTests {
    private let known = InMemorySurroundings()

    private func subscribe(
        _ id: String, _ person: String = "service-owner", to match: [String: JSONValue] = [:], via: String? = nil,
        every cadence: Cadence = .immediate
    ) {
        known.standingSubscriptions.append(Subscription(id: id, who: .person(person), match: match, via: via, cadence: cadence))
    }

    @Test func aMatchingOneIsLikeARoute() throws {
        subscribe("s1", to: ["service": "payments*"])
        subscribe("s2", "duty-engineer", to: ["service": "search"])
        subscribe(
            "s3", "duty-engineer", to: ["severity": [">=medium", "!low"], "labels.tier": .integer(1), "reopened": .bool(false)], via: "mail"
        )
        let plan = try table([route("stops", to: ["bot"], stops: true)]).planned(with: known)
        #expect(plan.deliveries.map(\.address) == ["C0123456", "owner@example.com", "duty@example.com"])
        #expect(plan.deliveries.map(\.routes) == [["stops"], ["subscription s1"], ["subscription s3"]])
        #expect(plan.deliveries.map(\.origin) == [.route, .subscription, .subscription])
        #expect(plan.deliveries.map(\.template) == ["escalation", "escalation", "escalation"])
        #expect(plan.verdicts.map(\.route) == ["stops", "subscription s1", "subscription s3"])
    }

    @Test func aCadenceWaits() throws {
        subscribe("s1", "duty-engineer", via: "mail", every: .daily(at: 8 * 60))
        let plan = try table([]).planned(with: known)
        let hold = try #require(plan.holds.first)
        #expect(hold.kind == .digest && hold.key.isEmpty)
        #expect(try hold.until == time("2026-11-25T02:30:00Z"), "08:00 in Kolkata")
        #expect(hold.reason == "daily digest of duty-engineer, until 08:00 (Asia/Kolkata)")
    }

    @Test func oneAddressGetsOneMessageByTheMoreUrgentWish() throws {
        subscribe("daily", via: "mail", every: .daily(at: 480))
        subscribe("hourly", every: .hourly)
        let gathered = try table([]).planned(with: known)
        #expect(gathered.deliveries.map(\.routes) == [["subscription daily", "subscription hourly"]])
        #expect(gathered.holds.map(\.until) == [noon.addingTimeInterval(3_600)])
        subscribe("now")
        #expect(try table([]).planned(with: known).outcome == ["owner@example.com send"])
    }

    @Test func aRouteWinsOverACadence() throws {
        subscribe("daily", every: .daily(at: 480))
        let plan = try table([route("r", to: ["service-owner"])]).planned(with: known)
        #expect(plan.outcome == ["owner@example.com send"])
        #expect(plan.deliveries.map(\.routes) == [["r", "subscription daily"]])
        #expect(plan.deliveries.map(\.origin) == [.route])
    }

    /// The conditions on the event are those of its own messages, not of who a subscriber of the incident is.
    @Test func subscribersAreWhoseMatchFitsTheIncident() throws {
        subscribe("s1", "service-owner", to: ["service": "payments-api", "type": "status_change"], every: .hourly)
        subscribe("s2", "duty-engineer", to: ["service": "search"])
        let plan = try table([route("r", ["type": ["escalation"]], to: ["subscribers"], isUrgent: true)]).planned(with: known)
        #expect(plan.deliveries.map(\.routes) == [["r"]])
        #expect(plan.deliveries.map(\.for) == ["subscribers"])
        #expect(plan.outcome == ["owner@example.com hold digest -"])
        // Both ways of planning agree.
        let quick = try table([route("r", to: ["subscribers"], isUrgent: true)])
        #expect(try quick.planned(with: known, explaining: false).outcome == ["owner@example.com hold digest -"])
    }

    @Test func twoWishesOfOneSubscriberAreTheEarlier() throws {
        subscribe("s1", every: .daily(at: 480))
        subscribe("s2", every: .hourly)
        let report = Directed(.entry(try entry("subscribers")), origin: .report, name: "status_reports.critical")
        let plan = try table([]).planned(raised(.report, .statusReport), with: known, directed: [report])
        #expect(plan.deliveries.map(\.routes) == [["status_reports.critical", "subscription s1", "subscription s2"]])
        #expect(plan.holds.map(\.until) == [noon.addingTimeInterval(3_600)])
        #expect(plan.deliveries.map(\.origin) == [.report])
    }

    /// In whichever order they stand, and where neither is for the event itself.
    @Test(arguments: [[0, 1], [1, 0]]) func theEarlierWishCountsAmongSubscribers(order: [Int]) throws {
        let cadences = [Cadence.daily(at: 480), .hourly]
        for number in order { subscribe("s\(number)", to: ["type": "update"], every: cadences[number]) }
        let table = try table([route("r", to: ["subscribers"])])
        #expect(try table.planned(with: known).holds.map(\.until) == [noon + 3_600])
        subscribe("now", to: ["type": "update"])
        #expect(try table.planned(with: known).outcome == ["owner@example.com send"])
    }

    @Test func oneThatIsWrongHurtsNobody() throws {
        subscribe("gone", to: ["service": "~("])
        subscribe("scale", to: ["severity": "sev9"])
        subscribe("shape", to: ["service": ["a": "b"]])
        subscribe("good")
        let plan = try table([]).planned(with: known)
        #expect(plan.deliveries.map(\.routes) == [["subscription good"]])
        let broken = plan.verdicts.filter { $0.result != .matched }
        #expect(broken.map(\.route) == ["subscription gone", "subscription scale", "subscription shape"])
        for verdict in broken {
            guard case .failed(condition: "match", let found) = verdict.result else { throw MatchError(message: "\(verdict)") }
            #expect(found.contains("cannot be understood"))
        }
    }

    @Test func whoIsNotConfirmedIsNotTold() throws {
        known.standingSubscriptions = [
            Subscription(id: "a", who: .email("x@example.com")), Subscription(id: "b", who: .sms("+4912345")),
            Subscription(id: "c", who: .person("stranger")), Subscription(id: "d", who: .person("service-owner"), via: "sms"),
        ]
        let plan = try table([route("r", to: ["subscribers"])]).planned(with: known)
        #expect(plan.deliveries.isEmpty)
        #expect(plan.verdicts.map(\.unreached.count) == [4, 1, 1, 1, 1])
        #expect(plan.verdicts[1].unreached.first?.reason.contains("not been confirmed") ?? false)
        #expect(plan.verdicts[4].unreached == [Unreached(entry: "service-owner", reason: "service-owner has no sms address for `sms`")])
    }

    @Test func onlyWhileItLasts() throws {
        subscribe("s1")
        known.standingSubscriptions[0].from = noon.addingTimeInterval(1)
        #expect(try table([]).planned(with: known).deliveries.isEmpty)
        known.standingSubscriptions[0].from = nil
        known.standingSubscriptions[0].until = noon
        known.revision += 1
        #expect(try table([]).planned(with: known).deliveries.isEmpty)
    }

    /// Somebody's digest of tomorrow is nobody who hears of a grave incident now.
    @Test func aDigestToComeIsNobodyWhoHears() throws {
        subscribe("s1", every: .daily(at: 480))
        let table = try table([], unrouted: ["ops-slack"])
        let plan = try table.planned(of: incident(), with: known)
        #expect(plan.fellThrough)
        #expect(plan.outcome == ["owner@example.com hold digest -", "https://hooks.slack.com/… send"])
        subscribe("s2", "duty-engineer")
        #expect(try !table.planned(of: incident(), with: known).fellThrough)
    }

    @Test func remindersAndOperationsAreNotForThem() throws {
        subscribe("s1")
        let table = try table([])
        #expect(try table.planned(raised(.gap(1), .reminder), with: known).deliveries.isEmpty)
        #expect(try table.planned(raised(.gapIgnored, .operations), with: known).deliveries.isEmpty)
    }
}
