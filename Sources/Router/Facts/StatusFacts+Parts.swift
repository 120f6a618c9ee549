// The parts of the status for programs: duty, time, hindrances (interfaces, section 4).

import Foundation
import Incidents
import JSON
import Ledger
import Routing

extension DutyNow {
    /// `duty` (`rotation`, `on_duty`, `turn_of`, `from`, `until`, `next`, `next_from`, `next_until`) and `away` (`who`, `from`, `until`,
    /// `deputy`, `now`).
    public func add(to line: inout JSONLine) {
        func time(_ date: Date?) -> JSONValue { date.map { .string(Timestamp.format($0)) } ?? .null }
        func text(_ value: String?) -> JSONValue { value.map(JSONValue.string) ?? .null }
        let duty = rows.map { row -> JSONValue in
            [
                "rotation": .string(row.rotation.name), "on_duty": text(row.person), "turn_of": text(row.turn?.person),
                "from": time(row.turn?.from), "until": time(row.turn?.until), "next": text(row.next?.person),
                "next_from": time(row.next?.from),
                "next_until": time(row.next?.until),
            ]
        }
        let away = absences.map { absence -> JSONValue in
            [
                "who": .string(absence.who), "from": time(absence.from), "until": time(absence.until), "deputy": text(absence.deputy),
                "now": .bool(absence.from <= now),
            ]
        }
        line.add("duty", .array(duty))
        line.add("away", .array(away))
    }
}

extension TimeAhead {
    /// `timers` (`at`, `incident` or `silence`, `what`), `held` by kind (`count`, `next_at`), `silences` (`active`, `ending`).
    public func add(to line: inout JSONLine) {
        func time(_ date: Date) -> JSONValue { .string(Timestamp.format(date)) }
        let timers = timers.map { timer -> JSONValue in
            let (kind, name) =
                switch timer.subject {
                case .incident(let id): ("incident", id)
                case .silence(let id): ("silence", id)
                case .broadcast(let id): ("broadcast", id)
                case .rotation(let name): ("rotation", name)
                case .address(_, let address): ("address", address)
                }
            return ["at": time(timer.due), kind: .string(name), "what": .string(timer.what)]
        }
        line.add("timers", .array(timers))
        var kinds: [String: JSONValue] = [:]
        for kind in held { kinds[kind.kind.rawValue] = ["count": .integer(kind.count), "next_at": kind.next.map(time) ?? .null] }
        line.add("held", .object(kinds))
        let ending = silences.filter { $0.until.timeIntervalSince(now) <= TimeAhead.soon }
        line.add(
            "silences",
            [
                "active": .integer(silences.count),
                "ending": .array(
                    ending.map { ["id": .string($0.id), "until": time($0.until), "by": $0.by.map(JSONValue.string) ?? .null] }),
            ])
    }
}

extension Hindrances {
    public func add(to line: inout JSONLine) {
        func time(_ date: Date?) -> JSONValue { date.map { .string(Timestamp.format($0)) } ?? .null }
        func text(_ value: String?) -> JSONValue { value.map(JSONValue.string) ?? .null }
        let pauses = summary.pauses.map { pause -> JSONValue in
            [
                "channel": .string(pause.channel ?? "all"), "since": time(pause.since),
                "held": .integer(summary.unfinished(through: pause.channel)),
            ]
        }
        let destinations = destinations.map { state -> JSONValue in
            [
                "channels": .array(state.channels.map(JSONValue.string)), "breaker": .string(state.breaker), "since": time(state.since),
                "retry_at": time(state.retryAt), "paused_until": time(state.pausedUntil), "rate": text(state.rate),
                "limited_until": time(state.limitedUntil), "detail": text(state.detail),
            ]
        }
        let disks = disks.map { path, space -> JSONValue in
            [
                "path": .string(path), "free": .integer(space.free), "size": .integer(space.size), "nearly_full": .bool(space.isNearlyFull),
            ]
        }
        line.add("pauses", .array(pauses))
        line.add("destinations", .array(destinations))
        line.add("fallbacks", .object(summary.fallbacks.mapValues(JSONValue.integer)))
        let refusal = isRunning ? summary.reloadRefused : nil
        line.add("reload_refused", refusal.map { ["at": time($0.at), "why": .string($0.why)] } ?? .null)
        line.add("disks", .array(disks))
    }
}
