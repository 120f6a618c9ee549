// What is not sent any more, after it has waited.

import Foundation
import Incidents
import Ledger
import Testing

@testable import Router

@Suite struct ObsolescenceTests {
    let noon = Date(timeIntervalSince1970: 1_800_000_000)

    func delivery(_ type: EventType = .escalation, waited: TimeInterval = 31, attempts: Int = 0) -> QueuedDelivery {
        let event = Event(id: "e", source: "test", type: type, time: noon)
        let stored = StoredEvent(sequence: 1, event: event, incident: nil, severity: nil, receivedAt: noon)
        let made = noon.addingTimeInterval(-waited)
        return QueuedDelivery(
            id: 1, token: "t", event: stored, lane: "lane", channel: "c", kind: .slack, address: "a", recipient: "r", for: "r",
            routes: ["x"],
            template: "update", priority: 0, due: made, attempts: attempts, created: made)
    }

    @Test func whatIsFreshIsSentWhateverWaitsBehindIt() {
        var fresh = delivery(waited: 30)
        fresh.isOvertaken = true
        #expect(fresh.obsolescence(now: noon) == nil)
    }

    @Test(arguments: [(31.0, 0), (0.0, 1)])
    func whatHasWaitedOrFailedGivesWay(waited: TimeInterval, attempts: Int) {
        var old = delivery(waited: waited, attempts: attempts)
        #expect(old.obsolescence(now: noon) == nil)
        old.isOvertaken = true
        #expect(old.obsolescence(now: noon) == .overtaken)
    }

    @Test func whoNeverHeardOfAnIncidentIsNotTroubledOnceItIsOver() {
        var page = delivery()
        page.ended = Ended(status: "resolved", at: noon)
        guard case .superseded(let why, nil)? = page.obsolescence(now: noon) else {
            Issue.record("it is sent")
            return
        }
        #expect(why.contains("resolved"))
        page.wasTold = true
        #expect(page.obsolescence(now: noon) == nil, "who heard of it gets one honest message")
        #expect(page.endedMeanwhile?.status == .resolved && page.endedMeanwhile?.at == noon)
    }

    @Test func aBroadcastIsSomebodysOwnWords() {
        var broadcast = delivery(.broadcast)
        broadcast.ended = Ended(status: "resolved", at: noon)
        #expect(broadcast.obsolescence(now: noon) == nil)
    }

    @Test func whatIsNotWorthSendingAnyMoreExpires() {
        var late = delivery(waited: 0)
        late.expires = noon.addingTimeInterval(-1)
        guard case .expired? = late.obsolescence(now: noon) else {
            Issue.record("it is sent")
            return
        }
    }

    @Test func whatWaitedLongInMemoryIsLookedAtAnew() {
        var old = delivery(waited: 60)
        old.asOf = noon.addingTimeInterval(-60)
        #expect(old.mustBeLookedAtAnew(now: noon))
        old.asOf = noon
        #expect(!old.mustBeLookedAtAnew(now: noon))
        #expect(!delivery(waited: 3).mustBeLookedAtAnew(now: noon))
    }
}
