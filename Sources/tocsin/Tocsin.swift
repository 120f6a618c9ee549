// The command line: one file for each command, in Commands/.

import ArgumentParser
import CrashPoints
import Glibc
import Incidents
import Router

@main
enum Program {
    static func main() async {
        let names = (Tocsin.configuration.subcommands + Tocsin.configuration.groupedSubcommands.flatMap(\.subcommands))
            .map { $0.configuration.commandName ?? "\($0)".lowercased() }
        if let first = CommandLine.arguments.dropFirst().first, !first.hasPrefix("-"), !(names + ["help"]).contains(first) {
            let hint = Suggestion.clause(for: first, among: names)
            Terminal.complain("there is no command `\(Terminal.clean(first))`\(hint.isEmpty ? "; `tocsin --help` lists them" : hint)")
            exit(64)
        }
        if let complaint = CrashPoint.complaint {
            Terminal.complain(complaint)
            exit(78)
        }
        await Tocsin.main()
    }
}

struct Tocsin: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tocsin",
        abstract: "Routes incident events to the people who must know, and can prove that it did.",
        discussion: """
            Producers drop JSON files into the queue directory; routes.yaml says who is told what, and on which channel.

              tocsin check                      what is wrong with routes.yaml
              tocsin explain event.json         who would be told, and why
              tocsin test SCENARIO.yaml         a night in virtual time, and what is expected of it
              tocsin run                        the router
              tocsin deliveries --incident X    who was told what, when and why

            Exit status: 0 done, 1 the answer is no, 64 usage, 65 bad input data, 66 no such file, 69 a service is \
            unavailable, 74 I/O, 75 try later, 78 configuration.
            """,
        version: "tocsin \(Version.number)",
        subcommands: [OptionTableCommand.self],
        groupedSubcommands: [
            CommandGroup(name: "The router", subcommands: [Run.self, SandboxCommand.self]),
            CommandGroup(
                name: "Before going live", subcommands: [Check.self, Explain.self, Test.self, Diff.self, Ping.self, AdapterCommand.self]),
            CommandGroup(
                name: "Events",
                subcommands: [
                    Send.self, Acknowledge.self, SilenceCommand.self, Subscribe.self, Unsubscribe.self, Confirm.self, SnoozeCommand.self,
                    Away.self, Bounce.self,
                ]),
            CommandGroup(name: "Broadcasts", subcommands: [BroadcastCommand.self, Broadcasts.self, Approve.self, Refuse.self]),
            CommandGroup(
                name: "What happened",
                subcommands: [
                    Status.self, Incidents.self, Deliveries.self, Silences.self, Subscriptions.self, Suppressions.self, Rejected.self,
                    Verify.self,
                ]),
            CommandGroup(name: "The HTTP side", subcommands: [TokenCommand.self]),
            CommandGroup(name: "Mending", subcommands: [Dead.self, Requeue.self, PauseCommand.self, ResumeCommand.self]),
        ])
}
