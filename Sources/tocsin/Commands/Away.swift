// tocsin away: somebody is away, and somebody else stands in.

import ArgumentParser
import Foundation
import Incidents
import JSON
import Ledger
import Router
import Routing
import Settings

struct Away: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Says that somebody is away, and who stands in for them; or that they are back.",
        discussion: """
            Drops an `absence` into the queue. Whatever would be told to the person because of a route, a team, a rotation or a role \
            goes to the deputy until then; what they subscribed to themselves, and the end of what they have heard of, still goes to \
            them. Both are told of it. A later absence of the same person takes the place of one that it overlaps.

              tocsin away ana --until 2026-12-07T09:00:00Z --deputy ben
              tocsin away ana --until 4h --deputy ben
              tocsin away ana --from 2026-12-24T00:00:00Z --until 2027-01-02T00:00:00Z --deputy ben
              tocsin away ana --back

            `tocsin status` shows who is away.
            """)

    @Argument(help: "Who, as in `people` of routes.yaml.")
    var name: String

    @Option(help: "Until when: a time (RFC 3339), or how long from now or from --from: 4h, 3d.")
    var until: String?

    @Option(help: "From when (RFC 3339). (default: now)")
    var from: String?

    @Option(help: "Who stands in, as in `people` of routes.yaml.")
    var deputy: String?

    @Flag(help: "They are back: ends their absence now. Where they are not away, cancels what is planned.")
    var back = false

    @OptionGroup var option: ConfigOption

    func run() async throws {
        let configuration = try option.load()
        let now = Date()
        let who = try person(name, configuration)
        if back { return try await comeBack(who, configuration, now: now) }
        let begin = try time(from, "--from") ?? now
        let end = try end(after: begin, now: now)
        let other = try deputy.map { try person($0, configuration) }
        if other?.id == who.id { throw usage("\(who.id) cannot stand in for themselves") }

        var event = EventDraft(type: EventType.absence.rawValue)
        var absence: [String: JSONValue] = ["who": .string(who.id), "until": .string(Timestamp.format(end)), "by": .string(NSUserName())]
        if from != nil { absence["from"] = .string(Timestamp.format(begin)) }
        absence["deputy"] = other.map { .string($0.id) }
        try event.set("absence", .object(absence))
        try event.drop(into: configuration)
        let start = begin > now ? " from \(Moment.short(begin, now: now))" : ""
        Terminal.say("\(who.id) is away\(start) until \(Moment.short(end, now: now))\(other.map { "; \($0.id) stands in" } ?? "")")
        if let other { try await warn(of: other, for: who, configuration, begin, end) }
        if other == nil { warn(who, configuration.table.people.rotations, begin, end) }
    }

    private func comeBack(_ who: Person, _ configuration: RouterConfiguration, now: Date) async throws {
        if until != nil || from != nil || deputy != nil { throw usage("--back goes alone: it ends the absence now") }
        var known: [Absence] = []
        if let ledger = try option.ledgerIfAny(configuration) {
            known = try await option.closing(ledger) { try await $0.absences() }.filter { $0.who == who.id && $0.until > now }
        }
        let ended = Absence.ended(byComingBackAt: now, known)
        if ended.isEmpty { throw failure("\(who.id) is not away, and no absence is planned", Exit.no) }
        let isBack = ended.contains { $0.isActive(at: now) }
        let spans = ended.sorted { $0.from < $1.from }.map {
            "from \(Moment.short($0.from, now: now)) until \(Moment.short($0.until, now: now))"
        }
        var event = EventDraft(type: EventType.absence.rawValue)
        // To the whole second below, so that it is over when the router reads it.
        let end = Date(timeIntervalSince1970: now.timeIntervalSince1970.rounded(.down))
        try event.set("absence", ["who": .string(who.id), "until": .string(Timestamp.format(end)), "by": .string(NSUserName())])
        try event.set(
            "message",
            .string(isBack ? "\(who.displayName) is back." : "\(who.displayName) stays: not away \(spans.joined(separator: ", nor "))."))
        try event.drop(into: configuration)
        Terminal.say(
            isBack
                ? "\(who.id) is back: the absence \(spans.joined(separator: ", and ")) is over"
                : "\(who.id) stays: cancelled the absence \(spans.joined(separator: ", and "))")
        let rest = isBack ? known.filter { $0.from > now }.map(\.from).min() : nil
        if let rest { Terminal.say("their next absence begins \(Moment.short(rest, now: now)); --back once more cancels it") }
    }

    /// Whoever stands in may be away too, and so may whoever stands in for them.
    private func warn(of deputy: Person, for who: Person, _ configuration: RouterConfiguration, _ begin: Date, _ end: Date) async throws {
        guard let ledger = try option.ledgerIfAny(configuration) else { return }
        let known = try await option.closing(ledger) { try await $0.absences() }.filter { $0.until > begin && $0.from < end }
        let new = Absence(id: "", who: who.id, from: begin, until: end, deputy: deputy.id)
        for absence in known where absence.who == deputy.id {
            let moment = max(begin, absence.from)
            let presence = configuration.table.presence(absences: known.filter { $0.who != who.id } + [new], now: moment)
            if presence.standIn(for: who.id) == nil {
                Terminal.complain(
                    "\(deputy.id) is away until \(Moment.short(absence.until)), and nobody stands in for both: what is for \(who.id) reaches nobody "
                        + "from \(Moment.short(moment)); name another --deputy")
            }
        }
    }

    /// Whoever is on duty then, and has no deputy, leaves a gap.
    private func warn(_ who: Person, _ rotations: [String: Rotation], _ begin: Date, _ end: Date) {
        for rotation in rotations.values.sorted(by: { $0.name < $1.name }) {
            var turn = rotation.turn(at: begin) ?? rotation.turn(after: begin)
            for _ in 0..<1_000 {
                guard let some = turn, some.from < end else { break }
                if some.person == who.id {
                    Terminal.complain(
                        "\(who.id) is on duty for \(rotation.name) from \(Moment.short(max(some.from, begin))), and nobody stands in: name one with "
                            + "--deputy")
                    break
                }
                turn = rotation.turn(after: some.from)
            }
        }
    }

    private func person(_ name: String, _ configuration: RouterConfiguration) throws -> Person {
        let directory = configuration.table.directory
        if let person = directory.person(like: name) { return person }
        throw usage(
            "there is nobody `\(name)` in `people` of routes.yaml\(Suggestion.clause(for: name, among: directory.people.keys.sorted()))")
    }

    private func end(after begin: Date, now: Date) throws -> Date {
        guard let until else { throw usage("an absence needs an end: --until 2026-12-07T09:00:00Z, or --until 4h; or --back") }
        var end = begin
        if let seconds = DurationText.parse(until), seconds > 0 {
            end = Date(timeIntervalSince1970: begin.addingTimeInterval(seconds).timeIntervalSince1970.rounded(.up))
        } else if let time = try time(until, "--until") {
            end = time
        }
        guard end > max(begin, now) else { throw usage("\(until) is over, or before --from: an absence ends in the future") }
        if end.timeIntervalSince(begin) > AbsenceWord.longest {
            throw usage("an absence may last two years at most; this one ends \(Timestamp.format(end))")
        }
        return end
    }

    private func time(_ text: String?, _ name: String) throws -> Date? {
        guard let text else { return nil }
        guard let time = Timestamp.parse(text) else {
            throw usage(
                "\(name) takes an RFC 3339 time, for instance 2026-12-07T09:00:00Z\(name == "--until" ? ", or a duration" : ""); this is `\(text)`"
            )
        }
        return time
    }
}
