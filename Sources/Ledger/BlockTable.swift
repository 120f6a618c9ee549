// What is known against addresses, between rows and values; and what waits for an address.

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

    /// What waits for an address that is suppressed now, and is to be taken back: but for corrections, which are owed wherever
    /// mail arrives, and for what is urgent to those who are reached all the same.
    static func waiting(for block: AddressBlock, sparing reached: Set<String>, _ database: Database) throws -> [OutcomeTransaction.Unsent] {
        var found: [OutcomeTransaction.Unsent] = []
        let owesCorrections = block.cause != .bounces
        try database.each(waiting, [block.address, block.kind.rawValue]) { row in
            let origin = row.text(4).flatMap(Origin.init(rawValue:))
            let isOwnWish = row.text(3) != nil
            if owesCorrections, row.flag(6) { return true }
            if !isOwnWish, row.flag(2), reached.contains(row.text(1) ?? "") { return true }
            // Whom the rules named may have another way; that is looked for once.
            let mayHaveOtherWay = !isOwnWish && !row.flag(5) && (origin?.mayBeToldOtherwise ?? false)
            if let id = row.int64(0) { found.append(OutcomeTransaction.Unsent(id: id, isAstray: mayHaveOtherWay)) }
            return true
        }
        return found
    }

    private static let one = "SELECT state FROM blocks WHERE kind = ? AND address = ?"
    private static let suppressed = "SELECT 1 FROM blocks WHERE kind = ? AND address = ? AND since IS NOT NULL"
    private static let upsert = """
        INSERT INTO blocks (kind, address, since, cause, latest, state) VALUES (?, ?, ?, ?, ?, ?)
        ON CONFLICT (kind, address) DO UPDATE SET since = excluded.since, cause = excluded.cause, latest = excluded.latest, \
        state = excluded.state
        """
    /// Mail addresses are compared without regard to case; numbers have none.
    private static let waiting = """
        SELECT id, recipient, urgent, subscription, origin, fell_back, origin = 'broadcast' AND EXISTS (
            SELECT 1 FROM broadcasts b INDEXED BY broadcasts_event WHERE b.event = d.event AND b.corrects IS NOT NULL)
        FROM deliveries d INDEXED BY deliveries_addressed
        WHERE address = ? COLLATE NOCASE AND kind = ? AND \(LedgerSchema.addressed) ORDER BY id
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
