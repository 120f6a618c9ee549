// The channel that a grave incident has of its own. Pure.

import Foundation
import Incidents

extension RoutingTable {
    /// Stands among a delivery's routes, and as its `for`, for `incident_channel`.
    public static let roomName = "incident_channel"

    /// Tells the incident's own channel, where it has one: from the first event on with which its severity is one of those
    /// that get one, whatever becomes of the severity then, until it is closed.
    ///
    /// - Throws: only what the surroundings throw.
    func tellRoom(
        _ facts: MatchFacts, _ application: Application?, _ surroundings: any Surroundings, _ draft: inout PlanDraft
    ) throws -> [RouteVerdict] {
        guard let rule = people.incidentChannel, let application, let incident = facts.incident, isForRoom(facts.event, application) else {
            return []
        }
        guard let channel = directory.channels[rule.channel] else {
            let reason = "`\(quoted(rule.channel))`, in whose workspace it would be made, is no channel"
            return [RouteVerdict(route: Self.roomName, result: .matched, unreached: [Unreached(entry: Self.roomName, reason: reason)])]
        }
        let name = RoomName(rule.name)
        let address: String
        if rule.condition.holds(facts), name.isStable {
            address = "#" + name.text(for: incident)
        } else if let known = try room(of: incident, rule, name, surroundings) {
            address = known
        } else if rule.condition.holds(facts) {
            address = "#" + name.text(for: incident)
        } else {
            return []
        }
        let resolved = Resolved(channel: channel, address: address, recipient: address)
        draft.add(
            resolved, resolved.key, for: Self.roomName, of: Route(name: Self.roomName, match: Match(), to: []), origin: .room)
        return []
    }

    /// The channel that it has already; nil: none.
    private func room(
        of incident: Incident, _ rule: IncidentChannelRule, _ name: RoomName, _ surroundings: any Surroundings
    ) throws -> String? {
        if name.isStable {
            let address = "#" + name.text(for: incident)
            return try surroundings.wasTold(of: incident.id, channel: rule.channel, address: address) ? address : nil
        }
        return try surroundings.told(of: incident.id).first { $0.for == Self.roomName && $0.channel == rule.channel }?.address
    }

    /// Everything about the incident itself; of what comes when it is closed, nothing: the channel is archived then.
    private func isForRoom(_ event: Event, _ application: Application) -> Bool {
        switch event.type {
        case .operations, .reminder, .broadcast, .approval, .subscription, .silence, .absence: return false
        default: break
        }
        guard application.incident.status == .closed else { return true }
        return application.ends || (event.type == .statusChange && application.previous != IncidentStatus.closed.rawValue)
    }
}
