// Where a message belongs in its incident's conversation, and what an incident's own channel is to be.

import Delivery
import Foundation
import Incidents
import JSON
import Ledger
import Routing
import Settings
import Testing

@testable import Router

@Suite struct PartTests {
    let noon = Date(timeIntervalSince1970: 1_800_000_000)

    func delivery(
        _ type: EventType, origin: Origin = .route, status: String = "open", previous: String? = nil, reopens: Bool = false,
        severity: String? = "high"
    ) -> QueuedDelivery {
        var incident = Incident(id: "INC1", firstSeen: noon)
        incident.members = ["status": .string(status)]
        let stored = StoredEvent(
            sequence: 1, event: Event(id: "e", source: "test", type: type, time: noon, incident: IncidentPatch(id: "INC1")),
            incident: incident, severity: severity, previous: previous, reopens: reopens, receivedAt: noon)
        return QueuedDelivery(
            id: 1, token: "t", event: stored, lane: "lane", channel: "c", kind: .slack, address: "a", recipient: "r", for: "r",
            routes: ["x"], template: type.rawValue, priority: 0, due: noon, created: noon, origin: origin)
    }

    @Test func whatMustNotBeOverlookedIsNews() {
        let news = [
            delivery(.escalation), delivery(.escalation, origin: .step), delivery(.slaBreach),
            delivery(.statusChange, status: "resolved", previous: "open"), delivery(.statusChange, status: "closed"),
            delivery(.statusChange, previous: "resolved", reopens: true), delivery(.severityChange, previous: "low"),
            delivery(.severityChange, origin: .toldSeverity, previous: "low"),
        ]
        #expect(news.allSatisfy { $0.part(by: .standard) == .news })
        let states = [
            delivery(.update), delivery(.statusChange, status: "in_progress", previous: "open"),
            delivery(.statusChange, status: "closed", previous: "resolved"), delivery(.severityChange, previous: "critical"),
            delivery(.acknowledgement), delivery(.assignment), delivery(.slaWarning), delivery(.statusReport, origin: .report),
        ]
        #expect(states.allSatisfy { $0.part(by: .standard) == .state })
    }

    @Test func othersStandBesideIt() {
        #expect(delivery(.update, origin: .digest).part(by: .standard) == .apart)
        #expect(delivery(.operations).part(by: .standard) == .apart)
        #expect(delivery(.broadcast, origin: .broadcast).part(by: .standard) == .announcement)
        #expect(delivery(.broadcast).part(by: .standard) == .announcement)
        #expect(delivery(.reminder, origin: .reminder).part(by: .standard) == .word)
        #expect(delivery(.assignment, origin: .responsibility).part(by: .standard) == .word)
    }
}
