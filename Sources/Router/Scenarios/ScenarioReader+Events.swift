// `events` of a scenario: what is dropped when; repetitions written out, offsets within events made into times.

import Foundation
import Incidents
import JSON
import Settings

extension ScenarioReader {
    private static let members = ["at", "event", "file", "repeat", "rejected"]

    /// Ascending by time; of one time, in the order of the file.
    mutating func events(_ value: YAMLValue) -> [ScenarioEvent] {
        guard let entries = value.list else {
            error("`events` is a list, and this is \(value.kind)", at: value)
            return []
        }
        var events: [ScenarioEvent] = []
        for (index, entry) in entries.enumerated() {
            events += repeated(entry, number: index + 1)
            guard events.count <= Self.maximumEvents else {
                error("these are more than \(Self.maximumEvents) events", at: entry)
                return []
            }
        }
        return events.enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }.map(\.element)
    }

    private mutating func repeated(_ entry: YAMLValue, number: Int) -> [ScenarioEvent] {
        guard let members = map(entry, "an event of a scenario", known: Self.members),
            let at = needed(members, "at", at: entry, "when it happens, for instance `+5m`").flatMap({ moment($0, "at", from: start) }),
            let document = document(members, at: entry)
        else { return [] }
        let rejected = members["rejected"].flatMap { text($0, "rejected") }
        guard let value = members["repeat"] else {
            let document = Self.timed(document, from: at)
            return [ScenarioEvent(at: at, document: document, rejected: rejected, place: place(entry), name: "event-\(number)")]
        }
        guard let members = map(value, "`repeat`", known: ["times", "every"]),
            let times = needed(members, "times", at: value, "how often it happens")
                .flatMap({ count($0, "times", in: 1...Self.maximumEvents) }),
            let every = needed(members, "every", at: value, "the time between two of them, for instance `4m`")
        else { return [] }
        guard let interval = every.text.flatMap(DurationText.parse) else {
            error("`every` is a duration such as `4m` or `1h30m`", at: every)
            return []
        }
        return (1...times).map { n in
            let at = at.addingTimeInterval(Double(n - 1) * interval)
            let document = Self.timed(document.replacing("{{n}}", with: String(n)), from: at)
            return ScenarioEvent(at: at, document: document, rejected: rejected, place: place(entry), name: "event-\(number).\(n)")
        }
    }

    private mutating func document(_ members: [String: YAMLValue], at entry: YAMLValue) -> JSONValue? {
        switch (members["event"], members["file"]) {
        case (let event?, nil):
            if event.members != nil { return event.json }
            error("`event` is a map, as in a JSON event, and this is \(event.kind)", at: event)
        case (nil, let file?):
            guard let name = text(file, "file") else { return nil }
            guard let data = FileManager.default.contents(atPath: path(name)) else {
                error("there is no file \(path(name)) that can be read", at: file)
                return nil
            }
            do {
                return try JSONValue.parse(bytes: Array(data))
            } catch let fault {
                error("\(path(name)):\(fault.line):\(fault.column): \(fault.message)", at: file)
            }
        case (nil, nil): error("an event of a scenario needs `event`, or `file` with the path of a JSON event", at: entry)
        case (_?, _?): error("`event` and `file` are two ways to say the same; keep one", at: entry)
        }
        return nil
    }

    /// Where an event has times, by the member that holds them; those of the event itself under an empty name.
    private static let times: [String: [String]] = [
        "": ["time"], "incident": ["opened_at", "eta", "next_update_at"], "silence": ["until"], "subscription": ["from", "until"],
        "absence": ["from", "until"],
    ]

    /// The event with its offsets (`opened_at: -25m`) counted from the moment at which it happens.
    static func timed(_ document: JSONValue, from at: Date) -> JSONValue {
        guard var members = document.object else { return document }
        for (holder, names) in times {
            guard var held = holder.isEmpty ? members : members[holder]?.object else { continue }
            for name in names {
                guard let offset = held[name]?.string.flatMap(ScenarioTime.offset) else { continue }
                held[name] = .string(Timestamp.format(at.addingTimeInterval(offset)))
            }
            if holder.isEmpty { members = held } else { members[holder] = .object(held) }
        }
        return .object(members)
    }
}

extension JSONValue {
    /// With a text replaced in all strings.
    fileprivate func replacing(_ mark: String, with text: String) -> JSONValue {
        switch self {
        case .string(let string): string.contains(mark) ? .string(string.replacing(mark, with: text)) : self
        case .array(let elements): .array(elements.map { $0.replacing(mark, with: text) })
        case .object(let members): .object(members.mapValues { $0.replacing(mark, with: text) })
        case .null, .bool, .number: self
        }
    }
}
