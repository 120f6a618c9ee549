// From the events of a calendar file to turns: repetitions are written out, exceptions and replacements are heeded, and
// each turn gets its person.

import Foundation
import Incidents

/// Events on their way to turns.
struct Roster {
    let events: [CalendarEvent]
    let names: PersonNames
    /// What is repeated is written out between these; seconds since 1970.
    private let window: Range<Int>
    private(set) var shifts: [Rotation.Shift] = []
    private(set) var problems: [ICalendar.Problem] = []
    /// Steps that all rules together may still take.
    private var budget = 2_000_000

    init(events: [CalendarEvent], names: PersonNames, now: Date) {
        self.events = events
        self.names = names
        let reach = Int(ICalendar.horizon)
        window = (now.second - reach)..<(now.second + reach)
    }

    mutating func fill() {
        var replaced: [String: [CalendarTime]] = [:]
        for event in events {
            if let time = event.replaces { replaced[event.uid, default: []].append(time) }
        }
        for event in events {
            if problems.count >= 100 || shifts.count > ICalendar.maximumShifts { return }
            guard !event.isCancelled, let length = length(of: event), let start = event.start, let person = person(of: event) else {
                continue
            }
            let clock = WallClock(start.zone)
            var left = event.exceptions
            if event.replaces == nil { left += replaced[event.uid] ?? [] }
            let isLeft = Self.filter(left, zone: start.zone)
            for local in begins(of: event, start, length) where !isLeft(local) {
                let from = Date(second: clock.moment(showing: local))
                let until = Date(second: clock.moment(showing: local + length))
                shifts.append(Rotation.Shift(person: person, from: from, until: until))
            }
            if shifts.count > ICalendar.maximumShifts {
                complain(event.line, "the file comes to more than \(ICalendar.maximumShifts) turns")
            }
        }
    }

    /// Whether a begin on the wall is among some times.
    private static func filter(_ times: [CalendarTime], zone: TimeZone) -> (Int) -> Bool {
        let locals = Set(times.filter { !$0.isDate }.map { $0.local(in: zone) })
        let days = Set(times.filter(\.isDate).map(\.local))
        return { locals.contains($0) || days.contains($0.quotient(by: WallClock.day) * WallClock.day) }
    }

    /// Seconds on the wall; nil: it is none, and that was said.
    private mutating func length(of event: CalendarEvent) -> Int? {
        guard let start = event.start else {
            complain(event.line, "the event has no DTSTART that can be read: when the turn begins")
            return nil
        }
        let length =
            if let end = event.end { end.local(in: start.zone) - start.local } else { event.duration ?? (start.isDate ? WallClock.day : 0) }
        if length > 0 { return length }
        complain(event.line, event.end == nil ? "the event has no DTEND and no DURATION" : "the event ends before it begins")
        return nil
    }

    private mutating func person(of event: CalendarEvent) -> String? {
        let summary = event.summary?.text ?? ""
        if let whole = names.person(summary) { return whole }
        for address in event.attendees {
            if let attendee = names.person(address) { return attendee }
        }
        let parts = summary.replacing(" - ", with: ":").split { ":()[],;|–—".contains($0) }
        for part in parts {
            if let some = names.person(String(part)) { return some }
        }
        let hint = Suggestion.clause(for: summary, among: names.known)
        let who = summary.isEmpty ? "the event has no SUMMARY" : "SUMMARY is `\(quoted(summary))`"
        complain(
            event.summary?.line ?? event.line,
            "\(who), and neither it nor an ATTENDEE is anybody in `people`: name who is on duty by id, name or mail address\(hint)")
        return nil
    }

    /// When it begins, each time; on the wall.
    private mutating func begins(of event: CalendarEvent, _ start: CalendarTime, _ length: Int) -> [Int] {
        let added = event.additions.map { $0.isDate ? $0.local + start.local.remainder(of: WallClock.day) : $0.local(in: start.zone) }
        guard let rule = event.rule else { return [start.local] + added.filter { $0 != start.local } }
        do throws(MatchError) {
            let repeated = try begins(by: RecurrenceRule(rule.text, zone: start.zone), start, length)
            let known = Set(repeated)
            return repeated + added.filter { !known.contains($0) }
        } catch {
            complain(rule.line, error.message)
            return []
        }
    }

    private mutating func begins(by rule: RecurrenceRule, _ start: CalendarTime, _ length: Int) throws(MatchError) -> [Int] {
        let day = start.local.quotient(by: WallClock.day)
        let time = start.local.remainder(of: WallClock.day)
        // A period is a day, or a week from its first day on.
        let first = rule.isWeekly ? day - (weekday(day) - rule.weekStart).remainder(of: 7) : day
        let period = rule.interval * (rule.isWeekly ? 7 : 1)
        let wanted = rule.days.isEmpty ? (rule.isWeekly ? [weekday(day)] : Set(1...7)) : rule.days
        let offsets = (0..<(rule.isWeekly ? 7 : 1)).filter { !rule.isWeekly || wanted.contains(weekday(first + $0)) }
        // Those long over are not looked at, unless they are counted.
        let earliest = (window.lowerBound - length).quotient(by: WallClock.day) - 2
        var number = rule.count == nil ? max(0, (earliest - first).quotient(by: period)) : 0
        var found: [Int] = []
        var count = 0
        while true {
            budget -= 1
            if budget < 0 || found.count > ICalendar.maximumShifts { throw MatchError(message: "it repeats too often to be written out") }
            for offset in offsets {
                let today = first + number * period + offset
                let local = today * WallClock.day + time
                if isOver(local, rule, start) || count == rule.count ?? .max { return found }
                if local < start.local || !wanted.contains(weekday(today)) { continue }
                count += 1
                if today >= earliest { found.append(local) }
            }
            number += 1
        }
    }

    private func isOver(_ local: Int, _ rule: RecurrenceRule, _ start: CalendarTime) -> Bool {
        if local - WallClock.day > window.upperBound { return true }
        guard let until = rule.until else { return false }
        // A day includes all of it.
        return until.isDate ? local >= until.local + WallClock.day : local > until.local(in: start.zone)
    }

    /// 1 is Monday, of a day since 1970.
    private func weekday(_ day: Int) -> Int { (day + 3).remainder(of: 7) + 1 }

    private mutating func complain(_ line: Int, _ message: String) { problems.append(.init(line: line, message: message)) }
}
