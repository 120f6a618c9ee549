// An iCalendar file as text: lines that are joined, properties with parameters, and the events that they make.

import Foundation
import Incidents

/// A VEVENT, as far as it says who is on duty when.
struct CalendarEvent {
    /// Of `BEGIN:VEVENT`.
    var line: Int
    var uid = ""
    var summary: (text: String, line: Int)?
    /// Mail addresses.
    var attendees: [String] = []
    var start: CalendarTime?
    var end: CalendarTime?
    /// Seconds on the wall.
    var duration: Int?
    var rule: (text: String, line: Int)?
    var exceptions: [CalendarTime] = []
    var additions: [CalendarTime] = []
    /// The repetition that it takes the place of.
    var replaces: CalendarTime?
    var isCancelled = false
}

/// A file while it is read.
struct CalendarFile {
    /// Of times that name none.
    let timeZone: TimeZone
    private(set) var events: [CalendarEvent] = []
    private(set) var problems: [ICalendar.Problem] = []
    /// The components that have begun, the innermost last.
    private var open: [String] = []
    private var event: CalendarEvent?
    private var zones: [String: TimeZone] = [:]

    private static let maximumLine = 64 << 10
    private static let maximumDepth = 32

    init(timeZone: TimeZone) { self.timeZone = timeZone }

    mutating func read(_ text: String) {
        if text.utf8.count > ICalendar.maximumSize {
            return complain(1, "the file has more than \(ICalendar.maximumSize >> 20) MiB, which no plan of duty has")
        }
        var joined: [UInt8] = []
        var (number, first) = (0, 1)
        var isCalendar = false
        for piece in Array(text.utf8).split(separator: 0x0A, omittingEmptySubsequences: false) {
            number += 1
            let line = piece.last == 0x0D ? piece.dropLast() : piece
            if let begin = line.first, begin == 0x20 || begin == 0x09 {
                if joined.count + line.count <= Self.maximumLine { joined += line.dropFirst() }
                continue
            }
            if !take(joined, at: first, &isCalendar) { return }
            (joined, first) = (Array(line.prefix(Self.maximumLine)), number)
        }
        guard take(joined, at: first, &isCalendar) else { return }
        if !isCalendar { return complain(1, Self.stranger) }
        if let left = open.last { complain(number, "\(left) is not ended: the file ends too early") }
    }

    private static let stranger = "this is no iCalendar file: it does not begin with BEGIN:VCALENDAR"

    /// - Returns: false where it makes no sense to read on.
    private mutating func take(_ bytes: [UInt8], at line: Int, _ isCalendar: inout Bool) -> Bool {
        if bytes.isEmpty { return true }
        guard let property = CalendarProperty(String(decoding: bytes, as: UTF8.self)) else {
            complain(line, isCalendar ? "this is no line of an iCalendar file: it has no colon" : Self.stranger)
            return isCalendar
        }
        if !isCalendar {
            isCalendar = property.name == "BEGIN" && property.value.uppercased() == "VCALENDAR"
            if !isCalendar {
                complain(line, Self.stranger)
                return false
            }
        }
        switch property.name {
        case "BEGIN":
            open.append(property.value.uppercased())
            if open.count > Self.maximumDepth {
                complain(line, "components lie more than \(Self.maximumDepth) deep in one another")
                return false
            }
            if open.last == "VEVENT", event == nil { event = CalendarEvent(line: line) }
        case "END":
            guard open.popLast() == property.value.uppercased() else {
                complain(line, "`END:\(quoted(property.value))` ends nothing that has begun")
                return false
            }
            if let ended = event, property.value.uppercased() == "VEVENT", !open.contains("VEVENT") {
                if events.count == ICalendar.maximumEvents {
                    complain(line, "the file has more than \(ICalendar.maximumEvents) events; leave out those that are long over")
                    return false
                }
                events.append(ended)
                event = nil
            }
        default:
            // Alarms and zones inside of it have properties of the same names.
            if event != nil, open.last == "VEVENT" { set(property, line) }
        }
        return problems.count < 100
    }

    private mutating func set(_ property: CalendarProperty, _ line: Int) {
        switch property.name {
        case "UID": event?.uid = property.value
        case "SUMMARY": event?.summary = (property.text, line)
        case "ATTENDEE":
            if property.value.lowercased().hasPrefix("mailto:") { event?.attendees.append(String(property.value.dropFirst(7))) }
        case "STATUS": event?.isCancelled = property.value.uppercased() == "CANCELLED"
        case "DTSTART":
            let time = time(property, line)
            event?.start = time
        case "DTEND":
            let time = time(property, line)
            event?.end = time
        case "RECURRENCE-ID":
            if property.parameters["RANGE"] != nil {
                complain(line, "a RECURRENCE-ID with RANGE cannot be read; let the series end, and begin another one")
            }
            let time = time(property, line)
            event?.replaces = time
        case "EXDATE":
            let times = times(property, line)
            event?.exceptions += times
        case "RDATE":
            if property.parameters["VALUE"]?.uppercased() == "PERIOD" {
                complain(line, "an RDATE with periods cannot be read; write them as events of their own")
            } else {
                let times = times(property, line)
                event?.additions += times
            }
        case "RRULE":
            if event?.rule != nil { complain(line, "the event has two RRULEs; make it two events") }
            event?.rule = (property.value, line)
        case "DURATION":
            event?.duration = Self.seconds(property.value)
            if event?.duration == nil { complain(line, "DURATION is no length of time: `\(quoted(property.value))`; write P7D or PT12H") }
        default: break
        }
    }

    private mutating func time(_ property: CalendarProperty, _ line: Int) -> CalendarTime? {
        guard let zone = zone(property, line) else { return nil }
        if let time = CalendarTime(property.value, zone: zone) { return time }
        complain(line, "\(property.name) is no time: `\(quoted(property.value))`; write 20261124T090000")
        return nil
    }

    private mutating func times(_ property: CalendarProperty, _ line: Int) -> [CalendarTime] {
        guard let zone = zone(property, line) else { return [] }
        let texts = property.value.split(separator: ",")
        let times = texts.compactMap { CalendarTime($0, zone: zone) }
        if times.count != texts.count { complain(line, "\(property.name) holds what is no time: `\(quoted(property.value))`") }
        return times
    }

    private mutating func zone(_ property: CalendarProperty, _ line: Int) -> TimeZone? {
        guard let name = property.parameters["TZID"] else { return timeZone }
        if let known = zones[name] { return known }
        // Some programs put their own name in front: /example.org/Europe/London.
        let parts = name.split(separator: "/")
        let candidates = [name] + (1...3).map { parts.suffix($0).joined(separator: "/") }
        guard let zone = candidates.lazy.compactMap({ TimeZone(identifier: $0) }).first else {
            complain(line, "there is no time zone `\(quoted(name))`; Tocsin knows those of IANA, for instance Europe/London")
            return nil
        }
        zones[name] = zone
        return zone
    }

    /// `P1W`, `P1DT12H`, `PT30M`; nil: none of these, or nothing.
    private static func seconds(_ text: String) -> Int? {
        let text = text.uppercased().hasPrefix("+") ? text.uppercased().dropFirst() : text.uppercased()[...]
        guard text.first == "P" else { return nil }
        var (sum, digits, isTime) = (0, "", false)
        for letter in text.dropFirst() {
            if letter.isASCII, letter.isNumber {
                digits.append(letter)
                continue
            }
            if letter == "T", digits.isEmpty, !isTime {
                isTime = true
                continue
            }
            let units: [Character: Int] = isTime ? ["H": 3_600, "M": 60, "S": 1] : ["W": 604_800, "D": 86_400]
            guard let unit = units[letter], digits.count <= 6, let value = Int(digits) else { return nil }
            sum += value * unit
            digits = ""
        }
        return digits.isEmpty && sum > 0 ? sum : nil
    }

    private mutating func complain(_ line: Int, _ message: String) { problems.append(.init(line: line, message: message)) }
}

/// `NAME;PARAMETER=VALUE:VALUE`.
private struct CalendarProperty {
    /// In upper case.
    var name: String
    /// By name in upper case, without quotes.
    var parameters: [String: String] = [:]
    var value: String

    /// The value of a text, with its escapes undone.
    var text: String {
        var out = ""
        var isEscaped = false
        for letter in value {
            if isEscaped {
                out.append(letter == "n" || letter == "N" ? " " : letter)
                isEscaped = false
            } else if letter == "\\" {
                isEscaped = true
            } else {
                out.append(letter)
            }
        }
        return out
    }

    init?(_ line: String) {
        var isQuoted = false
        var head: [String] = [""]
        var colon: String.Index?
        for index in line.indices {
            let letter = line[index]
            if letter == "\"" {
                isQuoted.toggle()
            } else if letter == ":", !isQuoted {
                colon = index
                break
            } else if letter == ";", !isQuoted {
                head.append("")
            } else {
                head[head.count - 1].append(letter)
            }
        }
        guard let colon else { return nil }
        name = head[0].uppercased()
        value = String(line[line.index(after: colon)...])
        for part in head.dropFirst() {
            let pair = part.split(separator: "=", maxSplits: 1)
            if pair.count == 2 { parameters[pair[0].uppercased()] = String(pair[1]) }
        }
    }
}
