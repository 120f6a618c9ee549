// What an assignment gave somebody, so that a message to them says that and nothing more. Pure.

import Foundation
import Incidents

extension Directory {
    /// What a person has by an assignment: `assignee`, `communication_lead`, `team`, or another role; nil: nothing, or that cannot
    /// be told. Of several, that which asks the most of them.
    ///
    /// - Parameters:
    ///   - entry: the entry by which they are told: a deputy is told in the place of whoever has the role.
    ///   - routes: why they are told: a team hears of what it had before, and has not been given it.
    public func given(
        to person: String, as entry: String, of routes: [String], by event: Event, _ incident: Incident?, rotations: [String: Rotation]
    ) -> String? {
        guard event.type == .assignment else { return nil }
        let news = Self.news(event, incident)
        let roles = news.keys.sorted { (Self.weight($0), $0) < (Self.weight($1), $1) }
        func means(_ word: String) -> Bool {
            self.entry(like: word, rotations: rotations).subject == .name(person)
        }
        if let role = roles.first(where: { $0 != "team" && news[$0].map(means) ?? false }) { return role }
        guard routes.contains(RoutingTable.newlyAssigned) else { return nil }
        if news[entry] != nil { return entry }
        if let team = news["team"], isMember(person, of: team) { return "team" }
        return nil
    }

    /// Each role that the event is about, with whom it names.
    private static func news(_ event: Event, _ incident: Incident?) -> [String: String] {
        var news: [String: String] = [:]
        for member in Incident.responsibilities { news[member] = event.incident?.members[member]?.string }
        if let field = event.change.field, let to = event.change.to, news[field] == nil { news[field] = to }
        // Of what a response gave, the change names one.
        if event.source == Event.ownSource, event.change.field != "communication_lead", let incident {
            for member in ["assignee", "team"] { news[member] = incident.text(member) }
            news.merge(incident.course.response?.roles ?? [:]) { first, _ in first }
        }
        return news.filter { !$0.value.isEmpty }
    }

    private static func weight(_ role: String) -> Int {
        switch role {
        case "assignee": 0
        case "communication_lead": 1
        case "team": 3
        default: 2
        }
    }

    /// A team's members, and those of the teams in it.
    private func isMember(_ person: String, of word: String) -> Bool {
        let folded = FoldedWord(word)
        guard let first = teams.keys.sorted().first(where: { $0 == word || folded.equals($0) }) else { return false }
        var seen: Set<String> = [first]
        var waiting = [first]
        while let team = waiting.popLast() {
            for case .name(let name) in (teams[team] ?? []).map(\.subject) {
                if name == person { return true }
                if teams[name] != nil, seen.insert(name).inserted { waiting.append(name) }
            }
        }
        return false
    }
}
