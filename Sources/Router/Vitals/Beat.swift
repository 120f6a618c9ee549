// Whether a loop that is at work makes progress. A loop that waits for work is well.

import Foundation
import Synchronization

/// Touched by a loop at each step of its work.
final class Beat: Sendable {
    private let last = Mutex<ContinuousClock.Instant?>(nil)

    /// It is at work, and has just got on.
    func touch() { last.withLock { $0 = .now } }

    /// It waits for work.
    func rest() { last.withLock { $0 = nil } }

    /// Seconds since the loop last got on with its work; nil where it waits for some.
    var silence: TimeInterval? { last.withLock(\.self).map { ($0.duration(to: .now)) / .seconds(1) } }
}
