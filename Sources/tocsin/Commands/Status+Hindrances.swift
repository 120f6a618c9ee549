// What keeps messages from going out, for `tocsin status`: pauses, breakers, rates, full disks, a refused reload.

import Foundation
import Incidents
import Ledger
import Router
import Settings

extension Hindrances {
    func show() {
        for (path, space) in disks where space.isNearlyFull {
            say("disk", "nearly full: \(Amount.bytes(space.free)) left on that of \(path)", .red)
        }
        if isRunning, let refusal = summary.reloadRefused {
            say("reload", "refused at \(Moment.short(refusal.at, now: now)); the old configuration is in force: \(refusal.why)", .red)
        }
        for pause in summary.pauses {
            let held = HeldText.words(summary.unfinished(through: pause.channel))
            let name = pause.channel ?? "all"
            say("paused", "\(name) since \(Moment.short(pause.since, now: now)), \(held): `tocsin resume \(name)`", .yellow)
        }
        for state in destinations {
            let words = words(of: state)
            if !words.isEmpty { say("hindered", "\(state.channels.joined(separator: ", ")): \(words.joined(separator: "; "))", .yellow) }
        }
        for (channel, count) in summary.fallbacks.sorted(by: { $0.key < $1.key }) where count > 0 {
            say("fell back", "\(count) from \(channel) to another way", nil)
        }
    }

    private func say(_ name: String, _ text: String, _ colour: Terminal.Colour?) {
        Terminal.say(Terminal.coloured(name.padding(toLength: 13, withPad: " ", startingAt: 0) + Terminal.clean(text), colour))
    }

    /// `breaker open since 03:58:00, next try in 20 s: connect failed`.
    private func words(of state: DestinationState) -> [String] {
        var words: [String] = []
        let why = state.detail.map { ": \($0)" } ?? ""
        let since = Moment.short(state.since, now: now)
        switch state.breaker {
        case "open":
            let next = state.retryAt.map { ", next try \($0 > now ? "in \(Amount.time($0.timeIntervalSince(now)))" : "now")" } ?? ""
            words.append("breaker open since \(since)\(next)\(why)")
        case "half_open": words.append("breaker half open since \(since), trying\(why)")
        default: break
        }
        if let until = state.pausedUntil, until > now { words.append("it asked to wait \(Amount.time(until.timeIntervalSince(now)))") }
        if let until = state.limitedUntil, until > now {
            words.append("at its rate\(state.rate.map { " of \($0)" } ?? "")")
        }
        return words
    }
}
