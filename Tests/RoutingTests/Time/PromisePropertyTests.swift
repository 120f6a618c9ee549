// Deadlines of promises with pauses against counting minutes that are open and not paused. Everything here happens at full
// minutes, so that a minute counts or does not.

import Foundation
import Incidents
import Testing

@testable import Routing

/// A promise in a calendar around a change of clocks, with pauses.
private struct PromiseCase: CustomStringConvertible {
    var base: CalendarCase
    /// Seconds from the change on, ascending; the last may have no end.
    var pauses: [(from: Int, until: Int?)]
    var warnPercent: Int
    /// Seconds from the change on.
    var now: Int
    var isAroundTheClock: Bool

    init(_ zone: String, _ chance: inout Chance) {
        base = CalendarCase(zone, &chance)
        base.start = base.start / 60 * 60
        // So that the warning comes at a full minute.
        base.amount = base.amount / 1_200 * 1_200
        pauses = []
        var from = base.start / 60 - 60 + chance.next(120)
        for _ in 0..<chance.next(5) {
            let until = from + chance.next(chance.pick([10, 120, 330]))
            pauses.append((from * 60, until * 60))
            from = until + chance.next(170)
        }
        if chance.next(4) == 0 { pauses.append((from * 60, nil)) }
        warnPercent = 5 * (1 + chance.next(20))
        now = base.start + chance.next(30 * 60) * 60
        isAroundTheClock = chance.next(3) == 0
    }

    var smaller: [PromiseCase] {
        var list = base.smaller.filter { $0.amount % 1_200 == 0 && $0.start % 60 == 0 }.map { base in
            var copy = self
            copy.base = base
            return copy
        }
        for index in pauses.indices {
            var copy = self
            copy.pauses.remove(at: index)
            list.append(copy)
        }
        if !isAroundTheClock {
            var copy = self
            copy.isAroundTheClock = true
            list.append(copy)
        }
        return list
    }

    var description: String {
        let words = pauses.map { "\($0.from)…\($0.until.map(String.init) ?? "")" }
        return "\(base), on hold \(words), warn at \(warnPercent)%, now \(now)\(isAroundTheClock ? ", around the clock" : "")"
    }
}

@Suite struct PromisePropertyTests {
    private static func failure(_ drawn: PromiseCase) -> String? {
        let base = drawn.base
        guard let wall = try? WallMinutes(base.change, hours: CalendarCase.hours) else { return "no such zone" }
        let open =
            drawn.isAroundTheClock
            ? wall.local.map { _ in true }
            : wall.open(days: base.days, opens: base.opens, closes: base.closes, holidays: base.holidays)
        func absolute(_ second: Int) -> Int { base.change.at + second }

        /// Minute by minute, where it is open and not paused.
        func slow(_ amount: Int) -> Int?? {
            var left = amount
            var second = absolute(base.start)
            while left > 0 {
                if second >= wall.end { return .none }
                let isPaused = drawn.pauses.contains { pause in
                    absolute(pause.from) <= second && pause.until.map { second < absolute($0) } ?? true
                }
                if isPaused, let last = drawn.pauses.last, last.until == nil, absolute(last.from) <= second { return .some(nil) }
                if open[wall.number(of: second)], !isPaused { left -= 60 }
                second += 60
            }
            return .some(second)
        }

        var incident = Incident(id: "INC1", firstSeen: Date(second: absolute(base.start)))
        incident.course.pauses = drawn.pauses.map { pause in
            Course.Pause(from: Date(second: absolute(pause.from)), until: pause.until.map { Date(second: absolute($0)) })
        }
        let amount = base.amount
        let policy = SLAPolicy(
            resolve: Double(amount), warnAt: Double(drawn.warnPercent) / 100, calendar: drawn.isAroundTheClock ? nil : base.calendar)
        let now = absolute(drawn.now)
        guard let clock = policy.clocks(of: incident, now: Date(second: now))[.resolve] else { return "no clock" }
        func words(_ second: Int?) -> String { second.map { "\($0 - base.change.at) s" } ?? "never" }
        func differs(_ found: Date?, _ slow: Int??) -> Bool { slow.map { found?.second != $0 } ?? false }
        let breach = slow(amount)
        if differs(clock.breachesAt, breach) {
            return "breaches at \(words(clock.breachesAt?.second)), not \(words(breach ?? nil))"
        }
        let warning = drawn.warnPercent == 100 ? .some(nil) : slow(amount / 100 * drawn.warnPercent)
        if differs(clock.warnsAt, warning) {
            return "warns at \(words(clock.warnsAt?.second)), not \(words(warning ?? nil))"
        }
        guard let breach, let warning else { return nil }
        let state: SLAState = breach.map { now >= $0 } ?? false ? .breached : warning.map { now >= $0 } ?? false ? .atRisk : .ok
        return clock.state == state ? nil : "it is \(clock.state), not \(state)"
    }

    @Test func deadlinesAsMinuteByMinute() {
        for (number, zone) in ZoneChanges.zones.enumerated() {
            expectNone(
                CounterExample<PromiseCase>.find(
                    seeds: [UInt64(number)], { PromiseCase(zone, &$0) }, smaller: \.smaller, failure: Self.failure))
        }
    }
}
