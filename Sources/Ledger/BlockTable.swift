// What is known against addresses, between rows and values; and what the beginning of a suppression does to what waits.

import Foundation
import GRDB
import Incidents
import JSON
import Routing

/// Reads and writes `blocks`.
enum BlockTable {
    static func block(_ kind: ChannelKind, _ address: String, _ database: Database) throws -> AddressBlock? {
        let compared = AddressBlock.compared(address, kind)
        return try database.first(one, [kind.rawValue, compared]) { row in
            guard let json = try row.storedJSON(0), let block = AddressBlock(stored: json) else {
                throw RowFault(what: "what is known against an address")
            }
            return block
        }
    }

    static func isSuppressed(_ kind: ChannelKind, _ address: String, _ database: Database) throws -> Bool {
        try database.has(suppressed, [kind.rawValue, AddressBlock.compared(address, kind)])
    }

    static func isEmpty(_ database: Database) throws -> Bool { try !database.has("SELECT 1 FROM blocks LIMIT 1", []) }

    /// By kind and address. What cannot be read is left out; `verify` names it.
    static func all(_ database: Database) throws -> [AddressBlock] {
        var found: [AddressBlock] = []
        try database.each("SELECT state FROM blocks ORDER BY kind, address", []) { row in
            if let json = try? row.storedJSON(0), let block = AddressBlock(stored: json) { found.append(block) }
            return true
        }
        return found
    }

    /// Those to which nothing is sent, without what is known of them.
    static func suppressedKeys(_ database: Database) throws -> [SuppressedAddresses.Key] {
        var found: [SuppressedAddresses.Key] = []
        try database.each("SELECT kind, address FROM blocks WHERE since IS NOT NULL", []) { row in
            if let kind = row.text(0).flatMap(ChannelKind.init(rawValue:)), let address = row.text(1) {
                found.append(SuppressedAddresses.Key(kind: kind, address: address))
            }
            return true
        }
        return found
    }

    static func write(_ block: AddressBlock, _ database: Database) throws {
        try database.run(
            upsert,
            [
                block.kind.rawValue, block.address, block.since?.microseconds, block.cause.rawValue,
                (block.bounces.last ?? block.since)?.microseconds, block.stored.bytes,
            ])
    }

    static func remove(_ kind: ChannelKind, _ address: String, _ database: Database) throws {
        try database.run("DELETE FROM blocks WHERE kind = ? AND address = ?", [kind.rawValue, AddressBlock.compared(address, kind)])
    }

    /// Everything that waits for an address that is suppressed now. It is few rows that this looks at: what is unfinished.
    ///
    /// - Returns: those of it that could have gone out at once.
    static func suppressWaiting(_ block: AddressBlock, _ database: Database, tally: inout Tally) throws -> [Int64] {
        guard let since = block.since else { return [] }
        var waiting: [(id: Int64, channel: String, state: String, root: Int64?, contains: Int)] = []
        for sql in [unfinished, held] {
            try database.each(sql, [block.address, block.kind.rawValue]) { row in
                if let id = row.int64(0), let state = row.text(2) {
                    waiting.append((id, row.text(1) ?? "", state, row.int64(3), row.int(4) ?? 0))
                }
                return true
            }
        }
        for one in waiting {
            try database.run(suppress, [block.explanation.storable, one.id])
            tally.move(channel: one.channel, from: one.state, to: DeliveryState.suppressed.rawValue)
            if one.contains > 0 || one.root != nil {
                try DigestContents(holder: one.root ?? one.id).follow(database, now: since, tally: &tally)
            }
        }
        return waiting.filter { $0.state != DeliveryState.held.rawValue }.map(\.id)
    }

    private static let one = "SELECT state FROM blocks WHERE kind = ? AND address = ?"
    private static let suppressed = "SELECT 1 FROM blocks WHERE kind = ? AND address = ? AND since IS NOT NULL"
    private static let upsert = """
        INSERT INTO blocks (kind, address, since, cause, latest, state) VALUES (?, ?, ?, ?, ?, ?)
        ON CONFLICT (kind, address) DO UPDATE SET since = excluded.since, cause = excluded.cause, latest = excluded.latest, \
        state = excluded.state
        """
    /// Mail addresses are compared without regard to case; numbers have none.
    private static let unfinished = """
        SELECT id, channel, state, fallback_root, contains FROM deliveries INDEXED BY deliveries_unfinished
        WHERE \(LedgerSchema.unfinished) AND address = ? COLLATE NOCASE AND kind = ?
        """
    private static let held = """
        SELECT id, channel, state, fallback_root, contains FROM deliveries INDEXED BY deliveries_held
        WHERE \(LedgerSchema.held) AND address = ? COLLATE NOCASE AND kind = ?
        """
    private static let suppress = """
        UPDATE deliveries SET state = 'suppressed', reason = ?, blocked = 0, fallback_at = NULL WHERE id = ?
        """
}

extension AddressBlock {
    var stored: JSONValue {
        var members: [String: JSONValue] = [
            "kind": .string(kind.rawValue), "address": .string(address), "cause": .string(cause.rawValue),
        ]
        members["since"] = since.map { .integer(Int($0.microseconds)) }
        members["reason"] = reason.map { .string($0.storable) }
        members["by"] = by.map { .string($0.storable) }
        if isAnnounced { members["announced"] = true }
        if !bounces.isEmpty { members["bounces"] = .array(bounces.map { .integer(Int($0.microseconds)) }) }
        return .object(members)
    }

    init?(stored: JSONValue) {
        guard let kind = stored["kind"]?.string.flatMap(ChannelKind.init(rawValue:)), let address = stored["address"]?.string,
            let cause = stored["cause"]?.string.flatMap(Cause.init(rawValue:))
        else { return nil }
        func date(_ value: JSONValue?) -> Date? { (value?.integer).map { Date(microseconds: Int64($0)) } }
        self.init(
            kind: kind, address: address, since: date(stored["since"]), cause: cause, reason: stored["reason"]?.string,
            by: stored["by"]?.string, bounces: (stored["bounces"]?.array ?? []).compactMap(date),
            isAnnounced: stored["announced"]?.bool ?? false)
    }
}
