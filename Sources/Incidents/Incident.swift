// The latest known state of what events are about.

import Foundation
import JSON

/// An incident, as far as it is known.
public struct Incident: Sendable, Equatable {
    public let id: String
    /// The members as last said, by their names in the event; severities and statuses are canonical. Those that Tocsin
    /// does not know, and labels, within `Limits`.
    public var members: [String: JSONValue]
    /// Somebody has it.
    public var acknowledged: Bool
    public var acknowledgedBy: String?
    /// It was over once, and is open again.
    public var reopened: Bool
    /// How often it was escalated.
    public var level: Int
    /// Its first event's time.
    public var firstSeen: Date
    /// Its latest event's time.
    public var updated: Date
    /// Who said what when: field → source → the latest explicit time. Older words do not move a field backwards.
    /// Within `Limits`: a source that was forgotten counts as one that has not spoken.
    public var said: [String: [String: Date]]
    /// What time has made of it.
    public var course: Course {
        get { box.course }
        _modify {
            if !isKnownUniquelyReferenced(&box) { box = CourseBox(box.course) }
            yield &box.course
        }
    }
    /// Apart, because an incident is copied far more often than its course is looked at.
    private var box: CourseBox
    /// When the clock is to look at it again, as the ledger has it; nil: never.
    public var alarm: Date?

    public init(id: String, firstSeen: Date) {
        self.id = id
        self.members = [:]
        self.acknowledged = false
        self.acknowledgedBy = nil
        self.reopened = false
        self.level = 0
        self.firstSeen = firstSeen
        self.updated = firstSeen
        self.said = [:]
        self.box = CourseBox(Course(started: firstSeen))
    }

    /// A text member; nil where it is not known.
    public func text(_ member: String) -> String? { members[member]?.string }

    public func time(_ member: String) -> Date? { text(member).flatMap(Timestamp.parse) }

    public var status: IncidentStatus { text("status").flatMap(IncidentStatus.init(word:)) ?? .open }

    /// `opened_at`, or else the first event's time.
    public var openedAt: Date { time("opened_at") ?? firstSeen }

    public var isOpen: Bool { !status.isEnded }

    /// The severity by the scale; what came without one counts as `assumed`, and so does one that the scale no longer has.
    public func severity(on scale: SeverityScale, assumed: Severity) -> Severity {
        text("severity").flatMap(scale.severity) ?? assumed
    }

    /// Labels, as text.
    public func label(_ name: String) -> String? { members["labels"]?[name]?.scalarText }
}

/// A course that incidents share until one of them changes it. Only whoever holds it alone writes to it.
private final class CourseBox: @unchecked Sendable, Equatable {
    var course: Course

    init(_ course: Course) { self.course = course }

    static func == (a: CourseBox, b: CourseBox) -> Bool { a === b || a.course == b.course }
}
