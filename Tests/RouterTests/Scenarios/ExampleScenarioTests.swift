// The examples say the truth, and each of their expectations can fail.

import Foundation
import Testing

import struct Router.Expectation

@testable import Router

/// Where the examples are.
enum Examples {
    static let directory = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "examples/scenarios").path

    /// Those that are quick even where nothing is optimised.
    static let quick: [String] = {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        return names.filter { $0.hasSuffix(".yaml") && $0 != "a-busy-month.yaml" }.sorted()
    }()
}

@Suite struct ExampleScenarioTests {
    @Test func thereAreAtLeastTen() { #expect(Examples.quick.count >= 10) }

    @Test(arguments: Examples.quick) func everyExampleHolds(name: String) throws {
        let (scenario, playing) = try ScenarioPlayer().play(path: "\(Examples.directory)/\(name)").get()
        #expect(!scenario.expectations.isEmpty)
        #expect(playing.failures == [])
    }

    /// Each expectation by itself, in every way in which it can be wrong: each must be noticed, and explained.
    @Test(arguments: Examples.quick) func breakingAnyExpectationIsNoticed(name: String) throws {
        let (scenario, playing) = try ScenarioPlayer().play(path: "\(Examples.directory)/\(name)").get()
        for expectation in scenario.expectations {
            for (how, broken) in Self.broken(expectation, playing.timeline) {
                let failures = playing.timeline.failures(of: [broken])
                #expect(failures.count == 1, "\(expectation.text), \(how)")
                #expect(failures.allSatisfy { !$0.found.isEmpty && $0.place == expectation.place })
            }
        }
    }

    private static func broken(_ expectation: Expectation, _ timeline: Timeline) -> [(String, Expectation)] {
        var all: [(String, Expectation)] = []
        func add(_ how: String, _ change: (inout Expectation) -> Void) {
            var broken = expectation
            change(&broken)
            all.append((how, broken))
        }
        if expectation.amount == .never {
            // What must not happen is not there: expecting it fails.
            add("expected") { $0.amount = .some }
            return all
        }
        add("never") { $0.amount = .never }
        add("once more") { $0.amount = .exactly(timeline.lines.count { expectation.isMet(by: $0) } + 1) }
        add("another recipient") {
            $0.conditions.removeAll { $0.member == .to }
            $0.conditions.append(.init(.to, ["nobody-of-that-name"]))
        }
        if let window = expectation.window {
            // At a moment at which nothing of the kind happens.
            var anytime = expectation
            anytime.window = nil
            let taken = timeline.lines.filter { anytime.isMet(by: $0) }.map(\.at)
            var later = window.upperBound.addingTimeInterval(60)
            while taken.contains(where: { abs($0.timeIntervalSince(later)) < 1 }) { later.addTimeInterval(60) }
            add("later") { $0.window = later...later }
        }
        return all
    }

    @Test func nothingButWhatIsExpectedMayBeSent() throws {
        var (scenario, playing) = try ScenarioPlayer().play(path: "\(Examples.directory)/four-incidents.yaml").get()
        scenario.expectations.removeLast()
        let failures = playing.timeline.failures(of: scenario.expectations, only: scenario.onlyPlace)
        #expect(failures.count == 1)
        #expect(failures.first?.found.first?.contains("CRITICAL") == true)
    }
}
