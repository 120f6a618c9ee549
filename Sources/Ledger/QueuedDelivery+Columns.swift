// Between deliveries and their rows.

import Foundation
import GRDB
import Incidents
import JSON
import Routing

extension QueuedDelivery {
    static let columns = """
        d.id, d.event, d.token, d.lane, d.channel, d.kind, d.address, d.recipient, d.entry, d.routes, d.template, d.language, \
        d.timezone, d.urgent, d.priority, d.due, d.expires, d.attempts, d.unknowns, d.first_attempt, d.is_first, d.created, \
        d.retry_for, d.tried, d.fallback_of, d.fell_back, d.replaces, d.origin, d.incident, d.contains, d.fallback_root, d.subscription
        """
    /// The columns that are read only to look at other rows.
    static let incidentColumn = 28
    static let containsColumn = 29
    static let rootColumn = 30

    /// Without the flags that take a look at other rows.
    init(_ row: some StoredRow, event: StoredEvent) throws {
        self.init(
            id: try row.need(row.int64(0), "the id of a delivery"), token: row.token(2), event: event,
            lane: try row.need(row.text(3), "a lane"), channel: try row.need(row.text(4), "a channel"),
            kind: try row.need(row.text(5).flatMap(ChannelKind.init(rawValue:)), "the kind of a channel"),
            address: try row.need(row.text(6), "an address"), recipient: try row.need(row.text(7), "a recipient"),
            for: row.text(8) ?? "", routes: try row.words(9), template: try row.need(row.text(10), "a template"),
            language: row.text(11), timezone: row.text(12), isUrgent: row.flag(13), priority: row.int(14) ?? 0,
            due: try row.need(row.date(15), "a due time"), expires: row.date(16), attempts: row.int(17) ?? 0,
            unknowns: row.int(18) ?? 0, firstAttempt: row.date(19), isFirst: row.flag(20),
            created: try row.need(row.date(21), "the time of a delivery"), retryFor: row.int64(22).map { Double($0) / 1_000_000 },
            tried: try row.ways(23), fallbackOf: row.int64(24), fellBack: row.flag(25), replaces: row.int(26) ?? 0,
            origin: try row.need(row.text(27).flatMap(Origin.init(rawValue:)), "the origin of a delivery"), subscription: row.text(31))
    }

    static let one = "SELECT \(columns) FROM deliveries d WHERE d.id = ?"
    static let event = "SELECT \(StoredEvent.columns) FROM events e WHERE e.sequence = ?"
}

extension DeliveryRow {
    static let columns = """
        d.id, d.event, d.token, d.lane, d.channel, d.kind, d.address, d.recipient, d.entry, d.routes, d.template, d.language, \
        d.timezone, d.urgent, d.priority, d.due, d.expires, d.attempts, d.incident, d.state, d.reason, d.degraded, d.created, \
        d.delivered_at, d.dropped_at, d.blocked, d.successor, d.digest, d.receipt, e.id, e.source, e.type, e.config, \
        d.origin, d.hold, d.hold_key, d.silence, d.contains, d.released, d.fallback_of
        """
    /// It stands in for another.
    static let fallbackColumn = 39

    init(_ row: some StoredRow, attempts: [AttemptRow]) throws {
        self.init(
            id: try row.need(row.int64(0), "the id of a delivery"), token: row.token(2),
            event: try row.need(row.text(29), "the event of a delivery"), source: row.text(30) ?? "", sequence: row.int64(1) ?? 0,
            type: try row.need(row.text(31).flatMap(EventType.init(rawValue:)), "the type of an event"), incident: row.text(18),
            routes: try row.words(9), recipient: row.text(7) ?? "", for: row.text(8) ?? "",
            channel: try row.need(row.text(4), "a channel"),
            kind: try row.need(row.text(5).flatMap(ChannelKind.init(rawValue:)), "the kind of a channel"), address: row.text(6) ?? "",
            lane: row.text(3) ?? "", template: row.text(10) ?? "", language: row.text(11), timezone: row.text(12),
            isUrgent: row.flag(13), priority: row.int(14) ?? 0,
            state: try row.need(row.text(19).flatMap(DeliveryState.init(rawValue:)), "the state of a delivery"), reason: row.text(20),
            degraded: row.text(21), createdAt: try row.need(row.date(22), "the time of a delivery"),
            dueAt: try row.need(row.date(15), "a due time"), expiresAt: row.date(16), deliveredAt: row.date(23),
            droppedAt: row.date(24), isBlocked: row.flag(25), attempts: attempts, attemptCount: row.int(17) ?? 0,
            successor: row.int64(26), digest: row.text(27), receipt: row.text(28), config: row.text(32) ?? "",
            origin: try row.need(row.text(33).flatMap(Origin.init(rawValue:)), "the origin of a delivery"),
            hold: row.text(34).flatMap(Hold.Kind.init(rawValue:)), holdKey: row.text(35), silence: row.text(36),
            releasedAt: row.date(38), containsCount: row.int(37) ?? 0)
    }
}

extension AttemptRow {
    static let ofDelivery = """
        SELECT at, ms, outcome, code, reason, detail, remote_id FROM attempts WHERE delivery = ? ORDER BY number
        """

    init(_ row: some StoredRow) throws {
        self.init(
            at: try row.need(row.date(0), "the time of an attempt"), milliseconds: row.int(1) ?? 0, outcome: row.text(2) ?? "",
            code: row.text(3), reason: row.text(4), detail: row.text(5), remoteID: row.text(6))
    }
}

extension StoredRow {
    /// 128 bits, in hexadecimal.
    func token(_ index: Int) -> String { Token.text(bytes(index) ?? []) }

    func words(_ index: Int) throws -> [String] { try storedJSON(index)?.array?.compactMap(\.string) ?? [] }

    func ways(_ index: Int) throws -> [Way] {
        try storedJSON(index)?.array?.compactMap { pair in
            guard let words = pair.array, words.count == 2, let channel = words[0].string, let address = words[1].string else { return nil }
            return Way(channel: channel, address: address)
        } ?? []
    }
}

extension [Way] {
    /// As the column `tried` keeps them.
    var stored: [UInt8] { JSONValue.array(map { .array([.string($0.channel), .string($0.address)]) }).bytes }
}

/// The random identity of a delivery.
enum Token {
    static func mint() -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        let halves: (UInt64, UInt64) = (generator.next(), generator.next())
        return withUnsafeBytes(of: halves) { Array($0) }
    }

    static func text(_ bytes: [UInt8]) -> String {
        var out: [UInt8] = []
        out.reserveCapacity(bytes.count * 2)
        for byte in bytes {
            out.append(digit(byte >> 4))
            out.append(digit(byte & 15))
        }
        return String(decoding: out, as: UTF8.self)
    }

    /// The bytes of a hexadecimal text; of any other text its UTF-8.
    static func bytes(_ text: String) -> [UInt8] {
        let characters = Array(text.utf8)
        var out: [UInt8] = []
        guard characters.count.isMultiple(of: 2) else { return characters }
        for at in stride(from: 0, to: characters.count, by: 2) {
            guard let high = nibble(characters[at]), let low = nibble(characters[at + 1]) else { return characters }
            out.append(high << 4 | low)
        }
        return out
    }

    private static func digit(_ value: UInt8) -> UInt8 { value < 10 ? value + 0x30 : value - 10 + 0x61 }

    private static func nibble(_ character: UInt8) -> UInt8? {
        switch character {
        case 0x30...0x39: character - 0x30
        case 0x61...0x66: character - 0x61 + 10
        default: nil
        }
    }
}
