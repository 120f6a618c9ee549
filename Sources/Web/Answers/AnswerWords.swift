// What the pages and answers say, in the languages that are shipped.

import Foundation
import Incidents
import Router
import Settings

/// The phrases of one language.
struct AnswerWords: Sendable {
    enum Phrase: String, CaseIterable, Sendable {
        // Acknowledging.
        case askTitle, askNote, acknowledge, ackedTitle, ackedNote, takenTitle, takenBy, overTitle, usedTitle, usedNote, expiredTitle
        case askName, nameNote, byRoom
        case expiredNote, goneTitle, goneNote, severity, openedAt, nobodyYet, status
        // Links that are none.
        case unknownTitle, unknownNote, laterTitle, laterNote
        // Leaving and confirming.
        case leaveTitle, leaveNote, leaveButton, leftTitle, leftNote, hasLeftTitle, confirmTitle, confirmNote, confirmButton
        case confirmedTitle, confirmedNote, isConfirmedTitle, everything
        // One's own page.
        case ownTitle, ownNothing, ownBy, ownHow, ownSave, ownLeave, ownSnooze, ownSnoozeTitle, ownSnoozedUntil, ownWake, ownChanged
        case ownBack, ownByDefault, immediate, hourly, daily, weekly, hours, tomorrow, monday, ownUnconfirmed, ownUntil, ownUrgent
        case changedLeft, changedSaved, changedSnoozed, changedAwake, changedWrong
        // Text messages.
        case smsAcked, smsTaken, smsOver, smsUnknown, smsNothing, smsNobody, smsStopped, smsStarted, smsHelp, smsConfirmed
        // Slack.
        case slackAcked, slackExpired, slackOver, slackUsed, slackTaken
    }

    let language: String
    private let texts: [Phrase: String]

    /// - Parameter wanted: tags, the best first; the first that is shipped counts, else English.
    init(_ wanted: [String?]) {
        let shipped = ["en": Self.english, "de": Self.german]
        let found = wanted.compactMap { tag -> String? in
            let base = tag?.lowercased().split(whereSeparator: { $0 == "-" || $0 == "_" }).first.map(String.init)
            return base.flatMap { shipped[$0] == nil ? nil : $0 }
        }
        language = found.first ?? "en"
        texts = shipped[language] ?? Self.english
    }

    /// The tags of `Accept-Language`, in their order there, which nearly always is that of preference.
    static func tags(_ header: String?) -> [String?] {
        (header ?? "").split(separator: ",").prefix(20).map { tag in
            tag.split(separator: ";").first.map { $0.trimmingCharacters(in: .whitespaces) }
        }
    }

    /// The text, with `{name}` filled in.
    func callAsFunction(_ phrase: Phrase, _ values: (name: String, value: String)...) -> String {
        var out = ""
        var rest = Substring(texts[phrase] ?? Self.english[phrase] ?? phrase.rawValue)
        while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
            out += rest[..<open]
            let name = rest[rest.index(after: open)..<close]
            out += values.first { $0.name == name }?.value ?? ""
            rest = rest[rest.index(after: close)...]
        }
        return out + rest
    }
}

extension AnswerWords {
    /// `14:05 (Europe/London)`, with the day where it is another.
    static func time(_ date: Date, now: Date, zone: String) -> String {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_GB_POSIX")
        formatter.timeZone = TimeZone(identifier: zone) ?? TimeZone(identifier: "UTC")
        formatter.dateFormat = "yyyy-MM-dd"
        let isToday = formatter.string(from: date) == formatter.string(from: now)
        formatter.dateFormat = isToday ? "HH:mm" : "yyyy-MM-dd HH:mm"
        return "\(formatter.string(from: date)) (\(zone))"
    }
}
