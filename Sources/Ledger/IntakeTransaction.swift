// Arrivals, inside one transaction: identity, the incident's state, the decision, and everything that follows from it.

import Foundation
import GRDB
import Incidents
import JSON
import Routing

/// An arrival with what can be worked out before the transaction.
struct PreparedArrival: Sendable {
    var arrival: Arrival
    var document: Data
    var checked: Data?
    var digest: Data
    /// Bytes, about.
    var size: Int

    init(_ arrival: Arrival) {
        self.arrival = arrival
        document = Data(arrival.event.document)
        checked = CheckedParts(of: arrival.event).map { Data($0.json) }
        digest = Data(Token.bytes(arrival.digest))
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

    mutating func accept(_ item: PreparedArrival) throws -> Receipt {
        let arrival = item.arrival
        let event = arrival.event
        if let known = try database.row(Self.known, [event.source, event.id]) {
            return repeated(event, isSame: Data(known.bytes(0) ?? []) == item.digest, seen: known.date(1))
        }
        let before = try event.incident.flatMap { try incident($0.id) }
        let decision = arrival.decide(before)
        if let rejection = decision.rejection { return .rejected(rejection) }

        let application = decision.application
        let state = application.map { Data($0.incident.json) }
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
            let lane = index < decision.lanes.count ? decision.lanes[index] : planned.channel
            let (delivery, isBlocked) = try insert(planned, lane: lane, of: stored, isNewIncident: before == nil)
            if isBlocked {
                if let head = try lendUrgency(of: delivery) { raised.append(head) }
            } else if delivery.due <= arrival.receivedAt {
                ready.append(delivery)
            }
        }
        return .accepted(
            sequence: sequence, stale: isStale, deliveries: ready, planned: decision.plan.deliveries.count, raised: raised)
    }

    private mutating func repeated(_ event: Event, isSame: Bool, seen: Date?) -> Receipt {
        if isSame {
            tally.add(.duplicates)
            return .duplicate
        }
        let time = seen.map { " on \(Timestamp.format($0))" } ?? ""
        return .rejected(
            Rejection(
                .idConflict,
                "the id `\(event.id)` of source `\(event.source)` was seen before\(time), with other content; give every event its own id",
                pointer: "/id"))
    }

    private func incident(_ id: String) throws -> Incident? {
        if let known = changed[id]?.incident.named(id) ?? cache[id] { return known }
        return try database.row(Self.loadIncident, [id]).flatMap { try Incident(row: $0) }
    }

    private mutating func keep(_ incident: Incident, state: Data) throws {
        try database.run(
            Self.upsertIncident, [incident.id, incident.isOpen, incident.text("severity"), incident.updated.microseconds, state])
        changed[incident.id] = (incident, state.count)
    }

    /// The head of its conversation goes as early as this one would: it stands in its way.
    private func lendUrgency(of delivery: QueuedDelivery) throws -> RaisedHead? {
        let conversation: StatementArguments = [delivery.event.event.incident?.id, delivery.channel, delivery.address]
        guard let head = try database.row(Self.head, conversation), let id = head.int64(0), let lane = head.text(1) else { return nil }
        let priority = min(delivery.priority, head.int(2) ?? Int.max)
        let isUrgent = delivery.isUrgent || head.flag(3)
        if priority == head.int(2), isUrgent == head.flag(3) { return nil }
        try database.run(Self.raise, [priority, isUrgent, id])
        return RaisedHead(id: id, lane: lane, priority: priority, isUrgent: isUrgent)
    }

    private mutating func insert(
        _ planned: PlannedDelivery, lane: String, of event: StoredEvent, isNewIncident: Bool
    ) throws -> (QueuedDelivery, isBlocked: Bool) {
        var isFirst = true
        var isBlocked = false
        let incident = event.event.incident?.id
        if let incident, !isNewIncident {
            let conversation: StatementArguments = [incident, planned.channel, planned.address]
            isBlocked = try database.has(Self.waiting, conversation)
            isFirst = try !isBlocked && !database.has(Self.told, conversation)
        }
        let token = Token.mint()
        try database.run(
            Self.insertDelivery,
            [
                event.sequence, Data(token), incident, planned.channel, planned.address, planned.kind.rawValue, lane, planned.recipient,
                planned.for, Data(JSONValue.array(planned.routes.map(JSONValue.string))), planned.template, planned.language,
                planned.timezone, planned.isUrgent, planned.priority, isFirst, event.receivedAt.microseconds, planned.due.microseconds,
                planned.expires?.microseconds, planned.retryFor.map { Int64($0 * 1_000_000) }, isBlocked,
            ])
        tally.add(.deliveries, planned.channel, state: DeliveryState.pending.rawValue)
        let delivery = QueuedDelivery(
            id: database.lastInsertedRowID, token: Token.text(token), event: event, lane: lane, channel: planned.channel,
            kind: planned.kind, address: planned.address, recipient: planned.recipient, for: planned.for, routes: planned.routes,
            template: planned.template, language: planned.language, timezone: planned.timezone, isUrgent: planned.isUrgent,
            priority: planned.priority, due: planned.due, expires: planned.expires, isFirst: isFirst, created: event.receivedAt,
            retryFor: planned.retryFor)
        return (delivery, isBlocked)
    }

    static let known = "SELECT digest, received_at FROM events WHERE source = ? AND id = ?"
    static let loadIncident = "SELECT state FROM incidents WHERE id = ?"
    private static let insertEvent = """
        INSERT INTO events (source, id, digest, type, time, time_explicit, received_at, incident, stale, severity, previous, reopens, \
        file, config, document, checked, incident_after) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """
    private static let upsertIncident = """
        INSERT INTO incidents (id, is_open, severity, updated, state) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (id) DO UPDATE SET is_open = excluded.is_open, severity = excluded.severity, updated = excluded.updated, \
        state = excluded.state
        """
    static let waiting = """
        SELECT 1 FROM deliveries INDEXED BY deliveries_unfinished
        WHERE incident = ? AND channel = ? AND address = ? AND \(LedgerSchema.unfinished) LIMIT 1
        """
    private static let head = """
        SELECT id, lane, priority, urgent FROM deliveries INDEXED BY deliveries_unfinished
        WHERE incident = ? AND channel = ? AND address = ? AND \(LedgerSchema.unfinished) AND blocked = 0 LIMIT 1
        """
    private static let raise = "UPDATE deliveries SET priority = ?, urgent = ? WHERE id = ?"
    static let told = """
        SELECT 1 FROM deliveries INDEXED BY deliveries_incident WHERE incident = ? AND channel = ? AND address = ? LIMIT 1
        """
    private static let insertDelivery = """
        INSERT INTO deliveries (event, token, incident, channel, address, kind, lane, recipient, entry, routes, template, language, \
        timezone, urgent, priority, is_first, created, due, expires, retry_for, blocked, state) \
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'pending')
        """
}

extension Incident {
    /// The incident of a row whose first column is its state.
    init(row: Row) throws {
        self = try row.need(try row.storedJSON(0).flatMap { Incident(json: $0) }, "the state of an incident")
    }
}
