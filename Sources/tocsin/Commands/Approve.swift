// tocsin approve, tocsin refuse: a held broadcast is let go, or is not.

import ArgumentParser
import Foundation
import Incidents
import JSON
import Ledger
import Routing
import Settings

struct Approve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Approves a broadcast that waits for it; never one's own.",
        discussion: """
            Drops an `approval` into the queue and prints its id. `tocsin broadcast show ID` shows what it says, and to how many.

              tocsin approve b-1f0c9a2b --by service-owner
            """)

    @Argument(help: "The broadcast's id.")
    var id: String

    @Option(help: "Who approves: one of `broadcasts.approvers`. (default: who you are logged in as)")
    var by: String?

    @OptionGroup var option: ConfigOption

    func run() async throws { try await option.decide("approve", on: id, by: by ?? NSUserName(), reason: nil) }
}

struct Refuse: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Refuses a broadcast that waits for an approval; its author is told why.",
        discussion: "  tocsin refuse b-1f0c9a2b --by service-owner --reason \"not before the vendor confirms\"")

    @Argument(help: "The broadcast's id.")
    var id: String

    @Option(help: "Who refuses: one of `broadcasts.approvers`. (default: who you are logged in as)")
    var by: String?

    @Option(help: "Why; needed.")
    var reason: String?

    @OptionGroup var option: ConfigOption

    func run() async throws {
        guard let reason, !reason.trimmingCharacters(in: .whitespaces).isEmpty else {
            throw usage("say --reason: the author reads it")
        }
        try await option.decide("refuse", on: id, by: by ?? NSUserName(), reason: reason)
    }
}

extension ConfigOption {
    /// Drops somebody's decision about a broadcast, where it can be followed.
    ///
    /// - Throws: exit status 1 where it cannot: nobody knows the broadcast, it does not wait, or they may not decide.
    func decide(_ decision: String, on id: String, by: String, reason: String?) async throws {
        let configuration = try load(lenient: true)
        guard let ledger = try ledgerIfAny(configuration) else {
            throw failure("there is no broadcast `\(id)`: there is no ledger yet, the router has not run", Exit.no)
        }
        try await closing(ledger) { ledger in
            guard let row = try await ledger.broadcast(id) else { throw await unknownBroadcast(id, ledger) }
            let broadcast = row.broadcast
            if decision == "stop" {
                if broadcast.state.isOver, broadcast.state != .sent {
                    throw failure("broadcast `\(id)` is \(broadcast.ending) already: nothing was dropped", Exit.no)
                }
                if !row.isUnderWay, row.count(.held) == 0 {
                    throw failure("all of broadcast `\(id)` has gone out; correct it: tocsin broadcast --corrects \(id)", Exit.no)
                }
                return
            }
            guard broadcast.state == .waiting else {
                throw failure("broadcast `\(id)` does not wait for an approval: it is \(broadcast.state.rawValue)", Exit.no)
            }
            let table = configuration.table
            let objection = try await ledger.surroundings { try Approvers(of: broadcast, table, $0, now: Date()).objection(to: by) }
            if let objection { throw failure("broadcast `\(id)`: \(objection)", Exit.no) }
        }
        var event = EventDraft(type: EventType.approval.rawValue)
        var approval: [String: JSONValue] = ["broadcast": .string(id), "by": .string(by), "decision": .string(decision)]
        approval["reason"] = reason.map(JSONValue.string)
        try event.set("approval", .object(approval))
        Terminal.say(try event.drop(into: configuration))
    }
}
