// What to say where something expected did not happen: what was nearest to it, and in what it differs. Read at night, by
// somebody who wants to know which of the two is wrong.

import Foundation
import Incidents

extension Timeline {
    func nearest(to expectation: Expectation) -> [String] {
        if lines.isEmpty { return ["nothing was sent, held or kept back at all"] }
        var found = absence(of: expectation)
        let ranked = lines.map { (line: $0, differences: expectation.differences(from: $0)) }
        let best = ranked.min { a, b in
            let (left, right) = (a.differences.weight, b.differences.weight)
            return left == right ? a.differences.distance < b.differences.distance : left < right
        }
        if let best, best.differences.weight < 18 || found.isEmpty {
            let differences = best.differences.map { words(for: $0, expectation, best.line) }.joined(separator: "; ")
            found.append("nearest: \(sentence(about: best.line, withRoute: true)): \(differences)")
        }
        return found
    }

    /// Whom or what it never was about, where that says more than what was nearest.
    private func absence(of expectation: Expectation) -> [String] {
        if let incident = expectation[.incident], !lines.contains(where: { Self.isAbout($0, incident) }) {
            let known = Set(lines.flatMap { [$0.incident].compactMap(\.self) }).sorted()
            let others = known.isEmpty ? "" : "; there were \(Self.some(known))"
            return ["nothing was said of \(incident.phrase)\(others)"]
        }
        let about = expectation[.incident]
        let said = lines.filter { line in line.action.leaves && about.map { Self.isAbout(line, $0) } ?? true }
        guard let to = expectation[.to], expectation.actions.contains(where: \.leaves),
            !said.contains(where: { ([$0] + $0.contents).contains { $0.names.contains(where: to.holds) } })
        else { return [] }
        let told = Set(said.map { "\($0.recipient) by \($0.channel)" }).sorted()
        let of = about.map { " of \($0.phrase)" } ?? ""
        return ["nothing\(of) was ever sent to \(to.phrase); \(told.isEmpty ? "nobody was told" : "told were \(Self.some(told))")"]
    }

    private static func isAbout(_ line: TimelineLine, _ incident: Expectation.Condition) -> Bool {
        ([line] + line.contents).contains { incident.holds(for: $0.incident) }
    }

    private static func some(_ names: [String]) -> String {
        names.prefix(shown).joined(separator: ", ") + (names.count > shown ? " and \(names.count - shown) more" : "")
    }

    private func words(for difference: Expectation.Difference, _ expectation: Expectation, _ line: TimelineLine) -> String {
        switch difference {
        case .time(let distance):
            return "\(ScenarioTime.text(abs(distance)).dropFirst()) too \(distance < 0 ? "early" : "late")"
        case .action:
            let expected = TimelineLine.Action.allCases.filter(expectation.actions.contains).map(\.past)
            return "it was \(line.action.past), not \(expected.joined(separator: " or "))"
        case .member(let member):
            let expected = expectation[member]?.phrase ?? ""
            switch member {
            case .incident: return "about \(line.incident ?? "no incident"), not \(expected)"
            case .to: return "to \(line.recipient), not \(expected)"
            case .route: return "because of \(line.routes.joined(separator: ", ")), not \(expected)"
            case .reason: return "its reason is \(line.reason.map { "\"\($0)\"" } ?? "not given"), not \"\(expected)\""
            case .type: return "its type is \(line.type), not \(expected)"
            case .channel: return "by \(line.channel), not \(expected)"
            case .address: return "to the address \(line.address), not \(expected)"
            case .template: return "with the template \(line.template), not \(expected)"
            case .severity: return "its severity is \(line.severity ?? "not known"), not \(expected)"
            case .event: return "its event is \(line.event), not \(expected)"
            }
        }
    }
}

extension [Expectation.Difference] {
    /// Seconds from the window, whichever side.
    fileprivate var distance: TimeInterval {
        for case .time(let distance) in self { return abs(distance) }
        return 0
    }
}
