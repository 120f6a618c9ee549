// What happens in a simulation, written down.

import Collections
import Foundation
import Incidents
import Ledger
import Routing

extension Simulation {
    /// A delivery goes out, or ends without.
    mutating func note(_ delivery: QueuedDelivery, _ next: Disposition) throws(LedgerError) {
        let action: TimelineLine.Action =
            switch next {
            case .expired: .expire
            case .superseded, .overtaken: .supersede
            default: leaving.contains(delivery.id) ? .release : .send
            }
        leaving.remove(delivery.id)
        held[delivery.id] = nil
        var line = TimelineLine(
            at: now, action: action, id: delivery.id, incident: delivery.event.incident?.id, event: delivery.event.event.id,
            type: delivery.event.event.type.rawValue, severity: delivery.event.severity, routes: delivery.routes,
            recipient: delivery.recipient, for: delivery.for, channel: delivery.channel, address: delivery.address,
            template: delivery.template, reason: next.explanation ?? delivery.event.event.ownReason)
        if delivery.origin == .digest || !delivery.digest.isEmpty, let row = try ledger.delivery(delivery.id) {
            line.incident = row.incident
            line.isDigest = delivery.origin == .digest
            // The newest of its events is not what it is about.
            if line.isDigest { line.reason = next.explanation }
            line.contains = row.contains
            line.contents = row.contains.compactMap { held.removeValue(forKey: $0) }
        }
        write(line)
    }

    /// A delivery that waits, or was kept back or overtaken at once.
    mutating func note(_ row: DeliveryRow) throws(LedgerError) {
        switch row.state {
        case .held:
            let line = try line(row, .hold)
            held[row.id] = line
            heldUntil.insert(HeldUntil(at: row.dueAt, id: row.id))
            write(line)
        case .suppressed: write(try line(row, .suppress))
        case .superseded: write(try line(row, .supersede))
        case .expired: write(try line(row, .expire))
        case .pending, .retrying, .delivered, .unknown, .dead: break
        }
    }

    /// What waited and is not told any more, because somebody left.
    mutating func noteKeptBack() throws(LedgerError) {
        for id in held.keys.sorted() where !leaving.contains(id) {
            guard let row = try ledger.delivery(id), row.state == .suppressed else { continue }
            held[id] = nil
            try note(row)
        }
    }

    /// What was held and is due, and did not go out: it was overtaken, or waits for longer.
    mutating func lookAfterHeld(by moment: Date) throws(LedgerError) {
        var waiting: [HeldUntil] = []
        while let next = heldUntil.min, next.at <= moment {
            heldUntil.removeMin()
            guard held[next.id] != nil, !leaving.contains(next.id), let row = try ledger.delivery(next.id) else { continue }
            if row.state == .held {
                held[next.id]?.until = row.dueAt
                waiting.append(HeldUntil(at: max(row.dueAt, now), id: next.id))
                continue
            }
            held[next.id] = nil
            try note(row)
        }
        // Not before: what is still due would be looked at for ever.
        heldUntil.insert(contentsOf: waiting)
    }

    private func line(_ row: DeliveryRow, _ action: TimelineLine.Action) throws(LedgerError) -> TimelineLine {
        var severity: String?
        if let id = row.incident, let incident = try ledger.incident(id) {
            let table = setup.configuration.table
            severity = incident.severity(on: table.scale, assumed: table.assumedSeverity).name
        }
        return TimelineLine(
            at: now, action: action, id: row.id, incident: row.incident, event: row.event, type: row.type.rawValue, severity: severity,
            routes: row.routes, recipient: row.recipient, for: row.for, channel: row.channel, address: row.address,
            template: row.template, reason: row.reason, until: action == .hold ? row.dueAt : nil)
    }
}

/// When a delivery leaves its hold, as far as is known.
struct HeldUntil: Comparable {
    var at: Date
    var id: Int64

    static func < (a: HeldUntil, b: HeldUntil) -> Bool { (a.at, a.id) < (b.at, b.id) }
}

extension Event {
    /// Why the clock raised it, in words; nil for what others dropped.
    fileprivate var ownReason: String? { source == Event.ownSource ? change.reason : nil }
}
