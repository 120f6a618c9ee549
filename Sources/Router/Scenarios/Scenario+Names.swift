// Names in expectations that routes.yaml does not have: an expectation with `never` and a slip of the pen would hold for
// ever, and prove nothing.

import Configuration
import Foundation
import Incidents
import Routing

extension Scenario {
    /// Errors for names of recipients, channels and routes that this configuration cannot produce.
    func misnomers(in configuration: RouterConfiguration) -> [Diagnostic] {
        let directory = configuration.table.directory
        let roles = ["assignee", "team", "reporter", "communication_lead", "subscribers"]
        let channels = configuration.channels.map(\.name)
        let known: [Expectation.Member: [String]] = [
            .to: Array(directory.people.keys) + Array(directory.teams.keys) + channels + roles, .channel: channels,
            .severity: configuration.scale.steps.map(\.name),
        ]
        var diagnostics: [Diagnostic] = []
        for expectation in expectations {
            for condition in expectation.conditions {
                guard let names = known[condition.member] else { continue }
                for word in condition.words where !Self.mayMean(word, among: names) {
                    let what =
                        condition.member == .to ? "neither a person, a team, a channel nor a role" : "no \(condition.member.rawValue)"
                    diagnostics.append(
                        Diagnostic(
                            severity: .error, file: file, line: expectation.place.line, column: expectation.place.column,
                            message: "`\(word)` is \(what) of \(config)\(Suggestion.clause(for: word, among: names))"))
                }
            }
        }
        return diagnostics
    }

    /// Addresses and patterns can be anything.
    private static func mayMean(_ word: String, among names: [String]) -> Bool {
        if word.contains(where: { "*:@+".contains($0) }) { return true }
        return names.contains { Glob.matches(word, $0) || Glob.matches(word.components(separatedBy: " via ")[0], $0) }
    }
}
