// How much lies where: of a running spool from what it knows, of a directory by looking.

import Foundation
import Glibc

/// Files in the queue directory.
public struct SpoolCounts: Sendable, Equatable {
    /// Files that wait to be taken.
    public var waiting = 0
    /// Files that have been taken, and neither forgotten nor rejected yet.
    public var taken = 0
    /// Files among those that wait whose content ends too early.
    public var incomplete = 0
    /// When the oldest of those that wait was last written, of as many as were looked into.
    public var oldest: Date?
    /// Names that are left alone: another extension, or a dot in front.
    public var ignored = 0
    /// Files in `rejected/`; of a running spool, those rejected since it started.
    public var rejected = 0
    /// There are more than were counted.
    public var isLowerBound = false

    public init() {}

    /// Counts what lies in a queue directory, whether or not a router works on it.
    ///
    /// - Parameters:
    ///   - queue: the path of the queue directory.
    ///   - limit: names looked at in each directory; with more, `isLowerBound` is set.
    ///   - inspecting: how many of the files that wait are looked into, for those that are incomplete and for the oldest. What
    ///     cannot be read counts as complete.
    /// - Throws: `SpoolError`; `.notFound` where there is no such directory, because the router has not run yet.
    public static func of(queue: String, limit: Int = 1_000_000, inspecting: Int = 0) throws(SpoolError) -> SpoolCounts {
        let places = SpoolDirectory(path: queue)
        var counts = SpoolCounts()
        var waiting: [FileName] = []
        try each(places.path, limit, &counts, isRequired: true) { counts, name in
            if name.kind != .other {
                counts.waiting += 1
                if waiting.count < inspecting { waiting.append(name) }
            } else if !QueueScan.isOurs(name) {
                counts.ignored += 1
            }
        }
        counts.inspect(waiting, in: places.path)
        try each(places.taken, limit, &counts) { counts, name in
            if TakenName.sequence(name) != nil { counts.taken += 1 }
        }
        try each(places.rejected, limit, &counts) { counts, name in
            if !RejectedFiles.isReason(name), name.bytes.first != UInt8(ascii: ".") { counts.rejected += 1 }
        }
        return counts
    }

    /// When the oldest of the files that wait was last written; nil: none waits.
    ///
    /// - Parameter limit: files that are looked at.
    public static func oldest(in queue: String, limit: Int) throws(SpoolError) -> Date? {
        let directory = open(queue, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else { throw SpoolError(errno: errno, doing: "look into \(queue)") }
        defer { close(directory) }
        var oldest: Date?
        var seen = 0
        let number = QueueHandle.eachName(in: directory) { name, _ in
            guard name.kind != .other, let stamp = FileStamp.of(name, in: directory) else { return true }
            oldest = min(oldest ?? stamp.modifiedDate, stamp.modifiedDate)
            seen += 1
            return seen < limit
        }
        if number != 0 { throw SpoolError(errno: number, doing: "read the directory \(queue)") }
        return oldest
    }

    private static func each(
        _ path: String, _ limit: Int, _ counts: inout SpoolCounts, isRequired: Bool = false, _ body: (inout SpoolCounts, FileName) -> Void
    ) throws(SpoolError) {
        let directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else {
            // The private directory is for the router's user alone: others see the rest.
            if !isRequired, errno == ENOENT || errno == EACCES { return }
            if errno == ENOENT { throw SpoolError.noQueue(path) }
            throw SpoolError(errno: errno, doing: "look into \(path)")
        }
        defer { close(directory) }
        var seen = 0
        var isCut = false
        let number = QueueHandle.eachName(in: directory) { name, _ in
            seen += 1
            if seen > limit {
                isCut = true
                return false
            }
            body(&counts, name)
            return true
        }
        if isCut { counts.isLowerBound = true }
        if number != 0 { throw SpoolError(errno: number, doing: "read the directory \(path)") }
    }
}
