// `expect` of a scenario: conditions, and how often what meets them should happen.

import Foundation
import Incidents
import Settings

extension ScenarioReader {
    private static let members =
        ["at", "within", "action", "never", "count"] + Expectation.Member.allCases.map(\.rawValue)

    mutating func expectations(_ value: YAMLValue) -> [Expectation] {
        guard let entries = value.list else {
            error("`expect` is a list, and this is \(value.kind)", at: value)
            return []
        }
        return entries.compactMap { expectation($0) }
    }

    private mutating func expectation(_ entry: YAMLValue) -> Expectation? {
        guard let members = map(entry, "an expectation", known: Self.members) else { return nil }
        let window = window(members)
        var conditions: [Expectation.Condition] = []
        for member in Expectation.Member.allCases {
            guard let value = members[member.rawValue], let words = words(value, member.rawValue) else { continue }
            conditions.append(Expectation.Condition(member, words))
        }
        return Expectation(
            place: place(entry), text: entry.flow, window: window, conditions: conditions,
            actions: members["action"].map { actions($0) } ?? [.send, .release], amount: amount(members, at: entry))
    }

    private mutating func window(_ members: [String: YAMLValue]) -> ClosedRange<Date>? {
        var window: ClosedRange<Date>?
        if let value = members["at"] {
            window = value.text.flatMap { ScenarioTime.window($0, from: start) }
            if window == nil {
                error("`at` is an offset like `+20m`, a time like 2026-01-05T09:20:00Z, or two of them: `+20m..+25m`", at: value)
                return nil
            }
        }
        guard let value = members["within"] else { return window }
        let written = value.text ?? ""
        guard let length = DurationText.parse(written.hasPrefix("+") ? String(written.dropFirst()) : written) else {
            error("`within` is a duration such as `5m`: so long after `at`, or after the start", at: value)
            return window
        }
        let from = window?.lowerBound ?? start
        return from...max(window?.upperBound ?? from, from.addingTimeInterval(length))
    }

    private mutating func actions(_ value: YAMLValue) -> Set<TimelineLine.Action> {
        let known = TimelineLine.Action.allCases.map(\.rawValue)
        let words = words(value, "action") ?? []
        check(words, known: known, "action", at: value)
        return Set(words.compactMap { TimelineLine.Action(rawValue: $0.lowercased()) })
    }

    private mutating func amount(_ members: [String: YAMLValue], at entry: YAMLValue) -> Expectation.Amount {
        let isNever = members["never"].flatMap { flag($0, "never") } ?? false
        guard let value = members["count"], let count = count(value, "count", in: 0...Self.maximumEvents) else {
            return isNever ? .never : .some
        }
        if isNever, count != 0 { error("`never` and `count` contradict each other; keep one", at: entry) }
        return count == 0 ? .never : .exactly(count)
    }

    /// One word, or a list of them.
    private mutating func words(_ value: YAMLValue, _ name: String) -> [String]? {
        let words = (value.list ?? [value]).compactMap(\.text)
        if words.isEmpty || words.count != value.list?.count ?? 1 {
            error("`\(name)` is a word, or a list of words", at: value)
            return nil
        }
        return words
    }

    private mutating func check(_ words: [String], known: [String], _ what: String, at value: YAMLValue) {
        for word in words where !word.contains("*") && !known.contains(word.lowercased()) {
            let hint = Suggestion.clause(for: word, among: known)
            error("`\(word)` is no \(what)\(hint.isEmpty ? " (known: \(known.joined(separator: ", ")))" : hint)", at: value)
        }
    }
}

extension YAMLValue {
    /// As it could be written on one line.
    fileprivate var flow: String {
        if let members { return "{" + members.map { "\($0.key): \($0.value.flow)" }.joined(separator: ", ") + "}" }
        if let list { return "[" + list.map(\.flow).joined(separator: ", ") + "]" }
        return text ?? "~"
    }
}
