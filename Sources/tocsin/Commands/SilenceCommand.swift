// tocsin silence: keeps messages back for a while, with an owner, a reason and an end.

import ArgumentParser
import Foundation
import Incidents
import JSON
import Ledger
import Router
import Routing
import Settings

struct SilenceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "silence",
        abstract: "Keeps messages back for a while, or ends a silence.",
        discussion: """
            Drops a `silence` into the queue, says which open incidents it is about, and prints the silence's id. What it keeps \
            back stays in the ledger as `suppressed`. Whoever heard of an incident before still hears its end; when the silence \
            ends, those it kept from hearing are told what is still open.

            A condition is member=value, as in `match` of routes.yaml; commas make a list. All of them must hold.

              tocsin silence service=search --for 2h --reason "planned maintenance"
              tocsin silence service=search,index 'severity=<=medium' labels.region=eu --for 30m --reason "moving racks" --by ana
              tocsin silence id=INC0012345 --until 2026-11-24T06:00:00Z --reason "known, vendor has it"
              tocsin silence --end s-1f0c9a2b
            """)

    @Argument(help: ArgumentHelp("What to keep back; all conditions must hold.", valueName: "member=value"))
    var conditions: [String] = []

    @Option(name: .customLong("for"), help: "For how long: 30m, 2h, 1d.")
    var length: String?

    @Option(help: "Until when (RFC 3339), instead of --for.")
    var until: String?

    @Option(help: "Why; needed.")
    var reason: String?

    @Option(help: "Whose silence it is: they are told when it is about to end. (default: who you are logged in as)")
    var by: String?

    @Option(help: "An id of your own; the same id again replaces the silence.")
    var id: String?

    @Option(name: .customLong("end"), help: ArgumentHelp("Ends this silence now.", valueName: "id"))
    var ended: String?

    @OptionGroup var option: ConfigOption

    func run() async throws {
        let configuration = try option.load(lenient: true, remark: ConfigOption.isDropped)
        if let ended { try await end(ended, configuration) } else { try await start(configuration) }
    }

    private func start(_ configuration: RouterConfiguration) async throws {
        let match = try MatchWords.arguments(conditions, scale: configuration.scale)
        if conditions.isEmpty {
            throw usage(
                "a silence needs a condition, for instance service=search: without one it would keep everything back "
                    + "(`tocsin pause all` holds what goes out, and loses nothing)")
        }
        guard let reason, !reason.trimmingCharacters(in: .whitespaces).isEmpty else {
            throw usage("a silence needs --reason: whoever wonders at 3 a.m. why they heard nothing reads it")
        }
        let now = Date()
        let end = try self.end(now: now)
        if end.timeIntervalSince(now) > EventParser.maximumSilence {
            throw usage("a silence may last a year at most; what is never to be told is better left out of routes.yaml")
        }
        let owner = by ?? NSUserName()
        let id = try checkedID()
        let preview = try await SilencePreview(match, until: end, configuration, option, now: now)

        var event = EventDraft(type: EventType.silence.rawValue)
        try event.set(
            "silence",
            [
                "id": .string(id), "action": "start", "match": .object(match.json), "until": .string(Timestamp.format(end)),
                "reason": .string(reason), "by": .string(owner),
            ])
        try event.drop(into: configuration)
        preview.show()
        if !configuration.table.directory.people.isEmpty, configuration.table.directory.people[owner] == nil {
            Terminal.complain("\(owner) is nobody in routes.yaml, so nobody is told when it ends; --by NAME says whose it is", prefix: "")
        }
        Terminal.say(id)
    }

    private func end(_ id: String, _ configuration: RouterConfiguration) async throws {
        if !conditions.isEmpty || length != nil || until != nil || self.id != nil {
            throw usage("--end ID ends a silence, and takes no conditions, --for, --until or --id")
        }
        if let ledger = try option.ledgerIfAny(configuration) {
            let known = try await option.closing(ledger) { try await $0.silences(includeEnded: true) }.map(\.silence)
            if let silence = known.first(where: { $0.id == id }) {
                guard silence.endedAt == nil, silence.until > Date() else {
                    let at = min(silence.endedAt ?? silence.until, silence.until)
                    Terminal.say("\(Terminal.clean(id)) has ended already, \(Moment.relative(at, now: Date())): nothing was dropped.")
                    return
                }
            } else {
                let near = Suggestion.nearest(to: id, among: known.filter { $0.isActive(at: Date()) }.map(\.id), limit: 3)
                let hint = near.isEmpty ? "`tocsin silences` lists them" : "the nearest: \(near.joined(separator: ", "))"
                throw failure("there is no silence `\(id)`; \(hint)", Exit.no)
            }
        } else {
            throw failure("there is no silence `\(id)`: there is no ledger yet, the router has not run", Exit.no)
        }
        var event = EventDraft(type: EventType.silence.rawValue)
        try event.set("silence", ["id": .string(id), "action": "end", "by": .string(by ?? NSUserName())])
        if let reason { try event.set("silence.reason", .string(reason)) }
        try event.drop(into: configuration)
        Terminal.say(id)
    }

    private func end(now: Date) throws -> Date {
        switch (length, until) {
        case (nil, nil): throw usage("a silence needs an end: --for 2h, or --until 2026-11-24T06:00:00Z")
        case (.some, .some): throw usage("--for and --until both say when it ends; one of them is enough")
        case (.some(let length), nil):
            guard let seconds = DurationText.parse(length), seconds > 0 else {
                throw usage("--for takes a duration, for instance 30m, 2h or 1h30m; this is `\(length)`")
            }
            // Whole seconds are enough for people, and never shorten what was asked for.
            return Date(timeIntervalSince1970: now.addingTimeInterval(seconds).timeIntervalSince1970.rounded(.up))
        case (nil, .some(let until)):
            guard let time = Timestamp.parse(until) else {
                throw usage("--until takes an RFC 3339 time, for instance 2026-11-24T06:00:00Z; this is `\(until)`")
            }
            guard time > now else { throw usage("\(until) is over: a silence ends in the future") }
            return time
        }
    }

    private func checkedID() throws -> String {
        guard let id else { return EventDraft.shortID("s") }
        let isPlain = !id.isEmpty && id.count <= EventParser.maximumIDLength && !id.hasPrefix("-") && id == Terminal.clean(id)
        guard isPlain, !id.contains(where: \.isWhitespace) else {
            throw usage("--id takes one word of up to \(EventParser.maximumIDLength) characters; this is `\(id)`")
        }
        return id
    }
}
