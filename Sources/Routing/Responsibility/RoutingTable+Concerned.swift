// Whom an event concerns whatever the routes say: who has the incident now, and who has it no more; and those who know it
// by another severity. Pure.

import Foundation
import Incidents

extension RoutingTable {
    /// Stands among the routes of a delivery for somebody who has something now.
    static let newlyAssigned = "assignment.new"
    /// The same for somebody who has it no more.
    static let formerlyAssigned = "assignment.old"
    /// The same for somebody who was told of the incident, and hears that a person judges it otherwise.
    static let toldSeverity = "told.severity"

    /// Whom an assignment concerns.
    func concerned(_ facts: MatchFacts, _ application: Application?) -> [Directed] {
        guard let application, facts.event.raised == nil, facts.event.type == .assignment else { return [] }
        return assigned(facts.event, application)
    }

    /// Words that change nothing tell nobody anew, nor does another word for the same person.
    private func assigned(_ event: Event, _ application: Application) -> [Directed] {
        var news: [Directed] = []
        var olds: [Directed] = []
        for member in Incident.responsibilities {
            guard let before = application.former[member] else { continue }
            let now = application.incident.text(member).flatMap { $0.isEmpty ? nil : $0 }
            let former = before.isEmpty ? (event.change.field == member ? event.change.from : nil) : before
            let old = former.flatMap { $0.isEmpty ? nil : directory.entry(like: $0, rotations: people.rotations) }
            if let now, let old, directory.entry(like: now, rotations: people.rotations).subject == old.subject { continue }
            if now != nil, let role = RecipientEntry.Role(rawValue: member) { news.append(Self.isTheirs(role)) }
            if let old { olds.append(Self.isTheirsNoMore(old)) }
        }
        return news + olds
    }

    /// Tells of a person's change of severity whoever was told of the incident, and thinks of it as what it was: those whom
    /// neither routes nor their own wishes tell already. Whoever waits for a digest reads it there.
    func tellRejudged(
        _ facts: MatchFacts, _ application: Application?, _ surroundings: any Surroundings, _ draft: inout PlanDraft
    ) throws -> [RouteVerdict] {
        let event = facts.event
        guard let application, event.raised == nil, event.type == .severityChange, let by = event.change.by, !by.isEmpty else { return [] }
        let severity = application.incident.text("severity")
        if let before = application.previous ?? event.change.from, before == severity { return [] }
        let route = Route(name: Self.toldSeverity, match: Match(), to: [])
        var unreached: [Unreached] = []
        for told in try surroundings.told(of: application.incident.id) where told.state != .held {
            if try told.hasLeft(surroundings) { continue }
            guard var way = way(to: told) else {
                unreached.append(told.unreached)
                continue
            }
            if draft.has(way.key) { continue }
            way.subscription = try told.standingSubscription(surroundings)
            draft.add(told, as: way, of: route, origin: .toldSeverity)
        }
        return unreached.isEmpty ? [] : [RouteVerdict(route: Self.toldSeverity, result: .matched, unreached: unreached)]
    }

    static func isTheirs(_ role: RecipientEntry.Role) -> Directed {
        Directed(.entry(RecipientEntry(subject: .role(role), text: role.rawValue)), origin: .responsibility, name: newlyAssigned)
    }

    static func isTheirs(_ entry: RecipientEntry) -> Directed {
        Directed(.entry(entry), origin: .responsibility, name: newlyAssigned)
    }

    static func isTheirsNoMore(_ entry: RecipientEntry) -> Directed {
        Directed(.entry(entry), origin: .responsibility, name: formerlyAssigned)
    }
}

extension Directory {
    /// Whom a producer's word means: a person by id, display name or mail address, or else a team, a rotation or a channel;
    /// where it means nobody, the word itself.
    func entry(like word: String, rotations: [String: Rotation]) -> RecipientEntry {
        let name =
            person(like: word)?.id ?? Self.name(like: word, in: teams.keys) ?? Self.name(like: word, in: rotations.keys)
            ?? Self.name(like: word, in: channels.keys) ?? word
        return RecipientEntry(subject: .name(name), text: quoted(name))
    }

    private static func name(like word: String, in names: some Collection<String>) -> String? {
        if names.contains(word) { return word }
        let folded = FoldedWord(word)
        return names.filter(folded.equals).min()
    }
}
