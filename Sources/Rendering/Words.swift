// What a message says by itself, in the reader's language: the phrases are in templates/languages.

import Foundation
import Incidents

/// Words and sentences of messages.
enum Words {
    static func status(_ status: IncidentStatus, _ phrases: Phrases = .english) -> String {
        switch status {
        case .open: phrases.say(.statusOpen)
        case .acknowledged: phrases.say(.statusAcknowledged)
        case .inProgress: phrases.say(.statusInProgress)
        case .escalated: phrases.say(.statusEscalated)
        case .onHold: phrases.say(.statusOnHold)
        case .resolved: phrases.say(.statusResolved)
        case .closed: phrases.say(.statusClosed)
        }
    }

    static func type(_ type: EventType, _ phrases: Phrases = .english) -> String {
        phrases.label("type_\(type.rawValue)") ?? type.rawValue.replacing("_", with: " ")
    }

    /// A length of time in its two largest units: `8 min`, `1 h 12 min`, `2 d 3 h`; below a minute, `less than a minute`.
    ///
    /// - Parameter isRelative: it stands behind `ago` or `in`, which other languages inflect.
    static func duration(_ seconds: TimeInterval, _ phrases: Phrases = .english, isRelative: Bool = false) -> String {
        let minutes = minutes(seconds)
        if minutes < 1 { return phrases.say(.lessThanAMinute) }
        if minutes < 60 { return phrases.say(.minutes, count: minutes) }
        let hours = minutes / 60
        if hours < 24 {
            return minutes % 60 == 0
                ? phrases.say(.hours, count: hours) : phrases.say(.hoursMinutes, count: hours, (.minutes, String(minutes % 60)))
        }
        let days = hours / 24
        if days < 14, hours % 24 != 0 {
            return phrases.say(isRelative ? .daysHoursRelative : .daysHours, count: days, (.hours, String(hours % 24)))
        }
        return phrases.say(isRelative ? .daysRelative : .days, count: days)
    }

    private static func minutes(_ seconds: TimeInterval) -> Int { Int(min(max(seconds, 0), 1e12)) / 60 }

    /// `8 min ago`, `in 50 min`, `just now`, `in less than a minute`.
    static func relative(_ date: Date, now: Date, _ phrases: Phrases = .english) -> String {
        let seconds = now.timeIntervalSince(date)
        if abs(seconds) < 60 { return phrases.say(seconds < 0 ? .soon : .justNow) }
        let length = duration(abs(seconds), phrases, isRelative: true)
        return phrases.say(seconds > 0 ? .ago : .ahead, (.duration, length))
    }

    /// The same in whole words: `23 minutes ago`.
    static func relativeInWords(_ date: Date, now: Date, _ phrases: Phrases) -> String {
        let seconds = now.timeIntervalSince(date)
        let minutes = minutes(abs(seconds))
        if minutes < 1 { return relative(date, now: now, phrases) }
        let length: String
        if minutes < 60 {
            length = phrases.say(.minutesLong, count: minutes)
        } else if minutes < 1_440 {
            let hours = phrases.say(.hoursLong, count: minutes / 60)
            let rest = phrases.say(.minutesLong, count: minutes % 60)
            length = minutes % 60 == 0 ? hours : phrases.say(.hoursMinutesLong, (.hours, hours), (.minutes, rest))
        } else {
            length = phrases.say(.daysLong, count: minutes / 1_440)
        }
        return phrases.say(seconds > 0 ? .ago : .ahead, (.duration, length))
    }

    /// `04:50 BST`; with the day where that is not today, and the year where it is not this one.
    static func time(_ date: Date, clock: LocalClock, now: Date) -> String { time(date, clock: clock, now: now, isYours: false) }

    /// - Parameter isYours: `04:50 your time`.
    private static func time(_ date: Date, clock: LocalClock, now: Date, isYours: Bool) -> String {
        let phrases = clock.phrases
        let reading = clock.reading(date)
        let today = clock.reading(now)
        let hour = phrases.say(
            isYours ? .yourTime : .clockTime, (.time, "\(pad(reading.hour)):\(pad(reading.minute))"), (.zone, reading.zone))
        if reading.dayNumber == today.dayNumber { return hour }
        return phrases.say(
            reading.year == today.year ? .dayTime : .yearTime, (.weekday, phrases.weekdays[reading.weekday]), (.day, String(reading.day)),
            (.month, phrases.months[reading.month - 1]), (.year, String(reading.year)), (.time, hour))
    }

    /// `04:50 BST, 8 min ago`.
    static func moment(_ date: Date, clock: LocalClock, now: Date) -> String {
        clock.phrases.say(
            .moment, (.time, time(date, clock: clock, now: now)), (.ago, relative(date, now: now, clock.phrases)))
    }

    /// The moment that a message names first: to a person, where there is room, `04:50 your time, 8 minutes ago`.
    static func since(_ date: Date, _ facts: Facts) -> String {
        let (clock, now) = (facts.clock, facts.request.now)
        guard facts.request.isReadersZone, facts.request.kind != .sms else { return moment(date, clock: clock, now: now) }
        return clock.phrases.say(
            .moment, (.time, time(date, clock: clock, now: now, isYours: true)), (.ago, relativeInWords(date, now: now, clock.phrases)))
    }

    static func pad(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }

    /// What a target of an SLA promises.
    static func target(_ name: String?, _ phrases: Phrases) -> String {
        switch name {
        case "acknowledge": phrases.say(.targetAcknowledge)
        case "resolve": phrases.say(.targetResolve)
        case "update": phrases.say(.targetUpdate)
        case .some(let other): other
        case nil: phrases.say(.targetSla)
        }
    }

    static func late(_ date: Date, clock: LocalClock, now: Date) -> String {
        clock.phrases.say(.late, (.time, moment(date, clock: clock, now: now)))
    }

    static func capitalized(_ word: String) -> String { word.prefix(1).uppercased() + word.dropFirst() }

    /// Why a message was rendered plainly: for operators.
    static let noTemplate = "there is no template for this channel"
}
