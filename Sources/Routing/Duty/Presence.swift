// Who is there at one moment: who is on duty, who is away and who stands in for them, who does not want to hear now.

import Foundation

/// Everybody's presence at one moment.
public struct Presence: Sendable {
    let rotations: [String: Rotation]
    /// Active ones, by person.
    let absences: [String: Absence]
    /// By person: until when they do not want to hear.
    let snoozes: [String: Date]
    public let now: Date

    /// Nobody is away, and nobody takes turns.
    public static let everybody = Presence(rotations: [:], absences: [:], snoozes: [:], now: .distantPast)

    init(rotations: [String: Rotation], absences: [String: Absence], snoozes: [String: Date], now: Date) {
        self.rotations = rotations
        self.absences = absences
        self.snoozes = snoozes
        self.now = now
    }

    /// Nothing of it changes whom a name means.
    var isTrivial: Bool { rotations.isEmpty && absences.isEmpty }

    public func isAway(_ person: String) -> Bool { absences[person] != nil }

    /// Whoever is to be told in a person's place, through deputies of deputies; themselves where they are there. Nil: they
    /// are away, and nobody stands in.
    public func standIn(for person: String) -> String? {
        person
    }

    /// Who is on duty, deputies counted; nil: nobody, or no such rotation.
    public func onDuty(_ rotation: String) -> String? {
        nil
    }

    public func snoozedUntil(_ person: String) -> Date? { snoozes[person].flatMap { $0 > now ? $0 : nil } }
}

extension RoutingTable {
    /// Who is there now.
    public func presence(_ surroundings: any Surroundings, now: Date) throws -> Presence {
        .everybody
    }
}
