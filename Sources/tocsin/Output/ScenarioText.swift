// What came of a scenario, for people and for programs.

import Foundation
import Incidents
import JSON
import Router
import Settings

enum ScenarioText {
    /// Lines of one failure that people are shown.
    static let shown = 20

    static func show(_ scenario: Scenario, _ playing: Playing, took: Duration, timeline: Bool, json: Bool) {
        if json {
            if timeline {
                for line in playing.timeline.lines { Terminal.say(playing.timeline.json(line).text) }
            }
            Terminal.say(verdict(scenario, playing).text)
            return
        }
        if timeline { TimelineText.show(playing.timeline, title: scenario.file) }
        let isGood = playing.failures.isEmpty
        let file = Terminal.clean(scenario.file)
        let span = DurationText.text(scenario.until.timeIntervalSince(min(scenario.start, scenario.events.first?.at ?? scenario.start)))
        let figures = [
            count(scenario.expectations.count, "expectation"), count(playing.timeline.messages, "message"), "\(span) in \(duration(took))",
        ]
        let mark = isGood ? Terminal.coloured("ok", .green) + "      " : Terminal.coloured("FAILED", .red) + "  "
        Terminal.say("\(mark)\(file) (\(figures.joined(separator: ", ")))")
        for failure in playing.failures {
            Terminal.say("  \(Terminal.clean("\(failure.place): \(failure.expected)"))")
            for line in failure.found.prefix(shown) { Terminal.say("    " + Terminal.clean(line)) }
            if failure.found.count > shown { Terminal.say("    … and \(failure.found.count - shown) more; --timeline shows all") }
        }
    }

    /// The last line of a scenario under `--json`.
    static func verdict(_ scenario: Scenario, _ playing: Playing) -> JSONValue {
        let failures = playing.failures.map { failure -> JSONValue in
            [
                "line": .integer(failure.place.line), "column": .integer(failure.place.column), "expected": .string(failure.expected),
                "found": .array(failure.found.map(JSONValue.string)),
            ]
        }
        return [
            "scenario": .string(scenario.file), "ok": .bool(failures.isEmpty), "expectations": .integer(scenario.expectations.count),
            "messages": .integer(playing.timeline.messages), "failures": .array(failures),
        ]
    }

    /// A scenario that could not be played: why on standard error, that on standard output.
    static func show(_ fault: UnplayableScenario, of file: String, json: Bool) {
        for diagnostic in fault.diagnostics { Terminal.complain(Terminal.clean("\(diagnostic)"), prefix: "") }
        if json {
            let errors = fault.diagnostics.map { JSONValue.string("\($0)") }
            let line: JSONValue = ["scenario": .string(file), "ok": false, "failures": [], "errors": .array(errors)]
            Terminal.say(line.text)
        } else {
            Terminal.say(Terminal.coloured("ERROR", .red) + "   \(Terminal.clean(file)) could not be played")
        }
    }

    /// `3 ms`, `2.1 s`.
    static func duration(_ duration: Duration) -> String {
        let seconds = Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
        return seconds < 1 ? "\(Int((seconds * 1_000).rounded(.up))) ms" : String(format: "%.1f s", seconds)
    }

    private static func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }
}
