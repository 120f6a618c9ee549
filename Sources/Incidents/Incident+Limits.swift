// How much an incident keeps. Every event's row stores the state of its incident, so a state that producers could let
// grow would fill the disk. What is not kept is still there for the messages about the event that brought it.

import Foundation
import JSON

extension Incident {
    /// What an incident keeps beyond the members that Tocsin knows, which are kept whole.
    public enum Limits {
        /// Members that Tocsin does not know, at most. Of new ones beyond, none is kept; those that are there still change.
        public static let unknownMembers = 100
        /// Labels, at most, in the same way.
        public static let labels = 100
        /// The longest name of such a member, label or field, in bytes of UTF-8.
        public static let nameBytes = 200
        /// The largest value of such a member or label, in bytes of JSON. A larger one is not kept, nor is the value
        /// before, which does not hold any more.
        public static let valueBytes = 16 * 1024
        /// Sources in the history of a field (`said`), at most; the one that spoke longest ago is forgotten.
        public static let sources = 64
    }

    /// Takes over one member; false where nothing of it is kept.
    mutating func merge(_ name: String, _ value: JSONValue) -> Bool {
        let isKnown = EventParser.known.contains(name)
        switch value {
        case .null: members[name] = nil
        case .object(let new) where name == "labels": members[name] = .object(Self.merged(new, into: members[name]?.object ?? [:]))
        case _ where isKnown: members[name] = value
        case _ where !Self.isSmall(name, value): return members.removeValue(forKey: name) != nil
        default:
            if members[name] == nil, members.count >= Limits.unknownMembers,
                members.keys.count(where: { !EventParser.known.contains($0) }) >= Limits.unknownMembers
            {
                return false
            }
            members[name] = value
        }
        return isKnown || name.utf8.count <= Limits.nameBytes
    }

    /// Labels merge like the incident itself: absent leaves, null clears.
    private static func merged(_ new: [String: JSONValue], into old: [String: JSONValue]) -> [String: JSONValue] {
        var labels = old
        // Room is made before it is taken.
        for (name, value) in new where value.isNull || !isSmall(name, value) { labels[name] = nil }
        for (name, value) in new.sorted(by: { $0.key < $1.key }) where !value.isNull && isSmall(name, value) {
            if labels[name] != nil || labels.count < Limits.labels { labels[name] = .some(value) }
        }
        return labels
    }

    private static func isSmall(_ name: String, _ value: JSONValue) -> Bool {
        name.utf8.count <= Limits.nameBytes && (isShort(value) || value.bytes.count <= Limits.valueBytes)
    }

    /// A text that is small however it is escaped: a byte becomes six at most.
    private static func isShort(_ value: JSONValue) -> Bool {
        value.string.map { $0.utf8.count <= (Limits.valueBytes - 2) / 6 } ?? false
    }

    /// Remembers that a source has spoken about a field. Of fields that are no known members, as many as there may be such
    /// members are remembered, and the one that was spoken of longest ago is forgotten.
    mutating func note(_ field: String, source: String, time: Date?) {
        guard let time, field.utf8.count <= Limits.nameBytes else { return }
        // In place: a copy of each field's history would cost more than all the rest.
        Self.note(source, time, in: &said[field, default: [:]])
        if said.count <= Limits.unknownMembers { return }
        let others = said.filter { !EventParser.known.contains($0.key) }
        if others.count > Limits.unknownMembers + EventType.allCases.count,
            let oldest = Self.oldest(others.map { ($0.key, $0.value.values.max() ?? .distantPast) })
        {
            said[oldest] = nil
        }
    }

    private static func note(_ source: String, _ time: Date, in sources: inout [String: Date]) {
        if let last = sources[source], last >= time { return }
        sources[source] = time
        if sources.count > Limits.sources, let oldest = oldest(sources.map { ($0.key, $0.value) }) { sources[oldest] = nil }
    }

    private static func oldest(_ all: [(name: String, time: Date)]) -> String? {
        all.min { $0.time != $1.time ? $0.time < $1.time : $0.name < $1.name }?.name
    }
}
