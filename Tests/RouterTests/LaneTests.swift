// One destination's queue: order, bounds, pauses and refills, without a clock.

import Foundation
import Incidents
import Ledger
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
        for delivery in deliveries { _ = lane.offer(delivery) }
        return lane
    }

    /// The ids of what may be sent at once.
    func sent(_ lane: inout Lane, at now: Date) -> [Int64] {
        var ids: [Int64] = []
        while case .send(let delivery) = lane.next(now: now) { ids.append(delivery.id) }
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

    @Test func noMoreThanItsConcurrencyIsOnItsWay() {
        var lane = lane((1...5).map { delivery($0) }, concurrency: 2)
        let ids8 = sent(&lane, at: noon)
        #expect(ids8 == [1, 2])
        lane.returned(retryAfter: nil, now: noon)
        let ids9 = sent(&lane, at: noon)
        #expect(ids9 == [3])
    }

    @Test func whatIsOverTheCapacityWaitsInTheLedgerTheLeastUrgentFirst() {
        var lane = lane((1...Int64(Lane.capacity)).map { delivery($0, priority: 3) })
        let refill1 = lane.beginRefill()
        #expect(refill1, "it has never looked")
        _ = lane.endRefill([])
        let left = lane.offer(delivery(1_000, priority: 0))
        #expect(left?.id == Int64(Lane.capacity))
        let ids10 = sent(&lane, at: noon)
        #expect(ids10.first == 1_000)
        #expect(!lane.isSettled(now: noon), "something is left in the ledger")
    }

    @Test func aPauseHoldsTheWholeDestinationAndIsRememberedWhenItIsEmpty() {
        var lane = lane([delivery(1)], concurrency: 1)
        let refill2 = lane.beginRefill()
        #expect(refill2)
        _ = lane.endRefill([])
        let ids11 = sent(&lane, at: noon)
        #expect(ids11 == [1])
        lane.returned(retryAfter: 600, now: noon)
        #expect(!lane.isQuiet(now: noon), "the pause would be forgotten with it")
        _ = lane.offer(delivery(2))
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
        lane.returned(retryAfter: 1e9, now: noon)
        #expect(lane.pausedUntil == noon.addingTimeInterval(3_600))
        _ = lane.offer(delivery(2))
        // The clock was set back by a day: the pause is not a day long.
        let ids14 = sent(&lane, at: noon.addingTimeInterval(-86_400))
        #expect(ids14 == [2])
    }

    @Test func whatWasFinishedDuringARefillIsNotNews() {
        var lane = lane([delivery(1)])
        let ids15 = sent(&lane, at: noon)
        #expect(ids15 == [1])
        let refill3 = lane.beginRefill()
        #expect(refill3)
        let again = lane.beginRefill()
        #expect(!again, "one at a time")
        lane.returned(retryAfter: nil, now: noon)
        lane.finished(1)
        let news = lane.endRefill([delivery(1), delivery(2)])
        #expect(news.map(\.id) == [2])
        #expect(lane.isQuiet(now: noon))
    }

    @Test func anUrgentRetryIsLookedForThoughTheLaneIsFull() {
        var lane = lane((1...Int64(Lane.capacity)).map { delivery($0) })
        let refill4 = lane.beginRefill()
        #expect(refill4)
        _ = lane.endRefill([])
        let refill5 = lane.beginRefill()
        #expect(!refill5)
        lane.lookAgain()
        let refill6 = lane.beginRefill()
        #expect(refill6)
    }
}
