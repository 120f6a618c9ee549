// How much room a file system has left.

import Glibc

/// The room on the file system of one path.
public struct DiskSpace: Sendable, Equatable {
    /// Bytes that an ordinary user may still write.
    public var free: Int
    /// Bytes in all.
    public var size: Int
    /// The same for all paths of one file system.
    public var device: UInt64

    public init(free: Int, size: Int, device: UInt64) {
        self.free = free
        self.size = size
        self.device = device
    }

    /// Nil where the path leads nowhere, or the file system does not say.
    public static func of(_ path: String) -> DiskSpace? {
        var room = statvfs()
        var file = stat()
        guard statvfs(path, &room) == 0, stat(path, &file) == 0, room.f_blocks > 0 else { return nil }
        let block = Int(clamping: room.f_frsize)
        return DiskSpace(
            free: block.multipliedClamping(room.f_bavail), size: block.multipliedClamping(room.f_blocks), device: UInt64(file.st_dev))
    }

    /// The file systems of the paths, each once, with the first path that is on it.
    public static func each(of paths: [String]) -> [(path: String, space: DiskSpace)] {
        var disks: [(path: String, space: DiskSpace)] = []
        for path in paths {
            guard let space = of(path), !disks.contains(where: { $0.space.device == space.device }) else { continue }
            disks.append((path, space))
        }
        return disks
    }

    /// Those of them that are nearly full.
    public static func nearlyFull(_ paths: [String]) -> [(path: String, space: DiskSpace)] { each(of: paths).filter(\.space.isNearlyFull) }

    /// Less than 64 MiB, or than 5% where that is less: a small file system is not nearly full from the start, and of a
    /// large one no gigabytes are asked for. At the worst rate of events, some seconds are left.
    public var isNearlyFull: Bool { free < Self.least(of: size) }

    /// Twice that: so that what comes and goes at the edge is not told each time.
    public var hasRoomAgain: Bool { free >= 2 * Self.least(of: size) }

    private static func least(of size: Int) -> Int { min(size / 20, 64 << 20) }
}

extension Int {
    fileprivate func multipliedClamping(_ count: UInt) -> Int {
        let (product, hasOverflown) = multipliedReportingOverflow(by: Int(clamping: count))
        return hasOverflown ? .max : product
    }
}
