// Who is there at one moment: who is on duty, who is away and who stands in for them, who does not want to hear now.

import Foundation
import Incidents

/// Everybody's presence at one moment.
public struct Presence: Sendable {
    let rotations: [String: Rotation]
    /// Active ones, by person.
    let absences: [String: Absence]
    /// Until when somebody does not want to hear; some may be over.
    let snoozes: [Subscription.Who: Date]
    public let now: Date
    /// For people without a zone of their own.
    let timeZone: TimeZone

    /// Nobody is away, and nobody takes turns.
    public static let everybody = Presence(rotations: [:], absences: [:], snoozes: [:], now: .distantPast)

    init(
        rotations: [String: Rotation], absences: [String: Absence], snoozes: [Subscription.Who: Date], now: Date, timeZone: TimeZone = .gmt
    ) {
        self.rotations = rotations
        self.absences = absences
        self.snoozes = snoozes
        self.now = now
        self.timeZone = timeZone
    }

    /// Nothing of it changes whom a name means.
    var isTrivial: Bool { rotations.isEmpty && absences.isEmpty }

    public func isAway(_ person: String) -> Bool { absences[person] != nil }

    /// The absence of somebody who is away now.
    public func absence(of person: String) -> Absence? { absences[person] }

    /// Whoever is to be told in a person's place, through deputies of deputies; themselves where they are there. Nil: they
    /// are away, and nobody stands in.
    public func standIn(for person: String) -> String? {
        if absences.isEmpty { return person }
        return chain(from: person).last { absences[$0] == nil }
    }

    /// Who is on duty, deputies counted; nil: nobody, or no such rotation.
    public func onDuty(_ rotation: String) -> String? { turn(of: rotation).flatMap { standIn(for: $0.person) } }

    /// Whose turn it is by the plan, whether they are away or not; nil: nobody's, or no such rotation.
    public func turn(of rotation: String) -> Rotation.Turn? { rotations[rotation]?.turn(at: now) }

    public func snoozedUntil(_ person: String) -> Date? { snoozes[.person(person)].flatMap { $0 > now ? $0 : nil } }

    /// The person and their deputies, each once; the last is there, or has no deputy, or their deputy stands here already.
    private func chain(from person: String) -> [String] {
        var chain = [person]
        while let deputy = absences[chain[chain.count - 1]]?.deputy, !chain.contains(deputy) { chain.append(deputy) }
        return chain
    }

    // MARK: Words

    /// `ben stands in for ana, who is away until 2026-12-01 09:00 UTC`; nil: they are there.
    func note(of person: String) -> String? {
        guard let absence = absences[person], let other = standIn(for: person) else { return nil }
        return "\(other) stands in for \(person), who is away until \(text(absence.until))"
    }

    /// The same, or why nobody is told, part by part; nil: they are there.
    func ground(of person: String) -> Ground? {
        guard let absence = absences[person] else { return nil }
        guard let other = standIn(for: person) else { return Ground(.nobodyStandsIn, person, until: absence.until) }
        return Ground(.standsIn, other, other: person, until: absence.until)
    }

    /// Why nobody is told in place of somebody who is away: `ana is away until 09:00 UTC, and nobody stands in`.
    func whyNobody(for person: String) -> String {
        let away = chain(from: person).compactMap { absences[$0] }.map { "\($0.who) is away until \(text($0.until))" }
        return "\(away.joined(separator: ", ")), and nobody stands in"
    }

    /// `primary: ana until 2026-11-30 09:00 (Europe/London)`, or why nobody is on duty.
    func note(of turn: Rotation.Turn?, _ rotation: Rotation) -> String {
        if let turn { return "\(quoted(rotation.name)): \(turn.person) until \(text(turn.until, rotation.timeZone))" }
        guard let next = rotation.turn(after: now) else { return "nobody is on duty in \(quoted(rotation.name)), and nobody will be" }
        return "nobody is on duty in \(quoted(rotation.name)) until \(text(next.from, rotation.timeZone)), when it is \(next.person)'s turn"
    }

    private func text(_ date: Date, _ zone: TimeZone? = nil) -> String {
        Moment.text(date, now: now, in: zone ?? timeZone, isNamed: true)
    }
}

extension RoutingTable {
    /// Who is there now.
    public func presence(_ surroundings: any Surroundings, now: Date) throws -> Presence {
        presence(absences: try surroundings.absences.elements, snoozes: try surroundings.snoozedUntil, now: now)
    }

    /// The same, of what is known already.
    public func presence(absences: [Absence], snoozes: [Subscription.Who: Date] = [:], now: Date) -> Presence {
        if people.rotations.isEmpty, absences.isEmpty, snoozes.isEmpty { return .everybody }
        var away: [String: Absence] = [:]
        // Of two at once, the later word counts.
        for var absence in absences where absence.isActive(at: now) {
            // Somebody who has left routes.yaml stands in for nobody.
            if let deputy = absence.deputy, directory.people[deputy] == nil { absence.deputy = nil }
            away[absence.who] = absence
        }
        return Presence(rotations: people.rotations, absences: away, snoozes: snoozes, now: now, timeZone: rules.timeZone)
    }
}
