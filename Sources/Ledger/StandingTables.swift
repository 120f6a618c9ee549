// Silences and subscriptions, between their rows and their values.

import Foundation
import GRDB
import JSON
import Routing

/// The tables of what stands until somebody changes it.
enum StandingTables {
    /// Those that have not ended and been settled, the oldest first.
    static func silences(_ database: Database, includeEnded: Bool = false) throws -> [Silence] {
        let condition = includeEnded ? "" : " WHERE ended IS NULL"
        return try readable(database, "SELECT state FROM silences\(condition) ORDER BY rowid", Silence.init(stored:))
    }

    /// All, the oldest first.
    static func subscriptions(_ database: Database) throws -> [Subscription] {
        try readable(database, "SELECT state FROM subscriptions ORDER BY rowid", Subscription.init(stored:))
    }

    static func write(_ silence: Silence, _ database: Database) throws {
        let ended = silence.isSettled ? silence.endedAt ?? silence.until : nil
        try database.run(upsertSilence, [silence.id, ended?.microseconds, silence.stored.bytes])
    }

    static func write(_ subscription: Subscription, _ database: Database) throws {
        try database.run(upsertSubscription, [subscription.id, subscription.stored.bytes])
    }

    static func endSubscription(_ id: String, _ database: Database) throws {
        try database.run("DELETE FROM subscriptions WHERE id = ?", [id])
    }

    /// What cannot be read is left out, so that one damaged row does not stop everything; `verify` names it.
    static func readable<Element>(_ database: Database, _ sql: String, _ read: (JSONValue) -> Element?) throws -> [Element] {
        var found: [Element] = []
        try database.each(sql, []) { row in
            if let json = try? row.storedJSON(0), let element = read(json) { found.append(element) }
            return true
        }
        return found
    }

    private static let upsertSilence = """
        INSERT INTO silences (id, ended, state) VALUES (?, ?, ?)
        ON CONFLICT (id) DO UPDATE SET ended = excluded.ended, state = excluded.state
        """
    private static let upsertSubscription = """
        INSERT INTO subscriptions (id, state) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET state = excluded.state
        """
}

extension Silence {
    var stored: JSONValue {
        var members: [String: JSONValue] = ["id": .string(id), "match": .object(match), "from": from.stored, "until": until.stored]
        members["reason"] = reason.map(JSONValue.string)
        members["by"] = by.map(JSONValue.string)
        members["ended_at"] = endedAt?.stored
        members["announced_at"] = announcedAt?.stored
        if isSettled { members["settled"] = true }
        return .object(members)
    }

    init?(stored: JSONValue) {
        guard let id = stored["id"]?.string, let match = stored["match"]?.object, let from = Date(stored: stored["from"]),
            let until = Date(stored: stored["until"])
        else { return nil }
        self.init(
            id: id, match: match, from: from, until: until, reason: stored["reason"]?.string, by: stored["by"]?.string,
            endedAt: Date(stored: stored["ended_at"]), announcedAt: Date(stored: stored["announced_at"]),
            isSettled: stored["settled"]?.bool ?? false)
    }
}

extension Subscription {
    var stored: JSONValue {
        var members: [String: JSONValue] = ["id": .string(id), "match": .object(match), "who": who.stored, "cadence": cadence.stored]
        members["via"] = via.map(JSONValue.string)
        members["from"] = from?.stored
        members["until"] = until?.stored
        return .object(members)
    }

    init?(stored: JSONValue) {
        guard let id = stored["id"]?.string, let match = stored["match"]?.object, let who = stored["who"].flatMap(Who.init(stored:)),
            let cadence = stored["cadence"].flatMap(Cadence.init(stored:))
        else { return nil }
        self.init(
            id: id, who: who, match: match, via: stored["via"]?.string, cadence: cadence, from: Date(stored: stored["from"]),
            until: Date(stored: stored["until"]))
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

extension Date {
    var stored: JSONValue { .integer(Int(microseconds)) }

    init?(stored: JSONValue?) {
        guard let value = stored?.integer else { return nil }
        self.init(microseconds: Int64(value))
    }
}
