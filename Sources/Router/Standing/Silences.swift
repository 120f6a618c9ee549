// What an event does to silences.

import Foundation
import Incidents
import JSON
import Ledger
import Routing

extension Pipeline {
    static func silenceChanges(
        _ event: Event, _ surroundings: any Surroundings, _ table: RoutingTable, _ now: Date
    ) throws -> Result<[StandingChange], Rejection> {
        let payload = event.payload ?? [:]
        let id = payload["id"]?.string ?? event.id
        if payload["action"]?.string?.lowercased() == "end" {
            guard var silence = try surroundings.silence(id), silence.endedAt == nil else { return .success([]) }
            silence.endedAt = now
            return .success([.silence(silence, alarm: table.alarm(of: silence, now: now))])
        }
        let match = payload["match"]?.object ?? [:]
        if let rejection = fault(in: match, of: "silence", table) { return .failure(rejection) }
        // One that is started again while it runs goes on; what it kept back so far is still its own.
        let running = try surroundings.silence(id).flatMap { $0.isActive(at: now) ? $0 : nil }
        let silence = Silence(
            id: id, match: match, from: payload["from"]?.string.flatMap(Timestamp.parse) ?? running?.from ?? now,
            until: payload["until"]?.string.flatMap(Timestamp.parse) ?? now,
            reason: payload["reason"]?.string, by: payload["by"]?.string)
        return .success([.silence(silence, alarm: table.alarm(of: silence, now: now))])
    }

    /// A silence whose owner was told of its end does not stand any more.
    static func settled(
        _ event: Event, _ surroundings: any Surroundings, _ table: RoutingTable, _ now: Date
    ) throws -> [StandingChange] {
        switch event.raised {
        case .silenceEnding(let id):
            guard var silence = try surroundings.silence(id) else { return [] }
            silence.announcedAt = now
            return [.silence(silence, alarm: table.alarm(of: silence, now: now))]
        case .silenceEnded(let id):
            guard var silence = try surroundings.silence(id) else { return [] }
            silence.endedAt = silence.endedAt ?? silence.until
            silence.isSettled = true
            return [.silence(silence, alarm: nil)]
        default: return []
        }
    }
}
