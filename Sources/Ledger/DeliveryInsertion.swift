// A planned delivery becomes a row: its place in its conversation, and the urgency that it lends to the head.

import Foundation
import GRDB
import Incidents
import JSON
import Routing

/// A delivery that is to be written, inside a transaction.
struct DeliveryInsertion {
    /// What it stands in for.
    struct Standing {
        var of: Int64
        var root: Int64
        var tried: [Way]
    }

    /// What became of it.
    struct Placed {
        var id: Int64
        var token: [UInt8]
        var isFirst: Bool
        var isBlocked: Bool
        var raised: RaisedHead?
    }

    var planned: PlannedDelivery
    var lane: String
    var event: Int64
    var incident: String?
    /// There can be no delivery about it yet.
    var isNewIncident = false
    var created: Date
    var fallback: Standing?

    func write(_ database: Database, tally: inout Tally) throws -> Placed {
        var placed = Placed(id: 0, token: Token.mint(), isFirst: true, isBlocked: false)
        if let incident, !isNewIncident {
            let conversation = Conversation(incident: incident, channel: planned.channel, address: planned.address)
            let place = try conversation.place(priority: planned.priority, isUrgent: planned.isUrgent, database)
            (placed.isFirst, placed.isBlocked, placed.raised) = (place.isFirst, place.isBlocked, place.raised)
        }
        try database.run(
            Self.insert,
            [
                event, placed.token, incident, planned.channel, planned.address, planned.kind.rawValue, lane, planned.recipient,
                planned.for, JSONValue.array(planned.routes.map(JSONValue.string)).bytes, planned.template, planned.language,
                planned.timezone, planned.isUrgent, planned.priority, placed.isFirst, created.microseconds, planned.due.microseconds,
                planned.expires?.microseconds, placed.isBlocked, planned.retryFor.map { Int64(($0 * 1_000_000).rounded()) }, fallback?.of,
                fallback?.root, fallback?.tried.stored, planned.origin.rawValue, planned.isThrottled, planned.isLimited,
                planned.subscription,
            ])
        placed.id = database.lastInsertedRowID
        tally.add(.deliveries, planned.channel, state: DeliveryState.pending.rawValue)
        return placed
    }

    /// Writes one that does not go out now: held, suppressed, or overtaken already. It blocks nothing, and nothing blocks it.
    func writeAside(_ database: Database, tally: inout Tally) throws {
        let aside = Aside(planned)
        try database.run(
            Self.insertAside,
            [
                event, Token.mint(), incident, planned.channel, planned.address, planned.kind.rawValue, lane, planned.recipient,
                planned.for, JSONValue.array(planned.routes.map(JSONValue.string)).bytes, planned.template, planned.language,
                planned.timezone, planned.isUrgent, planned.priority, created.microseconds, aside.due.microseconds,
                planned.expires?.microseconds, planned.retryFor.map { Int64(($0 * 1_000_000).rounded()) }, planned.origin.rawValue,
                aside.state.rawValue, aside.reason.storable, aside.hold?.kind.rawValue, aside.hold?.key, aside.silence,
                planned.isThrottled, planned.isLimited, planned.subscription,
            ])
        tally.add(.deliveries, planned.channel, state: aside.state.rawValue)
    }

    private static let insertAside = """
        INSERT INTO deliveries (event, token, incident, channel, address, kind, lane, recipient, entry, routes, template, language, \
        timezone, urgent, priority, is_first, created, due, expires, retry_for, origin, state, reason, hold, hold_key, silence, throttled, \
        limited, subscription) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """
    private static let insert = """
        INSERT INTO deliveries (event, token, incident, channel, address, kind, lane, recipient, entry, routes, template, language, \
        timezone, urgent, priority, is_first, created, due, expires, blocked, retry_for, fallback_of, fallback_root, tried, \
        origin, throttled, limited, subscription, state) \
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'pending')
        """
}

/// How a delivery is kept that does not go out now.
private struct Aside {
    var state: DeliveryState
    var due: Date
    var reason: String
    var hold: Hold?
    var silence: String?

    init(_ planned: PlannedDelivery) {
        (state, due, reason) = (.superseded, planned.due, "")
        switch planned.intent {
        case .send: break
        case .hold(let hold): (state, due, reason, self.hold) = (.held, hold.until, hold.reason, hold)
        case .suppress(let suppression): (state, reason, silence) = (.suppressed, suppression.reason, suppression.silence)
        case .supersede(let why): reason = why
        }
    }
}
