// Who gains and who loses, for people and for programs.

import Foundation
import Incidents
import JSON
import Router
import Settings

enum ComparisonText {
    static func show(_ comparison: Comparison, titles: [String: String], json: Bool) throws {
        if json {
            for difference in comparison.recipients { Terminal.say(line(difference, titles).text) }
            Terminal.say(summary(comparison).text)
        } else {
            print(comparison, titles)
        }
    }

    // MARK: For people

    private static func print(_ comparison: Comparison, _ titles: [String: String]) {
        let span = DurationText.text((comparison.until.timeIntervalSince(comparison.since) / 60).rounded() * 60)
        Terminal.say(
            "\(span): \(count(comparison.events, "event")) of \(count(comparison.incidents, "incident")); "
                + "\(count(comparison.before, "message")) by the old rules, \(comparison.after) by the new ones")
        if comparison.rejectedAfter != comparison.rejectedBefore {
            Terminal.say(
                Terminal.clean(
                    "\(count(comparison.rejectedAfter, "event")) would not be accepted (before: \(comparison.rejectedBefore)): "
                        + (comparison.rejection ?? "")))
        }
        if comparison.recipients.isEmpty {
            Terminal.say(
                comparison.events == 0 ? "Nothing was recorded in that time: there is nothing to compare." : "Nobody would notice.")
            return
        }
        for difference in comparison.recipients {
            Terminal.say("")
            Terminal.say(Terminal.coloured(Terminal.clean(difference.recipient), .bold))
            show("loses", .red, difference.lost, titles)
            show("gains", .green, difference.gained, titles)
            for (move, times) in difference.moved.sorted(by: { ($1.value, $0.key.from) < ($0.value, $1.key.from) }) {
                Terminal.say(Terminal.clean("  \(count(times, "message")) by \(move.to) instead of \(move.from)"))
            }
        }
    }

    private static func show(_ verb: String, _ colour: Terminal.Colour, _ change: NoticeChange, _ titles: [String: String]) {
        if change.count == 0 { return }
        let kinds = change.byType.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "\($0.value) \($0.key)" }
        let grave = change.bySeverity.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "\($0.value) \($0.key)" }
        Terminal.say(
            "  " + Terminal.coloured("\(verb) \(count(change.count, "message"))", colour)
                + Terminal.clean(": \(kinds.joined(separator: ", ")) (\(grave.joined(separator: ", ")))"))
        for example in change.examples {
            let title = example.incident.flatMap { titles[$0] }.map { " \"\($0.prefix(60))\"" } ?? ""
            let what = [example.incident, example.severity].compactMap(\.self).joined(separator: " ")
            Terminal.say(
                Terminal.clean(
                    "    \(what.isEmpty ? "no incident" : what)\(title), \(example.type), \(Moment.short(example.at)), by \(example.way)"))
        }
        let more = change.count - change.examples.count
        if more > 0 { Terminal.say("    … and \(more) more") }
    }

    private static func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }

    // MARK: For programs

    /// `recipient`, `lost` and `gained` (`count`, `critical`, `by_type`, `by_severity`, `examples`), `moved`.
    private static func line(_ difference: RecipientDifference, _ titles: [String: String]) -> JSONValue {
        [
            "recipient": .string(difference.recipient), "lost": value(difference.lost, titles), "gained": value(difference.gained, titles),
            "moved": .array(
                difference.moved.sorted { ($0.key.from, $0.key.to) < ($1.key.from, $1.key.to) }.map { move, times in
                    ["from": .string(move.from), "to": .string(move.to), "count": .integer(times)]
                }),
        ]
    }

    private static func value(_ change: NoticeChange, _ titles: [String: String]) -> JSONValue {
        [
            "count": .integer(change.count), "critical": .integer(change.critical),
            "by_type": .object(change.byType.mapValues(JSONValue.integer)),
            "by_severity": .object(change.bySeverity.mapValues(JSONValue.integer)),
            "examples": .array(
                change.examples.map { example in
                    [
                        "incident": example.incident.map(JSONValue.string) ?? .null,
                        "title": example.incident.flatMap { titles[$0] }.map(JSONValue.string) ?? .null, "type": .string(example.type),
                        "severity": example.severity.map(JSONValue.string) ?? .null, "at": .string(Timestamp.format(example.at)),
                        "way": .string(example.way),
                    ]
                }),
        ]
    }

    private static func summary(_ comparison: Comparison) -> JSONValue {
        [
            "since": .string(Timestamp.format(comparison.since)), "until": .string(Timestamp.format(comparison.until)),
            "events": .integer(comparison.events), "incidents": .integer(comparison.incidents),
            "messages_before": .integer(comparison.before), "messages_after": .integer(comparison.after),
            "rejected_before": .integer(comparison.rejectedBefore), "rejected_after": .integer(comparison.rejectedAfter),
            "loses_critical": .bool(comparison.losesCritical),
        ]
    }
}
