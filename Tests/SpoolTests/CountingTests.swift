// What lies in a queue, counted by looking.

import Foundation
import Testing

@testable import Spool

@Suite struct CountingTests {
    @Test func looksIntoAsManyAsAreAskedFor() throws {
        let queue = QueueFixture()
        try queue.moveIn("half.json", #"{"type":"update","incident":{"id":"L1""#, modified: QueueFixture.old)
        try queue.moveIn("empty.json", "")
        try queue.moveIn("whole.json", "{}")
        try queue.moveIn("bad.json", "{]")
        // Of lines the last one decides, however many there are before it.
        try queue.moveIn("long.ndjson", String(repeating: "{}\n", count: 500_000) + #"{"a":"#)
        try queue.moveIn("lines.ndjson", String(repeating: "{}\n", count: 500_000))
        try queue.moveIn("notes.txt", "{")
        let counts = try SpoolCounts.of(queue: queue.path, inspecting: 100)
        #expect(counts.waiting == 6 && counts.incomplete == 3 && counts.ignored == 1)
        #expect(counts.oldest?.timeIntervalSince(QueueFixture.old).magnitude ?? .infinity < 1)
        let uninspected = try SpoolCounts.of(queue: queue.path)
        #expect(uninspected.waiting == 6 && uninspected.incomplete == 0 && uninspected.oldest == nil)
    }
}
