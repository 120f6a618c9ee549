// tocsin broadcast: a message to an audience, shown before it goes out.

import ArgumentParser
import Foundation
import Incidents
import JSON
import Ledger
import Rendering
import Router
import Routing
import Settings

struct BroadcastCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "broadcast",
        abstract: "Sends a message to an audience, after showing whom it reaches and what they will read.",
        discussion: """
            Shows how many people and addresses it reaches and on which channels, who is quiet or suppressed, whether somebody \
            must approve it, and the message as each kind of channel shows it; then asks. Without --message, $EDITOR opens. \
            Prints the broadcast's id, and how far it has come until all has gone out.

              tocsin broadcast --audience leadership subscribers --incident INC1 --subject "Payments" --message "We know why."
              tocsin broadcast --audience subscribers --match 'service=pay*' --message - --yes < message.txt
              tocsin broadcast --corrects b-1f0c9a2b --message "It is the other data centre."
              tocsin broadcast show b-1f0c9a2b
              tocsin broadcast stop b-1f0c9a2b --by ana
            """,
        subcommands: [BroadcastShow.self, BroadcastStop.self])

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp("Whom: channels, people, teams, roles of the incident, CHANNEL:ADDRESS, subscribers.", valueName: "name"))
    var audience: [String] = []

    @Option(parsing: .upToNextOption, help: ArgumentHelp("Which of the subscribers.", valueName: "member=value"))
    var match: [String] = []

    @Option(help: "What it is about: an incident's id.")
    var incident: String?

    @Option(help: "The template. (default: broadcast)")
    var template: String?

    @Option(help: "The subject.")
    var subject: String?

    @Option(help: "The message; `-` reads it from standard input. (default: $EDITOR opens)")
    var message: String?

    @Option(help: ArgumentHelp("The broadcast that this one corrects: it reaches exactly those whom that one reached.", valueName: "id"))
    var corrects: String?

    @Option(help: "Who sends it. (default: who you are logged in as)")
    var by: String?

    @Flag(help: "Also wakes people in their quiet hours, and goes before what is less urgent.")
    var urgent = false

    @Flag(help: "Send it without asking.")
    var yes = false

    @Flag(help: "With `show`: one JSON object.")
    var json = false

    @OptionGroup var option: ConfigOption

    var author: String { by ?? NSUserName() }

    func run() async throws {
        if audience.isEmpty, corrects == nil {
            throw usage("name an --audience, for instance --audience leadership subscribers; or --corrects ID")
        }
        let configuration = try option.load()
        let match = try MatchWords.arguments(match, scale: configuration.scale)
        let text = try BroadcastText.read(message: message, subject: subject, corrects: corrects)
        let id = EventDraft.shortID("b")
        let event = try draft(id, text, match, about: try await subjectIncident(configuration))
        let preview = try await preview(event, configuration)
        if let rejection = preview.rejection { throw failure(rejection.message, Exit.badData) }
        BroadcastPreviewText(preview, configuration).show()
        guard try isWanted() else {
            Terminal.complain("nothing was sent", prefix: "")
            throw Exit.no
        }
        try event.drop(into: configuration)
        Terminal.say(id)
        try await BroadcastProgress(id: id, by: author, option).show(configuration)
    }

    /// A correction is about what the original was about.
    private func subjectIncident(_ configuration: RouterConfiguration) async throws -> String? {
        guard incident == nil, let corrects, let ledger = try option.ledgerIfAny(configuration) else { return incident }
        return try await option.closing(ledger) { try await $0.broadcast(corrects)?.broadcast.incident }
    }

    private func draft(_ id: String, _ text: BroadcastText, _ match: MatchWords, about incident: String?) throws -> EventDraft {
        var members: [String: JSONValue] = ["id": .string(id), "message": .string(text.message), "by": .string(author)]
        members["subject"] = text.subject.map(JSONValue.string)
        members["template"] = template.map(JSONValue.string)
        members["corrects"] = corrects.map(JSONValue.string)
        if !audience.isEmpty { members["audience"] = .array(audience.map(JSONValue.string)) }
        if !match.json.isEmpty { members["match"] = .object(match.json) }
        if urgent { members["urgent"] = true }
        var event = EventDraft(type: EventType.broadcast.rawValue)
        try event.set("broadcast", .object(members))
        if let incident { try event.set("incident.id", .string(incident)) }
        return event
    }

    /// With what the ledger knows; nothing where the router has not run yet.
    private func preview(_ draft: EventDraft, _ configuration: RouterConfiguration) async throws -> BroadcastPreview {
        let (templates, _) = TemplateLibrary.load(directory: configuration.router.templates)
        let setup = Explain.setup(configuration, templates)
        let now = Date()
        let event = try draft.parsed(configuration)
        if let incident { _ = try await option.known(incident, configuration) }
        guard let ledger = try option.ledgerIfAny(configuration) else {
            return try BroadcastPreview(event, known: nil, surroundings: NoSurroundings(), setup: setup, now: now)
        }
        return try await option.closing(ledger) { ledger in
            var known: Incident?
            if let id = event.incident?.id { known = try await ledger.incident(id) }
            return try await ledger.surroundings { [known] surroundings in
                try BroadcastPreview(event, known: known, surroundings: surroundings, setup: setup, now: now)
            }
        }
    }

    private func isWanted() throws -> Bool {
        if yes { return true }
        guard isatty(STDIN_FILENO) == 1 else {
            throw usage("a broadcast is sent when somebody has looked at it: answer on a terminal, or say --yes")
        }
        Terminal.ask("Send it? [y/N] ")
        return ["y", "yes"].contains(readLine()?.trimmingCharacters(in: .whitespaces).lowercased() ?? "")
    }
}
