// What waits for its time, for `tocsin status`: the next timers, what is held, the silences in force.

import Foundation
import Incidents
import JSON
import Ledger
import Routing

/// What time will do next, as the ledger says.
struct TimeAhead {
    /// The next alarms, ascending.
    var timers: [Alarm]
    /// By kind of hold.
    var held: [HeldCount]
    /// In force, the first to end first.
    var silences: [Silence]
    var now: Date

    private static let timerLimit = 5
    private static let soon: TimeInterval = 3_600

    init(_ ledger: LedgerStore, now: Date) async throws {
        self.now = now
        timers = try await ledger.nextAlarms(limit: Self.timerLimit)
        held = try await ledger.heldCounts()
        silences = try await ledger.silences(includeEnded: false).map(\.silence).filter { $0.isActive(at: now) }
            .sorted { ($0.until, $0.id) < ($1.until, $1.id) }
    }

    // MARK: For people

    /// Only what there is.
    func show() {
        for (number, timer) in timers.enumerated() {
            let when = timer.due <= now ? "due since \(Moment.short(timer.due, now: now))" : Moment.relative(timer.due, now: now)
            say(number == 0 ? "timers" : "", "\(when): \(Self.name(timer.subject)), \(timer.what)")
        }
        for (number, kind) in held.enumerated() {
            let next = kind.next.map { $0 <= now ? ", the first due now" : ", the first \(Moment.relative($0, now: now))" } ?? ""
            say(number == 0 ? "held" : "", "\(kind.count) \(kind.kind.words)\(next)")
        }
        if !silences.isEmpty {
            let ending = silences.filter { $0.until.timeIntervalSince(now) <= Self.soon }
            say("silences", "\(silences.count) in force: `tocsin silences` lists them")
            for silence in ending {
                say("", "\(silence.id)\(silence.by.map { " of \($0)" } ?? "") ends \(Moment.relative(silence.until, now: now))")
            }
        }
    }

    private func say(_ name: String, _ text: String) {
        Terminal.say(name.padding(toLength: 13, withPad: " ", startingAt: 0) + Terminal.clean(text))
    }

    private static func name(_ subject: Alarm.Subject) -> String {
        switch subject {
        case .incident(let id): id
        case .silence(let id): "silence \(id)"
        case .broadcast(let id): "broadcast \(id)"
        case .rotation(let name): "rotation \(name)"
        case .address(_, let address): address
        case .monitor(let name): "monitor \(name)"
        case .heartbeat: "heartbeat"
        }
    }

    // MARK: For programs

    /// `timers` (`at`, `incident` or `silence`, `what`), `held` by kind (`count`, `next_at`), `silences` (`active`, `ending`).
    func add(to line: inout JSONLine) {
        func time(_ date: Date) -> JSONValue { .string(Timestamp.format(date)) }
        let timers = timers.map { timer -> JSONValue in
            let (kind, name) =
                switch timer.subject {
                case .incident(let id): ("incident", id)
                case .silence(let id): ("silence", id)
                case .broadcast(let id): ("broadcast", id)
                case .rotation(let name): ("rotation", name)
                case .address(_, let address): ("address", address)
                case .monitor(let name): ("monitor", name)
                case .heartbeat: ("heartbeat", "heartbeat")
                }
            return ["at": time(timer.due), kind: .string(name), "what": .string(timer.what)]
        }
        line.add("timers", .array(timers))
        var kinds: [String: JSONValue] = [:]
        for kind in held { kinds[kind.kind.rawValue] = ["count": .integer(kind.count), "next_at": kind.next.map(time) ?? .null] }
        line.add("held", .object(kinds))
        let ending = silences.filter { $0.until.timeIntervalSince(now) <= Self.soon }
        line.add(
            "silences",
            [
                "active": .integer(silences.count),
                "ending": .array(
                    ending.map { ["id": .string($0.id), "until": time($0.until), "by": $0.by.map(JSONValue.string) ?? .null] }),
            ])
    }
}
