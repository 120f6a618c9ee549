// What events add to the figures of incidents: each thing once, when it happens.

import Foundation
import Incidents
import JSON
import Testing

@testable import Routing

@Suite struct MeasureTests {
    private static let start = Date(timeIntervalSince1970: 1_795_000_000)

    /// Critical: acknowledge within 5 minutes, resolve within 4 hours, a word each 30 minutes.
    private static var table: RoutingTable {
        let scale = SeverityScale.standard
        var table = RoutingTable(
            routes: [], directory: Directory(people: [:], teams: [:], channels: [:]), scale: scale, assumedSeverity: scale.mostUrgent)
        table.rules.sla = [0: SLAPolicy(acknowledge: 300, resolve: 14_400, update: 1_800)]
        return table
    }

    /// Applies events one after the other; what each adds.
    private func measures(_ steps: [(minutes: Double, JSONValue)]) throws -> [[Measure.What]] {
        var incident: Incident?
        return try steps.map { minutes, document in
            let now = Self.start.addingTimeInterval(minutes * 60)
            let event = try EventParser(scale: .standard).event(
                from: document, origin: EventOrigin(file: "x", modified: now, size: 1))
            let application = Incident.apply(event, to: incident, now: now)
            defer { incident = application?.incident }
            return Self.table.measures(of: event, application, before: incident, now: now).map(\.what)
        }
    }

    private func status(_ status: String) -> JSONValue {
        ["type": "status_change", "incident": ["id": "INC1", "severity": "critical", "status": .string(status)]]
    }

    @Test func aLifeInTime() throws {
        let found = try measures([
            (0, status("open")), (2, ["type": "acknowledgement", "incident": ["id": "INC1"], "change": ["by": "ana"]]),
            (10, ["type": "update", "message": "We know.", "incident": ["id": "INC1"]]), (20, status("resolved")), (21, status("closed")),
        ])
        #expect(found[0] == [.opened])
        #expect(found[1] == [.acknowledged(120), .promise(.acknowledge, isKept: true)])
        #expect(found[2] == [.promise(.update, isKept: true)])
        #expect(found[3] == [.resolved(1_200), .promise(.resolve, isKept: true), .promise(.update, isKept: true)])
        #expect(found[4].isEmpty)
    }

    @Test func tooLateIsMissedAndAReopeningBeginsAnew() throws {
        let found = try measures([
            (0, status("open")), (30, status("in_progress")), (300, status("resolved")), (301, status("open")), (302, status("resolved")),
        ])
        #expect(found[1] == [.acknowledged(1_800), .promise(.acknowledge, isKept: false)])
        #expect(found[2] == [.resolved(18_000), .promise(.resolve, isKept: false), .promise(.update, isKept: false)])
        #expect(found[3] == [.reopened])
        #expect(
            found[4] == [
                .resolved(60), .promise(.acknowledge, isKept: true), .promise(.resolve, isKept: true), .promise(.update, isKept: true),
            ])
    }

    @Test func anEscalationCountsOnce() throws {
        let escalation: JSONValue = ["type": "escalation", "incident": ["id": "INC1", "severity": "critical"]]
        let found = try measures([(0, escalation), (5, escalation)])
        #expect(found == [[.opened, .escalated], []])
    }

    @Test func whatWasRaisedAsBreachedIsNotMissedTwice() throws {
        let opened = try EventParser(scale: .standard).event(
            from: status("open"), origin: EventOrigin(file: "x", modified: Self.start, size: 1))
        var incident = try #require(Incident.apply(opened, to: nil, now: Self.start)?.incident)
        incident.course.raised.insert(try #require(Raised.breach(.acknowledge).mark))
        let now = Self.start.addingTimeInterval(3_600)
        let event = try EventParser(scale: .standard).event(
            from: status("acknowledged"), origin: EventOrigin(file: "x", modified: now, size: 1))
        let application = Incident.apply(event, to: incident, now: now)
        #expect(Self.table.measures(of: event, application, before: incident, now: now).map(\.what) == [.acknowledged(3_600)])
    }
}
