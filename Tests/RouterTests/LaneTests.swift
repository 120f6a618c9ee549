// One destination's queue: order, bounds, pauses and refills, without a clock.

import Delivery
import Foundation
import Incidents
import Ledger
import Settings
import Testing

@testable import Router

@Suite struct LaneTests {
    let noon = Date(timeIntervalSince1970: 1_800_000_000)

    func delivery(_ id: Int64, priority: Int = 2, due: TimeInterval = 0) -> QueuedDelivery {
        let event = Event(id: "e\(id)", source: "test", type: .update, time: noon)
        let stored = StoredEvent(sequence: id, event: event, incident: nil, severity: nil, previous: nil, reopens: false, receivedAt: noon)
        return QueuedDelivery(
            id: id, token: "t\(id)", event: stored, lane: "lane", channel: "c", kind: .slack, address: "a", recipient: "r", for: "r",
            routes: ["x"], template: "update", priority: priority, due: noon.addingTimeInterval(due), created: noon)
    }

    func lane(_ deliveries: [QueuedDelivery], concurrency: Int = 4) -> Lane {
        var lane = Lane(name: "lane")
        lane.concurrency = concurrency
        for delivery in deliveries { lane.offer(delivery) }
        return lane
    }

    /// One comes back.
    @discardableResult
    func back(_ lane: inout Lane, retryAfter: TimeInterval? = nil, isHealthy: Bool? = true, after: TimeInterval = 0) -> Breaker.Change? {
        lane.returned(retryAfter: retryAfter, isHealthy: isHealthy, now: noon.addingTimeInterval(after), random: 0)
    }

    /// The ids of what may be sent at once.
    func sent(_ lane: inout Lane, at now: Date) -> [Int64] {
        var ids: [Int64] = []
        while case .send(let delivery) = lane.next(now: now) {
            lane.started(now: now)
            ids.append(delivery.id)
        }
        return ids
    }

    @Test func urgentGoesFirstThenOldestThenFirstMade() {
        var lane = lane([
            delivery(1, priority: 3), delivery(2, priority: 0, due: -1), delivery(3, priority: 0, due: -5),
            delivery(4, priority: 0, due: -5),
        ])
        let ids7 = sent(&lane, at: noon)
        #expect(ids7 == [3, 4, 2, 1])
    }

    private func ofBroadcast(_ id: Int64) -> QueuedDelivery {
        var one = delivery(id, priority: 4)
        one.origin = .broadcast
        return one
    }

    @Test func aBroadcastNeverTakesAllOfALane() {
        var lane = lane((1...9).map { ofBroadcast($0) }, concurrency: 3)
        #expect(sent(&lane, at: noon) == [1, 2], "one place is kept free")
        lane.offer(delivery(20, priority: 0))
        #expect(sent(&lane, at: noon) == [20])
        // A place of the broadcast's becomes free: another of it may go.
        _ = lane.returned(retryAfter: nil, isHealthy: true, isBroadcast: true, now: noon, random: 0)
        #expect(sent(&lane, at: noon) == [3])
        // One that is not of it leaves nothing for it.
        _ = lane.returned(retryAfter: nil, isHealthy: true, now: noon, random: 0)
        #expect(sent(&lane, at: noon) == [])
    }

    @Test func whereThereIsOnlyOnePlaceTheyTakeTurns() {
        var lane = lane([ofBroadcast(1), ofBroadcast(2), delivery(3, priority: 3)], concurrency: 1)
        #expect(sent(&lane, at: noon) == [3])
        back(&lane)
        #expect(sent(&lane, at: noon) == [1])
    }

    @Test func noMoreThanItsConcurrencyIsOnItsWay() {
        var lane = lane((1...5).map { delivery($0) }, concurrency: 2)
        let ids8 = sent(&lane, at: noon)
        #expect(ids8 == [1, 2])
        back(&lane, retryAfter: nil)
        let ids9 = sent(&lane, at: noon)
        #expect(ids9 == [3])
    }

    @Test func whatIsOverTheCapacityWaitsInTheLedgerTheLeastUrgentFirst() {
        var lane = lane((1...Int64(Lane.capacity)).map { delivery($0, priority: 3) })
        let refill1 = lane.beginRefill(now: noon)
        #expect(refill1, "it has never looked")
        _ = lane.endRefill([])
        lane.offer(delivery(1_000, priority: 0))
        #expect(!lane.claimed.contains(Int64(Lane.capacity)), "the least urgent and latest is the ledger's again")
        #expect(lane.queue.count == Lane.capacity)
        let ids10 = sent(&lane, at: noon)
        #expect(ids10.first == 1_000)
        #expect(!lane.isSettled(now: noon), "something is left in the ledger")
    }

    @Test func aPauseHoldsTheWholeDestinationAndIsRememberedWhenItIsEmpty() {
        var lane = lane([delivery(1)], concurrency: 1)
        let refill2 = lane.beginRefill(now: noon)
        #expect(refill2)
        _ = lane.endRefill([])
        let ids11 = sent(&lane, at: noon)
        #expect(ids11 == [1])
        back(&lane, retryAfter: 600)
        #expect(!lane.isQuiet(now: noon), "the pause would be forgotten with it")
        lane.offer(delivery(2))
        guard case .wait(let until) = lane.next(now: noon.addingTimeInterval(599)) else {
            Issue.record("it does not wait")
            return
        }
        #expect(until == noon.addingTimeInterval(600))
        #expect(lane.isSettled(now: noon), "run --once does not wait for it")
        let ids12 = sent(&lane, at: noon.addingTimeInterval(600))
        #expect(ids12 == [2])
    }

    @Test func aPauseOfMoreThanAnHourIsAnHourAndOneFromTheFutureIsNone() {
        var lane = lane([delivery(1)])
        let ids13 = sent(&lane, at: noon)
        #expect(ids13 == [1])
        back(&lane, retryAfter: 1e9)
        #expect(lane.pausedUntil == noon.addingTimeInterval(3_600))
        lane.offer(delivery(2))
        // The clock was set back by a day: the pause is not a day long.
        let ids14 = sent(&lane, at: noon.addingTimeInterval(-86_400))
        #expect(ids14 == [2])
    }

    @Test func whatWasFinishedDuringARefillIsNotNews() {
        var lane = lane([delivery(1)])
        let ids15 = sent(&lane, at: noon)
        #expect(ids15 == [1])
        let refill3 = lane.beginRefill(now: noon)
        #expect(refill3)
        let again = lane.beginRefill(now: noon)
        #expect(!again, "one at a time")
        back(&lane, retryAfter: nil)
        lane.finished(1)
        let news = lane.endRefill([delivery(1), delivery(2)])
        #expect(news.map(\.id) == [2])
        #expect(lane.isQuiet(now: noon))
    }

    @Test func everyEighthPickIsTheLongestDueOfTheLeastUrgent() {
        var lane = lane(
            (1...20).map { delivery($0, priority: 0) } + [delivery(30, priority: 3, due: -9), delivery(31, priority: 3, due: -5)],
            concurrency: 64)
        let ids = sent(&lane, at: noon)
        #expect(ids.firstIndex(of: 30) == 7)
        #expect(ids.firstIndex(of: 31) == 15)
        #expect(ids.count == 22)
    }

    @Test func whatWasRaisedGoesFirstAndOnlyOnce() {
        var lane = lane([delivery(1, priority: 3), delivery(2, priority: 1)], concurrency: 9)
        lane.raise(RaisedHead(id: 1, lane: "lane", priority: 0, isUrgent: true))
        let ids = sent(&lane, at: noon)
        #expect(ids == [1, 2])
    }

    @Test func aRaisedHeadThatIsNotInMemoryIsLookedFor() {
        var lane = lane([])
        _ = lane.beginRefill(now: noon)
        _ = lane.endRefill([])
        lane.raise(RaisedHead(id: 1, lane: "lane", priority: 0, isUrgent: true))
        let looks = lane.beginRefill(now: noon)
        #expect(looks)
    }

    @Test func aBreakerLetsOneThroughAndAllOnceThatArrived() {
        var lane = lane((1...20).map { delivery($0) }, concurrency: 5)
        _ = sent(&lane, at: noon)
        for number in 1...5 { #expect((back(&lane, isHealthy: false) == .opened) == (number == 5)) }
        #expect(sent(&lane, at: noon) == [], "it is open")
        #expect(lane.isSettled(now: noon), "run --once does not wait for it")
        let later = noon.addingTimeInterval(1)
        #expect(sent(&lane, at: later) == [6], "one probe")
        let change = back(&lane, isHealthy: true, after: 1)
        #expect(change == .closed(after: 1))
        #expect(sent(&lane, at: later).count == 5)
    }

    @Test func failuresInLargeIntervalsAreAnOutageToo() {
        var lane = lane([])
        _ = lane.beginRefill(now: noon)
        _ = lane.endRefill([])
        for number in 1...5 {
            let later = noon.addingTimeInterval(Double(number) * 60)
            lane.offer(delivery(Int64(number)))
            #expect(sent(&lane, at: later) == [Int64(number)])
            let change = back(&lane, isHealthy: false, after: Double(number) * 60)
            #expect((change == .opened) == (number == 5))
            lane.finished(Int64(number))
            #expect(!lane.isQuiet(now: later), "what failed would be forgotten with it")
        }
    }

    @Test func whatItsRateHoldsBackIsWaitedFor() {
        var lane = lane([delivery(1), delivery(2)])
        lane.meter.adopt([Rate(count: 1, seconds: 1, burst: 1)])
        #expect(sent(&lane, at: noon) == [1])
        back(&lane)
        lane.finished(1)
        guard case .wait(let until) = lane.next(now: noon) else {
            Issue.record("it does not wait")
            return
        }
        #expect(until == noon.addingTimeInterval(1))
        #expect(!lane.isSettled(now: noon), "run --once waits for our own rate")
        #expect(sent(&lane, at: until) == [2])
    }

    @Test func twoChannelsOfOneDestinationKeepToTheRatesOfBoth() {
        var lane = lane([delivery(1), delivery(2), delivery(3)])
        let slow = ChannelOptions().with { $0.rate = [Rate(count: 2, seconds: 60)] }
        let narrow = ChannelOptions().with { $0.concurrency = 1 }
        lane.adopt(ChannelLimits(slow), of: "a")
        #expect(sent(&lane, at: noon) == [1, 2])
        lane.adopt(ChannelLimits(narrow), of: "b")
        #expect(lane.meter.wait(now: noon) != nil, "what has left still counts")
        #expect(lane.concurrency == 1)
    }

    @Test func aLaneWithSomethingOnItsWayIsNotForgotten() {
        var lane = lane([delivery(1)])
        _ = lane.beginRefill(now: noon)
        _ = lane.endRefill([])
        #expect(sent(&lane, at: noon) == [1])
        lane.finished(1)
        #expect(!lane.isQuiet(now: noon))
        back(&lane)
        #expect(lane.isQuiet(now: noon))
    }

    @Test func whatSomebodyElseFinishedIsNotSent() {
        var lane = lane([delivery(1), delivery(2)])
        lane.finished(1)
        #expect(sent(&lane, at: noon) == [2])
    }

    @Test func whatIsPausedIsTheLedgersAgain() {
        var lane = lane([delivery(1), delivery(2)])
        lane.release { $0 == "c" }
        #expect(sent(&lane, at: noon) == [])
        #expect(lane.claimed.isEmpty)
    }

    @Test func anUrgentRetryIsLookedForThoughTheLaneIsFull() {
        var lane = lane((1...Int64(Lane.capacity)).map { delivery($0) })
        let refill4 = lane.beginRefill(now: noon)
        #expect(refill4)
        _ = lane.endRefill([])
        let refill5 = lane.beginRefill(now: noon)
        #expect(!refill5)
        lane.lookAgain()
        let refill6 = lane.beginRefill(now: noon)
        #expect(refill6)
    }
}

extension ChannelOptions {
    fileprivate func with(_ change: (inout ChannelOptions) -> Void) -> ChannelOptions {
        var options = self
        change(&options)
        return options
    }
}
