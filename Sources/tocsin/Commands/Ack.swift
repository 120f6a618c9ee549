// tocsin ack: somebody has it.

import ArgumentParser
import Foundation
import Incidents
import Ledger
import Settings

struct Acknowledge: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ack",
        abstract: "Acknowledges an incident: somebody has it, and escalation stops.",
        discussion: """
            Drops an `acknowledgement` into the queue and prints its id. Where somebody has it already, says who, and drops \
            nothing. Exit status 1 where nobody knows the incident, or it is over.

              tocsin ack INC0012345
              tocsin ack INC0012345 --by duty-engineer
            """)

    @Argument(help: "The incident's id.")
    var incident: String

    @Option(help: "Who has it. (default: who you are logged in as)")
    var by: String?

    @OptionGroup var option: ConfigOption

    func run() async throws {
        // A mistake in routes.yaml must not keep anybody from acknowledging: where the queue is, is all that is needed.
        let configuration = try option.load(lenient: true, remark: ConfigOption.isDropped)
        let known = try await option.known(incident, configuration)
        let name = Terminal.clean(known.id)
        guard known.isOpen else {
            let since = known.course.endedAt.map { " since \(Moment.short($0))" } ?? ""
            throw failure(
                "\(name) is \(known.status.rawValue)\(since): there is nothing to acknowledge. "
                    + "To open it again: tocsin send status_change --incident \(name) --status open", Exit.no)
        }
        if known.acknowledged {
            let holder = known.acknowledgedBy.map { " by \(Terminal.clean($0))" } ?? ""
            let since = known.course.acknowledgedAt.map { ", \(Self.ago($0))" } ?? ""
            Terminal.say("\(name) is acknowledged already\(holder)\(since): nothing was dropped.")
            return
        }
        var event = EventDraft(type: EventType.acknowledgement.rawValue)
        try event.set("incident.id", .string(known.id))
        try event.set("change.by", .string(by ?? NSUserName()))
        Terminal.say(try event.drop(into: configuration))
    }

    /// `14:05:31 (12 min ago)`.
    private static func ago(_ date: Date, now: Date = Date()) -> String {
        "\(Moment.short(date, now: now)) (\(Moment.relative(date, now: now)))"
    }
}

extension ConfigOption {
    /// The incident as the ledger has it, for what makes no sense where nobody has heard of it.
    ///
    /// - Throws: exit status 1 with the nearest ids where it is not known, and before the first run.
    func known(_ incident: String, _ configuration: RouterConfiguration) async throws -> Incident {
        guard let ledger = try ledgerIfAny(configuration) else {
            throw failure("nobody has heard of incident `\(incident)`: there is no ledger yet, the router has not run", Exit.no)
        }
        return try await closing(ledger) { ledger in
            if let known = try await ledger.incident(incident) { return known }
            let near = try await ledger.incidentIDs(near: incident, limit: 3)
            let hint = near.isEmpty ? "`tocsin incidents` lists those that are known" : "the nearest: \(near.joined(separator: ", "))"
            throw failure("nobody has heard of incident `\(incident)`; \(hint)", Exit.no)
        }
    }

    /// The ledger, to read from; nil before the first run.
    func ledgerIfAny(_ configuration: RouterConfiguration) throws -> LedgerStore? {
        do {
            return try LedgerStore(directory: configuration.router.state, readOnly: true)
        } catch {
            if error.code == .noLedger { return nil }
            throw failure(error.message, Exit.io)
        }
    }

    /// Reads, and closes, whatever comes of it.
    func closing<Result>(_ ledger: LedgerStore, _ body: (LedgerStore) async throws -> Result) async throws -> Result {
        do {
            let result = try await body(ledger)
            await ledger.close()
            return result
        } catch {
            await ledger.close()
            if let error = error as? LedgerError { throw failure(error.message, Exit.io) }
            throw error
        }
    }
}
