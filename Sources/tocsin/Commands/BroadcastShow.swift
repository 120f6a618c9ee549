// tocsin broadcast show, tocsin broadcast stop, tocsin broadcasts

import ArgumentParser
import Foundation
import Incidents
import JSON
import Ledger
import Router
import Routing
import Settings

struct BroadcastShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Reports on a broadcast: what it says, who let it go, what has become of it, and what failed, and why.",
        discussion: "  tocsin broadcast show b-1f0c9a2b")

    @Argument(help: "The broadcast's id.")
    var id: String

    /// `--json` is the parent's as well, which sees it first.
    @ParentCommand var parent: BroadcastCommand

    @OptionGroup var option: ConfigOption

    func run() async throws {
        try await option.withLedger { ledger, configuration in
            guard let row = try await ledger.broadcast(id) else { throw await unknownBroadcast(id, ledger) }
            let (table, now) = (configuration.table, Date())
            let reach = try await ledger.surroundings { try table.reach(of: row.broadcast, $0, now: now) }
            let failures = try await ledger.failures(of: id, limit: 20)
            if parent.json {
                var line = BroadcastReport.line(row)
                line.add(
                    "failures",
                    .array(
                        failures.map {
                            [
                                "channel": .string($0.channel), "state": .string($0.state.rawValue), "reason": .string($0.reason),
                                "count": .integer($0.count),
                            ]
                        }))
                Terminal.say(line.text)
            } else {
                BroadcastReport.show(row, failures, reach, now: now)
            }
        }
    }
}

struct BroadcastStop: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stop",
        abstract: "Stops a broadcast: what has not gone out does not go out any more.",
        discussion: "  tocsin broadcast stop b-1f0c9a2b --by ana --reason \"wrong list\"")

    @Argument(help: "The broadcast's id.")
    var id: String

    @Option(help: "Why.")
    var reason: String?

    /// `--by` is the parent's as well, which sees it first.
    @ParentCommand var parent: BroadcastCommand

    @OptionGroup var option: ConfigOption

    func run() async throws { try await option.decide("stop", on: id, by: parent.author, reason: reason) }
}

struct Broadcasts: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Lists broadcasts, the newest first: whom they are for, and what has become of them.",
        discussion: """
              tocsin broadcasts
              tocsin broadcasts --json
            """)

    @Flag(help: "One JSON object a line.")
    var json = false

    @Option(help: "The most that are listed.")
    var limit = 50

    @OptionGroup var option: ConfigOption

    func run() async throws {
        try await option.withLedger { ledger, _ in
            let rows = try await ledger.broadcasts(limit: max(1, limit))
            if json {
                for row in rows { Terminal.say(BroadcastReport.line(row).text) }
            } else if rows.isEmpty {
                Terminal.say("There has been no broadcast.")
            } else {
                BroadcastReport.table(rows, now: Date()).show()
            }
        }
    }
}

/// Says that nobody has heard of it, with the nearest ids.
func unknownBroadcast(_ id: String, _ ledger: LedgerStore) async -> ExitCode {
    let known = (try? await ledger.broadcasts(limit: 1_000))?.map(\.broadcast.id) ?? []
    let near = Suggestion.nearest(to: id, among: known, limit: 3)
    let hint = near.isEmpty ? "`tocsin broadcasts` lists them" : "the nearest: \(near.joined(separator: ", "))"
    return failure("there is no broadcast `\(id)`; \(hint)", Exit.no)
}
