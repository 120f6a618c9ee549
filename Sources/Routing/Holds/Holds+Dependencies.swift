// While a service that this one needs is down, lesser news of this one goes into the next news of that one, where
// somebody hears of both.

import Foundation
import Incidents

/// The incident whose next update says what happens here.
struct Parent {
    var incident: OpenIncident
    /// What needs it.
    var child: String
    /// Those who heard of it, or are about to.
    var told: Set<DestinationKey>

    var key: String { "dependency/\(incident.id)" }
    /// That it is so, whoever is told.
    var note: String { "\(quoted(child)) needs \(quoted(incident.service)), and \(quoted(incident.id)) is open there" }
    /// Why news waits: `payments needs database: folded into the next update about INC9`.
    var text: String { "\(quoted(child)) needs \(quoted(incident.service)): folded into the next update about \(quoted(incident.id))" }
}

extension RoutingTable {
    /// The gravest open incident of what this one's service needs, where it is graver than this one and must be heard.
    func parent(_ facts: MatchFacts, _ surroundings: any Surroundings) throws -> Parent? {
        if rules.dependencies.isEmpty || facts.event.type == .operations { return nil }
        guard let incident = facts.incident, let service = incident.text("service"), let severity = facts.severity else { return nil }
        let needed = services(neededBy: service.lowercased())
        if needed.isEmpty { return nil }
        let open = try surroundings.openIncidents(services: needed, atLeast: 1)
        func rank(_ parent: OpenIncident) -> Int { (parent.severity.flatMap(scale.severity) ?? assumedSeverity).rank }
        // The first of several that are alike is the oldest.
        let graver = open.filter { $0.id != incident.id && rank($0) < severity.rank }
        guard let parent = graver.min(by: { rank($0) < rank($1) }) else { return nil }
        let told = try surroundings.told(of: parent.id).compactMap { way(to: $0)?.key }
        return Parent(incident: parent, child: service, told: Set(told))
    }

    /// Whatever a service needs, and what that needs, however they need one another; nearest first.
    private func services(neededBy service: String) -> [String] {
        var found: [String] = []
        var seen: Set<String> = [service]
        var front = [service]
        while !front.isEmpty {
            let next = front.flatMap { rules.dependencies[$0] ?? [] }.map { $0.lowercased() }
            front = next.filter { seen.insert($0).inserted }
            found += front
        }
        return found
    }
}

extension Holds {
    /// How long news waits for the parent's.
    private static let patience: TimeInterval = 3_600

    /// The hold of a delivery that is folded into news of the parent; nil where it is not: it is urgent, an escalation's,
    /// or for somebody who does not hear of the parent.
    func dependency(_ delivery: PlannedDelivery) throws -> Hold? {
        guard let parent, !delivery.isUrgent, parent.told.contains(delivery.destination) else { return nil }
        switch delivery.origin {
        case .step, .reminder, .digest, .responsibility, .broadcast, .confirmation: return nil
        case .route, .subscription, .owed, .stillOpen, .report, .room, .toldSeverity: break
        }
        let state = try surroundings.held(channel: delivery.channel, address: delivery.address, key: parent.key)
        let latest = now.addingTimeInterval(Self.patience)
        let until = state.opensAt.map { min(max($0, now), latest) } ?? latest
        return Hold(kind: .dependency, key: parent.key, until: until, reason: parent.text)
    }
}
