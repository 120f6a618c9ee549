// The example files load without a word, and say what their comments say.

import Foundation
import Routing
import Settings
import Testing

@Suite struct ExampleTests {
    private let secrets = [
        "SLACK_WEBHOOK": "https://hooks.slack.com/services/x", "TEAMS_WEBHOOK": "https://teams.example.com/x", "SMTP_PASSWORD": "x",
        "TWILIO_TOKEN": "x",
    ]

    private func load(_ name: String) -> LoadResult {
        ConfigurationLoader.load(path: Place.root.appending(path: "examples/\(name)").path, environment: secrets)
    }

    @Test(arguments: ["routes.yaml", "demo/routes.yaml"]) func spotless(name: String) {
        let result = load(name)
        #expect(result.lines == [])
        #expect(result.configuration != nil)
    }

    /// Nobody may be overtaken by somebody whose incident is less urgent.
    @Test func theMoreUrgentTheSooner() throws {
        let table = try #require(load("routes.yaml").configuration).table
        let policy = try #require(table.rules.policies.first)
        #expect(policy.steps.count == 2)
        for step in policy.steps {
            let times = step.after.sorted { $0.key < $1.key }.map(\.value)
            #expect(times == times.sorted() && Set(times).count == times.count)
        }
        #expect(policy.steps.first?.after.count == table.scale.all.count, "every severity gets to the second line")
    }

    /// By the time the second line hears, the promise to acknowledge is broken, and not long before.
    @Test func stepsFitThePromises() throws {
        let rules = try #require(load("routes.yaml").configuration).table.rules
        for rank in 0...1 { #expect(rules.policies.first?.steps.first?.after[rank] == rules.sla[rank]?.acknowledge) }
    }

    /// The report goes out before the clock of `update` warns.
    @Test func reportsKeepThePromiseOfUpdates() throws {
        let rules = try #require(load("routes.yaml").configuration).table.rules
        let promise = try #require(rules.sla[0])
        #expect(try #require(rules.reports[0]).every < (try #require(promise.update)) * promise.warnAt)
    }

    /// Everything that time does is in it.
    @Test func itShowsEverything() throws {
        let table = try #require(load("routes.yaml").configuration).table
        let rules = table.rules
        #expect(rules.sla.count == 4 && rules.reports.count == 1 && rules.flap != nil && !rules.dependencies.isEmpty)
        #expect(rules.sla.values.contains { $0.calendar != nil } && rules.policies.first?.repetition != nil)
        #expect(table.directory.people.values.contains { $0.quietHours != nil })
        #expect(table.routes.contains { $0.group != nil } && table.routes.contains { $0.throttle != nil })
        #expect(table.routes.contains { $0.repeatEvery != nil })
    }

    /// The policy in its comment: the thresholds of the document that this came from.
    @Test func theOriginalThresholdsAreExpressible() throws {
        let file = try String(contentsOf: Place.root.appending(path: "examples/routes.yaml"), encoding: .utf8)
        let lines = file.split(separator: "\n", omittingEmptySubsequences: false)
        let start = try #require(lines.firstIndex { $0.hasPrefix("#   escalation:") })
        let commented = lines[start...].prefix { $0.hasPrefix("#   ") }.map { String($0.dropFirst(4)) }
        let cut = try #require(lines.firstIndex(of: "escalation:"))
        let rest = try #require(lines[cut...].firstIndex { $0.hasPrefix("status_reports:") })
        let text = (lines[..<start] + commented.map { $0[...] } + lines[rest...]).joined(separator: "\n")
        let directory = try TemporaryDirectory()
        let path = try directory.write("routes.yaml", text)
        let result = ConfigurationLoader.load(path: path, environment: secrets)
        #expect(result.lines == [])
        let steps = try #require(result.configuration).table.rules.policies.flatMap(\.steps)
        #expect(steps.map(\.after) == [[0: 2_400, 1: 1_800, 2: 1_200, 3: 600]])
    }
}
