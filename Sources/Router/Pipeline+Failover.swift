// When the first way does not get through: who is told by which other way, and what is not worth telling any more.

import Delivery
import Foundation
import Incidents
import Ledger
import Routing

extension QueuedDelivery {
    /// Seconds after which a delivery that waits may be superseded (interfaces, section 8).
    static let freshness: TimeInterval = 30
    /// Seconds for which what the ledger said of those behind a delivery is good enough.
    static let knownFor: TimeInterval = 5

    var way: Way { Way(channel: channel, address: address) }

    /// Something newer may take its place: it has failed once, or was due for some time.
    func mayBeSuperseded(now: Date) -> Bool { attempts > 0 || now.timeIntervalSince(due) > Self.freshness }

    /// It waited so long in memory that the ledger should be asked again whether it was overtaken.
    func mustBeLookedAtAnew(now: Date) -> Bool { mayBeSuperseded(now: now) && abs(now.timeIntervalSince(asOf)) > Self.knownFor }

    /// Why it should not be sent any more, where it should not.
    func obsolescence(now: Date) -> Disposition? {
        if let expires, expires < now { return .expired("not worth sending after \(Timestamp.format(expires))") }
        if origin == .owed, !wasTold { return .superseded("nothing of the incident had been told here, so neither is this", by: nil) }
        guard mayBeSuperseded(now: now) else { return nil }
        if isOvertaken { return .overtaken }
        // Who never heard of an incident need not hear of it once it is over; a broadcast is somebody's own words.
        guard let ended, !wasTold, event.event.type != .broadcast else { return nil }
        return .superseded(
            "the incident was \(ended.status) at \(Timestamp.format(ended.at)), before anything of it had been told here", by: nil)
    }

    /// The end of the incident, where it came while this waited.
    var endedMeanwhile: (status: IncidentStatus, at: Date)? {
        ended.flatMap { ended in IncidentStatus(word: ended.status).map { ($0, ended.at) } }
    }
}

extension Pipeline {
    /// With what follows for the recipient: the next way at once, where this one is at its end, or a time for it.
    func withNextWay(_ attempt: Attempt, _ delivery: QueuedDelivery, _ setup: Setup) -> Attempt {
        var attempt = attempt
        switch attempt.record.next {
        case .dead, .unknown:
            let next = nextWay(for: delivery, now: attempt.record.at)
            if !delivery.fellBack { attempt.record.fallback = next }
            // With another way taken, it is that one's end which is told.
            if next == nil, delivery.event.event.type != .operations {
                operators.gaveUp(
                    delivery.id, recipient: delivery.recipient, channel: delivery.channel, incident: delivery.event.incident?.id,
                    why: attempt.record.next.explanation ?? "refused")
            }
        case .retry where !delivery.fellBack && nextWay(for: delivery, now: attempt.record.at) != nil:
            attempt.record.fallbackAt = (delivery.firstAttempt ?? attempt.record.at).addingTimeInterval(setup.patience(with: delivery))
        default: break
        }
        return attempt
    }

    /// Why a delivery is not made that lay in a lane when its address was suppressed, or its subscription was left: the ledger has
    /// taken it back already.
    func withdrawal(of delivery: QueuedDelivery) -> Disposition? {
        ledger.wasWithdrawn(delivery.id) ? .superseded("it was taken back while it waited", by: nil) : nil
    }

    /// How to tell the same recipient by another way, whose address is not suppressed; nil: there is none.
    func nextWay(for delivery: QueuedDelivery, now: Date) -> FallbackPlan? {
        // What confirms an address is for that address alone.
        if delivery.origin == .confirmation { return nil }
        let setup = setup.value
        let table = setup.configuration.table
        let presence = table.presence(absences: ledger.absencesInForce, now: now)
        var past = delivery.tried
        var way = delivery.way
        var found: Resolved?
        while let next = table.nextWay(
            recipient: delivery.recipient, way: way, tried: past, incident: delivery.event.incident,
            severity: delivery.event.severity.flatMap(setup.configuration.scale.severity), presence: presence)
        {
            guard ledger.isSuppressed(next.channel.kind, next.address) else {
                found = next
                break
            }
            past.append(way)
            way = Way(channel: next.channel.name, address: next.address)
        }
        return found.map { fallback(for: delivery, by: $0, setup, now: now) }
    }

    /// How somebody of `people` is told whose address was suppressed while this waited; nil: there is no other way. As where it is
    /// suppressed already when a message is planned.
    func otherWay(for delivery: QueuedDelivery, now: Date) -> FallbackPlan? {
        let setup = setup.value
        let table = setup.configuration.table
        guard let person = table.directory.people[delivery.recipient] else { return nil }
        let past = Set(delivery.tried.map(\.address))
        let block = AddressBlock(kind: delivery.kind, address: delivery.address, since: nil, cause: .stop)
        let other = table.otherWay(to: person, than: block) { kind, address in
            ledger.isSuppressed(kind, address) || past.contains { AddressBlock.compared($0, kind) == address }
        }
        return other.map { fallback(for: delivery, by: $0, setup, now: now) }
    }

    private func fallback(for delivery: QueuedDelivery, by resolved: Resolved, _ setup: Setup, now: Date) -> FallbackPlan {
        FallbackPlan(
            planned: PlannedDelivery(
                channel: resolved.channel.name, kind: resolved.channel.kind, address: resolved.address, recipient: resolved.recipient,
                for: delivery.for, routes: delivery.routes, template: delivery.template,
                language: resolved.person?.language ?? delivery.language, timezone: resolved.person?.timezone ?? delivery.timezone,
                isUrgent: delivery.isUrgent, priority: delivery.priority, due: now, expires: delivery.expires, retryFor: delivery.retryFor,
                subscription: delivery.subscription),
            lane: setup.channels[resolved.channel.name]?.destination ?? resolved.channel.name)
    }
}
