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

    public init(
        version: String, file: String, router: RouterSettings, scale: SeverityScale, table: RoutingTable, channels: [ChannelSettings]
    ) {
        self.version = version
        self.file = file
        self.router = router
        self.scale = scale
        self.table = table
        self.channels = channels
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

    public init(
        queue: String, state: String, templates: String, timezone: String = "UTC", retain: TimeInterval = 90 * 86_400,
        settle: TimeInterval = 600, assumedSeverity: Severity, lateAfter: TimeInterval = 3_600
    ) {
        self.queue = queue
        self.state = state
        self.templates = templates
        self.timezone = timezone
        self.retain = retain
        self.settle = settle
        self.assumedSeverity = assumedSeverity
        self.lateAfter = lateAfter
    }
}
