// Silences, with their matches compiled once for as long as they stand as they are. One that cannot be compiled (a severity
// that is gone, a bad pattern) matches nothing, and hurts no other. Subscriptions, which are many, have a book of their own.

import Foundation
import Incidents
import JSON
import Synchronization

/// What stands, with its matches.
final class CompiledStanding<Element: Sendable & Equatable>: Sendable {
    let source: Standing<Element>
    /// Of the element at the same place; nil where it cannot be understood.
    let matches: [Match?]
    /// By place: why a match cannot be understood.
    let problems: [Int: String]
    /// The conditions on the incident alone, of the element at the same place.
    let incidentMatches: [Match?]
    private let index: MatchIndex
    private let incidentIndex: MatchIndex

    init(_ source: Standing<Element>, scale: SeverityScale, match: (Element) -> [String: JSONValue]) {
        var known: [[String: JSONValue]: Result<Match, MatchError>] = [:]
        var matches: [Match?] = []
        var problems: [Int: String] = [:]
        for (place, element) in source.elements.enumerated() {
            let members = match(element)
            let result = known[members] ?? Result { () throws(MatchError) in try Match.match(from: members, scale: scale) }
            known[members] = result
            switch result {
            case .success(let match): matches.append(match)
            case .failure(let error):
                matches.append(nil)
                problems[place] = error.message
            }
        }
        let reduced = matches.map { $0?.onIncident }
        let differs = zip(matches, reduced).contains { $0?.conditions.count != $1?.conditions.count }
        self.source = source
        self.matches = matches
        self.problems = problems
        incidentMatches = reduced
        index = MatchIndex(matches.map { $0 ?? Match() })
        incidentIndex = differs ? MatchIndex(reduced.map { $0 ?? Match() }) : index
    }

    /// The elements whose match holds, in their order.
    func matching(_ facts: MatchFacts) -> [Element] { holding(matches, index, facts) }

    /// The elements whose match fits the incident, whatever has happened to it: what they say of the event itself does
    /// not count.
    func fitting(_ facts: MatchFacts) -> [Element] { holding(incidentMatches, incidentIndex, facts) }

    private func holding(_ matches: [Match?], _ index: MatchIndex, _ facts: MatchFacts) -> [Element] {
        index.candidates(facts).compactMap { place in
            matches[place].map { $0.holds(facts) } ?? false ? source.elements[place] : nil
        }
    }
}

/// What was compiled last. Shared by the copies of a table.
final class StandingIndex: Sendable {
    private struct Known: Sendable {
        var silences: CompiledStanding<Silence>?
    }

    private let known = Mutex(Known())

    func silences(_ standing: Standing<Silence>, scale: SeverityScale) -> CompiledStanding<Silence> {
        if let compiled = known.withLock({ $0.silences }), compiled.isOf(standing) { return compiled }
        let compiled = CompiledStanding(standing, scale: scale, match: \.match)
        known.withLock { $0.silences = compiled }
        return compiled
    }
}

extension CompiledStanding {
    /// Revisions of two ledgers may be the same: the elements decide. They are compared in no time where they are the
    /// same array.
    fileprivate func isOf(_ standing: Standing<Element>) -> Bool {
        source.revision == standing.revision && source.elements == standing.elements
    }
}
