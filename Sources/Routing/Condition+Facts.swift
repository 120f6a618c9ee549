// Whether a condition holds, and what was found instead. Nothing is compiled or lowered here: that was done once.

import Foundation
import Incidents

extension Condition {
    /// Whether the condition holds. What is absent fails every value but negated ones.
    public func holds(_ facts: MatchFacts) -> Bool {
        switch subject {
        case .severity:
            guard let severity = facts.severity else { return wanted.isEmpty }
            return decide {
                if case .severities(let meant) = $0 { return meant.indices.contains(severity.rank) && meant[severity.rank] }
                return false
            }
        case .age:
            guard let age = MatchMember.age(facts) else { return wanted.isEmpty }
            return decide {
                if case .age(let comparison, let seconds) = $0 { return comparison.holds(age, seconds) }
                return false
            }
        default:
            guard let text = subject.text(facts) else { return wanted.isEmpty }
            return decide { $0.holds(text) }
        }
    }

    func decide(_ test: (ValueTest) -> Bool) -> Bool {
        if unwanted.contains(where: test) { return false }
        return wanted.isEmpty || wanted.contains(where: test)
    }

    /// What the event has there, in words: `severity is medium`, `service is not set`, `sla is ok (resolve breaches in 2h)`.
    public func found(_ facts: MatchFacts) -> String {
        let text = subject.text(facts).map { "is \(quoted($0))" } ?? "is not set"
        let more = subject.remark(facts).map { " (\($0))" } ?? ""
        return "\(member) \(text)\(more)"
    }
}

extension Condition {
    /// What the event has there; nil: nothing.
    func value(_ facts: MatchFacts) -> String? { subject.text(facts) }
}

extension ValueTest {
    func holds(_ text: String) -> Bool {
        switch self {
        case .word(let word): word.equals(text)
        case .anyWord(let words):
            words.contains { $0.equals(text) }
        case .pattern(let pattern): pattern.matches(text)
        case .severities, .age: false
        }
    }
}
