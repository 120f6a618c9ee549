// What stat(2) says of a file, as far as it tells whether the file has changed, and in which order files came.

import Foundation
import Glibc

struct FileStamp: Equatable, Sendable {
    var device: UInt64
    var inode: UInt64
    var size: Int
    /// Modification time in nanoseconds since 1970, at most `mostSeconds` away from it.
    var modified: Int64
    var isRegular: Bool
    var owner: UInt32

    /// Whoever owns a file can give it any time there is. What is farther from 1970 than nanoseconds can count (some 285
    /// years) is as good as this.
    static let mostSeconds: Int64 = 9_000_000_000

    init(_ facts: stat) {
        device = UInt64(facts.st_dev)
        inode = UInt64(facts.st_ino)
        size = Int(facts.st_size)
        let seconds = min(max(Int64(facts.st_mtim.tv_sec), -Self.mostSeconds), Self.mostSeconds)
        modified = seconds * 1_000_000_000 + min(max(Int64(facts.st_mtim.tv_nsec), 0), 999_999_999)
        isRegular = facts.st_mode & S_IFMT == S_IFREG
        owner = facts.st_uid
    }

    var modifiedDate: Date { Date(timeIntervalSince1970: Double(modified) / 1_000_000_000) }

    /// Of an open file; nil where the system refuses (see `errno`).
    static func of(_ descriptor: Int32) -> FileStamp? {
        var facts = stat()
        return fstat(descriptor, &facts) == 0 ? FileStamp(facts) : nil
    }

    /// Of a name, without following a symbolic link; nil where the system refuses (see `errno`).
    static func of(_ name: FileName, in directory: Int32) -> FileStamp? {
        var facts = stat()
        return name.withPath { fstatat(directory, $0, &facts, AT_SYMLINK_NOFOLLOW) } == 0 ? FileStamp(facts) : nil
    }

    /// Seconds since this state of the file came about, where it has been looked at since `seen` (nanoseconds of the
    /// monotonic clock). A modification time in the future says nothing.
    func age(wall: Int64, monotonic: Int64, seen: Int64) -> Double {
        let (passed, isBeyond) = wall.subtractingReportingOverflow(modified)
        let byClock = modified > wall ? 0 : isBeyond ? Int64.max : passed
        return Double(max(byClock, monotonic - seen)) / 1_000_000_000
    }

    static func nanoseconds(_ clock: clockid_t) -> Int64 {
        var now = timespec()
        clock_gettime(clock, &now)
        return Int64(now.tv_sec) * 1_000_000_000 + Int64(now.tv_nsec)
    }
}
