// tocsin deliveries, tocsin deliveries show

import ArgumentParser
import Foundation
import Incidents
import Ledger
import Router
import Settings

struct Deliveries: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Lists who was told what, when, by which channel, and with what outcome.",
        discussion: """
              tocsin deliveries --incident INC0012345
              tocsin deliveries --state dead --since 1d
              tocsin deliveries --state held
              tocsin deliveries show 17
            """,
        subcommands: [Show.self])

    @Option(help: "Only about this incident.")
    var incident: String?

    @Option(help: "Only in this state: held, pending, retrying, delivered, unknown, dead, expired, superseded, suppressed.")
    var state: String?

    @Option(help: "Only those made since then: a duration (2h) or an RFC 3339 time.")
    var since: String?

    @Option(help: "Only through this channel.")
    var channel: String?

    @Flag(help: "One JSON object a line.")
    var json = false

    @OptionGroup var option: ConfigOption

    func run() async throws {
        let filter = DeliveryFilter(incident: incident, state: try parsedState(), since: try Self.time(since), channel: channel)
        try await option.withLedger { ledger, configuration in
            try mustExist(configuration)
            if json {
                try await ledger.forEachDelivery(filter) { row in
                    Terminal.say(DeliveryFacts.line(row).text)
                    return true
                }
                return
            }
            let rows = try await ledger.deliveries(filter)
            if rows.isEmpty { Terminal.say("No delivery matches.") } else { DeliveryText.table(rows).show() }
        }
    }

    private func mustExist(_ configuration: RouterConfiguration) throws {
        let names = configuration.channels.map(\.name)
        guard let channel, !names.isEmpty, !names.contains(channel) else { return }
        Terminal.complain("routes.yaml has no channel `\(channel)`\(Suggestion.clause(for: channel, among: names))")
    }

    private func parsedState() throws -> DeliveryState? {
        guard let state else { return nil }
        if let known = DeliveryState(rawValue: state.lowercased()) { return known }
        let names = DeliveryState.allCases.map(\.rawValue)
        throw usage("there is no state `\(state)`\(Suggestion.clause(for: state, among: names)) (\(names.joined(separator: ", ")))")
    }

    private static func time(_ text: String?) throws -> Date? {
        guard let text else { return nil }
        if let time = Timestamp.parse(text) { return time }
        if let seconds = DurationText.parse(text) { return Date().addingTimeInterval(-seconds) }
        throw usage("--since takes a duration, for instance 2h, or an RFC 3339 time; this is `\(text)`")
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shows one delivery: why, to whom, the message, and every attempt.",
            discussion: "  tocsin deliveries show 17")

        @Argument(help: "The delivery's id.")
        var id: Int64

        /// `--json` is the list's as well, which sees it first.
        @ParentCommand var list: Deliveries

        @OptionGroup var option: ConfigOption

        func run() async throws {
            try await DeliveryText.show(id, asJSON: list.json, option)
        }
    }
}
