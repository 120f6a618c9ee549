// tocsin pause, tocsin resume

import ArgumentParser
import Foundation
import Incidents
import Ledger
import Settings

struct PauseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause",
        abstract: "Holds what would go out through a channel, or through all.",
        discussion: """
            Events are still accepted and routed; what follows from them waits until `tocsin resume`. A running router obeys \
            within a second; what is on its way then is not called back. A pause outlives restarts: `tocsin status` shows it.

              tocsin pause ops-slack
              tocsin pause all
            """)

    @Argument(help: "The name of a channel, or `all`.")
    var channel: String

    @OptionGroup var option: ConfigOption

    func run() async throws {
        try await option.withLedger(readOnly: false) { ledger, configuration in
            let target = try await PauseTarget(channel, ledger, configuration)
            let isNew = try await ledger.pause(channel: target.channel)
            let summary = try await ledger.summary(now: Date())
            let since = summary.pauses.first { $0.channel == target.channel }?.since ?? Date()
            let held = summary.unfinished(through: target.channel)
            Terminal.say(
                "\(target.words) \(isNew ? "is paused" : "has been paused since \(Moment.short(since))"); \(HeldText.words(held)).")
            Terminal.say("`tocsin resume \(Terminal.clean(channel))` lets \(held == 1 ? "it" : "them") go out.")
        }
    }
}

struct ResumeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract: "Lets go out what `tocsin pause` holds.",
        discussion: """
            `all` ends every pause, those of single channels included.

              tocsin resume ops-slack
              tocsin resume all
            """)

    @Argument(help: "The name of a channel, or `all`.")
    var channel: String

    @OptionGroup var option: ConfigOption

    func run() async throws {
        try await option.withLedger(readOnly: false) { ledger, configuration in
            let target = try await PauseTarget(channel, ledger, configuration)
            let wasPaused = try await ledger.resume(channel: target.channel)
            let summary = try await ledger.summary(now: Date())
            let waiting = summary.unfinished(through: target.channel)
            if let all = summary.pauses.first(where: { $0.channel == nil }) {
                Terminal.say(
                    "\(target.words) \(wasPaused ? "is no longer paused by name" : "was not paused by name"), but everything has been "
                        + "paused since \(Moment.short(all.since)): `tocsin resume all`; \(HeldText.words(waiting)).")
            } else {
                let rest = waiting == 0 ? "nothing waits" : "\(waiting) \(waiting == 1 ? "delivery goes" : "deliveries go") out as due"
                Terminal.say("\(target.words) \(wasPaused ? "goes on" : "was not paused"); \(rest).")
            }
        }
    }
}

/// What is meant by the argument of `pause` and `resume`.
private struct PauseTarget {
    /// Nil: all.
    var channel: String?

    var words: String { channel.map { "Channel \(Terminal.clean($0))" } ?? "Everything" }

    init(_ name: String, _ ledger: LedgerStore, _ configuration: RouterConfiguration) async throws {
        if name == "all" { return }
        // Also one that is gone from the file, for as long as something of it is left.
        let summary = try await ledger.summary(now: Date())
        let known = Set(configuration.channels.map(\.name)).union(summary.channels.keys).union(summary.pauses.compactMap(\.channel))
        guard known.contains(name) else {
            throw usage("there is no channel `\(name)`\(Suggestion.clause(for: name, among: (known.union(["all"])).sorted()))")
        }
        channel = name
    }
}

enum HeldText {
    /// `3 deliveries are held`.
    static func words(_ count: Int) -> String {
        count == 0 ? "nothing is held yet" : "\(count) \(count == 1 ? "delivery is" : "deliveries are") held"
    }
}
