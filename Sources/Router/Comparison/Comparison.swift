// Two configurations held against each other: what was recorded, played through both, and whom the difference concerns.

import Dispatch
import Foundation
import Ledger
import Settings
import Synchronization

/// One message as an example.
public struct NoticeExample: Sendable, Equatable {
    public var incident: String?
    public var type: String
    public var severity: String?
    public var at: Date
    /// A channel, perhaps `, in a digest`.
    public var way: String
}

/// What somebody loses or gains.
public struct NoticeChange: Sendable, Equatable {
    public var count = 0
    /// Of those, the ones at the most urgent severity.
    public var critical = 0
    public var byType: [String: Int] = [:]
    public var bySeverity: [String: Int] = [:]
    /// The most urgent first; at most `Comparison.examples`.
    public var examples: [NoticeExample] = []
}

/// Messages that come by another way.
public struct NoticeMove: Sendable, Equatable, Hashable {
    public var from: String
    public var to: String
}

/// The difference for one recipient.
public struct RecipientDifference: Sendable, Equatable {
    /// A person, a channel or an address.
    public var recipient: String
    public var lost = NoticeChange()
    public var gained = NoticeChange()
    public var moved: [NoticeMove: Int] = [:]
}

/// What came of comparing.
public struct Comparison: Sendable {
    public static let examples = 3

    public var since: Date
    public var until: Date
    public var events = 0
    public var incidents = 0
    /// Messages by the old configuration, and by the new one.
    public var before = 0
    public var after = 0
    /// Events that they would not accept, and why, of the first.
    public var rejectedBefore = 0
    public var rejectedAfter = 0
    public var rejection: String?
    /// Those who lose the most urgent first, then those who lose most, then those who gain.
    public var recipients: [RecipientDifference] = []

    /// Somebody loses a notice of the most urgent severity.
    public var losesCritical: Bool { recipients.contains { $0.lost.critical > 0 } }

    /// Plays what was recorded since then through both, side by side. Computes and blocks: not for the cooperative pool.
    public static func run(
        _ ledger: LedgerStore, from opening: Opening, old: Setup, new: Setup, since: Date, until: Date
    ) throws(LedgerError) -> Comparison {
        let results = Mutex<[Result<Replay, LedgerError>?]>([nil, nil])
        DispatchQueue.concurrentPerform(iterations: 2) { side in
            let result = Result { () throws(LedgerError) in
                try Replay.run(ledger, from: opening, since: since, until: until, setup: side == 0 ? old : new)
            }
            results.withLock { $0[side] = result }
        }
        var replays: [Replay] = []
        for result in results.withLock({ $0 }) { if let result { replays.append(try result.get()) } }
        guard replays.count == 2 else { return Comparison(since: since, until: until) }
        return Comparison(
            replays[0], replays[1], since: since, until: until, mostUrgent: old.configuration.scale.mostUrgent.name)
    }

    init(since: Date, until: Date) {
        self.since = since
        self.until = until
    }

    init(_ old: Replay, _ new: Replay, since: Date, until: Date, mostUrgent: String) {
        self.init(since: since, until: until)
        events = old.events
        incidents = old.incidents.count
        (before, after) = (old.tally.messages, new.tally.messages)
        (rejectedBefore, rejectedAfter) = (old.rejected, new.rejected)
        rejection = new.rejection ?? old.rejection
        recipients = Differences(old.tally, new.tally, mostUrgent: mostUrgent).all
    }
}
