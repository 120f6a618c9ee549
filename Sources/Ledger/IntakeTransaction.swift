// Arrivals, inside one transaction: identity, the incident's state, the decision, and everything that follows from it.

import Foundation
import GRDB
import Incidents
import JSON
import Routing

/// An arrival with what can be worked out before the transaction.
struct PreparedArrival: Sendable {
    var arrival: Arrival
    var document: [UInt8]
    var checked: [UInt8]?
    var digest: [UInt8]
    /// Bytes, about.
    var size: Int

    init(_ arrival: Arrival) {
        self.arrival = arrival
        document = arrival.event.document.bytes
        checked = CheckedParts(of: arrival.event)?.json.bytes
        digest = Token.bytes(arrival.digest)
        size = 512 + document.count * 2 + (checked?.count ?? 0)
    }
}

/// The work of one transaction. What it learned of incidents is good only once it has been committed.
struct IntakeTransaction {
    private let database: Database
    private let cache: IncidentCache
    private(set) var changed: [String: (incident: Incident, bytes: Int)] = [:]
    var tally = Tally()

    init(_ database: Database, cache: IncidentCache) {
        self.database = database
        self.cache = cache
    }

    /// Whether the event is known already shows when it is written; before that, only where it would not be written.
    mutating func accept(_ item: PreparedArrival) throws -> Receipt {
        let arrival = item.arrival
        let event = arrival.event
        let before: Incident?
        do {
            before = try event.incident.flatMap { try incident($0.id) }
        } catch let fault as RowFault {
            if let receipt = try repeated(item) { return receipt }
            throw fault
        }
        let decision = try arrival.decide(before, NoSurroundings())
        if let rejection = decision.rejection { return try repeated(item) ?? .rejected(rejection) }

        let application = decision.application
        let state = application?.incident.json.bytes
        let isStale = application?.isStale ?? false
        let previous = application?.previous?.storable
        let severity = decision.severity ?? application?.incident.text("severity")
        try database.run(
            Self.insertEvent,
            [
                event.source, event.id, item.digest, event.type.rawValue, event.time.microseconds, event.timeIsExplicit,
                arrival.receivedAt.microseconds, event.incident?.id, isStale, severity, previous,
                application?.reopens ?? false, arrival.file, arrival.configVersion, item.document, item.checked, state,
            ])
        if database.changesCount == 0 {
            if let receipt = try repeated(item) { return receipt }
            throw RowFault(what: "an event that was not written, and is not there")
        }
        let sequence = database.lastInsertedRowID
        tally.add(.events, event.type.rawValue)
        if isStale { tally.add(.stale) }
        if let application, let state, !isStale || before == nil { try keep(application.incident, state: state) }

        let stored = StoredEvent(
            sequence: sequence, event: event, incident: application?.incident, severity: severity, previous: previous,
            reopens: application?.reopens ?? false, receivedAt: arrival.receivedAt)
        var ready: [QueuedDelivery] = []
        var raised: [RaisedHead] = []
        for (index, planned) in decision.plan.deliveries.enumerated() {
            let insertion = DeliveryInsertion(
                planned: planned, lane: index < decision.lanes.count ? decision.lanes[index] : planned.channel, event: sequence,
                incident: event.incident?.id, isNewIncident: before == nil, created: arrival.receivedAt)
            let placed = try insertion.write(database, tally: &tally)
            if let head = placed.raised { raised.append(head) }
            if !placed.isBlocked, planned.due <= arrival.receivedAt { ready.append(insertion.queued(placed, of: stored)) }
        }
        return .accepted(
            sequence: sequence, stale: isStale, deliveries: ready, planned: decision.plan.deliveries.count, raised: raised)
    }

    /// What is said of an event whose identity is known; nil where it is not.
    private mutating func repeated(_ item: PreparedArrival) throws -> Receipt? {
        let event = item.arrival.event
        let known = try database.first(Self.known, [event.source, event.id]) { (digest: $0.bytes(0), seen: $0.date(1)) }
        guard let known else { return nil }
        if known.digest ?? [] == item.digest {
            tally.add(.duplicates)
            return .duplicate
        }
        let time = known.seen.map { " on \(Timestamp.format($0))" } ?? ""
        return .rejected(
            Rejection(
                .idConflict,
                "the id `\(event.id)` of source `\(event.source)` was seen before\(time), with other content; give every event its own id",
                pointer: "/id"))
    }

    private func incident(_ id: String) throws -> Incident? {
        if let known = changed[id]?.incident.named(id) ?? cache[id] { return known }
        return try database.first(Self.loadIncident, [id]) { try Incident(row: $0) }
    }

    private mutating func keep(_ incident: Incident, state: [UInt8]) throws {
        try database.run(
            Self.upsertIncident, [incident.id, incident.isOpen, incident.text("severity"), incident.updated.microseconds, state])
        changed[incident.id] = (incident, state.count)
    }

    static let known = "SELECT digest, received_at FROM events WHERE source = ? AND id = ?"
    static let loadIncident = "SELECT state FROM incidents WHERE id = ?"
    private static let insertEvent = """
        INSERT INTO events (source, id, digest, type, time, time_explicit, received_at, incident, stale, severity, previous, reopens, \
        file, config, document, checked, incident_after) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) \
        ON CONFLICT (source, id) DO NOTHING
        """
    private static let upsertIncident = """
        INSERT INTO incidents (id, is_open, severity, updated, state) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (id) DO UPDATE SET is_open = excluded.is_open, severity = excluded.severity, updated = excluded.updated, \
        state = excluded.state
        """
}

extension DeliveryInsertion {
    /// The delivery as it was placed.
    fileprivate func queued(_ placed: Placed, of event: StoredEvent) -> QueuedDelivery {
        QueuedDelivery(
            id: placed.id, token: Token.text(placed.token), event: event, lane: lane, channel: planned.channel, kind: planned.kind,
            address: planned.address, recipient: planned.recipient, for: planned.for, routes: planned.routes, template: planned.template,
            language: planned.language, timezone: planned.timezone, isUrgent: planned.isUrgent, priority: planned.priority,
            due: planned.due, expires: planned.expires, isFirst: placed.isFirst, created: created, retryFor: planned.retryFor)
    }
}

extension Incident {
    /// The incident of a row whose first column is its state.
    init(row: some StoredRow) throws {
        self = try row.need(try row.storedJSON(0).flatMap { Incident(json: $0) }, "the state of an incident")
    }
}
