// Which of several reasons to wait counts; and that whoever asks for nothing of this pays nothing.

import Foundation
import Incidents
import JSON
import Testing

@testable import Routing

@Suite struct PrecedenceTests {
    /// What applies to a delivery for the duty engineer at once.
    struct Reasons: OptionSet, Sendable, CustomTestStringConvertible {
        let rawValue: Int
        static let silence = Reasons(rawValue: 1)
        static let quiet = Reasons(rawValue: 2)
        static let late = Reasons(rawValue: 4)
        static let dependency = Reasons(rawValue: 8)
        static let throttle = Reasons(rawValue: 16)
        static let group = Reasons(rawValue: 32)
        static let all: Reasons = [.silence, .quiet, .late, .dependency, .throttle, .group]
        var testDescription: String { String(rawValue, radix: 2) }
    }

    private func outcome(_ reasons: Reasons) throws -> Intent? {
        let known = InMemorySurroundings()
        if reasons.contains(.silence) { known.standingSilences = [Silence(id: "x", match: [:], from: noon, until: noon + 60)] }
        if reasons.contains(.throttle) { known.sent["+447700900123"] = [noon - 10] }
        known.open = [OpenIncident(id: "INC9", service: "database", severity: "critical")]
        known.toldOf["INC9"] = [told("+447700900123", by: sms)]
        var route = try route("r", to: ["duty-engineer"])
        if reasons.contains(.group) { route.group = GroupRule(by: [], wait: 30, interval: 60) }
        if reasons.contains(.throttle) { route.throttle = ThrottleRule(count: 1, window: 600) }
        var table = try table([route])
        if reasons.contains(.quiet) { table = table.withQuietHours() }
        if reasons.contains(.dependency) { table.rules.dependencies = ["payments-api": ["database"]] }
        let event = Event(
            id: "e", source: "m", type: .update, time: reasons.contains(.late) ? noon - 7_200 : noon,
            incident: IncidentPatch(id: "INC0012345"))
        return try table.planned(event, with: known).deliveries.first?.intent
    }

    /// All sets of reasons: the first in the order of precedence counts.
    @Test(arguments: 0..<64) func theFirstCounts(set: Int) throws {
        let reasons = Reasons(rawValue: set)
        let intent = try outcome(reasons)
        let order: [(Reasons, Hold.Kind)] = [
            (.quiet, .quietHours), (.late, .late), (.dependency, .dependency), (.throttle, .throttle), (.group, .group),
        ]
        if reasons.contains(.silence) {
            guard case .suppress = intent else { throw MatchError(message: "\(String(describing: intent))") }
        } else if let first = order.first(where: { reasons.contains($0.0) }) {
            guard case .hold(let hold) = intent else { throw MatchError(message: "\(String(describing: intent))") }
            #expect(hold.kind == first.1)
            #expect(hold.key.isEmpty == [.quietHours, .throttle].contains(first.1))
        } else {
            #expect(intent == .send)
        }
    }

    /// Of what goes into the common digest, the one that ends last counts.
    @Test(arguments: [(60, "quiet_hours"), (120 * 60, "throttle")] as [(TimeInterval, String)])
    func theLastEndCounts(window: TimeInterval, kind: String) throws {
        let known = InMemorySurroundings()
        known.sent["+447700900123"] = [noon]
        var route = try route("r", to: ["duty-engineer"])
        route.throttle = ThrottleRule(count: 1, window: window)
        let hold = try table([route]).withQuietHours().planned(with: known).holds.first
        #expect(hold?.kind.rawValue == kind)
        #expect(hold?.until == noon + max(window, 5_400))
    }

    @Test(arguments: [(Cadence.hourly, Hold.Kind.quietHours), (.daily(at: 480), .digest)])
    func quietHoursAndACadence(cadence: Cadence, kind: Hold.Kind) throws {
        let known = InMemorySurroundings()
        known.standingSubscriptions = [Subscription(id: "s", who: .person("duty-engineer"), cadence: cadence)]
        #expect(try table([]).withQuietHours().planned(with: known).holds.map(\.kind) == [kind])
    }

    @Test func whoAsksForNothingAsksNobody() throws {
        let known = InMemorySurroundings()
        let table = try table([route("r", to: ["payments"])], unrouted: ["bot"])
        for type in EventType.allCases {
            _ = try table.plan(
                event(type), application: type.needsIncident ? application(medium) : nil, now: noon, surroundings: known, explaining: false)
        }
        #expect(known.questions.isEmpty)
    }
}
