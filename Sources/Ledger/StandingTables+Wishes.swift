// Subscriptions and snoozes: their rows, and what the end of a snooze does to what waits because of it.

import Foundation
import GRDB
import Incidents
import JSON
import Routing

extension StandingTables {
    /// All, the oldest first.
    static func subscriptions(_ database: Database) throws -> [Subscription] {
        try readable(database, "SELECT state FROM subscriptions ORDER BY rowid", Subscription.init(stored:))
    }

    /// The same as a book. What cannot be read is left out.
    static func subscriptionBook(_ database: Database) throws -> SubscriptionBook {
        try SubscriptionBook(reading: { add in
            try database.each("SELECT state FROM subscriptions ORDER BY rowid", []) { row in
                if let json = try? row.storedJSON(0), let subscription = Subscription(stored: json) { add(subscription) }
                return true
            }
        })
    }

    /// Those of one person or address, the oldest first. Rows from before it was written down whose they are are looked at, too.
    static func subscriptions(of who: Subscription.Who, _ database: Database) throws -> [Subscription] {
        try readable(database, ofOne, values: [who.key], Subscription.init(stored:)).filter { $0.who.compared == who.compared }
    }

    static func subscription(_ id: String, _ database: Database) throws -> Subscription? {
        try readable(database, "SELECT state FROM subscriptions WHERE id = ?", values: [id], Subscription.init(stored:)).first
    }

    /// Those with a code of this mark; one, but for chance.
    static func subscriptions(marked mark: Int64, _ database: Database) throws -> [Subscription] {
        try readable(database, byCode, values: [mark], Subscription.init(stored:))
    }

    static func write(_ subscription: Subscription, _ database: Database) throws {
        try database.run(
            upsertSubscription,
            [subscription.id, subscription.who.key, subscription.keptUntil?.microseconds, subscription.mark, subscription.stored.bytes])
    }

    static func endSubscription(_ id: String, _ database: Database) throws {
        try database.run("DELETE FROM subscriptions WHERE id = ?", [id])
    }

    /// Those that were not confirmed in time.
    static func overdueSubscriptions(_ now: Date, limit: Int, _ database: Database) throws -> [String] {
        var ids: [String] = []
        try database.each(overdue, [now.microseconds, limit]) { row in
            row.text(0).map { ids.append($0) }
            return true
        }
        return ids
    }

    static func snoozes(_ database: Database) throws -> [Snooze] {
        try readable(database, "SELECT state FROM snoozes ORDER BY who", Snooze.init(stored:))
    }

    static func write(_ snooze: Snooze, _ database: Database) throws {
        try database.run(upsertSnooze, [snooze.who.key, snooze.stored.bytes])
    }

    static func endSnooze(_ who: Subscription.Who, _ database: Database) throws {
        try database.run("DELETE FROM snoozes WHERE who = ?", [who.key])
    }

    /// What waits already, and is not urgent, waits until the end of a snooze at the least. Late words are told by what is newer.
    static func postpone(_ snooze: Snooze, at now: Date, _ database: Database) throws {
        let until = snooze.until.microseconds
        try database.run(
            """
            UPDATE deliveries INDEXED BY deliveries_waiting
            SET unsnoozed = ifnull(unsnoozed, CASE hold WHEN 'snooze' THEN ? ELSE due END), due = ?, reason = ?
            WHERE \(theirs(snooze.who)) AND urgent = 0 AND hold_key <> '\(ReleasePlan.late)' AND due < ?
            """,
            [now.microseconds, until, "\(snooze.who.text) does not want to hear until \(Timestamp.format(snooze.until))".storable]
                + names(snooze.who) + [until])
    }

    /// What waits for the end of a snooze is due earlier, because it ends earlier; but not before it would have been without it.
    static func shorten(_ snooze: Snooze, to until: Date, _ database: Database) throws {
        try database.run(
            """
            UPDATE deliveries INDEXED BY deliveries_waiting SET due = max(?, ifnull(unsnoozed, 0))
            WHERE \(theirs(snooze.who)) AND (hold = 'snooze' OR unsnoozed IS NOT NULL) AND due = ?
            """, [until.microseconds] + names(snooze.who) + [snooze.until.microseconds])
    }

    /// Nothing waits for a snooze any more: what waited for it alone is due, and the rest when it would have been.
    static func wake(_ who: Subscription.Who, at now: Date, _ database: Database) throws {
        try database.run(
            """
            UPDATE deliveries INDEXED BY deliveries_waiting
            SET due = max(?, ifnull(unsnoozed, 0)), unsnoozed = NULL,
                reason = CASE WHEN unsnoozed IS NULL THEN reason ELSE 'waits as it did before the snooze' END
            WHERE \(theirs(who)) AND (hold = 'snooze' OR unsnoozed IS NOT NULL)
            """, [now.microseconds] + names(who))
    }

    private static func names(_ who: Subscription.Who) -> [(any Bindable)?] { who.isPerson ? [who.text, who.text] : [who.text] }

    /// What waits for a person, or for an address that is nobody's; with `names`.
    private static func theirs(_ who: Subscription.Who) -> String {
        switch who {
        case .person: "recipient = ? COLLATE NOCASE AND recipient = ? AND \(LedgerSchema.held)"
        case .email: "recipient = ? COLLATE NOCASE AND kind = 'email' AND \(LedgerSchema.held)"
        case .sms: "recipient = ? COLLATE NOCASE AND kind = 'sms' AND \(LedgerSchema.held)"
        }
    }

    private static let ofOne = """
        SELECT state FROM subscriptions INDEXED BY subscriptions_who WHERE who = ?
        UNION ALL SELECT state FROM subscriptions INDEXED BY subscriptions_who WHERE who IS NULL
        """
    private static let byCode = "SELECT state FROM subscriptions INDEXED BY subscriptions_code WHERE code = ? AND code IS NOT NULL"
    private static let overdue = """
        SELECT id FROM subscriptions INDEXED BY subscriptions_kept WHERE kept_until IS NOT NULL AND kept_until <= ? LIMIT ?
        """
    private static let upsertSubscription = """
        INSERT INTO subscriptions (id, who, kept_until, code, state) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (id) DO UPDATE SET who = excluded.who, kept_until = excluded.kept_until, code = excluded.code, state = excluded.state
        """
    private static let upsertSnooze =
        "INSERT INTO snoozes (who, state) VALUES (?, ?) ON CONFLICT (who) DO UPDATE SET state = excluded.state"
}

extension Subscription {
    var stored: JSONValue {
        var members: [String: JSONValue] = ["id": .string(id), "match": .object(match), "who": who.stored, "cadence": cadence.stored]
        members["via"] = via.map(JSONValue.string)
        members["from"] = from?.stored
        members["until"] = until?.stored
        members["follows"] = follows.map(JSONValue.string)
        members["limit"] = limit.map { ["count": .integer($0.count), "window": .integer(Int($0.window))] }
        members["made"] = made?.stored
        if !who.isPerson { members["confirmed"] = .bool(isConfirmed) }
        if !asked.isEmpty { members["asked"] = .array(asked.map(\.stored)) }
        members["left"] = leftAt?.stored
        members["mark"] = mark.map { .integer(Int($0)) }
        return .object(members)
    }

    init?(stored: JSONValue) {
        guard let id = stored["id"]?.string, let match = stored["match"]?.object, let who = stored["who"].flatMap(Who.init(stored:)),
            let cadence = stored["cadence"].flatMap(Cadence.init(stored:))
        else { return nil }
        let limit = stored["limit"].flatMap { limit in
            limit["count"]?.integer.flatMap { count in
                limit["window"]?.integer.map { ThrottleRule(count: count, window: TimeInterval($0)) }
            }
        }
        self.init(
            id: id, who: who, match: match, via: stored["via"]?.string, cadence: cadence, from: Date(stored: stored["from"]),
            until: Date(stored: stored["until"]), follows: stored["follows"]?.string, limit: limit,
            isConfirmed: stored["confirmed"]?.bool, made: Date(stored: stored["made"]),
            asked: (stored["asked"]?.array ?? []).compactMap { Date(stored: $0) }, leftAt: Date(stored: stored["left"]),
            mark: stored["mark"]?.integer.map(Int64.init))
    }
}

extension Snooze {
    var stored: JSONValue {
        var members: [String: JSONValue] = ["who": who.stored, "until": until.stored]
        members["made"] = made?.stored
        return .object(members)
    }

    init?(stored: JSONValue) {
        guard let who = stored["who"].flatMap(Subscription.Who.init(stored:)), let until = Date(stored: stored["until"]) else { return nil }
        self.init(who: who, until: until, made: Date(stored: stored["made"]))
    }
}

extension Subscription.Who {
    fileprivate var stored: JSONValue {
        switch self {
        case .person(let name): ["person": .string(name)]
        case .email(let address): ["email": .string(address)]
        case .sms(let number): ["sms": .string(number)]
        }
    }

    fileprivate init?(stored: JSONValue) {
        if let name = stored["person"]?.string {
            self = .person(name)
        } else if let address = stored["email"]?.string {
            self = .email(address)
        } else if let number = stored["sms"]?.string {
            self = .sms(number)
        } else {
            return nil
        }
    }
}

extension Cadence {
    fileprivate var stored: JSONValue {
        switch self {
        case .immediate: ["every": "now"]
        case .hourly: ["every": "hour"]
        case .daily(let minute): ["every": "day", "at": .integer(minute)]
        case .weekly(let day, let minute): ["every": "week", "day": .integer(day), "at": .integer(minute)]
        }
    }

    fileprivate init?(stored: JSONValue) {
        let at = stored["at"]?.integer
        switch stored["every"]?.string {
        case "now": self = .immediate
        case "hour": self = .hourly
        case "day":
            guard let at else { return nil }
            self = .daily(at: at)
        case "week":
            guard let at, let day = stored["day"]?.integer else { return nil }
            self = .weekly(day: day, at: at)
        default: return nil
        }
    }
}
