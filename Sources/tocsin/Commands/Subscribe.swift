// tocsin subscribe: a person's standing wish.

import ArgumentParser
import Configuration
import Foundation
import Incidents
import JSON
import Routing

struct Subscribe: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Subscribes a person to what they want to hear, at once or as a digest.",
        discussion: """
            Drops a `subscription` into the queue and prints the subscription's id. It works like a route of their own, beside \
            those of routes.yaml; one message comes where both reach the same address. The person is one of `people` in \
            routes.yaml; times of day are those of their own time zone.

            A condition is member=value, as in `match` of routes.yaml; commas make a list. Without one, they hear everything.

              tocsin subscribe ana 'service=pay*' 'severity=>=high'
              tocsin subscribe ana service=search --via mail --deliver "daily 08:00"
              tocsin subscribe ana labels.region=eu --deliver "weekly mon 08:00" --until 2026-12-24T00:00:00Z
            """)

    @Argument(help: "Who, as in `people` of routes.yaml.")
    var name: String

    @Argument(help: ArgumentHelp("What they want to hear; all conditions must hold.", valueName: "member=value"))
    var conditions: [String] = []

    @Option(help: "By this channel. (default: their own `via`)")
    var via: String?

    @Option(help: "immediate, hourly, \"daily HH:MM\" or \"weekly DAY HH:MM\".")
    var deliver = "immediate"

    @Option(help: "Until when (RFC 3339). (default: until they unsubscribe)")
    var until: String?

    @OptionGroup var option: ConfigOption

    func run() async throws {
        let configuration = try option.load()
        let person = try configuration.listedPerson(name)
        let match = try MatchArguments(conditions, scale: configuration.scale)
        let cadence = deliver.split(whereSeparator: \.isWhitespace).joined(separator: " ").lowercased()
        guard Cadence(cadence) != nil else {
            throw usage("--deliver takes immediate, hourly, \"daily 08:00\" or \"weekly mon 08:00\"; this is `\(deliver)`")
        }
        let ways = try ways(to: person, configuration)
        let id = EventDraft.shortID("w")
        var wish: [String: JSONValue] = [
            "id": .string(id), "action": "subscribe", "who": .string(person.id), "match": .object(match.json), "deliver": .string(cadence),
        ]
        if let via { wish["via"] = .string(via) }
        if let end = try end() { wish["until"] = .string(Timestamp.format(end)) }

        var event = EventDraft(type: EventType.subscription.rawValue)
        try event.set("subscription", .object(wish))
        try event.drop(into: configuration)
        let zone = person.timezone ?? configuration.router.timezone
        let when = cadence == "immediate" ? "at once" : cadence == "hourly" ? "hourly" : "\(cadence) (\(zone))"
        Terminal.complain(
            Terminal.clean("\(person.id) hears of \(MatchText.words(match.json)) by \(ways.joined(separator: ", ")), \(when)"), prefix: "")
        Terminal.say(id)
    }

    /// By which channels they would be told as things are.
    private func ways(to person: Person, _ configuration: RouterConfiguration) throws -> [String] {
        let directory = configuration.table.directory
        if let via, directory.channels[via] == nil {
            throw usage("there is no channel `\(via)`\(Suggestion.clause(for: via, among: directory.channels.keys.sorted()))")
        }
        let entry = RecipientEntry(subject: .name(person.id), via: via, text: person.id)
        let found = directory.resolve(entry, incident: nil, severity: nil)
        if found.reached.isEmpty { throw usage(found.unreached.map(\.reason).joined(separator: "; ")) }
        return found.reached.map { "\($0.channel.name), \($0.address)" }
    }

    private func end() throws -> Date? {
        guard let until else { return nil }
        guard let time = Timestamp.parse(until) else {
            throw usage("--until takes an RFC 3339 time, for instance 2026-12-24T00:00:00Z; this is `\(until)`")
        }
        guard time > Date() else { throw usage("\(until) is over: a subscription ends in the future") }
        return time
    }
}

extension RouterConfiguration {
    /// Somebody of `people`.
    ///
    /// - Throws: exit status 64, having said what would be right: also for addresses of people who are not listed.
    func listedPerson(_ name: String) throws -> Person {
        let directory = table.directory
        if let person = directory.people[name] { return person }
        if name.contains("@") || name.hasPrefix("+") {
            let listed = directory.people.values.filter { $0.addresses.values.contains(name) }.map(\.id).sorted().first
            let hint = listed.map { "; that is `\($0)`" } ?? "; put them into `people` in routes.yaml, and name them"
            throw usage("`\(name)` is an address: subscriptions of people who are not listed are not acted on yet\(hint)")
        }
        if directory.teams[name] != nil || directory.channels[name] != nil {
            let kind = directory.teams[name] == nil ? "channel" : "team"
            throw usage("`\(name)` is a \(kind), and a subscription is one person's; a \(kind) is told by a route in routes.yaml")
        }
        throw usage(
            "there is nobody `\(name)` in `people` of routes.yaml\(Suggestion.clause(for: name, among: directory.people.keys.sorted()))")
    }
}
