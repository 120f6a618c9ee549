// The wall clock may jump. Forwards, what waits is simply due earlier. Backwards by hours, what was to be retried in a
// second would wait for hours: it is brought back to the present.

import Foundation
import Glibc
import Ledger

extension Dispatcher {
    /// The least jump backwards, in seconds, that is worth a look at everything that waits.
    static let noticeableJump: TimeInterval = 5

    /// Compares the wall clock with the one that only goes forwards.
    func mindTheClock() async {
        var monotonic = timespec()
        clock_gettime(CLOCK_MONOTONIC, &monotonic)
        let ahead = pipeline.clock().timeIntervalSince1970 - Double(monotonic.tv_sec) - Double(monotonic.tv_nsec) / 1e9
        if let known = clockAhead, known - ahead < Self.noticeableJump {
            clockAhead = ahead
            return
        }
        let jump = clockAhead.map { $0 - ahead }
        do {
            let recalled = try await pipeline.ledger.recallFromFuture(now: pipeline.clock())
            clockAhead = ahead
            guard recalled > 0 || jump != nil else { return }
            logger.warning(
                "the clock was set back; what it had planned is brought forward",
                metadata: ["deliveries": "\(recalled)", "seconds": "\(jump.map { "\(Int($0))" } ?? "unknown")"])
            laneAlarms = []
            for name in lanes.keys { change(name) { $0.alarm = nil } }
            ledgerAlarm = nil
            dues = [:]
            dueAlarms = []
            await readLanes()
        } catch {
            complain("the ledger cannot be read; trying again", error)
        }
    }
}
