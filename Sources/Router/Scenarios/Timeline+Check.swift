// A timeline held against what was expected of it. Pure.

import Foundation

/// Something that was expected and did not happen, or happened and should not have.
public struct ScenarioFailure: Sendable, Equatable {
    public var place: ScenarioPlace
    /// What was expected, in words.
    public var expected: String
    /// What happened instead, a line each.
    public var found: [String]

    public init(place: ScenarioPlace, expected: String, found: [String]) {
        self.place = place
        self.expected = expected
        self.found = found
    }
}

extension Timeline {
    /// Lines that a failure shows of many.
    static let shown = 5

    /// What was not as expected; empty: all is well.
    ///
    /// - Parameter only: where `only: true` stands, in a scenario that says so.
    public func failures(of expectations: [Expectation], only: ScenarioPlace? = nil) -> [ScenarioFailure] {
        var failures: [ScenarioFailure] = []
        var expected = [Bool](repeating: false, count: lines.count)
        for expectation in expectations {
            let met = lines.indices.filter { expectation.isMet(by: lines[$0]) }
            if expectation.amount != .never { for index in met { expected[index] = true } }
            if let failure = failure(of: expectation, met: met.map { lines[$0] }) { failures.append(failure) }
        }
        guard let only else { return failures }
        let surplus = lines.indices.filter { lines[$0].action.leaves && !expected[$0] }.map { lines[$0] }
        if !surplus.isEmpty {
            let what = surplus.count == 1 ? "this was sent as well" : "these \(surplus.count) were sent as well"
            failures.append(
                ScenarioFailure(
                    place: only, expected: "nothing but what is expected may be sent (`only: true`), and \(what)",
                    found: surplus.map { sentence(about: $0, withRoute: true) }))
        }
        return failures
    }

    private func failure(of expectation: Expectation, met: [TimelineLine]) -> ScenarioFailure? {
        let found: [String]
        let expected: String
        switch expectation.amount {
        case .some where met.isEmpty:
            (expected, found) = ("expected \(expectation.text)", nearest(to: expectation))
        case .never where !met.isEmpty:
            (expected, found) = ("not expected: \(expectation.text)", happened(met))
        case .exactly(let count) where met.count != count:
            let wished = "expected \(Self.times(count)): \(expectation.text)"
            (expected, found) = (wished, met.isEmpty ? nearest(to: expectation) : happened(met))
        default: return nil
        }
        return ScenarioFailure(place: expectation.place, expected: expected, found: found)
    }

    private func happened(_ met: [TimelineLine]) -> [String] {
        let rest = met.count > Self.shown ? ["… and \(met.count - Self.shown) more"] : []
        return ["it happened \(Self.times(met.count)):"] + met.prefix(Self.shown).map { "  " + sentence(about: $0, withRoute: true) } + rest
    }

    private static func times(_ count: Int) -> String { count == 1 ? "once" : count == 2 ? "twice" : "\(count) times" }
}
