// How the queue directory is watched. The defaults are what interfaces promise; tests use shorter times.

import Foundation

/// How the spool watches and takes.
public struct SpoolOptions: Sendable {
    public enum Watch: Sendable {
        /// inotify where it works, polling elsewhere (network file systems, no watches left).
        case automatic
        /// inotify even where the file system looks like one of the network.
        case inotify
        case polling
    }

    public var watch = Watch.automatic
    /// How long a file whose content ends too early waits for its writer, in seconds since it last changed.
    public var settle: TimeInterval = 600
    /// How long a file must not have changed where nobody says that its writer has finished, in seconds.
    public var quiet: TimeInterval = 2
    /// How often polling looks, in seconds.
    public var pollInterval: TimeInterval = 1
    /// How often the directory is looked through although the kernel tells of changes, in seconds.
    public var rescanInterval: TimeInterval = 30
    /// Names kept in memory; what is over is found again by looking.
    public var maximumNames = 65_536
    /// Content handed over at once, in bytes; one larger file comes alone.
    public var maximumBytes = 8 << 20
    /// Wall clock: modification times are compared with it, and reasons carry it.
    public var now: @Sendable () -> Date = { Date() }

    public init() {}
}
