// What an event does to silences and subscriptions, which stand until somebody changes them.

import Foundation
import Incidents
import JSON
import Ledger
import Routing

extension Pipeline {
    /// The changes that follow from an event; or why it is refused.
    static func standingChanges(
        of event: Event, surroundings: any Surroundings, table: RoutingTable, now: Date
    ) throws -> Result<[StandingChange], Rejection> {
        switch event.type {
        case .silence: try silenceChanges(event, surroundings, table, now)
        case .subscription: try subscriptionChanges(event, surroundings, table, now)
        case .reminder: .success(try settled(event, surroundings, table, now))
        default: .success([])
        }
    }

    private static func silenceChanges(
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
    private static func settled(
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

    private static func subscriptionChanges(
        _ event: Event, _ surroundings: any Surroundings, _ table: RoutingTable, _ now: Date
    ) throws -> Result<[StandingChange], Rejection> {
        let payload = event.payload ?? [:]
        guard let who = payload["who"].flatMap(Subscription.Who.init) else { return .success([]) }
        let id = payload["id"]?.string
        guard (payload["action"]?.string?.lowercased() ?? "subscribe") == "subscribe" else {
            let ended = try surroundings.subscriptions.elements.filter { $0.who == who && (id == nil || $0.id == id) }.map(\.id)
            return .success(ended.isEmpty ? [] : [.unsubscribe(ids: ended)])
        }
        let match = payload["match"]?.object ?? [:]
        if let rejection = fault(in: match, of: "subscription", table) { return .failure(rejection) }
        return .success([
            .subscribe(
                Subscription(
                    id: id ?? event.id, who: who, match: match, via: payload["via"]?.string,
                    cadence: payload["deliver"]?.string.flatMap(Cadence.init) ?? .immediate,
                    from: payload["from"]?.string.flatMap(Timestamp.parse), until: payload["until"]?.string.flatMap(Timestamp.parse)))
        ])
    }

    private static func fault(in match: [String: JSONValue], of member: String, _ table: RoutingTable) -> Rejection? {
        do throws(MatchError) {
            _ = try Match.match(from: match, scale: table.scale)
            return nil
        } catch {
            return Rejection(.wrongType, error.message, pointer: "/\(member)/match")
        }
    }
}

extension Subscription.Who {
    /// As in the event: a person's name, or `{"email": …}`, `{"sms": …}`.
    init?(_ json: JSONValue) {
        if let name = json.string {
            self = .person(name)
        } else if let email = json["email"]?.string {
            self = .email(email)
        } else if let sms = json["sms"]?.string {
            self = .sms(sms)
        } else {
            return nil
        }
    }
}
