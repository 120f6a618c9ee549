// Whether somebody holds a directory's lock, found out without touching it.

import Foundation
import Glibc

extension DirectoryLock {
    /// The process that holds the lock on a directory, from the kernel's own list (proc(5), /proc/locks); nil where
    /// nobody does.
    public static func holder(of directory: String, fileName: String = ".lock") -> Int32? {
        var info = stat()
        guard stat("\(directory)/\(fileName)", &info) == 0,
            let locks = try? String(contentsOfFile: "/proc/locks", encoding: .utf8)
        else { return nil }
        // `1: FLOCK  ADVISORY  WRITE 1234 fe:00:131088 0 EOF`: the fifth field is the process, the sixth the file.
        for line in locks.split(separator: "\n") {
            let fields = line.split(separator: " ")
            guard fields.count >= 6, fields[1] == "FLOCK", fields[3] == "WRITE", let process = Int32(fields[4]) else { continue }
            let file = fields[5].split(separator: ":")
            if file.count == 3, UInt64(file[2]) == UInt64(info.st_ino) { return process }
        }
        return nil
    }
}
