// Whether somebody holds a directory's lock, found out without touching it.

import Glibc

extension DirectoryLock {
    /// The process that holds the lock on a directory, from the kernel's own list (proc(5), /proc/locks); nil where
    /// nobody does.
    public static func holder(of directory: String, fileName: String = ".lock") -> Int32? {
        let path = "\(directory)/\(fileName)"
        var facts = stat()
        guard lstat(path, &facts) == 0, let locks = whole("/proc/locks") else { return nil }
        // Not everybody who may look may read it: then the list alone has to do.
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        defer { if file >= 0 { close(file) } }
        let claim = file >= 0 ? pid(in: file).flatMap { Int32(exactly: $0) } : nil
        let device = UInt64(facts.st_dev)
        return holder(
            in: String(decoding: locks, as: UTF8.self), inode: UInt64(facts.st_ino),
            // makedev(3), taken apart.
            major: (device >> 8 & 0xFFF) | (device >> 32 & 0xFFFF_F000), minor: (device & 0xFF) | (device >> 12 & 0xFFFF_FF00),
            claim: claim)
    }

    /// Looks for `1: FLOCK  ADVISORY  WRITE 1234 fe:00:131088 0 EOF`: the fifth field is the process, the sixth the file:
    /// the device's numbers in hexadecimal, and the inode. Some file systems (btrfs, overlayfs) tell stat(2) another
    /// device than this list: there, the process that has written itself into the file is believed.
    ///
    /// - Parameter claim: the pid in the lock's file.
    static func holder(in locks: String, inode: UInt64, major: UInt64, minor: UInt64, claim: Int32?) -> Int32? {
        for line in locks.split(separator: "\n") {
            let fields = line.split(separator: " ")
            guard fields.count >= 6, fields[1] == "FLOCK", fields[3] == "WRITE", let process = Int32(fields[4]) else { continue }
            let file = fields[5].split(separator: ":", omittingEmptySubsequences: false)
            guard let number = file.last, UInt64(number) == inode else { continue }
            // Where the device is not given, the inode alone has to do.
            guard file.count == 3, let itsMajor = UInt64(file[0], radix: 16), let itsMinor = UInt64(file[1], radix: 16) else {
                return process
            }
            if itsMajor == major && itsMinor == minor || process == claim { return process }
        }
        return nil
    }

    /// A file of /proc has no size, and gives a page at a time.
    private static func whole(_ path: String) -> [UInt8]? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(file, &buffer, buffer.count)
            if count == 0 { return bytes }
            if count > 0 { bytes += buffer[..<count] } else if errno != EINTR { return nil }
        }
    }
}
