// What was recorded, to be played again: the events of others in their order, and what was known before the first of them.

import Foundation
import GRDB
import Incidents
import Routing

/// An event as it was recorded. What it means is for whoever plays it to say: severities may have other names by then.
public struct RecordedEvent: Sendable {
    public var sequence: Int64
    public var source: String
    public var id: String
    public var time: Date
    public var receivedAt: Date
    /// JSON.
    public var document: [UInt8]
}

/// What was known at a moment.
public struct Opening: Sendable {
    /// The last event before it; 0: none.
    public var sequence: Int64
    /// Incidents as they were: those that were open, and those that were spoken of later.
    public var incidents: [Incident]
    /// Silences, subscriptions, absences, snoozes and what stood against addresses, as far as they are still known.
    public var standing: [StandingChange]
}

extension AddressBlock {
    /// As it was at some time; nil: nothing was known against the address.
    fileprivate func known(before time: Date) -> AddressBlock? {
        var block = self
        block.bounces.removeAll { $0 >= time }
        if let since, since >= time {
            if block.bounces.isEmpty { return nil }
            (block.since, block.cause, block.reason, block.by, block.isAnnounced) = (nil, .bounces, nil, nil, false)
        }
        return block.since == nil && block.bounces.isEmpty ? nil : block
    }
}

extension LedgerStore {
    /// What was known at `since`.
    public func opening(at since: Date) async throws(LedgerError) -> Opening {
        try await readers.read { database in
            let sequence = try database.first(Self.lastBefore, [since.microseconds]) { $0.int64(0) } ?? 0
            var incidents: [Incident] = []
            if sequence > 0 {
                try database.each(Self.known, [sequence]) { row in
                    if let incident = try row.storedJSON(0).flatMap({ Incident(json: $0) }),
                        incident.isOpen || row.date(1).map({ $0 >= since }) ?? false
                    {
                        incidents.append(incident)
                    }
                    return true
                }
            }
            let silences = try StandingTables.silences(database, includeEnded: true).filter { silence in
                silence.from < since && silence.until > since && silence.endedAt.map { $0 > since } ?? true
            }
            var standing = silences.map { silence -> StandingChange in
                var silence = silence
                (silence.endedAt, silence.announcedAt, silence.isSettled) = (nil, nil, false)
                return .silence(silence, alarm: nil)
            }
            standing += try StandingTables.subscriptions(database).map { .subscribe($0) }
            standing += try AbsenceTable.all(database).filter { $0.until > since }.map { .absence($0) }
            standing += try StandingTables.snoozes(database).filter { $0.until > since && ($0.made ?? .distantPast) < since }
                .map { .snooze($0) }
            standing += try BlockTable.all(database).compactMap { $0.known(before: since) }.map { .block($0, alarm: nil) }
            return Opening(sequence: sequence, incidents: incidents, standing: standing)
        }
    }

    /// Events of others than Tocsin itself, behind `sequence`, at most `limit`. Blocks: not for the cooperative pool.
    public func recorded(after sequence: Int64, limit: Int) throws(LedgerError) -> [RecordedEvent] {
        try readers.readNow { database in
            var events: [RecordedEvent] = []
            try database.each(Self.recorded, [sequence, Event.ownSource, limit]) { row in
                events.append(
                    RecordedEvent(
                        sequence: try row.need(row.int64(0), "the sequence of an event"), source: row.text(1) ?? "",
                        id: try row.need(row.text(2), "the id of an event"), time: try row.need(row.date(3), "the time of an event"),
                        receivedAt: try row.need(row.date(4), "the arrival of an event"), document: row.bytes(5) ?? []))
                return true
            }
            return events
        }
    }

    private static let lastBefore = "SELECT sequence FROM events WHERE received_at < ? ORDER BY sequence DESC LIMIT 1"
    private static let known = """
        SELECT e.incident_after, i.updated FROM incidents i JOIN events e ON e.sequence = (
            SELECT max(x.sequence) FROM events x INDEXED BY events_incident WHERE x.incident = i.id AND x.sequence <= ?)
        """
    private static let recorded = """
        SELECT sequence, source, id, time, received_at, document FROM events
        WHERE sequence > ? AND source <> ? ORDER BY sequence LIMIT ?
        """
}
