// What an option's value may be. Reading.swift files turn text into values by it; `phrase` tells people.

import Foundation

/// What names can refer to.
public enum Namespace: String, Sendable, CaseIterable {
    case channel
    case person
    case team
    case calendar
    case rotation

    /// `a channel`.
    var phrase: String { "a \(rawValue)" }
    /// Where they are declared.
    var section: String { self == .person ? "people" : rawValue + "s" }
}

/// The type of an option.
public indirect enum OptionType: Sendable, Equatable {
    // A single value
    case text
    case path
    case flag
    case integer(ClosedRange<Int>)
    /// Seconds.
    case duration(ClosedRange<TimeInterval>)
    case choice([String])
    /// `http` among the schemes is allowed on loopback only.
    case url([String])
    /// `smtp://host:port` or `smtps://host:port`.
    case mailServer
    case emailAddress
    case mailbox
    case phoneNumber
    case smsSender
    case slackMember
    case slackChannel
    case domain
    case percentage
    case zone
    case language
    case quietHours
    case hours
    case date
    case weekdays
    case weekTime
    case rate
    case throttle
    /// `3 in 30m`.
    case flap
    /// `3 in 30d`.
    case bounces
    case pattern(groups: Int?)
    case templateName
    case listen
    case network
    case method
    /// A name or an alias of the scale.
    case severity
    case severityCondition
    /// A name or an alias of the scale, or `none`.
    case severityOrNone
    case name(of: Namespace)
    /// The name of a person, or of a rotation.
    case somebody
    /// An entry of `to`.
    case recipient

    // More than one
    /// One value, or a list of them.
    case list(OptionType)
    /// One value, or a map from severities to values.
    case perSeverity(OptionType)
    /// A map from names to values.
    case map(OptionType)
    /// A map whose keys are severities.
    case severityMap(OptionType)

    // With a shape of their own
    /// A map whose members are options themselves.
    case section
    /// A map from names to sections.
    case sections
    /// A list of sections.
    case entries
    case match
    /// A map from names to texts.
    case fields
    case json
}

extension OptionType {
    /// What the value must be, as the end of a sentence that begins with "must be".
    public var phrase: String {
        switch self {
        case .text: "a text"
        case .path: "a path"
        case .flag: "`true` or `false`"
        case .integer(let range) where range.count == 1: "`\(range.lowerBound)`"
        case .integer(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
        case .duration(let range):
            "a duration from \(DurationText.text(range.lowerBound)) to \(DurationText.text(range.upperBound)), written like `90s`, `5m`, `1h30m` or `3d`"
        case .choice(let words): words.count == 1 ? "`\(words[0])`" : "one of " + words.map { "`\($0)`" }.joined(separator: ", ")
        case .url(let schemes) where schemes.first == "https": "a URL that begins with https://"
        case .url(let schemes): "a URL that begins with one of " + schemes.map { "\($0)://" }.joined(separator: ", ")
        case .mailServer: "`smtp://HOST:PORT` or `smtps://HOST:PORT`"
        case .emailAddress: "an email address such as `ops@example.com`"
        case .mailbox: "an email address, or `Name <ops@example.com>`"
        case .phoneNumber: "a number as `+447700900123`: a plus sign, then 8 to 15 digits"
        case .smsSender: "a number as `+15557654321`, a short code, or a sender's name of up to 11 letters and digits"
        case .slackMember: "a Slack member's id such as `U0123456`"
        case .slackChannel: "a Slack channel's or member's id such as `C0123456`"
        case .domain: "a domain such as `example.com`"
        case .percentage: "a percentage from 1% to 100%, such as `75%`"
        case .zone: "an IANA time zone such as `Europe/London`"
        case .language: "a language such as `en`, `de` or `pt-BR`"
        case .quietHours, .hours: "two times of day such as `22:00-07:00`"
        case .date: "a date such as `2026-12-25`"
        case .weekdays: "days such as `mon-fri`, or a list such as `[mon, wed]`"
        case .weekTime: "a day and a time such as `mon 09:00`, or a time such as `09:00`"
        case .rate: "a rate such as `1/s` or `60/30s`, a list of them, or `unlimited`"
        case .throttle: "a count and a duration such as `5 per 10m`"
        case .flap: "a count and a duration such as `3 in 30m`"
        case .bounces: "a count and a duration such as `3 in 30d`"
        case .pattern(let groups): groups == nil ? "a regular expression (RE2)" : "a regular expression (RE2) with one group"
        case .templateName: "a template's name: letters, digits, `-`, `_` and `.`"
        case .listen: "an address and a port such as `127.0.0.1:8080`"
        case .network: "a network such as `10.0.0.0/8`"
        case .method: "one of `GET`, `POST`, `PUT`"
        case .severity: "one of the severities"
        case .severityCondition: "a severity, a list of them, or a comparison such as `>=high`"
        case .severityOrNone: "one of the severities, or `none`"
        case .name(let namespace): "the name of \(namespace.phrase)"
        case .somebody: "the name of a person or a rotation"
        case .recipient: "an entry as in `to`"
        case .list(let element): element.listPhrase
        case .perSeverity(let element): "\(element.phrase), or one for each severity"
        case .map(let element), .severityMap(let element): "a map from names to values: \(element.phrase)"
        case .section, .sections: "a map"
        case .entries: "a list"
        case .match: "a map of conditions"
        case .fields: "a map from names to texts"
        case .json: "a map, or JSON as text"
        }
    }

    /// The same for a table, where examples would be in the way.
    var summary: String {
        switch self {
        case .duration(let range): "a duration, \(DurationText.text(range.lowerBound)) to \(DurationText.text(range.upperBound))"
        case .integer(let range) where range.count > 1: "\(range.lowerBound) to \(range.upperBound)"
        case .url(let schemes) where schemes.first == "https" && schemes.contains("http"): "a URL: https://, or http:// on loopback"
        case .url(let schemes): "a URL: " + schemes.map { "\($0)://" }.joined(separator: ", ")
        case .perSeverity(let element): "\(element.summary); or one for each severity"
        case .list(let element):
            switch element {
            case .duration, .integer, .url: "\(element.summary), or a list"
            default: element.listPhrase
            }
        case .map(let element), .severityMap(let element): "a map from names to \(element.summary)"
        case .section: "a map"
        case .sections: "a map from names to maps"
        case .entries: "a list of maps"
        default: phrase
        }
    }

    private var listPhrase: String {
        switch self {
        case .recipient: "one or more entries as in `to`"
        case .weekdays, .rate: phrase
        case .choice(let words): "one or more of " + words.map { "`\($0)`" }.joined(separator: ", ")
        case .text: "one or more texts"
        case .name(let namespace): "one or more names of \(namespace.section)"
        case .somebody: "one or more names of people or rotations"
        default: "\(phrase), or a list"
        }
    }

    /// The type of each single value in it; nil where it has a shape of its own.
    var scalar: OptionType? {
        switch self {
        case .list(let element), .perSeverity(let element), .map(let element), .severityMap(let element): element.scalar
        case .section, .sections, .entries, .match, .fields, .json: nil
        default: self
        }
    }
}
