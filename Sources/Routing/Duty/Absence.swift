// Somebody is away for a while, and somebody else stands in for them.

import Foundation

/// An absence, as the ledger keeps it.
public struct Absence: Sendable, Equatable {
    /// The event's id.
    public var id: String
    /// A person of `people`.
    public var who: String
    public var from: Date
    public var until: Date
    /// Who is told instead; nil: nobody, and what would wake them goes past them.
    public var deputy: String?
    /// Who said so.
    public var by: String?

    public init(id: String, who: String, from: Date, until: Date, deputy: String? = nil, by: String? = nil) {
        self.id = id
        self.who = who
        self.from = from
        self.until = until
        self.deputy = deputy
        self.by = by
    }

    public func isActive(at now: Date) -> Bool { from <= now && now < until }

    /// Of one person's absences, those that end when the person is back: what there is now. Where they are there, they are
    /// not going away after all: what is planned.
    public static func ended(byComingBackAt now: Date, _ absences: [Absence]) -> [Absence] {
        let active = absences.filter { $0.isActive(at: now) }
        return active.isEmpty ? absences.filter { now < $0.from } : active
    }
}
