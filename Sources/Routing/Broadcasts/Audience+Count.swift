// How many addresses a broadcast reaches, counted only as far as it matters; and whether it may go out. Pure.

import Foundation
import Incidents

extension RoutingTable {
    /// Deliveries of an original to look at before its correction counts as one to very many.
    static let looksToCount = 16_384

    /// How many different addresses a broadcast reaches, or `limit` + 1 where there are more, or may be.
    ///
    /// - Parameter routed: what routes tell of it, beside its audience.
    public func addresses(
        of broadcast: Broadcast, _ news: BroadcastNews, routed: [PlannedDelivery] = [], surroundings: any Surroundings, limit: Int,
        now: Date
    ) throws -> Int {
        var seen: Set<DestinationKey> = []
        for delivery in routed {
            switch delivery.intent {
            case .send, .hold: seen.insert(delivery.destination)
            case .suppress, .supersede: break
            }
        }
        if broadcast.corrects != nil {
            var audience = try Audience(of: broadcast, news, self, surroundings, now: now)
            var looks = 0
            while !audience.isOver, seen.count <= limit {
                // The original is large, whoever of it has been reached: that is more than one wants to let go unseen.
                if looks >= Self.looksToCount { return limit + 1 }
                looks += 512
                for delivery in try audience.next(512, looking: 512) { seen.insert(delivery.destination) }
            }
            return min(seen.count, limit + 1)
        }
        var facts = MatchFacts(
            event: news.event, incident: news.incident, severity: news.incident?.severity(on: scale, assumed: assumedSeverity), now: now)
        facts.presence = try presence(surroundings, now: now)
        let named = named(in: broadcast, facts)
        // Each of them is there once.
        if named.reached.count > limit || !named.hasSubscribers && seen.isEmpty { return min(named.reached.count, limit + 1) }
        for (_, resolved) in named.reached { seen.insert(resolved.key) }
        if named.hasSubscribers, seen.count <= limit {
            MeantSubscribers(broadcast, self, facts).reached(among: try surroundings.subscriptions) { resolved in
                seen.insert(resolved.key)
                return seen.count <= limit
            }
        }
        return min(seen.count, limit + 1)
    }

    /// Whether a broadcast needs an approval: the number of addresses, where it is too great.
    public func needsApproval(
        _ broadcast: Broadcast, _ news: BroadcastNews, routed: [PlannedDelivery] = [], surroundings: any Surroundings, now: Date
    ) throws -> Bool {
        guard let limit = people.broadcasts.approveOver else { return false }
        return try addresses(of: broadcast, news, routed: routed, surroundings: surroundings, limit: limit, now: now) > limit
    }

    /// When the next one to the same audience may go out; nil: now. A correction never waits for that.
    public func cooling(_ broadcast: Broadcast, surroundings: any Surroundings, now: Date) throws -> Date? {
        guard people.broadcasts.cooldown > 0, broadcast.corrects == nil else { return nil }
        guard let last = try surroundings.lastBroadcast(to: broadcast.audienceKey), last.id != broadcast.id, let started = last.started
        else { return nil }
        let until = started.addingTimeInterval(people.broadcasts.cooldown)
        return until > now ? until : nil
    }

    /// Lets a broadcast go on that nothing keeps any more: at once, or after the cooldown.
    public func release(_ broadcast: inout Broadcast, surroundings: any Surroundings, now: Date) throws {
        broadcast.until = try cooling(broadcast, surroundings: surroundings, now: now)
        broadcast.state = broadcast.until == nil ? .sending : .cooling
        guard broadcast.until == nil else { return }
        broadcast.started = now
        broadcast.turn(to: broadcast.corrects == nil ? .named : .withdrawing)
    }

    /// When a broadcast's alarm rings next; nil: never again.
    public func alarm(of broadcast: Broadcast, now: Date) -> Alarm? {
        let subject = Alarm.Subject.broadcast(broadcast.id)
        switch broadcast.state {
        case .waiting:
            let due = broadcast.isAnnounced ? broadcast.until ?? now : now
            return Alarm(subject: subject, due: due, what: broadcast.isAnnounced ? "nobody has approved" : "asks for approval")
        case .cooling: return Alarm(subject: subject, due: broadcast.until ?? now, what: "goes out after the cooldown")
        case .sending: return Alarm(subject: subject, due: now, what: "next part")
        case .sent, .refused, .expired, .stopped:
            if broadcast.step != .done { return Alarm(subject: subject, due: now, what: "next part") }
            return broadcast.owesWord ? Alarm(subject: subject, due: now, what: "tells its author") : nil
        }
    }
}

extension Broadcast {
    /// Its author is to hear that it ended otherwise than they meant.
    public var owesWord: Bool {
        if isAnnounced { return false }
        return switch state {
        case .refused, .expired: true
        case .stopped: by != nil && by?.lowercased() != decidedBy?.lowercased()
        case .sent: reached == 0 && routed.isEmpty
        case .waiting, .cooling, .sending: false
        }
    }
}
