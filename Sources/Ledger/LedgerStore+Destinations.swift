// What the running router says of the places it sends to, and of its configuration, for `status` to show. Nothing is
// decided by it.

import Foundation
import GRDB
import JSON

/// The state of one lane as the router saw it last.
public struct DestinationState: Sendable, Equatable {
    public var lane: String
    /// Those that lead there.
    public var channels: [String]
    /// `closed`, `open` or `half_open`.
    public var breaker: String
    /// When the breaker came into that state.
    public var since: Date
    /// When an open breaker lets the next try through.
    public var retryAt: Date?
    /// The peer asked for a pause until then.
    public var pausedUntil: Date?
    /// The limits in force, for people: `1/s`.
    public var rate: String?
    /// Our own limit holds back until then.
    public var limitedUntil: Date?
    /// Why, for people.
    public var detail: String?

    public init(
        lane: String, channels: [String], breaker: String, since: Date, retryAt: Date? = nil, pausedUntil: Date? = nil,
        rate: String? = nil, limitedUntil: Date? = nil, detail: String? = nil
    ) {
        self.lane = lane
        self.channels = channels
        self.breaker = breaker
        self.since = since
        self.retryAt = retryAt
        self.pausedUntil = pausedUntil
        self.rate = rate
        self.limitedUntil = limitedUntil
        self.detail = detail
    }
}

/// A changed configuration that the running router did not take up.
public struct ReloadRefusal: Sendable, Equatable {
    public var at: Date
    /// The first mistake, for people.
    public var why: String

    public init(at: Date, why: String) {
        self.at = at
        self.why = why
    }
}

extension LedgerStore {
    /// Writes down what is so now of these lanes; the others stay as they are.
    public func noteDestinations(_ states: [DestinationState]) async throws(LedgerError) {
        if states.isEmpty { return }
        try await writing { database in
            try database.inTransaction(.immediate) {
                for state in states { try Self.note(state, database) }
                return .commit
            }
        }
    }

    /// Forgets all of them: the router starts anew.
    public func forgetDestinations() async throws(LedgerError) {
        try await writing { try $0.run("DELETE FROM destinations", []) }
    }

    /// By lane.
    public func destinations() async throws(LedgerError) -> [DestinationState] {
        try await readers.read { try Self.destinations($0) }
    }

    /// - Parameter refusal: nil: the configuration in force is that of the files.
    public func noteReload(refused refusal: ReloadRefusal?) async throws(LedgerError) {
        try await writing { database in
            guard let refusal else { return try database.run("DELETE FROM meta WHERE name = ?", [Self.reloadRefused]) }
            let value: JSONValue = ["at": .integer(Int(refusal.at.microseconds)), "why": .string(refusal.why)]
            let text = String(decoding: value.bytes, as: UTF8.self)
            try database.run("INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)", [Self.reloadRefused, text])
        }
    }

    static func refusedReload(_ database: Database) throws -> ReloadRefusal? {
        guard let text = try database.row("SELECT value FROM meta WHERE name = ?", [reloadRefused])?.text(0) else { return nil }
        // Anything else under that name is not ours to interpret.
        guard let value = try? JSONValue.parse(bytes: Array(text.utf8)), let at = value["at"]?.integer else { return nil }
        return ReloadRefusal(at: Date(microseconds: Int64(at)), why: value["why"]?.string ?? "")
    }

    static func destinations(_ database: Database) throws -> [DestinationState] {
        let sql = """
            SELECT lane, channels, breaker, since, retry_at, paused_until, rate, limited_until, detail FROM destinations ORDER BY lane
            """
        return try database.rows(sql).map { row in
            DestinationState(
                lane: try row.need(row.text(0), "a lane"), channels: try row.words(1),
                breaker: try row.need(row.text(2), "the state of a breaker"),
                since: try row.need(row.date(3), "the time of a breaker"), retryAt: row.date(4), pausedUntil: row.date(5),
                rate: row.text(6), limitedUntil: row.date(7), detail: row.text(8))
        }
    }

    private static func note(_ state: DestinationState, _ database: Database) throws {
        try database.run(
            """
            INSERT OR REPLACE INTO destinations (lane, channels, breaker, since, retry_at, paused_until, rate, limited_until, detail) \
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                state.lane, JSONValue.array(state.channels.map(JSONValue.string)).bytes, state.breaker, state.since.microseconds,
                state.retryAt?.microseconds, state.pausedUntil?.microseconds, state.rate, state.limitedUntil?.microseconds,
                state.detail?.storable,
            ])
    }

    private static let reloadRefused = "reload_refused"
}
