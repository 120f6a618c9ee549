// Incidents to look at, a page at a time, the latest changed first; and those that are open, the most urgent first.

import Foundation
import GRDB
import Incidents

/// Which incidents to look for; all conditions hold together.
public struct IncidentSearch: Sendable {
    public var openOnly = true
    /// A canonical name.
    public var severity: String?
    /// Part of the service's name, without regard to case.
    public var service: String?
    /// Part of the id, the title, the team or the assignee, without regard to case.
    public var text: String?
    /// Where the last page ended.
    public var after: Cursor?
    public var limit = 50
    /// Seconds after which it ends, if the page is not full by then.
    public var patience: TimeInterval = 0.02

    public init() {}

    /// A place in the list.
    public struct Cursor: Sendable, Equatable, LosslessStringConvertible {
        var updated: Int64
        var row: Int64

        public var description: String { "\(updated).\(row)" }

        public init?(_ text: String) {
            let parts = text.split(separator: ".").map { Int64($0) }
            guard parts.count == 2, let updated = parts[0], let row = parts[1] else { return nil }
            self.init(updated: updated, row: row)
        }

        init(updated: Int64, row: Int64) {
            self.updated = updated
            self.row = row
        }
    }

    func fits(_ incident: Incident) -> Bool {
        func has(_ member: String, _ part: String) -> Bool {
            incident.text(member)?.range(of: part, options: [.caseInsensitive]) != nil
        }
        if let service, !has("service", service) { return false }
        guard let text else { return true }
        return incident.id.range(of: text, options: [.caseInsensitive]) != nil || ["title", "team", "assignee"].contains { has($0, text) }
    }
}

/// A page of incidents.
public struct IncidentPage: Sendable {
    public var incidents: [Incident] = []
    /// Nil: there are no more.
    public var next: IncidentSearch.Cursor?
    /// Time was up before the page was full.
    public var isCutShort = false

    public init() {}
}

extension LedgerStore {
    private static let batch = 200

    public func search(_ search: IncidentSearch) async throws(LedgerError) -> IncidentPage {
        try await readers.read { database in
            var page = IncidentPage()
            var at = search.after ?? IncidentSearch.Cursor(updated: .max, row: .max)
            let end = DispatchTime.now().uptimeNanoseconds + UInt64(max(0, search.patience) * 1e9)
            while true {
                let rows = try database.rows(search.openOnly ? Self.openPage : Self.anyPage, [at.updated, at.row, Self.batch])
                for row in rows {
                    let before = at
                    at = .init(updated: row.int64(1) ?? 0, row: row.int64(0) ?? 0)
                    if let severity = search.severity, row.text(2) != severity { continue }
                    let incident = try row.need(row.storedJSON(3).flatMap { Incident(json: $0) }, "the state of an incident")
                    guard search.fits(incident) else { continue }
                    if page.incidents.count == search.limit {
                        page.next = before
                        return page
                    }
                    page.incidents.append(incident)
                }
                if rows.count < Self.batch { return page }
                if DispatchTime.now().uptimeNanoseconds >= end {
                    (page.next, page.isCutShort) = (at, true)
                    return page
                }
            }
        }
    }

    /// Those that are open, the most urgent first, and of those the latest changed. The cost is that of what is open.
    public func urgentIncidents(limit: Int) async throws(LedgerError) -> [Incident] {
        try await readers.read { database in try database.rows(Self.urgent, [limit]).map { try Incident(row: $0) } }
    }

    static let openPage = """
        SELECT rowid, updated, severity, state FROM incidents INDEXED BY incidents_open
        WHERE is_open = 1 AND (updated, rowid) < (?, ?) ORDER BY updated DESC, rowid DESC LIMIT ?
        """
    static let anyPage = """
        SELECT rowid, updated, severity, state FROM incidents INDEXED BY incidents_updated
        WHERE (updated, rowid) < (?, ?) ORDER BY updated DESC, rowid DESC LIMIT ?
        """
    static let urgent = """
        SELECT state FROM incidents INDEXED BY incidents_open WHERE is_open = 1
        ORDER BY rank IS NULL, rank, updated DESC LIMIT ?
        """
}
