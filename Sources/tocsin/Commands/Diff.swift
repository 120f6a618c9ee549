// tocsin diff

import ArgumentParser
import Delivery
import Foundation
import Incidents
import Ledger
import Rendering
import Router
import Settings
import Transport

struct Diff: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Says who would gain and who would lose by another routes.yaml, from what really happened.",
        discussion: """
            Plays the events of the last 30 days through both files in virtual time, with their clocks, and compares whom they \
            tell. The events are those in the ledger of OLD, or else of NEW. Every message counts as accepted at once; \
            a digest counts as what it holds. Nothing is sent. Exit status: 1 with --strict where somebody loses a notice of the most \
            urgent severity.

              tocsin diff routes.yaml new.yaml
              tocsin diff routes.yaml new.yaml --since 90d --strict
              tocsin diff routes.yaml new.yaml --json | jq .
            """)

    @Argument(help: "The configuration as it is.")
    var old: String

    @Argument(help: "The configuration as it would be.")
    var new: String

    @ArgumentParser.Option(help: "How far back: a duration (30d) or an RFC 3339 time.")
    var since = "30d"

    @Flag(help: "Exit with 1 where anybody loses a notice of the most urgent severity.")
    var strict = false

    @Flag(help: "One JSON object a line, for each recipient; the last one sums up.")
    var json = false

    func run() async throws {
        let now = Date()
        let since = try start(now)
        let (before, after) = (try load(old), try load(new))
        let ledger = try open(before, after)
        let opening: Opening
        let comparison: Comparison
        do {
            opening = try await ledger.opening(at: since)
            comparison = try await Blocking.run {
                Result { () throws(LedgerError) in
                    try Comparison.run(ledger, from: opening, old: before, new: after, since: since, until: now)
                }
            }.get()
            try await ComparisonText.show(comparison, titles: titles(of: comparison, in: ledger), json: json)
        } catch let error as LedgerError {
            await ledger.close()
            throw failure(error.message, Exit.io)
        }
        await ledger.close()
        if strict, comparison.losesCritical { throw Exit.no }
    }

    private func start(_ now: Date) throws -> Date {
        if let time = Timestamp.parse(since), time < now { return time }
        if let seconds = DurationText.parse(since), seconds > 0 { return now.addingTimeInterval(-seconds) }
        throw usage("--since takes a duration, for instance 30d, or an RFC 3339 time in the past; this is `\(since)`")
    }

    private func load(_ path: String) throws -> Setup {
        let loaded = ConfigurationLoader.load(path: path, placeholderSecrets: true)
        guard let configuration = loaded.configuration else {
            for problem in loaded.diagnostics where problem.severity == .error { Terminal.complain("\(problem)", prefix: "") }
            throw loaded.isMissing ? Exit.noInput : Exit.configuration
        }
        let router = configuration.router
        // What was confirmed then was confirmed with the key of this state.
        let links = try? Links.load(state: router.state, publicURL: router.publicURL)
        return Setup(
            configuration: configuration, templates: TemplateLibrary.load(directory: router.templates).library,
            channels: ChannelSet(configuration.channels, http: HTTPClient(), smtp: SMTPClient(), hostName: Host.name),
            links: links ?? .preview(publicURL: router.publicURL))
    }

    /// The new file often lies elsewhere, to be tried out: its directories need not be there.
    private func open(_ old: Setup, _ new: Setup) throws -> LedgerStore {
        var fault: LedgerError?
        for directory in [old, new].map(\.configuration.router.state) {
            do {
                return try LedgerStore(directory: directory, readOnly: true)
            } catch {
                fault = fault ?? error
                if error.code != .noLedger { break }
            }
        }
        throw failure(
            fault.map { "\($0.message); without what happened there is nothing to compare" } ?? "there is no ledger",
            fault?.code == .noLedger ? Exit.noInput : Exit.io)
    }

    /// Of the incidents in the examples.
    private func titles(of comparison: Comparison, in ledger: LedgerStore) async throws -> [String: String] {
        let examples = comparison.recipients.flatMap { $0.lost.examples + $0.gained.examples }
        var titles: [String: String] = [:]
        for id in Set(examples.compactMap(\.incident)) { titles[id] = try await ledger.incident(id)?.text("title") }
        return titles
    }
}
