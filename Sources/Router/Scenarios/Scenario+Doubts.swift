// Expectations that can mean nothing: with `never` and a slip of the pen one would hold for ever, and prove nothing; any
// other fails, and the slip is the reason.

import Foundation
import Incidents
import Routing
import Settings

extension Scenario {
    /// What came of it, held against what was expected, by a configuration.
    func failures(in timeline: Timeline, by configuration: RouterConfiguration) -> [ScenarioFailure] {
        var failures = timeline.failures(of: expectations, only: isOnly ? onlyPlace : nil)
        for expectation in expectations {
            let doubts = doubts(about: expectation, configuration)
            if doubts.isEmpty { continue }
            if let index = failures.firstIndex(where: { $0.place == expectation.place }) {
                failures[index].found = doubts + failures[index].found
            } else if expectation.amount == .never {
                let expected = "not expected, and that could never fail: \(expectation.text)"
                failures.append(ScenarioFailure(place: expectation.place, expected: expected, found: doubts))
            }
        }
        return failures.sorted { ($0.place.line, $0.place.column) < ($1.place.line, $1.place.column) }
    }

    /// Names that this configuration cannot produce, and moments that are not played.
    private func doubts(about expectation: Expectation, _ configuration: RouterConfiguration) -> [String] {
        var doubts: [String] = []
        for condition in expectation.conditions {
            guard let names = names(for: condition.member, configuration) else { continue }
            for word in condition.words where !Self.mayMean(word, among: names) {
                let what =
                    switch condition.member {
                    case .to: "neither a person, a team, a channel nor a role of \(config)"
                    case .type: "no type of event"
                    default: "no \(condition.member.rawValue) of \(config)"
                    }
                doubts.append("`\(word)` is \(what)\(Suggestion.clause(for: word, among: names))")
            }
        }
        if let window = expectation.window, window.lowerBound > until {
            doubts.append("the scenario ends before that, at \(ScenarioTime.text(until.timeIntervalSince(start))) (`until`)")
        }
        return doubts
    }

    /// Nil: it can be anything.
    private func names(for member: Expectation.Member, _ configuration: RouterConfiguration) -> [String]? {
        let directory = configuration.table.directory
        let channels = configuration.channels.map(\.name)
        switch member {
        case .to:
            let roles = ["assignee", "team", "reporter", "communication_lead", "subscribers"]
            return directory.people.keys.sorted() + directory.teams.keys.sorted() + channels + roles
        case .channel: return channels
        case .severity: return configuration.scale.steps.map(\.name)
        case .type: return EventType.allCases.map(\.rawValue)
        case .incident, .address, .route, .template, .event, .reason: return nil
        }
    }

    /// Addresses and patterns can be anything.
    private static func mayMean(_ word: String, among names: [String]) -> Bool {
        if word.contains(where: { "*:@+#".contains($0) }) { return true }
        return names.contains { Glob.matches(word, $0) || Glob.matches(word.components(separatedBy: " via ")[0], $0) }
    }
}
