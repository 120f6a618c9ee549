// Lists and single rows, for the commands.

import Foundation
import GRDB
import Incidents

extension LedgerStore {
    /// Deliveries with their attempts, oldest first unless the filter says otherwise. All are held in memory: for long
    /// lists there is `forEachDelivery`.
    public func deliveries(_ filter: DeliveryFilter = DeliveryFilter()) async throws(LedgerError) -> [DeliveryRow] {
        try await readers.read { try Self.page($0, filter, after: nil, limit: filter.limit ?? -1) }
    }

    /// One page of deliveries: at most `filter.limit`, those behind the delivery `last` in the filter's order.
    public func deliveries(_ filter: DeliveryFilter, after last: Int64?) async throws(LedgerError) -> [DeliveryRow] {
        try await readers.read { try Self.page($0, filter, after: last, limit: filter.limit ?? -1) }
    }

    /// Calls `body` for each delivery, reading 500 at a time: what is delivered meanwhile may or may not show. Ends
    /// early when `body` returns false.
    public func forEachDelivery(_ filter: DeliveryFilter, _ body: (DeliveryRow) async -> Bool) async throws(LedgerError) {
        var left = filter.limit ?? Int.max
        var last: Int64?
        while left > 0 {
            let (after, limit) = (last, min(left, 500))
            let page = try await readers.read { try Self.page($0, filter, after: after, limit: limit) }
            for row in page where await !body(row) { return }
            left -= page.count
            last = page.last?.id
            if page.count < limit { return }
        }
    }

    /// One delivery with its attempts.
    public func delivery(_ id: Int64) async throws(LedgerError) -> DeliveryRow? {
        try await readers.read { database in
            try database.row("\(Self.listed) WHERE d.id = ?", [id]).map { try Self.complete($0, database) }
        }
    }

    /// In which states deliveries are, and whether they were dropped. Ids that are not in the ledger are left out.
    public func deliveryStates(_ ids: [Int64]) async throws(LedgerError) -> [Int64: (state: DeliveryState, isDropped: Bool)] {
        try await readers.read { database in
            var states: [Int64: (state: DeliveryState, isDropped: Bool)] = [:]
            for id in ids {
                guard let row = try database.row("SELECT state, dropped_at IS NOT NULL FROM deliveries WHERE id = ?", [id]) else {
                    continue
                }
                let state = try row.need(row.text(0).flatMap(DeliveryState.init(rawValue:)), "the state of a delivery")
                states[id] = (state, row.flag(1))
            }
            return states
        }
    }

    /// The digest of the event that was recorded with this identity, in lower-case hexadecimal; nil where there is none.
    /// The same digest again is a duplicate, another one a conflict.
    public func digest(source: String, id: String) async throws(LedgerError) -> String? {
        try await readers.read { database in
            try database.row(IntakeTransaction.known, [source, id]).map { Token.text(try $0.need($0.bytes(0), "the digest of an event")) }
        }
    }

    /// Whether one of these events was recorded with another digest: in one look, up to the first that was.
    public func knowsOtherwise(_ events: [(source: String, id: String, digest: String)]) async throws(LedgerError) -> Bool {
        try await readers.read { database in
            for event in events {
                guard let row = try database.row(IntakeTransaction.known, [event.source, event.id]) else { continue }
                if Token.text(try row.need(row.bytes(0), "the digest of an event")) != event.digest { return true }
            }
            return false
        }
    }

    public func storedEvent(sequence: Int64) async throws(LedgerError) -> StoredEvent? {
        try await readers.read { database in
            try database.row(QueuedDelivery.event, [sequence]).map { try StoredEvent($0) }
        }
    }

    /// Incidents, the latest changed first.
    public func incidents(_ filter: IncidentFilter = IncidentFilter()) async throws(LedgerError) -> [Incident] {
        try await readers.read { database in
            var terms: [String] = []
            var arguments: StatementArguments = []
            if filter.openOnly { terms.append("is_open = 1") }
            if let severity = filter.severity {
                terms.append("severity = ?")
                arguments += [severity]
            }
            let condition = terms.isEmpty ? "" : " WHERE " + terms.joined(separator: " AND ")
            let sql = "SELECT state FROM incidents\(condition) ORDER BY updated DESC, id LIMIT \(filter.limit ?? -1)"
            return try database.rows(sql, arguments).map { try Incident(row: $0) }
        }
    }

    public func incident(_ id: String) async throws(LedgerError) -> Incident? {
        try await readers.read { database in
            try database.row(IntakeTransaction.loadIncident, [id]).map { try Incident(row: $0) }
        }
    }

    /// The ids that somebody may have meant, nearest first, among the 20,000 incidents that changed last.
    ///
    /// - Parameter isOpen: only open ones.
    public func incidentIDs(near id: String, limit: Int, isOpen: Bool = false) async throws(LedgerError) -> [String] {
        try await readers.read { database in
            Suggestion.nearest(to: id, among: try Self.latest(isOpen: isOpen, database), limit: limit)
        }
    }

    /// The open incident that is written as an id is but for what eyes and fingers confuse: `INC1O` for `INC10`. Nil: there is none,
    /// or an incident of this very id is known.
    public func openIncident(writtenLike id: String) async throws(LedgerError) -> String? {
        try await readers.read { database in
            if try database.row("SELECT 1 FROM incidents WHERE id = ?", [id]) != nil { return nil }
            let spelling = Suggestion.spelling(of: id)
            return try Self.latest(isOpen: true, database).first { Suggestion.spelling(of: $0) == spelling }
        }
    }

    private static func latest(isOpen: Bool, _ database: Database) throws -> [String] {
        let condition = isOpen ? "WHERE is_open = 1 " : ""
        return try database.rows("SELECT id FROM incidents \(condition)ORDER BY updated DESC LIMIT 20000").compactMap { $0.text(0) }
    }

    static let listed = "SELECT \(DeliveryRow.columns) FROM deliveries d JOIN events e ON e.sequence = d.event"

    private static func page(_ database: Database, _ filter: DeliveryFilter, after last: Int64?, limit: Int) throws -> [DeliveryRow] {
        let (condition, arguments) = filter.condition(after: last)
        let sql = "\(listed)\(condition) ORDER BY d.id \(filter.newestFirst ? "DESC" : "ASC") LIMIT \(limit)"
        return try Row.fetchAll(database, sql: sql, arguments: arguments).map { try complete($0, database) }
    }

    static func complete(_ row: some StoredRow, _ database: Database) throws -> DeliveryRow {
        var delivery = try DeliveryRow(row, attempts: [])
        let id = delivery.id
        if delivery.attemptCount > 0 {
            try database.each(AttemptRow.ofDelivery, [id]) { row in
                delivery.attempts.append(try AttemptRow(row))
                return true
            }
        }
        delivery.replaced = try ids(replaced, [id, delivery.sequence], database)
        if delivery.containsCount > 0 { delivery.contains = try ids(contents, [String(id), DeliveryRow.containsLimit], database) }
        if row.int64(DeliveryRow.fallbackColumn) != nil {
            delivery.insteadOf = try database.first(insteadOf, [id]) { RelatedDelivery($0) }
        }
        try database.each(otherWays, [id]) { row in
            RelatedDelivery(row).map { delivery.fallbacks.append($0) }
            return true
        }
        return delivery
    }

    private static func ids(_ sql: String, _ values: [(any Bindable)?], _ database: Database) throws -> [Int64] {
        var ids: [Int64] = []
        try database.each(sql, values) { row in
            row.int64(0).map { ids.append($0) }
            return true
        }
        return ids
    }

    /// Not its own other ways, which may have ended by it as well.
    private static let replaced = "SELECT id FROM deliveries WHERE successor = ? AND event <> ? ORDER BY id"
    private static let contents = "SELECT id FROM deliveries INDEXED BY deliveries_digest WHERE digest = ? ORDER BY id LIMIT ?"
    private static let insteadOf = """
        SELECT f.id, f.channel FROM deliveries d JOIN deliveries f ON f.id = d.fallback_of WHERE d.id = ?
        """
    private static let otherWays = """
        SELECT f.id, f.channel FROM deliveries d JOIN deliveries f ON f.fallback_root = ifnull(d.fallback_root, d.id)
        WHERE d.id = ? AND f.fallback_of = d.id ORDER BY f.id
        """
}

extension DeliveryFilter {
    /// The `WHERE` clause, with words only of ours; what the user said goes into the arguments.
    func condition(after last: Int64?) -> (sql: String, arguments: StatementArguments) {
        var terms: [String] = []
        var arguments: StatementArguments = []
        func add(_ term: String, _ argument: (any DatabaseValueConvertible)?) {
            guard let argument else { return }
            terms.append(term)
            arguments += [argument]
        }
        add("d.incident = ?", incident)
        add("d.channel = ?", channel)
        add("d.event IN (SELECT sequence FROM events WHERE id = ?)", event)
        add("d.created >= ?", since?.microseconds)
        add(newestFirst ? "d.id < ?" : "d.id > ?", last)
        if let state { terms.append(Self.term(state)) }
        if needsMending { terms.append(Self.mendable) }
        return (terms.isEmpty ? "" : " WHERE " + terms.joined(separator: " AND "), arguments)
    }

    /// Of `deliveries d`. What a digest said is mended with it.
    static let mendable = "\(LedgerSchema.uncommon) AND state IN ('dead', 'unknown') AND dropped_at IS NULL AND d.digest IS NULL"

    /// Written so that the partial index of uncommon states serves where it can.
    private static func term(_ state: DeliveryState) -> String {
        let equal = "state = '\(state.rawValue)'"
        return state == .pending || state == .delivered ? equal : "\(LedgerSchema.uncommon) AND \(equal)"
    }
}

extension RelatedDelivery {
    init?(_ row: some StoredRow) {
        guard let id = row.int64(0), let channel = row.text(1) else { return nil }
        self.init(id: id, channel: channel)
    }
}
