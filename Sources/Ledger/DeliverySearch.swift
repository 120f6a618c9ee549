// Deliveries to look at, a page at a time, in a ledger of whatever size: what an index finds is found by it, and everything else
// by walking back from the newest, for a bounded time. Where that was not enough, the next look goes on from there.

import Foundation
import GRDB
import Incidents

/// What deliveries to look for; all conditions hold together.
public struct DeliverySearch: Sendable {
    /// The incident's id, exactly.
    public var incident: String?
    /// A recipient, or the entry of `to` that it came from; without regard to case.
    public var recipient: String?
    /// Part of the incident's id, the recipient, the address, the reason, or of what the event said.
    public var text: String?
    public var channel: String?
    public var state: DeliveryState?
    public var type: EventType?
    /// Made at that time or later.
    public var since: Date?
    /// Only ids below it: where the last page ended.
    public var before: Int64?
    /// Rows of one page.
    public var limit = 50
    /// Seconds after which the walk ends, if the page is not full by then.
    public var patience: TimeInterval = 0.02

    public init() {}
}

/// A page of what was found, the newest first.
public struct DeliveryPage: Sendable {
    public var rows: [DeliveryRow] = []
    /// Where the next page begins; nil: there is nothing older.
    public var next: Int64?
    /// Time was up before the page was full: there may be more, or not.
    public var isCutShort = false
    /// How far back it has looked, where it was cut short.
    public var reached: Date?

    public init() {}
}

extension LedgerStore {
    /// Looks for deliveries, the newest first.
    public func search(_ search: DeliverySearch) async throws(LedgerError) -> DeliveryPage {
        try await readers.read { try Self.search(search, $0) }
    }

    private static func search(_ search: DeliverySearch, _ database: Database) throws -> DeliveryPage {
        var page = DeliveryPage()
        let (least, most) = (try edge("min", database), try edge("max", database))
        guard let least, let most else { return page }
        var (bottom, high) = (least, min(search.before ?? .max, most + 1))
        // What has no order of ids is read at once where that is little: most incidents' deliveries are few.
        var isAtOnce = false
        if let incident = search.incident {
            let extent = try database.row(extent, [incident])
            guard let first = extent?.int64(1), let last = extent?.int64(2) else { return page }
            isAtOnce = extent?.int(0) ?? 0 <= atOnce
            if !isAtOnce { (bottom, high) = (first, min(high, last + 1)) }
        }
        let end = DispatchTime.now().uptimeNanoseconds + UInt64(max(0, search.patience) * 1e9)
        let (sql, arguments) = search.query(byIncident: isAtOnce)
        var width: Int64 = isAtOnce ? .max : 2_000
        while high > bottom {
            let low = width == .max ? bottom : max(bottom, high - width)
            let began = DispatchTime.now().uptimeNanoseconds
            let wanted = search.limit + 1 - page.rows.count
            page.rows += try database.rows(sql, arguments + [low, high, wanted]).map { try complete($0, database) }
            if page.rows.count > search.limit {
                page.rows.removeLast(page.rows.count - search.limit)
                page.next = page.rows.last?.id
                return page
            }
            high = low
            let now = DispatchTime.now().uptimeNanoseconds
            if high > bottom, let oldest = try created(before: high, database) {
                // Ids and times of making rise together.
                if let since = search.since, oldest < since { return page }
                if now >= end {
                    (page.next, page.isCutShort, page.reached) = (high, true, oldest)
                    return page
                }
            }
            if width < 1 << 40, now - began < 2_000_000 { width *= 2 }
        }
        return page
    }

    /// Deliveries of one incident that are read, and put in their order, at once.
    private static let atOnce = 2_000
    private static let extent = "SELECT count(*), min(id), max(id) FROM deliveries INDEXED BY deliveries_incident WHERE incident = ?"

    private static func edge(_ function: String, _ database: Database) throws -> Int64? {
        try database.row("SELECT \(function)(id) FROM deliveries")?.int64(0)
    }

    private static func created(before id: Int64, _ database: Database) throws -> Date? {
        try database.first("SELECT created FROM deliveries WHERE id < ? ORDER BY id DESC LIMIT 1", [id]) { $0.date(0) }
    }
}

extension DeliverySearch {
    var query: (sql: String, arguments: StatementArguments) { query(byIncident: incident != nil) }

    /// Its last three places are the lowest id, the id above the highest, and how many.
    ///
    /// - Parameter byIncident: finds the incident's deliveries by their index, rather than among all ids.
    func query(_ order: String = "DESC", byIncident: Bool) -> (sql: String, arguments: StatementArguments) {
        var terms: [String] = []
        var arguments: StatementArguments = []
        func add(_ term: String, _ values: (any DatabaseValueConvertible)?...) {
            terms.append(term)
            arguments += StatementArguments(values)
        }
        var index = "NOT INDEXED"
        if let incident {
            if byIncident { index = "INDEXED BY deliveries_incident" }
            add("d.incident = ?", incident)
        }
        if let state {
            let isCommon = state == .pending || state == .delivered
            if !byIncident, !isCommon { index = "INDEXED BY deliveries_uncommon" }
            add(isCommon ? "d.state = ?" : "d.\(LedgerSchema.uncommon) AND d.state = ?", state.rawValue)
        }
        if let channel { add("d.channel = ?", channel) }
        if let recipient { add("(d.recipient = ? COLLATE NOCASE OR d.entry = ? COLLATE NOCASE)", recipient, recipient) }
        if let type { add("e.type = ?", type.rawValue) }
        if let since { add("d.created >= ?", since.microseconds) }
        if let text {
            let pattern = Self.pattern(text)
            let columns = ["d.incident", "d.recipient", "d.address", "d.entry", "d.reason", "CAST(e.document AS TEXT)"]
            terms.append("(" + columns.map { "\($0) LIKE ? ESCAPE '\\'" }.joined(separator: " OR ") + ")")
            arguments += StatementArguments(columns.map { _ in pattern })
        }
        terms.append("d.id >= ? AND d.id < ?")
        return (
            """
            SELECT \(DeliveryRow.columns) FROM deliveries d \(index) CROSS JOIN events e ON e.sequence = d.event \
            WHERE \(terms.joined(separator: " AND ")) ORDER BY d.id \(order) LIMIT ?
            """, arguments
        )
    }

    /// For `LIKE`: anywhere, and every character means itself.
    static func pattern(_ text: String) -> String {
        let plain = text.storable.replacing("\\", with: "\\\\").replacing("%", with: "\\%").replacing("_", with: "\\_")
        return "%\(plain)%"
    }
}
