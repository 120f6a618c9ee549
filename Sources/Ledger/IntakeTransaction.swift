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
    /// With what this transaction has changed.
    var memory: WriterMemory
    var tally = Tally()
    private var addresses = SuppressedAddresses.Changes()

    init(_ database: Database, cache: IncidentCache) {
        self.database = database
        self.cache = cache
        memory = cache.memory
    }

    /// After COMMIT: what it learned is what is in the file.
    func remember() {
        for change in changed.values { cache.keep(change.incident, bytes: change.bytes) }
        cache.memory = memory
        cache.suppressed.note(addresses)
    }

    /// What outcomes of the same transaction did to addresses.
    mutating func learn(from outcomes: OutcomeTransaction) {
        if outcomes.hasBlocks { memory.hasBlocks = true }
        addresses.withdrawn += outcomes.changes.withdrawn
        addresses.addresses += outcomes.changes.addresses
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
        let decision = try decide(arrival, before)
        if let rejection = decision.rejection { return try repeated(item) ?? .rejected(rejection) }
        for name in decision.heard { tally.hear(name, at: arrival.receivedAt) }
        if decision.isVoid {
            if let before { try move(decision.alarm, of: before) }
            return .duplicate
        }

        var application = decision.application
        application?.incident.alarm = decision.alarm?.due
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
        tally.figures.add(decision.measures, at: arrival.receivedAt)
        if let application, let state {
            let alarmMoves = before?.alarm?.microseconds != decision.alarm?.due.microseconds
            if !isStale || before == nil || alarmMoves {
                try keep(application.incident, before: before, state: state, decision, now: arrival.receivedAt)
            }
            if alarmMoves { try AlarmTable.set(decision.alarm, of: .incident(application.incident.id), database) }
        }

        let stored = StoredEvent(
            sequence: sequence, event: event, incident: application?.incident, severity: severity, previous: previous,
            reopens: application?.reopens ?? false, receivedAt: arrival.receivedAt)
        if let before, before.isOpen, let incident = application?.incident, !incident.isOpen, try memory.hasDependents(database) {
            try DependencyFold(parent: incident.id).letGo(database, now: arrival.receivedAt)
        }
        var ready: [QueuedDelivery] = []
        var raised: [RaisedHead] = []
        for (index, planned) in decision.plan.deliveries.enumerated() {
            let insertion = DeliveryInsertion(
                planned: planned, lane: index < decision.lanes.count ? decision.lanes[index] : planned.channel, event: sequence,
                incident: event.incident?.id, isNewIncident: before == nil, created: arrival.receivedAt)
            guard planned.intent == .send else {
                try insertion.writeAside(database, tally: &tally)
                if case .hold(let hold) = planned.intent, hold.kind == .dependency { memory.hasDependents = true }
                continue
            }
            let placed = try insertion.write(database, tally: &tally)
            let isFolded = try fold(into: placed.id, insertion)
            if let head = placed.raised { raised.append(head) }
            if placed.isBlocked || planned.due > arrival.receivedAt { continue }
            // What else is to be known of it is in other rows.
            if isFolded || planned.origin == .owed {
                var reader = DeliveryReader(database, now: arrival.receivedAt)
                if let delivery = try reader.delivery(placed.id) { ready.append(delivery) }
            } else {
                var queued = insertion.queued(placed, of: stored)
                queued.thread = try thread(insertion, placed)
                ready.append(queued)
            }
        }
        ready += try apply(decision.changes, now: arrival.receivedAt)
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

    func incident(_ id: String) throws -> Incident? {
        if let known = changed[id]?.incident.named(id) ?? cache[id] { return known }
        return try database.first(Self.loadIncident, [id]) { try Incident(row: $0) }
    }

    /// The surroundings are those after everything that this transaction has done so far.
    private mutating func decide(_ arrival: Arrival, _ before: Incident?) throws -> Decision {
        let surroundings = SQLSurroundings(database, memory: memory)
        let decision = try arrival.decide(before, surroundings)
        memory = surroundings.memory
        return decision
    }

    private mutating func keep(_ incident: Incident, before: Incident?, state: [UInt8], _ decision: Decision, now: Date) throws {
        let values: [(any Bindable)?] = [incident.id, incident.isOpen, incident.text("severity"), incident.updated.microseconds, state]
        let isTouched = before.map { Neglect.moves($0, incident) } ?? true
        if let before, !isTouched, before.isListed(as: incident) {
            try database.run(Self.updateIncident, values)
        } else {
            let look = isTouched ? Neglect.mark(of: incident, now: now).microseconds : nil
            try database.run(Self.upsertIncident, values + [incident.openService, decision.severityRank, decision.severity, look])
        }
        changed[incident.id] = (incident, state.count)
    }

    /// Where its conversation goes on: only of one that has begun, by a channel that knows of such.
    private mutating func thread(_ insertion: DeliveryInsertion, _ placed: DeliveryInsertion.Placed) throws -> ThreadRoot? {
        let planned = insertion.planned
        guard !placed.isFirst, let incident = insertion.incident, planned.kind.hasThreads, try memory.hasThreads(database) else {
            return nil
        }
        return try Conversation(incident: incident, channel: planned.channel, address: planned.address).thread(database)
    }

    /// What was held until the next word about the incident goes with this one.
    private mutating func fold(into delivery: Int64, _ insertion: DeliveryInsertion) throws -> Bool {
        guard let incident = insertion.incident, try memory.hasDependents(database) else { return false }
        return try DependencyFold(parent: incident).fold(
            into: delivery, channel: insertion.planned.channel, address: insertion.planned.address, database, now: insertion.created) > 0
    }

    /// Puts an incident there as it was at some time, without an event.
    mutating func seed(_ incident: Incident, severity: String, rank: Int, alarm: Alarm?) throws {
        var incident = incident
        incident.alarm = alarm?.due
        let state = incident.json.bytes
        try database.run(
            Self.upsertIncident,
            [
                incident.id, incident.isOpen, incident.text("severity"), incident.updated.microseconds, state, incident.openService, rank,
                severity, nil,
            ])
        try AlarmTable.set(alarm, of: .incident(incident.id), database)
    }

    /// - Returns: what may go out now, because what it waited for was taken back.
    @discardableResult
    mutating func apply(_ changes: [StandingChange], now: Date) throws -> [QueuedDelivery] {
        var ready: [QueuedDelivery] = []
        for change in changes {
            switch change {
            case .silence(let silence, let alarm):
                try StandingTables.write(silence, database)
                try AlarmTable.set(alarm, of: .silence(silence.id), database)
                memory.forgetSilences()
            case .subscribe(let subscription):
                try StandingTables.write(subscription, database)
                memory.keep(subscription)
                // Nobody confirms it any more.
                if subscription.leftAt != nil { ready += try takeBack(now) { try $0.takeBack(allBy: subscription.id, tally: &$1) } }
            case .unsubscribe(let ids):
                try endSubscriptions(ids)
                for id in ids { ready += try takeBack(now) { try $0.takeBack(allBy: id, tally: &$1) } }
            case .followed(let ids): try endSubscriptions(ids)
            case .absence(let absence):
                try AbsenceTable.write(absence, database)
                memory.forgetAbsences()
            case .endAbsence(let id):
                try AbsenceTable.end(id, database)
                memory.forgetAbsences()
            case .snooze(let snooze):
                try endSnoozes(of: snooze.who, at: now, until: snooze.until)
                try StandingTables.write(snooze, database)
                try StandingTables.postpone(snooze, at: now, database)
            case .endSnooze(let who):
                try endSnoozes(of: who, at: now, until: now)
                try StandingTables.wake(who, at: now, database)
            case .block(let block, let alarm, let reached): ready += try keep(block, alarm, sparing: reached, now: now)
            case .unblock(let kind, let address):
                try BlockTable.remove(kind, address, database)
                try AlarmTable.set(nil, of: .address(kind: kind, address: AddressBlock.compared(address, kind)), database)
                let key = SuppressedAddresses.Key(kind: kind, address: AddressBlock.compared(address, kind))
                addresses.addresses.append((key, false))
                memory.hasBlocks = nil
            case .broadcast(let broadcast, let alarm):
                try BroadcastTable.write(broadcast, database)
                try AlarmTable.set(alarm, of: .broadcast(broadcast.id), database)
            case .monitor(let monitor): try MonitorTable.tell(monitor, database)
            case .forgetMonitor(let name): try MonitorTable.forget(name, database)
            }
        }
        return ready
    }

    /// What is taken back does not go out any more, wherever it lies.
    private mutating func takeBack(_ now: Date, _ body: (inout OutcomeTransaction, inout Tally) throws -> Void) throws -> [QueuedDelivery] {
        var outcomes = OutcomeTransaction(database, now: now)
        try body(&outcomes, &tally)
        addresses.withdrawn += outcomes.withdrawn
        return try outcomes.recorded().ready
    }

    /// Where it begins, what waits for the address is taken back.
    private mutating func keep(
        _ block: AddressBlock, _ alarm: Alarm?, sparing reached: Set<String>, now: Date
    ) throws -> [QueuedDelivery] {
        let wasSuppressed = try BlockTable.isSuppressed(block.kind, block.address, database)
        try BlockTable.write(block, database)
        memory.hasBlocks = true
        if let alarm { try AlarmTable.set(alarm, of: alarm.subject, database) }
        guard block.isSuppressed, !wasSuppressed else { return [] }
        addresses.addresses.append((SuppressedAddresses.Key(kind: block.kind, address: block.address), true))
        return try takeBack(now) { try $0.takeBack(allTo: block, sparing: reached, tally: &$1) }
    }

    private mutating func endSubscriptions(_ ids: [String]) throws {
        for id in ids {
            try StandingTables.endSubscription(id, database)
            memory.forget(subscription: id)
        }
    }

    /// Ends somebody's snooze, and those that have run out; what waits for a later end than the new one is due at that.
    private mutating func endSnoozes(of who: Subscription.Who, at now: Date, until: Date) throws {
        for snooze in try memory.snoozes(database).elements {
            let isTheirs = snooze.who.compared == who.compared
            if isTheirs, until < snooze.until { try StandingTables.shorten(snooze, to: until, database) }
            if isTheirs || snooze.until <= now { try StandingTables.endSnooze(snooze.who, database) }
        }
        memory.forgetSnoozes()
    }

    /// Sets an incident's alarm without an event of its own: its state names the alarm, and changes in that alone.
    mutating func move(_ alarm: Alarm?, of incident: Incident) throws {
        try AlarmTable.set(alarm, of: .incident(incident.id), database)
        if incident.alarm?.microseconds == alarm?.due.microseconds { return }
        var incident = incident
        incident.alarm = alarm?.due
        let state = incident.json.bytes
        try database.run(Self.updateState, [state, incident.id])
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
        INSERT INTO incidents (id, is_open, severity, updated, state, open_service, rank, judged, look_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (id) DO UPDATE SET is_open = excluded.is_open, severity = excluded.severity, updated = excluded.updated, \
        state = excluded.state, open_service = excluded.open_service, rank = excluded.rank, judged = excluded.judged, \
        look_at = coalesce(excluded.look_at, look_at)
        """
    /// Of one that is there, and stays where it is in the index of services.
    private static let updateIncident = """
        INSERT INTO incidents (id, is_open, severity, updated, state) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (id) DO UPDATE SET is_open = excluded.is_open, severity = excluded.severity, updated = excluded.updated, \
        state = excluded.state
        """
    private static let updateState = "UPDATE incidents SET state = ? WHERE id = ?"
}

extension DeliveryInsertion {
    /// The delivery as it was placed.
    fileprivate func queued(_ placed: Placed, of event: StoredEvent) -> QueuedDelivery {
        QueuedDelivery(
            id: placed.id, token: Token.text(placed.token), event: event, lane: lane, channel: planned.channel, kind: planned.kind,
            address: planned.address, recipient: planned.recipient, for: planned.for, routes: planned.routes, template: planned.template,
            language: planned.language, timezone: planned.timezone, isUrgent: planned.isUrgent, priority: planned.priority,
            due: planned.due, expires: planned.expires, isFirst: placed.isFirst, created: created, retryFor: planned.retryFor,
            // What is owed and waits for nothing is owed to somebody who has heard.
            wasTold: planned.origin == .owed, origin: planned.origin, subscription: planned.subscription)
    }
}

extension Incident {
    /// In lower case; nil where it has none, or is over.
    var openService: String? { isOpen ? text("service")?.lowercased() : nil }

    /// Whether the index of open incidents by service need not know the difference.
    fileprivate func isListed(as other: Incident) -> Bool {
        isOpen == other.isOpen && members["severity"] == other.members["severity"] && members["service"] == other.members["service"]
    }

    /// The incident of a row whose first column is its state.
    init(row: some StoredRow) throws {
        self = try row.need(try row.storedJSON(0).flatMap { Incident(json: $0) }, "the state of an incident")
    }
}
