// Everything that comes of a scenario, in the order in which it comes.

import Foundation
import JSON

/// What was sent, held and kept back, line by line.
public struct Timeline: Sendable {
    /// What offsets count from.
    public var start: Date
    /// Ascending by time.
    public var lines: [TimelineLine]

    public init(start: Date, lines: [TimelineLine] = []) {
        self.start = start
        self.lines = lines
    }

    /// Messages that left.
    public var messages: Int { lines.count { $0.action.leaves } }

    /// Seconds from the start.
    public func offset(of line: TimelineLine) -> TimeInterval { line.at.timeIntervalSince(start) }
}

/// One thing that happened to a delivery. A `send` or a `release` is one message that leaves.
public struct TimelineLine: Sendable, Equatable {
    public enum Action: String, Sendable, CaseIterable {
        case send
        /// Waits on purpose.
        case hold
        /// Leaves a hold: as itself, or as a digest of several.
        case release
        case suppress
        case supersede
        case expire

        /// A message goes out.
        public var leaves: Bool { self == .send || self == .release }
    }

    public var at: Date
    public var action: Action
    /// The delivery.
    public var id: Int64
    public var incident: String?
    /// The event's id.
    public var event: String
    public var type: String
    public var severity: String?
    public var routes: [String]
    public var recipient: String
    /// The entry of `to` that it came from.
    public var `for`: String
    public var channel: String
    public var address: String
    public var template: String
    /// Why: of what was held, kept back or overtaken; of an event of the clock's, why it was raised.
    public var reason: String?
    /// Until when it is held.
    public var until: Date?
    /// It was made of what was held.
    public var isDigest: Bool
    /// Of a digest, and of a message that others waited for: the deliveries that it holds.
    public var contains: [Int64]
    /// Those deliveries, as they were when they were held.
    public var contents: [TimelineLine]

    public init(
        at: Date, action: Action, id: Int64, incident: String?, event: String, type: String, severity: String? = nil,
        routes: [String] = [], recipient: String, for entry: String, channel: String, address: String, template: String,
        reason: String? = nil, until: Date? = nil, isDigest: Bool = false, contains: [Int64] = [], contents: [TimelineLine] = []
    ) {
        self.at = at
        self.action = action
        self.id = id
        self.incident = incident
        self.event = event
        self.type = type
        self.severity = severity
        self.routes = routes
        self.recipient = recipient
        self.for = entry
        self.channel = channel
        self.address = address
        self.template = template
        self.reason = reason
        self.until = until
        self.isDigest = isDigest
        self.contains = contains
        self.contents = contents
    }
}
