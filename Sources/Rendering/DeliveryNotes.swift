// What a message says about its own way: that it stands for others, that it comes from another channel than it should,
// what happened while it waited, what was held to come with it, what it
// corrects, and how to stop such messages. A template that does not speak of one of these gets it as a note.

import Incidents

/// The notes about a delivery.
struct DeliveryNotes: OptionSet, Sendable {
    var rawValue: Int

    static let replaces = DeliveryNotes(rawValue: 1)
    static let insteadOf = DeliveryNotes(rawValue: 2)
    static let meanwhile = DeliveryNotes(rawValue: 4)
    static let digest = DeliveryNotes(rawValue: 8)
    static let leaving = DeliveryNotes(rawValue: 16)
    static let correction = DeliveryNotes(rawValue: 32)
    static let confirmation = DeliveryNotes(rawValue: 64)
    /// No note: the template shows how to acknowledge.
    static let acknowledging = DeliveryNotes(rawValue: 128)

    init(rawValue: Int) { self.rawValue = rawValue }

    /// The note that a name in a template speaks of; none for other names.
    ///
    /// - Parameter inDelivery: the name stands in a section of `delivery`, where its members need no prefix.
    init(name: String, inDelivery: Bool) {
        var steps = name.split(separator: "(").last.map { $0.prefix { $0 != ")" } }?.split(separator: ".") ?? []
        let own: DeliveryNotes? =
            switch steps.first {
            case "digest": .digest
            case "leaving": .leaving
            case "correction": .correction
            case "acknowledge": .acknowledging
            case "links" where steps.dropFirst().first == "acknowledge": .acknowledging
            // What is expected of the reader names it.
            case "confirmation", "expected", "expected_short": .confirmation
            default: nil
            }
        if let own {
            self = own
            return
        }
        if steps.first == "delivery" { steps.removeFirst() } else if !inDelivery { steps = [] }
        self =
            switch steps.first {
            case "replaces", "replaces_line", "earlier": .replaces
            case "instead_of", "instead_of_line": .insteadOf
            case "meanwhile": .meanwhile
            default: []
            }
    }
}

extension Facts {
    /// An earlier message's text and when it was.
    struct EarlierText {
        var time: String
        var message: String
    }

    var meanwhile: String? {
        if let ended = request.endedMeanwhile {
            let at = Words.time(ended.at, clock: clock, now: request.now)
            return phrases.say(.endedMeanwhile, (.state, Words.status(ended.status, phrases)), (.time, at))
        }
        return request.meanwhile.map { line($0) }.flatMap { $0.isEmpty ? nil : $0 }
    }

    var insteadOf: String? { request.insteadOf.map(name).flatMap { $0.isEmpty ? nil : $0 } }

    /// What the earlier messages said, oldest first, within `earlierLimit` units together: each has an equal share, and
    /// what a newer one leaves over goes to those before it.
    var earlier: [EarlierText] {
        guard request.replaces > 0, earlierLimit > 0 else { return [] }
        var room = earlierLimit
        var texts: [EarlierText] = []
        let said = request.earlier.compactMap { event in
            (event.message ?? event.payload?["message"]?.string).map { (event.time, $0) }
        }
        for (index, (time, text)) in said.enumerated().reversed() {
            let share = room / (index + 1)
            // Less than a few words says nothing.
            guard share >= 16 else { break }
            let message = block(text, limit: share)
            guard !message.isEmpty else { continue }
            room -= message.utf16.count
            texts.append(EarlierText(time: Words.time(time, clock: clock, now: request.now), message: message))
        }
        return texts.reversed()
    }

    /// The notes of this message as one text, without those that its template gives; nil where there are none.
    func note(without given: DeliveryNotes) -> String? {
        var sentences: [String] = []
        if !given.contains(.correction), let original = Words.original(self) { sentences.append(original) }
        if !given.contains(.confirmation), let ask = Words.confirmExpected(self, isShort: false) { sentences.append(ask) }
        if !given.contains(.meanwhile), let meanwhile { sentences.append(meanwhile) }
        if !given.contains(.digest), let also = Words.alsoAffected(self) { sentences.append(also) }
        if !given.contains(.replaces), let line = Words.replaces(self) { sentences.append(line) }
        if !given.contains(.insteadOf), let line = Words.insteadOf(self) { sentences.append(line) }
        if !given.contains(.leaving), let leaving = Words.leaving(self) { sentences.append(leaving) }
        return sentences.isEmpty ? nil : sentences.joined(separator: " ")
    }
}

extension Words {
    /// `Replaces 3 earlier updates that were held up.`
    static func replaces(_ facts: Facts) -> String? {
        let count = facts.request.replaces
        return count < 1 ? nil : facts.phrases.say(.replaces, count: count)
    }

    /// ``Sent by mail because `ops-slack` could not deliver it.``
    static func insteadOf(_ facts: Facts) -> String? {
        guard let channel = facts.insteadOf else { return nil }
        let phrase: Phrase =
            switch facts.request.kind {
            case .slack: .insteadOfSlack
            case .teams: .insteadOfTeams
            case .email: .insteadOfEmail
            case .sms: .insteadOfSms
            }
        return facts.phrases.say(phrase, (.channel, channel))
    }

    /// The same for short messages: ` (instead of ops-slack)`.
    static func insteadOfShort(_ facts: Facts) -> String {
        facts.insteadOf.map { " " + facts.phrases.say(.insteadOf, (.channel, $0)) } ?? ""
    }
}
