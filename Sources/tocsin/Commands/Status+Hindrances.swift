// What keeps messages from going out, for `tocsin status`: pauses, breakers, rates, full disks, a refused reload.

import Foundation
import Incidents
import JSON
import Ledger
import Router
import Settings

/// What hinders the router, as the ledger and the disks say.
struct Hindrances {
    var summary: LedgerSummary
    var isRunning: Bool
    /// Of the state and the queue; one for each file system.
    var disks: [(path: String, space: DiskSpace)]
    var now: Date

    init(_ summary: LedgerSummary, isRunning: Bool, router: RouterSettings, now: Date) {
        self.summary = summary
        self.isRunning = isRunning
        self.now = now
        disks = DiskSpace.each(of: [router.state, router.queue])
    }

    /// What the router said of its destinations holds only while it runs.
    private var destinations: [DestinationState] { isRunning ? summary.destinations : [] }

    // MARK: For people

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

    // MARK: For programs

    func add(to line: inout JSONLine) {
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
