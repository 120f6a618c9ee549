// Tests over cases that chance makes: from fixed seeds, and what fails is made smaller for as long as it still fails.

import Testing

/// Draws cases and judges them.
struct CounterExample<Case> {
    /// The seed that made it; with it, the case comes again.
    var seed: UInt64
    var smallest: Case
    var reason: String

    /// The first case that fails, made as small as it gets; nil where none fails.
    /// - Parameters:
    ///   - smaller: variants of a case that are simpler in one respect, the boldest first.
    ///   - failure: what is wrong with a case; nil where nothing is.
    static func find(
        seeds: some Sequence<UInt64>, _ draw: (inout Chance) -> Case, smaller: (Case) -> [Case], failure: (Case) -> String?
    ) -> CounterExample? {
        for seed in seeds {
            var chance = Chance(seed: seed)
            let drawn = draw(&chance)
            guard var reason = failure(drawn) else { continue }
            var smallest = drawn
            var tries = 300
            search: while tries > 0 {
                for candidate in smaller(smallest) {
                    tries -= 1
                    guard let again = failure(candidate) else { continue }
                    (smallest, reason) = (candidate, again)
                    continue search
                }
                break
            }
            return CounterExample(seed: seed, smallest: smallest, reason: reason)
        }
        return nil
    }
}

/// Fails with the seed and the smallest case.
func expectNone<Case>(_ found: CounterExample<Case>?, sourceLocation: SourceLocation = #_sourceLocation) {
    guard let found else { return }
    Issue.record("seed \(found.seed): \(found.smallest): \(found.reason)", sourceLocation: sourceLocation)
}

@Suite struct CounterExampleTests {
    /// The search itself: the smallest number from 17 on is 17.
    @Test func makesSmaller() throws {
        let found = CounterExample<Int>.find(
            seeds: 1...20, { $0.next(100_000) }, smaller: { [$0 / 2, $0 - 1].filter { $0 >= 0 } },
            failure: { $0 >= 17 ? "too large" : nil })
        #expect(found?.smallest == 17)
        #expect(CounterExample<Int>.find(seeds: 1...20, { $0.next(10) }, smaller: { _ in [] }, failure: { _ in nil }) == nil)
    }
}

extension CounterExample: Equatable where Case: Equatable {}
