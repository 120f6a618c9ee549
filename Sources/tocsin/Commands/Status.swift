// tocsin status

import ArgumentParser
import Foundation
import Incidents
import Ledger
import Router
import Settings
import Spool

struct Status: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Shows the queue, deliveries by state and channel, who is on duty and away, what hinders them, what is due next, and what needs mending.",
        discussion: """
            Works whether the router is running or not. What waits for its time (the next timers, what is held and until when, \
            silences) and what hinders (pauses, breakers, rates, full disks, a reload that was refused) are shown only where \
            there is any.

              tocsin status
              tocsin status --json
            """)

    @Flag(help: "One JSON object.")
    var json = false

    @OptionGroup var option: ConfigOption

    func run() async throws {
        let configuration = try option.load(lenient: true)
        let queue = configuration.router.queue
        var counts = SpoolCounts()
        do {
            counts = try SpoolCounts.of(queue: queue, inspecting: StatusFacts.filesLookedInto)
        } catch {
            // Before the first run there is no queue, and nothing in it.
            if error.code != .notFound { throw failure(error.message, Exit.io) }
        }
        let isRunning = DirectoryLock.holder(of: queue) != nil
        var known: StatusFacts.Known?
        if let ledger = try option.ledgerIfAny(configuration) {
            known = try await option.closing(ledger) { try await StatusFacts.Known($0, configuration, isRunning: isRunning, now: Date()) }
        }
        if json {
            Terminal.say(StatusFacts.line(counts, known, isRunning: isRunning, configuration, now: Date()).text)
        } else {
            show(counts, known, isRunning, configuration)
        }
    }

    private func show(_ counts: SpoolCounts, _ known: StatusFacts.Known?, _ isRunning: Bool, _ configuration: RouterConfiguration) {
        Terminal.say("router       \(isRunning ? Terminal.coloured("running", .green) : Terminal.coloured("not running", .yellow))")
        Terminal.say(
            "queue        \(counts.waiting) waiting, \(counts.incomplete) incomplete, \(counts.ignored) with other names  \(configuration.router.queue)"
        )
        if let oldest = counts.oldest {
            let age = "the oldest for \(Amount.time(max(0, -oldest.timeIntervalSinceNow)))"
            let settle = Amount.time(configuration.router.settle)
            Terminal.say("             \(age)" + (counts.incomplete > 0 ? "; what ends too early is rejected after \(settle)" : ""))
        }
        let rejected = "\(counts.rejected) rejected" + (counts.rejected > 0 ? ": `tocsin rejected` lists them" : "")
        Terminal.say("             " + Terminal.coloured(rejected, counts.rejected > 0 ? .yellow : nil))
        guard let known else {
            Terminal.say("ledger       none yet: the router has not run")
            DutyNow(configuration.table, absences: [], now: Date()).show()
            return
        }
        known.life.show()
        let summary = known.summary
        Terminal.say("events       \(summary.events) accepted, \(summary.duplicates) duplicates, \(summary.stale) stale")
        Terminal.say("incidents    \(summary.openIncidents) open")
        let now = Date()
        if summary.undeliveredDue > 0, let oldest = summary.oldestDue {
            Terminal.say(
                "due now      \(summary.undeliveredDue)\(summary.isDueMore ? "+" : ""), the oldest for \(Amount.time(now.timeIntervalSince(oldest)))"
            )
        }
        if let next = summary.nextDue, next > now { Terminal.say("due next     in \(Amount.time(next.timeIntervalSince(now)))") }
        known.duty.show()
        known.ahead.show()
        if summary.needsMending > 0 {
            Terminal.say(
                Terminal.coloured("given up     \(summary.needsMending), dead or of unknown outcome: `tocsin dead` lists them", .red))
        }
        Hindrances(summary, isRunning: isRunning, router: configuration.router, now: now).show()
        Terminal.say("")
        showChannels(summary, isRunning, configuration)
    }

    private func showChannels(_ summary: LedgerSummary, _ isRunning: Bool, _ configuration: RouterConfiguration) {
        let used = DeliveryState.allCases.filter { summary.deliveries[$0] ?? 0 > 0 }
        var table = Table([.name("CHANNEL"), .init("TYPE")] + used.map { .init($0.rawValue.uppercased()) })
        // A file that cannot be read, or was refused, does not say which channels are in force.
        let isUncertain = configuration.isPartial || (isRunning && summary.reloadRefused != nil)
        let configured = configuration.channels.map(\.name)
        let gone = summary.channels.keys.filter { !configured.contains($0) }.sorted()
        for name in configured + gone {
            let kind = configuration.channels.first { $0.name == name }?.kind.rawValue ?? (isUncertain ? "–" : "(gone)")
            let states = summary.channels[name] ?? [:]
            table.add([.init(name), .init(kind)] + used.map { .init(states[$0].map(String.init) ?? "–", DeliveryColour.of($0)) })
        }
        table.show()
    }
}

enum DeliveryColour {
    static func of(_ state: DeliveryState) -> Terminal.Colour? {
        switch state {
        case .delivered: .green
        case .dead: .red
        case .unknown, .retrying: .yellow
        case .expired, .superseded, .suppressed, .held: .grey
        case .pending: nil
        }
    }
}
