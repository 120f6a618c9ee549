// What an event does to broadcasts: one begins, or waits; somebody approves, refuses or stops one.

import Foundation
import Incidents
import JSON
import Ledger
import Routing

extension Pipeline {
    /// Corrections of corrections, at most.
    private static let longestChain = 32

    static func broadcastEffects(
        _ event: Event, _ incident: Incident?, _ surroundings: any Surroundings, _ table: RoutingTable, _ now: Date
    ) throws -> Result<Effects, Rejection> {
        var broadcast = Broadcast(event, now: now)
        if try surroundings.broadcast(broadcast.id) != nil {
            return .failure(Rejection(.idConflict, "there was a broadcast `\(broadcast.id)` before; give this one its own id", at: "id"))
        }
        if let rejection = fault(in: broadcast, table) { return .failure(rejection) }
        broadcast.lastSubscription = try surroundings.lastSubscription
        var effects = Effects()
        var original: Broadcast?
        if let id = broadcast.corrects {
            original = try surroundings.broadcast(id)
            guard let original else { return .failure(.unknownBroadcast(id, at: "/broadcast/corrects")) }
            broadcast.chain = Array(([id] + original.chain).prefix(longestChain))
        }

        let after = Incident.apply(event, to: incident, now: now)?.incident
        let news = BroadcastNews(event: event, incident: after)
        let mayWait = table.people.broadcasts.approveOver != nil && broadcast.corrects == nil
        let routed = mayWait ? try table.routed(news, surroundings, now: now) : []
        if try table.needsApproval(broadcast, news, routed: routed, surroundings: surroundings, now: now) {
            let limit = table.people.broadcasts.approveOver ?? 0
            if broadcast.by?.isEmpty ?? true {
                let why = "more than \(limit) addresses need an approval, and nobody approves their own: say `by`, who sends it"
                return .failure(Rejection(.missingMember, why, at: "by"))
            }
            broadcast.state = .waiting
            broadcast.until = now.addingTimeInterval(table.people.broadcasts.approveWithin)
            effects.unrouted = "the broadcast waits for an approval: it reaches more than \(limit) addresses"
        } else {
            try table.release(&broadcast, surroundings: surroundings, now: now)
            if broadcast.state == .cooling { effects.unrouted = "the broadcast waits: one to the same audience went out a moment ago" }
        }
        if let original, let change = stopped(original, by: broadcast, table, now) { effects.changes.append(change) }
        broadcast.routesWait = effects.unrouted != nil && broadcast.corrects == nil
        if broadcast.corrects != nil { effects.unrouted = effects.unrouted ?? "a correction reaches those whom the original reached" }
        effects.changes.append(.broadcast(broadcast, alarm: table.alarm(of: broadcast, now: now)))
        return .success(effects)
    }

    private static func fault(in broadcast: Broadcast, _ table: RoutingTable) -> Rejection? {
        if let fault = table.fault(inAudience: broadcast.audience) {
            return Rejection(.wrongType, fault.why, at: "audience/\(fault.place)")
        }
        return fault(in: broadcast.match, of: "broadcast", table)
    }

    /// The one that is corrected goes no further from now on. A correction that goes out takes back itself what has not gone
    /// out; while one waits, and if it never comes, the original does.
    private static func stopped(
        _ original: Broadcast, by correction: Broadcast, _ table: RoutingTable, _ now: Date
    ) -> StandingChange? {
        var original = original
        let waits = correction.state == .waiting
        if !original.state.isOver {
            original.end(.stopped, by: correction.by ?? original.by, reason: "corrected by \(correction.id)")
            if original.started != nil, !waits { original.turnToDone() }
        } else if original.state == .sent, waits {
            original.withdraw()
        } else {
            return nil
        }
        return .broadcast(original, alarm: table.alarm(of: original, now: now))
    }

    static func approvalEffects(
        _ event: Event, _ surroundings: any Surroundings, _ table: RoutingTable, _ now: Date
    ) throws -> Result<Effects, Rejection> {
        if case .approvalWanted(let id) = event.raised {
            return .success(Effects(changes: try announced(id, surroundings, table, now)))
        }
        let payload = event.payload ?? [:]
        let (id, by) = (payload["broadcast"]?.string ?? "", payload["by"]?.string ?? "")
        let reason = payload["reason"]?.string.flatMap { $0.isEmpty ? nil : $0 }
        guard var broadcast = try surroundings.broadcast(id) else { return .failure(.unknownBroadcast(id, at: "/approval/broadcast")) }
        func refused(_ why: String, at member: String) -> Result<Effects, Rejection> {
            .failure(Rejection(.notAllowed, why, pointer: "/approval/\(member)"))
        }
        let decision = payload["decision"]?.string?.lowercased() ?? "approve"
        if decision == "stop" {
            if broadcast.state.isOver, broadcast.state != .sent {
                return refused("`\(id)` is \(broadcast.ending) already", at: "broadcast")
            }
            broadcast.end(.stopped, by: by, reason: reason)
        } else {
            if broadcast.state != .waiting || broadcast.until.map({ $0 <= now }) ?? false {
                return refused("`\(id)` does not wait for an approval: it is \(broadcast.standing(now: now))", at: "broadcast")
            }
            if let objection = try Approvers(of: broadcast, table, surroundings, now: now).objection(to: by) {
                return refused("broadcast `\(id)`: \(objection)", at: "by")
            }
            if decision == "refuse" {
                broadcast.end(.refused, by: by, reason: reason)
            } else {
                broadcast.decidedBy = by
                broadcast.reason = reason
                try table.release(&broadcast, surroundings: surroundings, now: now)
            }
        }
        return .success(Effects(changes: [.broadcast(broadcast, alarm: table.alarm(of: broadcast, now: now))]))
    }

    /// Those who are to know of it have been told.
    static func announced(
        _ id: String, _ surroundings: any Surroundings, _ table: RoutingTable, _ now: Date
    ) throws -> [StandingChange] {
        guard var broadcast = try surroundings.broadcast(id) else { return [] }
        broadcast.isAnnounced = true
        return [.broadcast(broadcast, alarm: table.alarm(of: broadcast, now: now))]
    }
}

extension Effects {
    /// A broadcast passes over those whom routes have told.
    mutating func note(_ plan: Plan) {
        guard case .broadcast(var broadcast, let alarm)? = changes.last, broadcast.state == .sending, !plan.deliveries.isEmpty else {
            return
        }
        if broadcast.corrects != nil || broadcast.isAnnounced || !broadcast.routed.isEmpty { return }
        broadcast.routed = plan.deliveries.told
        changes[changes.count - 1] = .broadcast(broadcast, alarm: alarm)
    }
}

extension [PlannedDelivery] {
    /// Whom they reach, now or later: whoever is kept from hearing is not told.
    var told: [Way] {
        compactMap {
            switch $0.intent {
            case .send, .hold: Way(channel: $0.channel, address: $0.address)
            case .suppress, .supersede: nil
            }
        }
    }
}

extension Broadcast {
    /// As an event asks for it.
    init(_ event: Event, now: Date) {
        let payload = event.payload ?? [:]
        func text(_ name: String) -> String? { payload[name]?.string.flatMap { $0.isEmpty ? nil : $0 } }
        let corrects = text("corrects")
        let audience = corrects == nil ? payload["audience"]?.array?.compactMap(\.string) ?? [] : []
        self.init(
            id: text("id") ?? event.id, source: event.source, event: event.id, state: .sending, created: now, by: text("by"),
            audience: audience, match: corrects == nil ? payload["match"]?.object ?? [:] : [:], incident: event.incident?.id,
            template: text("template"), isUrgent: payload["urgent"]?.bool ?? false, corrects: corrects)
    }

    /// `sent`, `refused by ana: wrong list`.
    func standing(now: Date) -> String {
        if state == .waiting, let until, until <= now { return "expired" }
        return state.isOver && state != .sent ? ending : state.rawValue
    }

    mutating func turnToDone() {
        step = .done
        cursor = 0
        level = 0
    }
}

extension Rejection {
    fileprivate init(_ code: RejectionCode, _ message: String, at member: String) {
        self.init(code, message, pointer: "/broadcast/\(member)")
    }

    static func unknownBroadcast(_ id: String, at pointer: String) -> Rejection {
        Rejection(
            .unknownBroadcast, "there is no broadcast `\(id)`; `tocsin broadcasts` lists those that are known", pointer: pointer)
    }
}
