// What a silence keeps back, and what it does not.

import Foundation
import Incidents
import JSON
import Testing

@testable import Routing

@Suite struct SilencePlanTests {
    private let known = InMemorySurroundings()

    private func silence(
        _ id: String = "x1", _ match: [String: JSONValue] = ["service": "payments*"], until: TimeInterval = 64_800,
        by: String? = "service-owner",
        reason: String? = "maintenance"
    ) {
        known.standingSilences.append(
            Silence(
                id: id, match: match, from: noon.addingTimeInterval(-60), until: noon.addingTimeInterval(until), reason: reason, by: by))
    }

    @Test func everythingOfTheEventIsKeptBack() throws {
        silence()
        known.standingSubscriptions = [Subscription(id: "s1", who: .person("service-owner"))]
        let step = Directed(.entry(try entry("duty-engineer")), origin: .step, name: "escalation.default step 1", isUrgent: true)
        let table = try table([route("r", to: ["ops-slack"])], unrouted: ["bot"])
        let plan = try table.planned(of: incident(), with: known, directed: [step])
        #expect(plan.deliveries.map(\.origin) == [.route, .step, .subscription])
        let expected = Suppression(reason: "silence x1 of service-owner until 06:00 UTC: maintenance", silence: "x1")
        #expect(plan.deliveries.allSatisfy { $0.intent == .suppress(expected) })
        #expect(!plan.fellThrough, "it was deliberate")
        #expect(table.stepWasHeard(in: plan))
        #expect(plan.silences == [SilenceVerdict(silence: "x1", result: .matched)])
    }

    @Test func whatNobodyElseHearsIsKeptBackToo() throws {
        silence()
        let plan = try table([], unrouted: ["bot"]).planned(of: incident(), with: known)
        #expect(plan.outcome == ["C0123456 suppress"])
    }

    @Test func reasonsAreShortWhereLittleIsKnown() throws {
        silence("x1", until: 3 * 86_400, by: nil, reason: nil)
        #expect(try table([route("r", to: ["bot"])]).planned(with: known).reasons == ["silence x1 until 2026-11-27 12:00 UTC"])
    }

    @Test func theOneThatLastsLongestCounts() throws {
        silence("short", until: 60)
        silence("long", until: 3_600)
        silence("other", ["service": "search"], until: 7_200)
        let plan = try table([route("r", to: ["bot"])]).planned(with: known)
        #expect(plan.deliveries.map(\.intent) == [.suppress(Suppression(reason: plan.reasons.first ?? "", silence: "long"))])
        #expect(
            plan.silences.map(\.result) == [
                .matched, .matched, .failed(condition: "service: search", found: "service is Payments-API"),
            ])
    }

    @Test func onlyWhileItLasts() throws {
        silence("over", until: 0)
        silence("ended")
        known.standingSilences[1].endedAt = noon
        silence("coming")
        known.standingSilences[2].from = noon.addingTimeInterval(60)
        silence("broken", ["severity": "sev9"])
        let plan = try table([route("r", to: ["bot"])]).planned(with: known)
        #expect(plan.outcome == ["C0123456 send"])
        #expect(plan.silences.count == 4 && plan.silences.allSatisfy { $0.result != .matched })
    }

    /// Whoever heard that it broke hears that it ended; who did not is left alone.
    @Test func endsOfWhatWasHeardGoThrough() throws {
        silence()
        known.toldOf["INC0012345"] = [
            told("C0123456", by: bot), told("Owner@example.com"), told("+447700900123", by: sms, recipient: "duty-engineer", .underWay),
            told("duty@example.com", .held),
        ]
        let table = try table([route("r", to: ["bot", "service-owner", "ops-slack", "mail:duty@example.com"])])
        let expected = [
            "C0123456 send", "owner@example.com send", "https://hooks.slack.com/… suppress", "duty@example.com suppress",
            "+447700900123 send",
        ]
        #expect(try table.planned(turn: turn("resolved"), with: known).outcome == expected)
        #expect(
            try table.planned(turn: turn("open", of: incident(["severity": "medium", "status": "resolved"])), with: known).outcome
                == expected)
        // An update is no end.
        #expect(try table.planned(event(.update), with: known).outcome.allSatisfy { $0.hasSuffix("suppress") })
    }

    @Test func operationsAndRemindersGoThrough() throws {
        silence("x1", [:])
        let table = try table([], operators: ["bot"])
        #expect(try table.planned(raised(.unanswered(policy: "p"), .operations), with: known).outcome == ["C0123456 send"])
        let lead = Directed(.entry(try entry("service-owner")), origin: .reminder, name: "reminder.update")
        #expect(try table.planned(raised(.gap(1), .reminder), with: known, directed: [lead]).outcome == ["owner@example.com send"])
        // A second silence keeps "still open" back as well; its own end will tell.
        let kept = Directed(.told(told("owner@example.com")), origin: .stillOpen, name: "silence.x0")
        let stillOpen = try table.planned(raised(.stillOpen(silence: "x0"), .reminder), with: known, directed: [kept])
        #expect(stillOpen.outcome == ["owner@example.com suppress"])
    }
}
