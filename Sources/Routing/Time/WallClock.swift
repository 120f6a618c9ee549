// What a clock on the wall shows, and when it shows something. Clocks are put forward and back, mostly by an hour, by half
// an hour on Lord Howe, by a day once in Samoa; some zones change without any summer time. So nothing here counts in local
// days: time is cut into stretches in which a zone's clocks run evenly, and within one of them a local time is a sum.

import Foundation
import Incidents

/// A stretch of time in which the clocks of a zone run evenly; seconds since 1970.
struct Stretch: Equatable {
    var from: Int
    /// Excluded, and later than `from`.
    var until: Int
    /// What local time is ahead of UTC.
    var offset: Int
    /// The same from `until` on.
    var nextOffset: Int
}

/// The clocks of one zone. Local times are seconds since the local 1970-01-01T00:00.
struct WallClock {
    static let day = 86_400

    let zone: TimeZone

    init(_ zone: TimeZone) { self.zone = zone }

    func offset(at second: Int) -> Int { zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(second))) }

    /// The even stretch from a moment on; it ends where the clocks are changed, or after a day.
    func stretch(from second: Int) -> Stretch { stretch(from: second, offset: offset(at: second)) }

    func stretch(after stretch: Stretch) -> Stretch { self.stretch(from: stretch.until, offset: stretch.nextOffset) }

    /// No zone has ever changed its clocks there and back within a day, so that its two ends tell whether they were changed.
    private func stretch(from second: Int, offset: Int) -> Stretch {
        var until = second + Self.day
        var nextOffset = self.offset(at: until)
        if nextOffset == offset { return Stretch(from: second, until: until, offset: offset, nextOffset: offset) }
        var same = second
        while until - same > 1 {
            let middle = same + (until - same) / 2
            let there = self.offset(at: middle)
            if there == offset {
                same = middle
            } else {
                until = middle
                nextOffset = there
            }
        }
        return Stretch(from: second, until: until, offset: offset, nextOffset: nextOffset)
    }

    /// The first moment at which the clocks show a local time; where that is skipped, the moment of the jump.
    func moment(showing local: Int) -> Int {
        // No clock is a day away from UTC.
        var stretch = stretch(from: local - Self.day)
        while stretch.until + stretch.offset <= local { stretch = self.stretch(after: stretch) }
        return max(stretch.from, local - stretch.offset)
    }

    /// The first moment after `second` at which the clocks show, or jump over, one of the local times that come every
    /// `period` seconds and `phase` seconds after midnight.
    func next(every period: Int, phase: Int, after second: Int) -> Int {
        var stretch = stretch(from: second)
        var local = second + stretch.offset
        while true {
            let wanted = local + period - (local - phase).remainder(of: period)
            if wanted < stretch.until + stretch.offset { return wanted - stretch.offset }
            local = stretch.until + stretch.nextOffset
            if local >= wanted || (local - phase).remainder(of: period) == 0 { return stretch.until }
            stretch = self.stretch(after: stretch)
        }
    }
}

extension Int {
    /// The quotient, rounded down.
    func quotient(by divisor: Int) -> Int { (self - remainder(of: divisor)) / divisor }

    /// From 0 up to, not including, `divisor`, also where this is negative.
    func remainder(of divisor: Int) -> Int {
        let rest = self % divisor
        return rest < 0 ? rest + divisor : rest
    }
}

extension Date {
    /// The whole second since 1970 in which it lies, within the years 1 to 9999.
    var second: Int { Int(Timestamp.bounded(self).timeIntervalSince1970.rounded(.down)) }

    init(second: Int) { self.init(timeIntervalSince1970: Double(second)) }

    /// Microseconds since 1970, within the years 1 to 9999: what the ledger keeps of a time.
    var microseconds: Int { Int((Timestamp.bounded(self).timeIntervalSince1970 * 1_000_000).rounded()) }

    /// One division, as where the ledger reads a time: equal times stay equal.
    init(microseconds: Int) { self.init(timeIntervalSince1970: Double(microseconds) / 1_000_000) }
}
