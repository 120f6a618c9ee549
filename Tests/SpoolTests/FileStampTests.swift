// Modification times are the producer's to choose: none may hurt.

import Foundation
import Glibc
import Testing

@testable import Spool

@Suite struct FileStampTests {
    private static func stamp(seconds: Int, nanoseconds: Int = 0) -> FileStamp {
        var facts = stat()
        facts.st_mtim = timespec(tv_sec: seconds, tv_nsec: nanoseconds)
        return FileStamp(facts)
    }

    private static let wall: Int64 = 1_795_521_600_000_000_000

    @Test(
        arguments: [
            (Int.min, 9_000_000_000 + 1_795_521_600), (-9_223_372_037, 9_000_000_000 + 1_795_521_600),
            (-9_000_000_000, 9_000_000_000 + 1_795_521_600), (0, 1_795_521_600), (1_795_521_590, 10), (1_795_521_601, 7),
            (9_000_000_000, 7), (9_223_372_037, 7), (Int.max, 7),
        ] as [(Int, Double)])
    func anyTimeHasAnAge(seconds: Int, age: Double) {
        let stamp = Self.stamp(seconds: seconds, nanoseconds: 0)
        let found = stamp.age(wall: Self.wall, monotonic: 17_000_000_000, seen: 10_000_000_000)
        // Nanoseconds end after 292 years: beyond, the age is merely great.
        #expect(found == min(age, Double(Int64.max) / 1_000_000_000))
        #expect(Self.stamp(seconds: seconds, nanoseconds: 999_999_999).modifiedDate.timeIntervalSince1970.magnitude <= 9_000_000_001)
    }

    @Test func theOrderOfExtremesIsThatOfTime() {
        let times = [Int.min, -9_000_000_000, -1, 0, 1, 9_000_000_000, Int.max].map { Self.stamp(seconds: $0).modified }
        #expect(times == times.sorted())
        #expect(Self.stamp(seconds: -1, nanoseconds: 500_000_000).modified == -500_000_000)
    }

    /// Other file systems bring times within their own bounds; a tmpfs keeps all.
    @Test(
        .enabled(if: access("/dev/shm", W_OK) == 0), arguments: [-9_000_000_000, -9_300_000_000, 9_300_000_000, Int.min / 2, Int.max / 2])
    func aFileOfAnyAgeIsTaken(seconds: Int) async throws {
        let queue = QueueFixture(in: "/dev/shm")
        func put(_ name: String) throws {
            let aside = queue.root + "/" + name
            try Data("{}".utf8).write(to: URL(fileURLWithPath: aside))
            let time = timespec(tv_sec: seconds, tv_nsec: 0)
            try #require(utimensat(AT_FDCWD, aside, [time, time], 0) == 0)
            try #require(rename(aside, queue.path + "/" + name) == 0)
        }
        try put("before.json")
        do {
            let spool = try queue.open()
            let files = await spool.take(1)
            #expect(files.map(\.name) == ["before.json"])
            #expect(files.first?.origin().modified == files.first?.modified)
            await spool.close()
        }
        // Not forgotten: it is met again at the next start, beside one that comes later.
        let spool = try queue.open()
        try put("after.json")
        let files = await spool.take(2)
        #expect(files.map(\.name) == ["before.json", "after.json"])
        await spool.forget(files)
        await spool.stop()
    }
}
