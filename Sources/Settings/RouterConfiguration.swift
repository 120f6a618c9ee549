// A routes.yaml that was read and found good.

import Foundation
import Incidents
import Routing

/// Everything that one routes.yaml says.
public struct RouterConfiguration: Sendable {
    /// The first 12 hexadecimal digits of the SHA-256 of the file's bytes: what deliveries name as `config`.
    public var version: String
    /// The file, absolute; all relative paths below have been resolved against its directory.
    public var file: String
    public var router: RouterSettings
    public var scale: SeverityScale
    public var table: RoutingTable
    /// In file order.
    public var channels: [ChannelSettings]
    /// The templates that routes name, in file order: whether they exist is for the templates to say.
    public var templateReferences: [TemplateReference]
    /// The iCalendar files of rotations, absolute: who is on duty changes with them.
    public var calendarFiles: [String]
    /// Nil: there is no HTTP side.
    public var http: HTTPSettings?
    public var heartbeat: Heartbeat?

    public init(
        version: String, file: String, router: RouterSettings, scale: SeverityScale, table: RoutingTable, channels: [ChannelSettings],
        templateReferences: [TemplateReference] = [], calendarFiles: [String] = []
    ) {
        self.version = version
        self.file = file
        self.router = router
        self.scale = scale
        self.table = table
        self.channels = channels
        self.templateReferences = templateReferences
        self.calendarFiles = calendarFiles
    }

    /// Names and lines of `templateReferences`.
    public var templateNames: [(name: String, line: Int)] { templateReferences.map { ($0.name, $0.line) } }
}

/// A template that a route names, and where.
public struct TemplateReference: Sendable, Equatable {
    public var name: String
    public var route: String
    /// From 1.
    public var line: Int
    /// From 1.
    public var column: Int

    public init(name: String, route: String, line: Int, column: Int) {
        self.name = name
        self.route = route
        self.line = line
        self.column = column
    }
}

/// The section `router`.
public struct RouterSettings: Sendable, Equatable {
    /// Absolute paths.
    public var queue: String
    public var state: String
    public var templates: String
    /// IANA name.
    public var timezone: String
    /// Seconds.
    public var retain: TimeInterval
    /// Seconds that an incomplete file may wait for its writer.
    public var settle: TimeInterval
    public var assumedSeverity: Severity
    /// Seconds.
    public var lateAfter: TimeInterval
    /// By the owner of an event's file (a user name or a numeric user id): the types that the file may contain. Owners
    /// that are not named may drop nothing. Nil: everybody may drop everything.
    public var trust: [String: Set<EventType>]?
    /// Where people reach the HTTP side, without a slash at the end; nil: messages have codes instead of links.
    public var publicURL: String?
    /// A Maildir that returned mail, and mail to unsubscribe, is delivered to; absolute. Nil: none is read.
    public var mailbox: String?

    public init(
        queue: String, state: String, templates: String, timezone: String = "UTC", retain: TimeInterval = 90 * 86_400,
        settle: TimeInterval = 600, assumedSeverity: Severity, lateAfter: TimeInterval = 3_600, trust: [String: Set<EventType>]? = nil,
        publicURL: String? = nil, mailbox: String? = nil
    ) {
        self.queue = queue
        self.state = state
        self.templates = templates
        self.timezone = timezone
        self.retain = retain
        self.settle = settle
        self.assumedSeverity = assumedSeverity
        self.lateAfter = lateAfter
        self.trust = trust
        self.publicURL = publicURL
        self.mailbox = mailbox
    }
}
