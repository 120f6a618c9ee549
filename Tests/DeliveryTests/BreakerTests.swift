// Breakers and rates: without a clock.

import Foundation
import Settings
import Testing

@testable import Delivery

@Suite struct BreakerTests {
    let noon = Date(timeIntervalSince1970: 1_800_000_000)

    func opened() -> Breaker {
        var breaker = Breaker()
        for _ in 0..<Breaker.threshold { _ = breaker.ended(isHealthy: false, now: noon, random: 0) }
        return breaker
    }

    @Test func opensAfterSoManyInARowOnly() {
        var breaker = Breaker()
        for _ in 0..<3 {
            for _ in 1..<Breaker.threshold { #expect(breaker.ended(isHealthy: false, now: noon, random: 0) == nil) }
            #expect(breaker.ended(isHealthy: true, now: noon, random: 0) == nil)
        }
        #expect(breaker.isClosed)
        #expect(opened().openedAt == noon)
    }

    @Test func probesMoreAndMoreSeldomButNeverLessThanOnceAMinute() {
        var breaker = opened()
        var now = noon
        var pauses: [TimeInterval] = []
        for _ in 0..<9 {
            guard let until = breaker.wait(now: now) else {
                Issue.record("it is not open")
                return
            }
            pauses.append(until.timeIntervalSince(now))
            now = until
            #expect(breaker.wait(now: now) == nil)
            breaker.started()
            #expect(breaker.wait(now: now) == .distantFuture, "one probe at a time")
            #expect(breaker.ended(isHealthy: false, now: now, random: 0.999_999) == nil)
        }
        #expect(pauses[0] == 0.5)
        #expect(zip(pauses, pauses.dropFirst()).allSatisfy { $0 <= $1 + 0.001 })
        #expect(pauses.allSatisfy { $0 <= 60 } && pauses[8] > 59)
    }

    @Test func whatWasOnItsWayWhenItOpenedChangesNothingUnlessItArrived() {
        var breaker = opened()
        let before = breaker.wait(now: noon)
        #expect(breaker.ended(isHealthy: false, now: noon, random: 0) == nil)
        #expect(breaker.wait(now: noon) == before)
        #expect(breaker.ended(isHealthy: true, now: noon.addingTimeInterval(7), random: 0) == .closed(after: 7))
        #expect(breaker.isClosed)
    }

    @Test func aProbeThatSaysNothingIsMadeAgain() {
        var breaker = opened()
        breaker.started()
        breaker.abandoned(now: noon)
        #expect(breaker.wait(now: noon) == nil)
        #expect(!breaker.isClosed)
    }

    @Test func aClockThatIsSetBackDoesNotKeepItOpen() {
        let breaker = opened()
        #expect(breaker.wait(now: noon.addingTimeInterval(-7_200)) == nil)
    }

    @Test func anAnswerIsHealthyAlsoWhereItIsNo() {
        #expect(Outcome.accepted(remoteID: nil).isHealthy == true)
        #expect(Outcome.refused(.noSuchRecipient).isHealthy == true)
        #expect(Outcome.deferred(.rateLimited).isHealthy == false)
        #expect(Outcome.unknown(.timedOut).isHealthy == false)
        #expect(Outcome.deferred(.recipientUnavailable).isHealthy == nil)
        #expect(Outcome.deferred(.cancelled).isHealthy == nil)
    }
}

@Suite struct RateMeterTests {
    let noon = Date(timeIntervalSince1970: 1_800_000_000)

    /// How many leave within so many seconds, taken as early as may be.
    func leaving(_ rates: [Rate], within seconds: TimeInterval) -> [TimeInterval] {
        var meter = RateMeter(rates)
        var now = noon
        var times: [TimeInterval] = []
        while now.timeIntervalSince(noon) < seconds, times.count < 10_000 {
            if let until = meter.wait(now: now) {
                now = until
            } else {
                meter.take(now: now)
                times.append(now.timeIntervalSince(noon))
            }
        }
        return times
    }

    @Test func noWindowEverHoldsMoreThanTheRate() {
        let times = leaving([Rate(count: 4, seconds: 1, burst: 4), Rate(count: 60, seconds: 30, burst: 60)], within: 90)
        #expect(times.count == 180)
        for (index, time) in times.enumerated() {
            #expect(times[index...].prefix { $0 < time + 1 }.count <= 4)
            #expect(times[index...].prefix { $0 < time + 30 }.count <= 60)
        }
    }

    @Test func aBurstIsALongerWindowOfTheSameAverage() {
        let times = leaving([Rate(count: 1, seconds: 1, burst: 5)], within: 20)
        #expect(times.count == 20)
        #expect(times[4] == 0)
        #expect(times[5] == 5)
    }

    @Test func withoutRatesNothingWaits() {
        var meter = RateMeter([])
        for _ in 0..<1_000 {
            #expect(meter.wait(now: noon) == nil)
            meter.take(now: noon)
        }
    }

    @Test func otherRatesAreTakenOverAndAClockSetBackStopsNothing() {
        var meter = RateMeter([Rate(count: 1, seconds: 3_600, burst: 1)])
        meter.take(now: noon)
        #expect(meter.wait(now: noon) != nil)
        #expect(!meter.isIdle(now: noon))
        #expect(meter.wait(now: noon.addingTimeInterval(-60)) == nil)
        meter.adopt([Rate(count: 1, seconds: 3_600, burst: 1)])
        #expect(meter.wait(now: noon) != nil, "the same rate keeps its count")
        meter.adopt([])
        #expect(meter.wait(now: noon) == nil)
        #expect(meter.isIdle(now: noon))
    }
}
