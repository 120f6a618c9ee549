// What an event does beside its incident: to what stands until somebody changes it, and to those whom it is for alone.

import Foundation
import Incidents
import JSON
import Ledger
import Routing

/// What follows from an event beside its incident.
struct Effects {
    var changes: [StandingChange] = []
    /// Who is told of it, whatever the routes say.
    var directed: [Directed] = []
    /// Why routes are not asked, where they are not: a broadcast that is held, or a correction.
    var unrouted: String?
}

extension Pipeline {
    /// What follows from an event; or why it is refused.
    static func effects(
        of event: Event, incident: Incident?, surroundings: any Surroundings, setup: Setup, now: Date
    ) throws -> Result<Effects, Rejection> {
        let table = setup.configuration.table
        return switch event.type {
        case .silence: try silenceChanges(event, surroundings, table, now).map { Effects(changes: $0) }
        case .subscription: try subscriptionEffects(event, surroundings, setup, now)
        case .absence: try absenceEffects(event, surroundings, table, now)
        case .broadcast: try broadcastEffects(event, incident, surroundings, table, now)
        case .approval: try approvalEffects(event, surroundings, table, now)
        case .operations: .success(try lostAddressEffects(event, surroundings))
        case .reminder: .success(try reminderEffects(event, surroundings, table, now))
        default: .success(Effects())
        }
    }

    /// What the clock's own words settle.
    private static func reminderEffects(
        _ event: Event, _ surroundings: any Surroundings, _ table: RoutingTable, _ now: Date
    ) throws -> Effects {
        if case .broadcastOver(let id) = event.raised {
            return Effects(changes: try announced(id, surroundings, table, now))
        }
        return Effects(changes: try settled(event, surroundings, table, now))
    }

    static func fault(in match: [String: JSONValue], of member: String, _ table: RoutingTable) -> Rejection? {
        do throws(MatchError) {
            _ = try Match.match(from: match, scale: table.scale)
            return nil
        } catch {
            return Rejection(.wrongType, error.message, pointer: "/\(member)/match")
        }
    }
}
