// What has become of broadcasts, kept for a while: with a hundred thousand recipients each, counting is work, and a page asks often.

import Routing
import Synchronization

/// Counts that may lag behind, so that counting takes a small part of the time, however many there are and however often they
/// are asked for.
final class BroadcastCounts: Sendable {
    /// By channel and state.
    typealias Counts = [String: [DeliveryState: Int]]

    private struct Kept {
        var broadcast: Broadcast
        var counts: Counts
        var isUnderWay: Bool
        var at: ContinuousClock.Instant
        /// How long counting took.
        var cost: Duration
    }

    /// They are good for that long, at least.
    static let lag = Duration.seconds(2)
    /// Of what is over, counting takes no more than this part of the time: it changes only where somebody mends.
    static let share = 1_000
    /// After that, one reading counts no more of what is known from before.
    static let budget = Duration.milliseconds(200)
    /// Broadcasts that are kept.
    static let most = 1_000

    private let kept = Mutex<[String: Kept]>([:])

    /// The counts of one broadcast.
    ///
    /// - Parameter spent: what this reading has spent on counting; this one's is added.
    func of(
        _ broadcast: Broadcast, now: ContinuousClock.Instant = .now, spent: inout Duration, count: () throws -> Counts
    ) rethrows -> Counts {
        if let known = kept.withLock({ $0[broadcast.id] }) {
            let isSame = known.broadcast == broadcast
            let lag = known.isUnderWay || !isSame ? Self.lag : max(Self.lag, known.cost * Self.share)
            if known.at.duration(to: now) < lag || isSame && spent > Self.budget { return known.counts }
        }
        let start = ContinuousClock.now
        let counts = try count()
        let cost = start.duration(to: .now)
        spent += cost
        let row = BroadcastRow(broadcast: broadcast, subject: nil, message: "", counts: counts)
        kept.withLock { kept in
            if kept.count >= Self.most { kept = [:] }
            kept[broadcast.id] = Kept(broadcast: broadcast, counts: counts, isUnderWay: row.isUnderWay, at: now, cost: cost)
        }
        return counts
    }

    /// Somebody has mended something.
    func forget() { kept.withLock { $0 = [:] } }
}
