// Text into values, by type. Faults never quote the text: it may be a secret.

import Foundation
import Incidents
import Routing

/// What reading a value may need to know of the rest of the file.
struct ReadingContext {
    var scale: SeverityScale
    var channels: Set<String>
}

extension OptionType {
    func read(_ text: String, _ context: ReadingContext) throws(OptionFault) -> OptionValue {
        if text.unicodeScalars.contains(where: { $0.value == 0 }) { throw OptionFault("holds a NUL character") }
        switch self {
        case .list(let element), .perSeverity(let element), .map(let element), .severityMap(let element):
            return try element.read(text, context)
        case .text: return .text(text)
        case .path:
            if text.isEmpty { throw OptionFault("is empty") }
            return .text(text)
        case .flag: return .flag(try flag(text))
        case .integer(let range):
            guard let number = Int(text), range.contains(number) else { throw OptionFault(mustBe: self) }
            return .integer(number)
        case .duration(let range): return .seconds(try duration(text, range))
        case .choice(let words):
            guard let word = words.first(where: { $0 == text.lowercased() }) else {
                throw OptionFault("must be \(phrase)\(Suggestion.clause(for: text, among: words))")
            }
            return .text(word)
        case .method:
            guard ["GET", "POST", "PUT"].contains(text.uppercased()) else { throw OptionFault(mustBe: self) }
            return .text(text.uppercased())
        case .severity:
            guard let severity = context.scale.severity(text) else {
                throw OptionFault("is no severity\(Suggestion.clause(for: text, among: context.scale.steps.map(\.name)))")
            }
            return .severity(severity)
        case .recipient:
            do {
                return .recipient(try RecipientEntry.parse(text, channels: context.channels))
            } catch {
                throw OptionFault(": \(error.message)")
            }
        case .url(let schemes):
            try URLText.check(text, schemes: schemes)
            return .text(text)
        case .mailServer:
            _ = try MailServer(text)
            return .text(text)
        case .weekdays:
            guard let days = TimeText.weekdays(text) else { throw OptionFault(mustBe: self) }
            return .weekdays(days)
        case .hours, .quietHours:
            guard let hours = TimeText.hours(text) else { throw OptionFault(mustBe: self) }
            return .hours(opens: hours.opens, closes: hours.closes)
        case .mailbox:
            guard let mailbox = AddressText.mailbox(text) else { throw OptionFault(mustBe: self) }
            return .mailbox(mailbox)
        case .rate:
            if text == "unlimited" { return .rate(nil) }
            guard let rate = RateText.rate(text) else { throw OptionFault(mustBe: self) }
            return .rate(rate)
        case .throttle:
            guard let throttle = RateText.throttle(text) else { throw OptionFault(mustBe: self) }
            return .throttle(throttle)
        case .flap:
            guard let flap = RateText.flap(text) else { throw OptionFault(mustBe: self) }
            return .flap(flap)
        case .bounces:
            guard let bounces = RateText.bounces(text) else { throw OptionFault(mustBe: self) }
            return .bounces(bounces)
        case .weekTime:
            guard let time = TimeText.weekTime(text) else { throw OptionFault(mustBe: self) }
            return .weekTime(day: time.day, minute: time.minute)
        case .percentage: return .share(try share(text))
        case .severityOrNone:
            if context.scale.severity(text) == nil, text.lowercased() == "none" { return .text("none") }
            return try OptionType.severity.read(text, context)
        case .pattern(let groups):
            try pattern(text, groups)
            return .text(text)
        default:
            guard isGood(text) else { throw OptionFault(mustBe: self) }
            return .text(text)
        }
    }

    /// Those that only need a look at the text.
    private func isGood(_ text: String) -> Bool {
        switch self {
        case .emailAddress: AddressText.isEmail(text)
        case .phoneNumber: AddressText.isNumber(text)
        case .smsSender: AddressText.isSender(text)
        case .slackMember: AddressText.isSlackMember(text)
        case .slackChannel: AddressText.isSlackID(text)
        case .domain: AddressText.isDomain(text)
        case .zone: TimeText.isZone(text)
        case .language: AddressText.isLanguage(text)
        case .date: TimeText.isDate(text)
        case .templateName:
            !text.isEmpty && !text.hasPrefix(".") && text.count <= 100
                && text.utf8.allSatisfy { AddressText.isWordByte($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".") }
        case .listen: AddressText.isListen(text)
        case .network: AddressText.isNetwork(text)
        case .name, .somebody: !text.isEmpty
        default: true
        }
    }

    private func flag(_ text: String) throws(OptionFault) -> Bool {
        switch text.lowercased() {
        case "true", "yes", "on": return true
        case "false", "no", "off": return false
        default: throw OptionFault(mustBe: self)
        }
    }

    private func duration(_ text: String, _ range: ClosedRange<TimeInterval>) throws(OptionFault) -> TimeInterval {
        guard let seconds = DurationText.parse(text) else {
            throw OptionFault("must be \(phrase)\(Int(text) == nil ? "" : "; a number needs its unit")")
        }
        guard range.contains(seconds) else { throw OptionFault(mustBe: self) }
        return seconds
    }

    private func share(_ text: String) throws(OptionFault) -> Double {
        guard text.hasSuffix("%"), text.dropLast().allSatisfy(\.isNumber), let percent = Int(text.dropLast()), (1...100).contains(percent)
        else { throw OptionFault(mustBe: self) }
        return Double(percent) / 100
    }

    private func pattern(_ text: String, _ groups: Int?) throws(OptionFault) {
        let found: Int
        do {
            found = try Pattern(text).groups
        } catch {
            throw OptionFault("is no regular expression (RE2's syntax: no look-around, no back-references)")
        }
        if let groups, found != groups { throw OptionFault("must have exactly one group, such as `^id=([0-9]+)`, and has \(found)") }
    }
}
