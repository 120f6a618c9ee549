// What charts and the list of channels read: figures only, so that they cost the same whatever the ledger holds.

import Foundation
import GRDB

/// What was counted of one kind, name and part within a step of time.
public struct Figure: Sendable, Equatable {
    /// The beginning of the step.
    public var start: Date
    /// A channel, or a severity.
    public var name: String
    /// An outcome, a bucket, or a target.
    public var part: String
    public var count: Int
    /// Milliseconds, or seconds: see `FigureKind`.
    public var total: Int
    public var most: Int

    public init(start: Date, name: String, part: String, count: Int, total: Int = 0, most: Int = 0) {
        self.start = start
        self.name = name
        self.part = part
        self.count = count
        self.total = total
        self.most = most
    }
}

/// The last attempt of a channel that did not get through.
public struct ChannelTrouble: Sendable, Equatable {
    public var at: Date
    public var delivery: Int64
    /// For people.
    public var reason: String
}

extension LedgerStore {
    /// Figures of one kind, oldest first.
    ///
    /// - Parameter step: seconds; several spans of the kind as one. Nil: its own.
    public func figures(_ kind: FigureKind, since: Date, step: Int64? = nil) async throws(LedgerError) -> [Figure] {
        try await readers.read { try Self.figures(kind, since: since, step: step, $0) }
    }

    /// Figures of several kinds as they are at one moment.
    public func figures(_ kinds: [FigureKind], since: Date, step: Int64? = nil) async throws(LedgerError) -> [FigureKind: [Figure]] {
        try await readers.read { database in
            var found: [FigureKind: [Figure]] = [:]
            for kind in kinds { found[kind] = try Self.figures(kind, since: since, step: step, database) }
            return found
        }
    }

    /// By channel.
    public func troubles() async throws(LedgerError) -> [String: ChannelTrouble] {
        try await readers.read { database in
            var found: [String: ChannelTrouble] = [:]
            try database.each("SELECT channel, at, delivery, reason FROM troubles", []) { row in
                if let channel = row.text(0), let at = row.date(1) {
                    found[channel] = ChannelTrouble(at: at, delivery: row.int64(2) ?? 0, reason: row.text(3) ?? "")
                }
                return true
            }
            return found
        }
    }

    private static func figures(_ kind: FigureKind, since: Date, step: Int64?, _ database: Database) throws -> [Figure] {
        let step = max(step ?? kind.span, kind.span)
        var found: [Figure] = []
        try database.each(chart, [step, step, kind.rawValue, since.microseconds / 1_000_000]) { row in
            found.append(
                Figure(
                    start: Date(timeIntervalSince1970: Double(row.int64(0) ?? 0)), name: row.text(1) ?? "", part: row.text(2) ?? "",
                    count: row.int(3) ?? 0, total: row.int(4) ?? 0, most: row.int(5) ?? 0))
            return true
        }
        return found
    }

    static let chart = """
        SELECT start / ? * ? AS step, name, part, sum(count), sum(total), max(most) FROM figures
        WHERE kind = ? AND start >= ? GROUP BY step, name, part ORDER BY step, name, part
        """
}
