// One incident whose responsibility is settled as the router does it, event by event.

import Foundation
import Incidents
import JSON

@testable import Routing

struct Responsible {
    /// What the clock told, and whom.
    struct Told {
        var event: Event
        /// `RECIPIENT ROUTE`, of those it was for.
        var told: [String]
    }

    var table: RoutingTable
    var incident: Incident?
    var now = noon
    var surroundings: any Surroundings = NoSurroundings()
    private var count = 0

    init(_ table: RoutingTable) { self.table = table }

    @discardableResult
    mutating func say(
        _ type: EventType, _ members: [String: JSONValue] = [:], _ change: Change = Change(), by source: String = "monitor"
    ) throws -> Plan {
        count += 1
        return try decide(
            Event(
                id: "e\(count)", source: source, type: type, time: now, incident: IncidentPatch(id: "INC1", members: members),
                change: change), directed: [])
    }

    /// Everything that is due, as the bell raises it.
    @discardableResult
    mutating func ring() throws -> [Told] {
        var all: [Told] = []
        while let incident, all.count < 32, let due = table.dueEvent(of: incident, now: now) {
            all.append(Told(event: due.event, told: try decide(due.event, directed: due.directed).told))
        }
        return all
    }

    private mutating func decide(_ event: Event, directed: [Directed]) throws -> Plan {
        var application = Incident.apply(event, to: incident, now: now)
        try table.settleResponsibility(&application, by: event, surroundings: surroundings, now: now)
        let plan = try table.plan(event, application: application, now: now, surroundings: surroundings, directed: directed)
        // Every state is written and read back.
        incident = application.flatMap { Incident(json: $0.incident.json) }
        return plan
    }
}

extension Plan {
    /// `RECIPIENT ROUTE`, of those who are told because it concerns them.
    var told: [String] {
        deliveries.filter { $0.origin == .responsibility || $0.origin == .toldSeverity }.map {
            "\($0.recipient) \($0.routes.joined(separator: "+"))"
        }
    }
}
