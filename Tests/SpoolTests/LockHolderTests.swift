// Who holds a lock, by the kernel's own list.

import Foundation
import Glibc
import Testing

@testable import Spool

@Suite struct LockHolderTests {
    private static let locks = """
        1: POSIX  ADVISORY  READ  11 fe:00:77 128 128
        2: FLOCK  ADVISORY  READ  12 fe:00:77 0 EOF
        3: FLOCK  ADVISORY  WRITE 13 fe:01:77 0 EOF
        3: -> FLOCK  ADVISORY  WRITE 14 fe:00:77 0 EOF
        4: FLOCK  ADVISORY  WRITE 15 fe:00:78 0 EOF
        5: FLOCK  ADVISORY  WRITE 16 103:1a:79 0 EOF
        6: FLOCK  ADVISORY  WRITE 17 <none>:80 0 EOF
        """

    @Test(
        arguments: [
            (77, 0xFE, 0, nil, nil), (77, 0xFE, 1, nil, 13), (77, 0xFE, 0, 13, 13), (77, 0xFE, 0, 12, nil), (78, 0xFE, 0, nil, 15),
            (79, 0x103, 0x1A, nil, 16), (79, 0x103, 0x1B, nil, nil), (80, 0xFE, 0, nil, 17), (81, 0xFE, 0, nil, nil),
        ] as [(UInt64, UInt64, UInt64, Int32?, Int32?)])
    func isFoundByInodeAndDevice(inode: UInt64, major: UInt64, minor: UInt64, claim: Int32?, holder: Int32?) {
        #expect(DirectoryLock.holder(in: Self.locks, inode: inode, major: major, minor: minor, claim: claim) == holder)
    }

    /// The list is then longer than what one read of it gives.
    @Test func isFoundAmongManyLocks() throws {
        let queue = QueueFixture()
        #expect(DirectoryLock.holder(of: queue.path) == nil)
        let lock = try DirectoryLock(directory: queue.path, owner: "router")
        var others: [DirectoryLock] = []
        for number in 0..<300 { others.append(try DirectoryLock(directory: queue.root, fileName: "\(number).lock")) }
        let last = try DirectoryLock(directory: queue.root, fileName: "last.lock")
        #expect(DirectoryLock.holder(of: queue.path) == getpid())
        #expect(DirectoryLock.holder(of: queue.root, fileName: "last.lock") == getpid())
        for other in others + [lock, last] { other.release() }
        #expect(DirectoryLock.holder(of: queue.path) == nil)
    }
}
