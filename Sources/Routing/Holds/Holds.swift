// What keeps the deliveries of one event back, and which of several reasons counts. In this order: an address that is
// suppressed; overtaken by the breach; a silence; an incident that comes and goes; an incident that ended before a late word of it. Then what only
// delays: quiet hours, a snooze and a subscriber's cadence, lateness, a service that this one needs, a throttle or a
// person's own limit, a group. Of those that go into an address's common digest (quiet hours, snooze, cadence, throttle,
// limit) the one that ends last counts.
//
// What is the same for all deliveries of the event is found once, here; each reason has a file of its own.

import Foundation
import Incidents

struct Holds {
    let table: RoutingTable
    let facts: MatchFacts
    let debt: Debt?
    let surroundings: any Surroundings
    let isExplaining: Bool
    /// What `explain` says beside its verdicts.
    var notes: [String] = []
    /// The silence that counts.
    private(set) var silence: Silence?
    let lateness: Lateness?
    /// What this incident waits for.
    let parent: Parent?
    /// Those that go nowhere because their addresses are suppressed.
    private(set) var lost: [PlannedDelivery] = []
    /// Until when somebody does not want to hear, as they are compared.
    let snoozes: [Subscription.Who: Date]

    init(
        _ table: RoutingTable, _ facts: MatchFacts, _ debt: Debt?, _ surroundings: any Surroundings, isExplaining: Bool
    ) throws {
        self.table = table
        self.facts = facts
        self.debt = debt
        self.surroundings = surroundings
        self.isExplaining = isExplaining
        lateness = Lateness(facts, after: table.rules.lateAfter)
        parent = try table.parent(facts, surroundings)
        snoozes = try surroundings.snoozedUntil
        silence = try table.silence(facts, surroundings)
        if isExplaining { noteWhatIsSo() }
    }

    var event: Event { facts.event }
    var now: Date { facts.now }

    /// Decides what is to become of a delivery.
    mutating func settle(_ delivery: inout PlannedDelivery, _ terms: Terms?) throws {
        try decide(&delivery, terms)
        // A sign of life is worth nothing later.
        if event.raised == .heartbeat, case .hold(let hold) = delivery.intent {
            delivery.intent = .suppress(Suppression(reason: hold.reason))
        }
    }

    private mutating func decide(_ delivery: inout PlannedDelivery, _ terms: Terms?) throws {
        if let suppression = try suppression(ofAddress: delivery) {
            lost.append(delivery)
            delivery.intent = .suppress(suppression)
            return
        }
        if let end = ending(of: delivery) {
            delivery.intent = end
            return
        }
        // Whoever is asked whether they want to hear has just asked for that.
        if delivery.origin == .confirmation { return }
        let bounds = try bounds(delivery, terms)
        let gathering = terms?.gathering.map { Hold(kind: .digest, until: $0.until, reason: $0.reason) }
        let own = later(later(quietHours(delivery, terms), gathering), snooze(delivery, terms))
        if let own {
            delivery.intent = .hold(later(own, bounds.hold) ?? own)
        } else if let late = late(delivery) {
            delivery.intent = .hold(late)
        } else if let dependency = try dependency(delivery) {
            delivery.intent = .hold(dependency)
        } else if let hold = bounds.hold {
            delivery.intent = .hold(hold)
        } else if let group = terms?.group {
            let state = try surroundings.held(channel: delivery.channel, address: delivery.address, key: key(of: group))
            delivery.intent = .hold(hold(by: group, state))
            // One message counts once, however many it gathers.
            if state.opensAt == nil { bounds.count(&delivery) }
        } else {
            bounds.count(&delivery)
        }
        leaveAlone(&delivery, terms)
    }

    /// How the throttle of the routes and the recipient's own limit stand: each counts by itself.
    private mutating func bounds(_ delivery: PlannedDelivery, _ terms: Terms?) throws -> Bounds {
        guard let terms, !delivery.isUrgent, facts.severity?.rank != 0 else { return Bounds() }
        let throttle = try terms.throttle.map { try self.throttle($0, delivery) }
        let limit = try terms.limit.map { try self.limit($0, delivery, of: delivery.recipient) }
        return Bounds(hold: later(throttle?.hold, limit?.hold), isThrottled: throttle != nil, isLimited: limit != nil)
    }

    /// Why a delivery is not made at all; nil where it is.
    private func ending(of delivery: PlannedDelivery) -> Intent? {
        if case .missedWarning = event.raised { return .supersede(event.change.reason ?? "overtaken by the breach") }
        if event.type == .operations { return nil }
        let isOwed = delivery.origin == .owed || (debt.map { $0.isTurn && $0.isOwed(to: delivery.destination) } ?? false)
        if let silence, !isOwed, ![.reminder, .confirmation, .broadcast].contains(delivery.origin) {
            return .suppress(suppression(by: silence))
        }
        if let incident = facts.incident {
            if debt?.isTurn ?? false, incident.isMuted(event, by: table.rules.flap) {
                return .suppress(Suppression(reason: flapping(incident)))
            }
            if lateness != nil, !incident.isOpen, !isOwed { return .supersede(overtakenByTheEnd(incident)) }
        }
        return nil
    }

    private func later(_ a: Hold?, _ b: Hold?) -> Hold? {
        guard let a, let b else { return a ?? b }
        return b.until > a.until ? b : a
    }

    /// `INC1 comes and goes: told once at 12:05 UTC, and again when it is calm`.
    func flapping(_ incident: Incident) -> String {
        let since = incident.course.flappingSince.map { " at \(moment($0))" } ?? ""
        return "\(quoted(incident.id)) comes and goes: told once\(since), and again when it is calm"
    }

    /// A moment by the router's zone.
    func moment(_ date: Date) -> String { Moment.text(date, now: now, in: table.rules.timeZone, isNamed: true) }

    /// What has a part in it, however it comes to be decided.
    private mutating func noteWhatIsSo() {
        if let lateness { notes.append(lateness.text) }
        if let incident = facts.incident, incident.course.flappingSince != nil { notes.append(flapping(incident)) }
        if let parent { notes.append(parent.note) }
        for told in debt?.lost ?? [] {
            notes.append("\(quoted(told.recipient)) heard of it by `\(quoted(told.channel))`, which is gone, and cannot be told")
        }
    }
}

extension PlannedDelivery {
    /// What makes two of them one message.
    var destination: DestinationKey { DestinationKey(channel: channel, address: kind == .email ? address.lowercased() : address) }
}
