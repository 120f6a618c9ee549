// Which silence keeps the messages of an event back.

import Foundation
import Incidents

extension RoutingTable {
    /// The active silence that matches; of several, the one that lasts longest, so that it is also the last to end.
    func silence(_ facts: MatchFacts, _ surroundings: any Surroundings) throws -> Silence? {
        let silences = try surroundings.silences
        if silences.elements.isEmpty { return nil }
        return standing.silences(silences, scale: scale).matching(facts).filter { $0.isActive(at: facts.now) }
            .max { ($0.until, $1.id) < ($1.until, $0.id) }
    }
}

extension Holds {
    /// `silence x1 of service-owner until 06:00 UTC: maintenance`.
    func suppression(by silence: Silence) -> Suppression {
        var reason = "silence \(quoted(silence.id))"
        if let by = silence.by { reason += " of \(quoted(by))" }
        reason += " until \(moment(silence.until))"
        if let why = silence.reason { reason += ": \(quoted(why))" }
        return Suppression(reason: reason, silence: silence.id)
    }

    /// One for each silence that has not ended, for `explain`.
    func silenceVerdicts() throws -> [SilenceVerdict] {
        let silences = try surroundings.silences
        if silences.elements.isEmpty { return [] }
        let compiled = table.standing.silences(silences, scale: table.scale)
        return silences.elements.indices.map { place in
            SilenceVerdict(silence: silences.elements[place].id, result: verdict(of: place, in: compiled))
        }
    }

    private func verdict(of place: Int, in compiled: CompiledStanding<Silence>) -> RouteVerdict.Result {
        let silence = compiled.source.elements[place]
        guard let match = compiled.matches[place] else {
            return .failed(condition: "match", found: "it cannot be understood: \(compiled.problems[place] ?? "")")
        }
        if silence.endedAt != nil || silence.until <= now {
            return .failed(condition: "until: \(moment(silence.until))", found: "it has ended")
        }
        if now < silence.from { return .failed(condition: "from: \(moment(silence.from))", found: "it has not begun") }
        if let condition = match.firstFailure(facts) {
            return .failed(condition: condition.text, found: condition.found(facts))
        }
        return .matched
    }
}
