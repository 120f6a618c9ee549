// Keeps a router from hammering a destination that does not answer, and its deliveries from being worn out on it.
// A value: time comes in, a decision goes out.

import Foundation

/// The breaker of one destination: opens after `threshold` attempts in a row that got no answer worth the name, lets one
/// probe through after a pause, and closes with the first that gets through.
public struct Breaker: Sendable, Equatable {
    /// Deferred or unknown outcomes in a row that open it.
    public static let threshold = 5
    /// Seconds until the first probe; each probe that fails doubles them.
    public static let firstPause: TimeInterval = 1
    /// Seconds between two probes, at most.
    public static let longestPause: TimeInterval = 60

    public enum State: Sendable, Equatable {
        case closed
        case open(until: Date)
        /// One probe is under way.
        case halfOpen
    }

    /// What an outcome changed.
    public enum Change: Sendable, Equatable {
        case opened
        /// The seconds that it was open.
        case closed(after: TimeInterval)
    }

    public private(set) var state = State.closed
    /// Since when it has not been closed.
    public private(set) var openedAt: Date?
    private var failures = 0
    private var probes = 0

    public init() {}

    public var isClosed: Bool { state == .closed }

    /// When something may be sent: nil is now, `.distantFuture` once the probe has come back.
    public func wait(now: Date) -> Date? {
        switch state {
        case .closed: nil
        case .halfOpen: .distantFuture
        // A clock that was set back must not keep it open.
        case .open(let until): until > now && until <= now.addingTimeInterval(Self.longestPause + 1) ? until : nil
        }
    }

    /// Something is being sent.
    public mutating func started() {
        if case .open = state { state = .halfOpen }
    }

    /// What was being sent came back without saying anything of the destination: a probe is made again.
    public mutating func abandoned(now: Date) {
        if state == .halfOpen { state = .open(until: now) }
    }

    /// Something came back.
    ///
    /// - Parameters:
    ///   - isHealthy: the destination answered: it accepted, or refused this one message.
    ///   - random: from 0 up to but not including 1; spreads the probes of many routers.
    public mutating func ended(isHealthy: Bool, now: Date, random: Double) -> Change? {
        if isHealthy {
            defer { self = Breaker() }
            return openedAt.map { .closed(after: max(0, now.timeIntervalSince($0))) }
        }
        failures += 1
        switch state {
        // What was on its way when it opened says nothing new.
        case .open: return nil
        case .closed where failures < Self.threshold: return nil
        case .closed, .halfOpen:
            let pause = min(Self.longestPause, Self.firstPause * pow(2, Double(min(probes, 16))))
            probes += 1
            state = .open(until: now.addingTimeInterval(pause * (0.5 + random / 2)))
            if openedAt != nil { return nil }
            openedAt = now
            return .opened
        }
    }
}

extension Outcome {
    /// What it says of the destination; nil: nothing.
    public var isHealthy: Bool? {
        switch self {
        case .accepted, .refused: true
        case .deferred(.cancelled, _), .deferred(.recipientUnavailable, _): nil
        case .deferred, .unknown: false
        }
    }
}
