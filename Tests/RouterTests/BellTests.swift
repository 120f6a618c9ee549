// Waking: no ring is lost, and a time is enough.

import Foundation
import Testing

@testable import Router

@Suite(.timeLimit(.minutes(1))) struct BellTests {
    @Test func aRingBeforeTheWaitIsKept() async {
        let bell = Bell()
        bell.ring()
        bell.ring()
        await bell.wait(until: nil)
    }

    @Test func aRingWakesTheSleeper() async {
        let bell = Bell()
        async let sleeper: Void = bell.wait(until: nil)
        bell.ring()
        await sleeper
    }

    @Test func aTimeWakesIt() async {
        let bell = Bell()
        let until = Date().addingTimeInterval(0.05)
        while Date() < until { await bell.wait(until: until) }
    }

    @Test func anEarlierTimeIsNotMissedBehindALaterOne() async {
        let bell = Bell()
        bell.ring()
        await bell.wait(until: Date().addingTimeInterval(3_600))
        let until = Date().addingTimeInterval(0.05)
        while Date() < until { await bell.wait(until: until) }
    }
}
