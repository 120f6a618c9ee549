// When an expectation is met, and what is said where it is not.

import Foundation
import Testing

import struct Router.Expectation

@testable import Router

@Suite struct ExpectationTests {
    let start = Date(timeIntervalSince1970: 1_767_603_600)
    let place = ScenarioPlace(file: "night.yaml", line: 7, column: 5)

    func line(
        _ minutes: Double = 20, _ action: TimelineLine.Action = .send, incident: String? = "INC1", type: String = "escalation",
        routes: [String] = ["escalation.default step 1"], to: String = "second-engineer", for entry: String = "level-2 via sms",
        channel: String = "sms", template: String = "escalation", reason: String? = nil, until: Double? = nil,
        contents: [TimelineLine] = []
    ) -> TimelineLine {
        TimelineLine(
            at: start.addingTimeInterval(minutes * 60), action: action, id: 1, incident: incident, event: "e1", type: type,
            severity: "high", routes: routes, recipient: to, for: entry, channel: channel, address: "+447700900456", template: template,
            reason: reason, until: until.map { start.addingTimeInterval($0 * 60) }, contains: contents.map(\.id), contents: contents)
    }

    func expectation(
        at minutes: ClosedRange<Double>? = nil, _ conditions: [Expectation.Member: [String]] = [:],
        actions: Set<TimelineLine.Action> = [.send, .release], amount: Expectation.Amount = .some
    ) -> Expectation {
        let window = minutes.map { start.addingTimeInterval($0.lowerBound * 60)...start.addingTimeInterval($0.upperBound * 60) }
        return Expectation(
            place: place, text: "{as written}", window: window,
            conditions: conditions.sorted { $0.key.rawValue < $1.key.rawValue }.map { .init($0.key, $0.value) }, actions: actions,
            amount: amount)
    }

    func found(_ expectation: Expectation, _ lines: [TimelineLine]) -> String {
        let failures = Timeline(start: start, lines: lines).failures(of: [expectation])
        #expect(failures.count == 1)
        return failures.first.map { ([$0.expected] + $0.found).joined(separator: "\n") } ?? ""
    }

    func holds(_ expectation: Expectation, _ lines: [TimelineLine]) -> Bool {
        Timeline(start: start, lines: lines).failures(of: [expectation]).isEmpty
    }

    @Test(arguments: ["second-engineer", "level-2", "level-2 via sms", "sms:+447700900456", "LEVEL-2", "level-*"])
    func aRecipientHasSeveralNames(name: String) { #expect(holds(expectation([.to: [name]]), [line()])) }

    @Test func theMomentIsExactToHalfASecond() {
        #expect(holds(expectation(at: 20...20), [line(20.008)]))
        #expect(!holds(expectation(at: 20...20), [line(20.01)]))
        #expect(holds(expectation(at: 20...25), [line(25)]))
        #expect(!holds(expectation(at: 20...25), [line(26)]))
    }

    @Test func anyOfSeveralWordsIsEnough() {
        #expect(holds(expectation([.type: ["sla_breach", "escalation"]]), [line()]))
        #expect(!holds(expectation([.type: ["sla_*"]]), [line()]))
    }

    @Test func aDigestIsWhatItHolds() {
        let digest = line(
            480, .release, incident: nil, to: "duty", for: "duty", template: "digest",
            contents: [line(1, .hold, incident: "A", type: "update"), line(2, .hold, incident: "B")])
        #expect(holds(expectation([.incident: ["A"], .template: ["digest"], .to: ["duty"]]), [digest]))
        #expect(holds(expectation([.incident: ["B"], .type: ["escalation"]]), [digest]))
        #expect(!holds(expectation([.incident: ["B"], .type: ["update"]]), [digest]), "not the one's incident and the other's type")
    }

    @Test func onlyWhatLeavesCountsUnlessAskedFor() {
        let held = line(20, .hold, reason: "quiet hours of duty until 07:00", until: 480)
        #expect(!holds(expectation(at: 20...20), [held]))
        #expect(holds(expectation(at: 20...20, [.reason: ["quiet hours*"]], actions: [.hold]), [held]))
    }

    @Test func counting() {
        #expect(holds(expectation(amount: .exactly(2)), [line(), line()]))
        #expect(found(expectation(amount: .exactly(2)), [line()]).contains("expected twice: {as written}\nit happened once:"))
    }

    @Test func tooLate() {
        #expect(
            found(expectation(at: 20...20, [.to: ["level-2"], .incident: ["INC1"]]), [line(25)]) == """
                expected {as written}
                nearest: +25m escalation of INC1 sent to second-engineer (for level-2 via sms) by sms (route escalation.default step 1): \
                5m too late
                """)
        #expect(found(expectation(at: 20...22), [line(18)]).contains("2m too early"))
    }

    @Test func somebodyElseWasTold() {
        let text = found(expectation(at: 20...20, [.to: ["management"], .incident: ["INC1"]]), [line()])
        #expect(text.contains("nothing of INC1 was ever sent to management; told were second-engineer by sms"))
        #expect(text.contains("to second-engineer, not management"))
    }

    @Test func itWasHeld() {
        let text = found(expectation(at: 20...20, [.incident: ["INC1"]]), [line(20, .hold, reason: "quiet hours of duty", until: 480)])
        #expect(text.contains("held for second-engineer (for level-2 via sms) by sms until +8h (quiet hours of duty"))
        #expect(text.contains("it was held, not sent or released"))
    }

    @Test func theIncidentWasNeverHeardOf() {
        #expect(found(expectation([.incident: ["INC7"]]), [line()]).contains("nothing was said of INC7; there were INC1"))
    }

    @Test func nothingHappenedAtAll() {
        #expect(found(expectation(), []).contains("nothing was sent, held or kept back at all"))
    }

    @Test func whatMustNotHappenSaysWhatDidAndWhy() {
        let text = found(expectation([.type: ["escalation"]], amount: .never), [line(), line(25), line(18, type: "update")])
        #expect(text.hasPrefix("not expected: {as written}\nit happened twice:\n  +20m escalation of INC1 sent to second-engineer"))
        #expect(text.contains("route escalation.default step 1"))
    }

    @Test func nothingElse() {
        let timeline = Timeline(start: start, lines: [line(), line(21, type: "update"), line(22, .hold)])
        let failures = timeline.failures(of: [expectation([.type: ["escalation"]])], only: place)
        #expect(failures.map(\.found.count) == [1], "what is held is not sent")
        #expect(failures.first?.expected.contains("only: true") == true)
    }

    @Test(arguments: [
        ("*", "", true), ("a*", "abc", true), ("*c", "abc", true), ("a*b*c", "axxbyyc", true), ("a*b", "abc", false), ("ABC", "abc", true),
        ("**", "x", true), ("", "x", false), ("a*a", "a", false),
    ])
    func globs(pattern: String, text: String, matches: Bool) { #expect(Glob.matches(pattern, text) == matches) }
}
