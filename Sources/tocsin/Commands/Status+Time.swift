// What waits for its time, for `tocsin status`: the next timers, what is held, the silences in force.

import Foundation
import Incidents
import Ledger
import Router
import Routing

extension TimeAhead {
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
            let ending = silences.filter { $0.until.timeIntervalSince(now) <= TimeAhead.soon }
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
        }
    }
}
