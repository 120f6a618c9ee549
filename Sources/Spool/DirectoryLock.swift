// One process for one directory. The lock is flock(2): it goes when its process goes, however that ends.
// The file stays behind, with the pid of the last holder in it; it is the lock on it that counts.

import Glibc
import Synchronization

/// An exclusive lock on a directory, held until `release()`, the end of this object, or the end of the process.
public final class DirectoryLock: Sendable {
    private let descriptor: Mutex<Int32>

    /// Takes the lock, or refuses at once.
    ///
    /// - Parameters:
    ///   - directory: an existing directory.
    ///   - fileName: the file in it that carries the lock.
    ///   - owner: what holds it, for the message to whoever comes second.
    /// - Throws: `SpoolError` with `.alreadyRunning`, whose message names the pid of the holder.
    public init(directory: String, fileName: String = ".lock", owner: String = "router") throws(SpoolError) {
        let path = "\(directory)/\(fileName)"
        // Between opening and locking, somebody may have removed the file: then the lock is on nothing.
        for _ in 0..<16 {
            let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0o644)
            if file < 0 { throw SpoolError(errno: errno, doing: "open the lock \(path)") }
            while flock(file, LOCK_EX | LOCK_NB) != 0 {
                let number = errno
                if number == EINTR { continue }
                let pid = DirectoryLock.pid(in: file)
                close(file)
                if number != EWOULDBLOCK { throw SpoolError(errno: number, doing: "lock \(path)") }
                throw SpoolError(
                    .alreadyRunning,
                    "another \(owner)\(pid.map { " (process \($0))" } ?? "") already works on \(directory); "
                        + "stop it first, or give this one a directory of its own", cause: number)
            }
            var mine = stat()
            var there = stat()
            if fstat(file, &mine) == 0, stat(path, &there) == 0, mine.st_ino == there.st_ino, mine.st_dev == there.st_dev {
                // A full disk must not keep a router from starting: the pid is for people.
                let text = Array("\(getpid())\n".utf8)
                if ftruncate(file, 0) == 0 { _ = pwrite(file, text, text.count, 0) }
                descriptor = Mutex(file)
                return
            }
            close(file)
        }
        throw SpoolError(.io, "cannot lock \(path): somebody keeps removing it")
    }

    deinit { release() }

    /// Lets go; a second time does nothing.
    public func release() {
        descriptor.withLock { file in
            if file >= 0 {
                // Closing is not enough: a process that is being started from this one still has the descriptor until its exec.
                flock(file, LOCK_UN)
                close(file)
            }
            file = -1
        }
    }

    static func pid(in file: Int32) -> Int? {
        var bytes = [UInt8](repeating: 0, count: 32)
        let count = pread(file, &bytes, bytes.count, 0)
        guard count > 0 else { return nil }
        return Int(String(decoding: bytes[..<count].prefix { $0 >= 0x30 && $0 <= 0x39 }, as: UTF8.self))
    }
}
