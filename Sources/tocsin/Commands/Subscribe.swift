// tocsin subscribe: a standing wish of a person, or of an address that is not in routes.yaml.

import ArgumentParser
import Foundation
import Incidents
import JSON
import Router
import Routing
import Settings

struct Subscribe: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Subscribes a person or an address to what they want to hear, at once or as a digest.",
        discussion: """
            Drops a `subscription` into the queue and prints the subscription's id. It works like a route of their own, beside \
            those of routes.yaml; one message comes where both reach the same address. The person is one of `people` in \
            routes.yaml; times of day are those of their own time zone. Any other mail address or number is asked first whether \
            it wants to hear, and is told nothing before it has confirmed that (`tocsin confirm`).

            A condition is member=value, as in `match` of routes.yaml; commas make a list. Without one, they hear everything.

              tocsin subscribe ana 'service=pay*' 'severity=>=high'
              tocsin subscribe ana service=search --via mail --deliver "daily 08:00"
              tocsin subscribe ana --incident INC0012345
              tocsin subscribe visitor@example.com service=shop --limit "5 per 1d" --until 2026-12-24T00:00:00Z
            """)

    @Argument(help: "Who: as in `people` of routes.yaml, a mail address, or a number (+447700900123).")
    var name: String

    @Argument(help: ArgumentHelp("What they want to hear; all conditions must hold.", valueName: "member=value"))
    var conditions: [String] = []

    @Option(help: "Follow this incident: the subscription ends when it does, and that is told.")
    var incident: String?

    @Option(help: "By this channel. (default: their own `via`; of an address, the first channel of its kind)")
    var via: String?

    @Option(help: "immediate, hourly, \"daily HH:MM\" or \"weekly DAY HH:MM\".")
    var deliver = "immediate"

    @Option(help: "From when: \(WhenText.example). (default: at once)")
    var from: String?

    @Option(help: "Until when: \(WhenText.example). (default: until they unsubscribe)")
    var until: String?

    @Option(help: "Of an address: the most messages, for instance \"5 per 1d\"; what is over comes as a digest.")
    var limit: String?

    @OptionGroup var option: ConfigOption

    func run() async throws {
        let configuration = try option.load()
        let who = try WhoArgument(name, configuration)
        let match = try MatchWords.arguments(conditions, scale: configuration.scale)
        let cadence = deliver.split(whereSeparator: \.isWhitespace).joined(separator: " ").lowercased()
        guard Cadence(cadence) != nil else {
            throw usage("--deliver takes immediate, hourly, \"daily 08:00\" or \"weekly mon 08:00\"; this is `\(deliver)`")
        }
        let ways = try ways(to: who, configuration)
        let id = EventDraft.shortID("w")
        var wish: [String: JSONValue] = [
            "id": .string(id), "action": "subscribe", "who": who.who.json, "match": .object(match.json), "deliver": .string(cadence),
        ]
        if let via { wish["via"] = .string(via) }
        try add(to: &wish, match, who, configuration)
        if let incident { try await follow(incident, &wish, configuration) }

        var event = EventDraft(type: EventType.subscription.rawValue)
        try event.set("subscription", .object(wish))
        try event.drop(into: configuration)
        let zone = who.zone(configuration).identifier
        let when = cadence == "immediate" ? "at once" : cadence == "hourly" ? "hourly" : "\(cadence) (\(zone))"
        let what = incident.map { "\($0) until it has ended" } ?? MatchText.words(match.json)
        Terminal.complain(Terminal.clean("\(name) hears of \(what) by \(ways.joined(separator: ", ")), \(when)"), prefix: "")
        if who.person == nil {
            Terminal.complain(
                "But first they are asked: they get one message with a code or a link, and hear nothing before they confirm with it "
                    + "(within 7 days; `tocsin confirm CODE`).", prefix: "")
        }
        Terminal.say(id)
    }

    private func add(
        to wish: inout [String: JSONValue], _ match: MatchWords, _ who: WhoArgument, _ configuration: RouterConfiguration
    ) throws {
        let now = Date()
        let zone = who.zone(configuration)
        let begin = try from.map { try WhenText.coming($0, "--from", now: now, in: zone) }
        let end = try until.map { try WhenText.coming($0, "--until", now: now, in: zone) }
        if let begin, let end, end <= begin { throw usage("--until is not later than --from: that subscription would never count") }
        wish["from"] = begin.map { .string(Timestamp.format($0)) }
        wish["until"] = end.map { .string(Timestamp.format($0)) }
        guard let limit else { return }
        if who.person != nil { throw usage("--limit is for addresses; a person's stand in routes.yaml, as `limits` in `people`") }
        guard ThrottleRule(text: limit) != nil else {
            throw usage("--limit is a number in a time, such as \"5 per 1d\"; this is `\(limit)`")
        }
        wish["limit"] = .string(limit)
    }

    /// Nobody can follow what nobody knows, or what is over.
    private func follow(_ incident: String, _ wish: inout [String: JSONValue], _ configuration: RouterConfiguration) async throws {
        if until != nil { throw usage("--incident ends with the incident, and --until says another time; one of them is enough") }
        let known = try await option.known(incident, configuration)
        guard known.isOpen else { throw failure("\(known.id) is \(known.status.rawValue): there is nothing to follow", Exit.no) }
        var match = wish["match"]?.object ?? [:]
        match["id"] = .string(known.id)
        wish["match"] = .object(match)
        wish["until"] = .string(EventParser.untilResolved)
        if EventParser.followed(by: wish) == nil {
            throw usage("`\(known.id)` reads as a pattern, and cannot be followed by its id")
        }
    }

    /// By which channels they would be told as things are.
    private func ways(to who: WhoArgument, _ configuration: RouterConfiguration) throws -> [String] {
        let directory = configuration.table.directory
        if let via, directory.channels[via] == nil {
            throw usage("there is no channel `\(via)`\(Suggestion.clause(for: via, among: directory.channels.keys.sorted()))")
        }
        guard let person = who.person else {
            do throws(MatchError) {
                return [try directory.channel(to: who.who, via: via).name]
            } catch {
                throw usage(error.message)
            }
        }
        let entry = RecipientEntry(subject: .name(person.id), via: via, text: person.id)
        let found = directory.resolve(entry, incident: nil, severity: nil)
        if found.reached.isEmpty { throw usage(found.unreached.map(\.reason).joined(separator: "; ")) }
        return found.reached.map { "\($0.channel.name), \($0.address)" }
    }
}
