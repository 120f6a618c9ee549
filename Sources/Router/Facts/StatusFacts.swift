// How the router stands, for programs: `tocsin status --json` and `GET /v1/status` say the same.

import Foundation
import Incidents
import JSON
import Ledger
import Routing
import Settings
import Spool

public enum StatusFacts {
    /// Files of the queue whose content and age are looked at.
    public static let filesLookedInto = 1_000

    /// What the ledger says.
    public struct Known: Sendable {
        public var summary: LedgerSummary
        public var ahead: TimeAhead
        public var duty: DutyNow
        public var life: SignsOfLife

        public init(_ ledger: LedgerStore, _ configuration: RouterConfiguration, isRunning: Bool, now: Date) async throws {
            summary = try await ledger.summary(now: now)
            ahead = try await TimeAhead(ledger, now: now)
            duty = DutyNow(configuration.table, absences: try await ledger.absences(), now: now)
            life = try await SignsOfLife(configuration, ledger, isRunning: isRunning, now: now)
        }
    }

    /// One JSON object.
    ///
    /// - Parameter known: nil before the first run.
    public static func line(
        _ counts: SpoolCounts, _ known: Known?, isRunning: Bool, _ configuration: RouterConfiguration, now: Date
    ) -> JSONLine {
        var line = JSONLine(["running": .bool(isRunning)])
        line.add(
            "queue",
            [
                "waiting": .integer(counts.waiting), "incomplete": .integer(counts.incomplete), "ignored": .integer(counts.ignored),
                "rejected": .integer(counts.rejected), "oldest_at": counts.oldest.map { .string(Timestamp.format($0)) } ?? .null,
            ])
        guard let known else {
            DutyNow(configuration.table, absences: [], now: now).add(to: &line)
            return line
        }
        let summary = known.summary
        line.add("events", .integer(summary.events))
        line.add("duplicates", .integer(summary.duplicates))
        line.add("stale", .integer(summary.stale))
        line.add("open_incidents", .integer(summary.openIncidents))
        line.add("deliveries", states(summary.deliveries))
        let idle = Dictionary(configuration.channels.map { ($0.name, [DeliveryState: Int]()) }, uniquingKeysWith: { first, _ in first })
        line.add("channels", .object(idle.merging(summary.channels) { $1 }.mapValues(states)))
        line.add("due_now", .integer(summary.undeliveredDue))
        line.add("due_now_more", .bool(summary.isDueMore))
        line.add("next_due_at", summary.nextDue.map { .string(Timestamp.format($0)) } ?? .null)
        line.add("dead", .integer(summary.needsMending))
        known.duty.add(to: &line)
        known.ahead.add(to: &line)
        known.life.add(to: &line)
        Hindrances(summary, isRunning: isRunning, router: configuration.router, now: now).add(to: &line)
        return line
    }

    private static func states(_ states: [DeliveryState: Int]) -> JSONValue {
        .object(Dictionary(uniqueKeysWithValues: states.map { ($0.rawValue, JSONValue.integer($1)) }))
    }
}
