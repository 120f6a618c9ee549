// A story to be played in virtual time: what happens when, and what should come of it. A value; `ScenarioReader` makes it
// from a file, `Simulation` plays it.

import Foundation
import JSON

/// A scenario file that was read (interfaces, section 4).
public struct Scenario: Sendable {
    /// As the user named it.
    public var file: String
    /// The path of its routes.yaml.
    public var config: String
    /// What offsets count from.
    public var start: Date
    /// The last moment that is played.
    public var until: Date
    /// Ascending by time; of one time, in the order of the file.
    public var events: [ScenarioEvent]
    /// When Tocsin is not running, ascending; they do not overlap.
    public var absences: [Absence]
    public var expectations: [Expectation]
    /// Nothing but what is expected may be sent.
    public var isOnly: Bool
    /// Where `only` stands.
    public var onlyPlace: ScenarioPlace?

    public init(
        file: String, config: String, start: Date, until: Date, events: [ScenarioEvent] = [], absences: [Absence] = [],
        expectations: [Expectation] = [], isOnly: Bool = false, onlyPlace: ScenarioPlace? = nil
    ) {
        self.file = file
        self.config = config
        self.start = start
        self.until = until
        self.events = events
        self.absences = absences
        self.expectations = expectations
        self.isOnly = isOnly
        self.onlyPlace = onlyPlace
    }

    /// A stretch of time in which Tocsin does not run: from the first moment until it runs again.
    public struct Absence: Sendable, Equatable {
        public var from: Date
        public var until: Date

        public init(from: Date, until: Date) {
            self.from = from
            self.until = until
        }
    }

    /// The first moment at or after `time` at which Tocsin runs.
    func awake(at time: Date) -> Date { absences.first { $0.from <= time && time < $0.until }?.until ?? time }
}

/// An event of a scenario.
public struct ScenarioEvent: Sendable {
    /// When it is dropped: its time, unless it says another.
    public var at: Date
    /// The event, as it would stand in a file.
    public var document: JSONValue
    /// The code with which it should be rejected; nil: it should be accepted.
    public var rejected: String?
    public var place: ScenarioPlace
    /// Its identity where the document has no `id`: `event-2`, or `event-2.17` of one that repeats.
    public var name: String

    public init(at: Date, document: JSONValue, rejected: String? = nil, place: ScenarioPlace, name: String) {
        self.at = at
        self.document = document
        self.rejected = rejected
        self.place = place
        self.name = name
    }
}

/// Where something stands in a scenario's file.
public struct ScenarioPlace: Sendable, Equatable, CustomStringConvertible {
    public var file: String
    /// From 1.
    public var line: Int
    /// From 1, in Unicode scalars.
    public var column: Int

    public init(file: String, line: Int, column: Int) {
        self.file = file
        self.line = line
        self.column = column
    }

    /// `FILE:LINE:COLUMN`.
    public var description: String { "\(file):\(line):\(column)" }
}
