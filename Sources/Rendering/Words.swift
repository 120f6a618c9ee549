// Every English word that a message says by itself. Another language is another such file; templates bring their own.

import Foundation
import Incidents

/// Words and sentences of messages.
enum Words {
    static let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    static func status(_ status: IncidentStatus) -> String {
        switch status {
        case .inProgress: "in progress"
        case .onHold: "on hold"
        default: status.rawValue
        }
    }

    static func type(_ type: EventType) -> String { type.rawValue.replacing("_", with: " ") }

    /// A length of time in its two largest units: `8 min`, `1 h 12 min`, `2 d 3 h`; below a minute, `less than a minute`.
    static func duration(_ seconds: TimeInterval) -> String {
        let minutes = Int(min(max(seconds, 0), 1e12)) / 60
        if minutes < 1 { return "less than a minute" }
        if minutes < 60 { return "\(minutes) min" }
        let hours = minutes / 60
        if hours < 24 { return minutes % 60 == 0 ? "\(hours) h" : "\(hours) h \(minutes % 60) min" }
        let days = hours / 24
        if days < 14 { return hours % 24 == 0 ? "\(days) d" : "\(days) d \(hours % 24) h" }
        return "\(days) d"
    }

    /// `8 min ago`, `in 50 min`, `just now`.
    static func relative(_ date: Date, now: Date) -> String {
        let seconds = now.timeIntervalSince(date)
        if abs(seconds) < 60 { return "just now" }
        return seconds > 0 ? "\(duration(seconds)) ago" : "in \(duration(-seconds))"
    }

    /// `04:50 BST`; with the day where that is not today, and the year where it is not this one.
    static func time(_ date: Date, clock: LocalClock, now: Date) -> String {
        let reading = clock.reading(date)
        let today = clock.reading(now)
        let hour = "\(pad(reading.hour)):\(pad(reading.minute)) \(reading.zone)"
        if reading.dayNumber == today.dayNumber { return hour }
        let day = "\(weekdays[reading.weekday]) \(reading.day) \(months[reading.month - 1])"
        return reading.year == today.year ? "\(day) \(hour)" : "\(day) \(reading.year) \(hour)"
    }

    /// `04:50 BST, 8 min ago`.
    static func moment(_ date: Date, clock: LocalClock, now: Date) -> String {
        "\(time(date, clock: clock, now: now)), \(relative(date, now: now))"
    }

    static func pad(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }

    /// What a target of an SLA promises.
    static func target(_ name: String?) -> String {
        switch name {
        case "acknowledge": "acknowledgement"
        case "resolve": "resolution"
        case "update": "update"
        case .some(let other): other
        case nil: "SLA"
        }
    }

    static func late(_ date: Date, clock: LocalClock, now: Date) -> String {
        "Late: this happened at \(moment(date, clock: clock, now: now))."
    }

    static let reopened = "Reopened"
    static let nothingToDo = "Nothing to do."
    static let noTemplate = "there is no template for this channel"
    static let open = "Open"
    static let runbook = "Runbook"
    static let unnamed = "Incident"
    static let test = "Test message from Tocsin"
}
