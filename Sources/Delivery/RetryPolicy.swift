// When to try again, and when to stop. Pure: clock and chance are given.

import Foundation
import Settings

/// What follows an attempt.
public enum NextStep: Sendable, Equatable {
    case delivered
    case retry(at: Date)
    /// Given up; why, in words.
    case dead(String)
    /// In doubt for good; why, in words.
    case unknown(String)
}

/// Exponential backoff with full jitter: after the n-th attempt a random time below `base` · 2ⁿ⁻¹ and `longestDelay`,
/// but never sooner than the peer asked, and with more patience where the message may have arrived.
public struct RetryPolicy: Sendable {
    /// Seconds.
    public static let base: TimeInterval = 1
    /// Seconds.
    public static let longestDelay: TimeInterval = 300

    private let retryFor: TimeInterval
    private let onUnknown: UnknownPolicy
    private let unknownResends: Int

    /// Takes `retryFor`, `onUnknown` and `unknownResends`.
    public init(options: ChannelOptions) {
        retryFor = options.retryFor
        onUnknown = options.onUnknown
        unknownResends = options.unknownResends
    }

    /// What follows the attempt that just ended at `now` with `outcome`.
    /// - Parameters:
    ///   - attempts: All attempts so far, this one included.
    ///   - unknowns: Attempts so far whose outcome was unknown, this one included.
    ///   - firstAttempt: When the first attempt was made.
    ///   - random: From 0 up to but not including 1.
    ///   - retryFor: Seconds, as the delivery's routes ask for; the channel's where nil.
    public func next(
        after outcome: Outcome, attempts: Int, unknowns: Int, firstAttempt: Date, now: Date, random: Double,
        retryFor: TimeInterval? = nil
    ) -> NextStep {
        let deadline = firstAttempt.addingTimeInterval(retryFor ?? self.retryFor)
        switch outcome {
        case .accepted:
            return .delivered
        case .refused(let reason):
            return .dead("refused: \(reason.words)")
        case .deferred(let reason, let retryAfter):
            return retry(
                reason, retryAfter, attempts: attempts, firstAttempt: firstAttempt, deadline: deadline, now: now, random: random)
        case .unknown(let reason):
            if onUnknown == .hold { return .unknown("not known whether it arrived: \(reason.words); on_unknown is hold") }
            guard unknowns <= unknownResends else {
                return .unknown("not known whether it arrived: \(reason.words); sent \(max(unknowns, 1)) times")
            }
            let step = retry(
                reason, Self.patience(unknowns, random: random), attempts: attempts, firstAttempt: firstAttempt, deadline: deadline,
                now: now, random: random)
            // It may have arrived, so it is not dead.
            if case .dead(let why) = step { return .unknown("not known whether it arrived: \(why)") }
            return step
        }
    }

    /// Why a delivery that has been waiting since `start` for a destination that does not answer is given up; nil: it is not.
    /// - Parameter retryFor: Seconds, as the delivery's routes ask for; the channel's where nil.
    public func isTooOld(since start: Date, now: Date, retryFor: TimeInterval? = nil) -> String? {
        guard now >= start.addingTimeInterval(retryFor ?? self.retryFor) else { return nil }
        return "gave up waiting since \(Self.text(start)): \(Reason.destinationDown.words)"
    }

    /// A message that may have arrived is sent again only a few times, so those are not spent within one hiccup of the
    /// peer: at least 1 to 2 s, then 4 to 8, 16 to 32, and so on.
    private static func patience(_ unknowns: Int, random: Double) -> TimeInterval {
        (1 + min(max(random, 0), 1)) * pow(4, Double(min(max(unknowns, 1), 5) - 1))
    }

    private func retry(
        _ reason: Reason, _ retryAfter: TimeInterval?, attempts: Int, firstAttempt: Date, deadline: Date, now: Date, random: Double
    ) -> NextStep {
        guard now < deadline else {
            return .dead("gave up after \(attempts) attempts since \(Self.text(firstAttempt)): \(reason.words)")
        }
        let ceiling = min(Self.longestDelay, Self.base * pow(2, Double(min(max(attempts, 1), 32) - 1)))
        // The last try is at the deadline, not before it, and not after it unless the peer asked for that.
        let backedOff = min(now.addingTimeInterval(ceiling * min(max(random, 0), 1)), deadline)
        guard let pause = OutcomePolicy.clamped(retryAfter) else { return .retry(at: backedOff) }
        return .retry(at: max(backedOff, now.addingTimeInterval(pause)))
    }

    private static func text(_ date: Date) -> String { date.formatted(.iso8601) }
}

extension Reason {
    /// For people: `name not resolved`.
    public var words: String { rawValue.replacing("_", with: " ") }
}
