import Foundation
import Settings
import Testing

@testable import Delivery

@Suite("The retry policy")
struct RetryPolicyTests {
    @Test func waitingForADestinationThatIsDownEndsAsWell() {
        var options = ChannelOptions()
        options.retryFor = 600
        let policy = RetryPolicy(options: options)
        let start = Date(timeIntervalSince1970: 1_800_000_000)
        #expect(policy.isTooOld(since: start, now: start.addingTimeInterval(599)) == nil)
        #expect(policy.isTooOld(since: start, now: start.addingTimeInterval(600))?.contains("destination down") == true)
        #expect(policy.isTooOld(since: start, now: start.addingTimeInterval(600), retryFor: 3_600) == nil)
    }

    private static let start = Date(timeIntervalSince1970: 1_764_000_000)

    private func policy(_ change: (inout ChannelOptions) -> Void = { _ in }) -> RetryPolicy {
        var options = ChannelOptions()
        change(&options)
        return RetryPolicy(options: options)
    }

    private func delay(_ step: NextStep, after now: Date) -> TimeInterval? {
        if case .retry(let at) = step { return at.timeIntervalSince(now) }
        return nil
    }

    @Test("is done on acceptance, and stops at once on refusal", arguments: Reason.allCases)
    func ends(reason: Reason) {
        let now = Self.start
        let accepted = policy().next(after: .accepted(remoteID: "x"), attempts: 1, unknowns: 0, firstAttempt: now, now: now, random: 0.5)
        #expect(accepted == .delivered)
        let refused = policy().next(after: .refused(reason), attempts: 1, unknowns: 0, firstAttempt: now, now: now, random: 0.5)
        #expect(refused == .dead("refused: \(reason.words)"))
    }

    @Test("spreads retries over the whole of a doubling time, under five minutes")
    func backoff() {
        let now = Self.start
        for attempts in [0, 1, 2, 3, 5, 9, 10, 33, 1_000, Int.max] {
            let ceiling = attempts >= 10 ? 300 : min(300, pow(2, Double(max(attempts, 1) - 1)))
            for random in [0, 0.25, 0.5, 0.999] {
                let step = policy().next(
                    after: .deferred(.unavailable), attempts: attempts, unknowns: 0, firstAttempt: now, now: now, random: random)
                let seconds = delay(step, after: now) ?? -1
                #expect(abs(seconds - ceiling * random) < 1e-3, "\(attempts) \(random)")
            }
        }
    }

    @Test("never comes sooner than asked, never later than both, whatever the numbers")
    func properties() {
        var generator = SeededGenerator(state: 42)
        for _ in 0..<5_000 {
            let retryFor = Double.random(in: 0...200_000, using: &generator)
            let asked = Bool.random(using: &generator) ? Double.random(in: -10...10_000, using: &generator) : nil
            let now = Self.start.addingTimeInterval(.random(in: 0...250_000, using: &generator))
            let attempts = Int.random(in: 1...2_000, using: &generator)
            let step = policy { $0.retryFor = retryFor }.next(
                after: .deferred(.rateLimited, retryAfter: asked), attempts: attempts, unknowns: 0, firstAttempt: Self.start, now: now,
                random: .random(in: 0..<1, using: &generator))
            let deadline = Self.start.addingTimeInterval(retryFor)
            switch step {
            case .retry(let at):
                #expect(now < deadline)
                let pause = min(max(asked ?? 0, 0), 3_600)
                #expect(at.timeIntervalSince(now) >= pause - 1e-3)
                #expect(at.timeIntervalSince(now) <= max(pause, 300) + 1e-3)
                #expect(at <= max(deadline, now.addingTimeInterval(pause)))
            case .dead:
                #expect(now >= deadline)
            case .delivered, .unknown:
                Issue.record("\(step)")
            }
        }
    }

    @Test("gives up after retry_for, with the reason in words")
    func givesUp() {
        let policy = policy { $0.retryFor = 60 }
        let late = Self.start.addingTimeInterval(60)
        let step = policy.next(after: .deferred(.connectFailed), attempts: 7, unknowns: 0, firstAttempt: Self.start, now: late, random: 0.5)
        guard case .dead(let why) = step else {
            Issue.record("\(step)")
            return
        }
        #expect(why.contains("7 attempts") && why.contains("connect failed"))
        let early = Self.start.addingTimeInterval(59.9)
        let last = policy.next(
            after: .deferred(.connectFailed), attempts: 20, unknowns: 0, firstAttempt: Self.start, now: early, random: 0.9)
        #expect(last == .retry(at: late), "the last try is at the end of retry_for")
    }

    @Test("takes the time that the routes ask for instead of the channel's", arguments: [60.0, 7_200, 604_800])
    func routesTime(asked: TimeInterval) {
        let policy = policy { $0.retryFor = 3_600 }
        func step(_ outcome: Outcome, after seconds: TimeInterval, _ asked: TimeInterval?) -> NextStep {
            policy.next(
                after: outcome, attempts: 9, unknowns: 1, firstAttempt: Self.start, now: Self.start.addingTimeInterval(seconds),
                random: 0.9,
                retryFor: asked)
        }
        let end = Self.start.addingTimeInterval(asked)
        #expect(step(.deferred(.unavailable), after: asked - 0.5, asked) == .retry(at: end), "the last try is at its end")
        #expect(step(.deferred(.unavailable), after: asked, asked).isDead)
        guard case .unknown = step(.unknown(.timedOut), after: asked, asked) else {
            Issue.record("it goes on in doubt")
            return
        }
        #expect(step(.deferred(.unavailable), after: 3_599.5, nil) == .retry(at: Self.start.addingTimeInterval(3_600)))
    }

    @Test("resends what is in doubt as often as configured, then leaves it in doubt", arguments: 0...4)
    func unknownResends(resends: Int) {
        let policy = policy { $0.unknownResends = resends }
        var sent = 0
        for unknowns in 1...10 {
            sent += 1
            let step = policy.next(
                after: .unknown(.timedOut), attempts: unknowns, unknowns: unknowns, firstAttempt: Self.start, now: Self.start, random: 0.5)
            if case .unknown(let why) = step {
                #expect(why.contains("timed out"))
                break
            }
            #expect(delay(step, after: Self.start) != nil)
        }
        #expect(sent == resends + 1)
    }

    @Test("leaves what is in doubt in doubt on hold, and when time is up")
    func hold() {
        let held = policy { $0.onUnknown = .hold }.next(
            after: .unknown(.serverError), attempts: 1, unknowns: 1, firstAttempt: Self.start, now: Self.start, random: 0)
        let late = policy { $0.retryFor = 1 }.next(
            after: .unknown(.serverError), attempts: 1, unknowns: 1, firstAttempt: Self.start, now: Self.start.addingTimeInterval(5),
            random: 0)
        for step in [held, late] {
            guard case .unknown = step else {
                Issue.record("\(step)")
                continue
            }
        }
    }
}

extension NextStep {
    fileprivate var isDead: Bool {
        if case .dead = self { return true }
        return false
    }
}

/// SplitMix64: the same numbers on every run.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
