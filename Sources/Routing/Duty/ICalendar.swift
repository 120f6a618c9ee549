// Who is on duty, from a file of another program's: events of an iCalendar file (RFC 5545), each with the person whose turn it
// is. What is repeated is written out for two years to come; what cannot be understood is named with its line.

import Foundation

/// Reads iCalendar files.
public enum ICalendar {
    /// What is wrong in a file.
    public struct Problem: Error, Sendable, Equatable, CustomStringConvertible {
        /// From 1, in the file as it is, before long lines are joined.
        public var line: Int
        /// What is wrong and how to mend it.
        public var message: String

        public init(line: Int, message: String) {
            self.line = line
            self.message = message
        }

        public var description: String { "line \(line): \(message)" }
    }

    /// What a file came to.
    public struct Reading: Sendable, Equatable {
        /// Ascending, and none overlaps another.
        public var shifts: [Rotation.Shift]
        /// In the order of the file, 100 at most. Where there is any, the shifts are not to be relied on.
        public var problems: [Problem]

        public init(shifts: [Rotation.Shift] = [], problems: [Problem] = []) {
            self.shifts = shifts
            self.problems = problems
        }
    }

    /// The largest file, in bytes.
    public static let maximumSize = 4 << 20
    /// The most events in a file.
    public static let maximumEvents = 20_000
    /// The most turns that all of a file's events come to.
    public static let maximumShifts = 50_000
    /// How far what is repeated is written out, before and after `now`, in seconds.
    public static let horizon: TimeInterval = 731 * 86_400

    /// The turns that the events of a file give.
    ///
    /// The person is named by SUMMARY or by the mail address of an ATTENDEE: by id, display name or address, without regard to
    /// case; of a summary like `On call: Ana Smith`, a part is enough. Where events overlap, the one that begins later counts, and of
    /// those that begin at once the shorter one. Times without a zone are in `timeZone`. What is repeated keeps its times on the
    /// wall when the clocks are changed.
    ///
    /// - Parameters:
    ///   - people: of routes.yaml, by id.
    ///   - now: repetitions are written out for two years before and after it.
    public static func shifts(_ text: String, people: [String: Person], timeZone: TimeZone, now: Date) -> Reading {
        var file = CalendarFile(timeZone: timeZone)
        file.read(text)
        var roster = Roster(events: file.events, names: PersonNames(people), now: now)
        roster.fill()
        var problems = (file.problems + roster.problems).sorted { $0.line < $1.line }
        if problems.isEmpty, file.events.isEmpty {
            problems = [Problem(line: 1, message: "the file has no events, so nobody is ever on duty")]
        }
        return Reading(shifts: Rotation.Shift.flattened(roster.shifts), problems: Array(problems.prefix(100)))
    }
}

/// Whom a word of somebody else's program means.
struct PersonNames {
    private var ids: [String: String] = [:]

    init(_ people: [String: Person]) {
        // An id is stronger than a name, and that than an address.
        let all = people.values.sorted { $0.id < $1.id }
        for person in all { ids[Self.key(person.id)] = ids[Self.key(person.id)] ?? person.id }
        for person in all { ids[Self.key(person.displayName)] = ids[Self.key(person.displayName)] ?? person.id }
        for person in all {
            if let mail = person.addresses[.email] { ids[Self.key(mail)] = ids[Self.key(mail)] ?? person.id }
        }
    }

    /// Their id.
    func person(_ word: String) -> String? { ids[Self.key(word)] }

    var known: [String] { Array(Set(ids.values)) }

    private static func key(_ word: String) -> String { word.trimmingCharacters(in: .whitespacesAndNewlines).lowercased() }
}

extension Rotation.Shift {
    /// The same turns without overlaps: the one that begins later counts, of those that begin at once the shorter. What follows
    /// without a gap for the same person is one turn.
    static func flattened(_ shifts: [Rotation.Shift]) -> [Rotation.Shift] {
        let sorted = shifts.filter { $0.from < $0.until }.sorted { ($0.from, $1.until, $0.person) < ($1.from, $0.until, $1.person) }
        var flat: [Rotation.Shift] = []
        func add(_ shift: Rotation.Shift, until: Date) {
            guard shift.from < until else { return }
            if let last = flat.last, last.person == shift.person, last.until == shift.from {
                flat[flat.count - 1].until = until
            } else {
                flat.append(Rotation.Shift(person: shift.person, from: shift.from, until: until))
            }
        }
        // Those that have begun and not ended, the one that counts last.
        var open: [Rotation.Shift] = []
        var place = 0
        while place < sorted.count || !open.isEmpty {
            let next = place < sorted.count ? sorted[place] : nil
            if var top = open.popLast() {
                if let next, next.from < top.until {
                    add(top, until: next.from)
                    top.from = next.from
                    open.append(top)
                } else {
                    add(top, until: top.until)
                    // What lies below goes on from here, or has ended meanwhile.
                    while let below = open.last, below.until <= top.until { open.removeLast() }
                    if !open.isEmpty { open[open.count - 1].from = top.until }
                    continue
                }
            }
            if let next {
                open.append(next)
                place += 1
            }
        }
        return flat
    }
}
