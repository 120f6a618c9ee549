// One router to a state directory. The lock is the kernel's and dies with its process, however that ends. Commands that
// read or mend do not take it.

import Foundation
import Glibc

/// Holds `STATE/router.lock` for as long as it lives.
public final class StateLock: Sendable {
    private let descriptor: CInt

    /// Takes the lock without waiting; the state directory is made where there is none.
    ///
    /// - Throws: `alreadyRunning`, naming the process that has it; `notADirectory`, `permission`, `diskFull`, `io`.
    public init(directory: String) throws(LedgerError) {
        let file = LedgerFile(directory: directory)
        try file.prepareDirectory()
        let path = (directory as NSString).appendingPathComponent("router.lock")
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw LedgerFile.failure("the lock \(path) cannot be opened") }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let isTaken = errno == EWOULDBLOCK
            let failure = LedgerFile.failure("the lock \(path) cannot be taken")
            let holder = Self.holder(descriptor)
            Glibc.close(descriptor)
            throw isTaken
                ? LedgerError(
                    .alreadyRunning, "a router already runs on \(directory)\(holder.map { " (process \($0))" } ?? ""); stop it first")
                : failure
        }
        // For people, and for the message above; the lock itself does not depend on it.
        let text = Array("\(getpid())\n".utf8)
        ftruncate(descriptor, 0)
        _ = pwrite(descriptor, text, text.count, 0)
        self.descriptor = descriptor
    }

    deinit { Glibc.close(descriptor) }

    private static func holder(_ descriptor: CInt) -> Int32? {
        var text = [UInt8](repeating: 0, count: 16)
        let count = pread(descriptor, &text, text.count, 0)
        guard count > 0 else { return nil }
        return Int32(String(decoding: text.prefix(count), as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines))
    }
}
