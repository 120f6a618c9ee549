// What the operators hear of, and how often.

import Foundation
import Incidents
import Spool
import Synchronization
import Testing

@testable import Router

@Suite struct OperatorsDeskTests {
    final class Told: Sendable {
        let events = Mutex<[Event]>([])
        let works = Mutex(true)
        let now = Mutex(Date(timeIntervalSince1970: 1_800_000_000))

        func desk() -> OperatorsDesk {
            let desk = OperatorsDesk(clock: { self.now.withLock { $0 } })
            desk.connect { event in
                guard self.works.withLock({ $0 }) else { return false }
                self.events.withLock { $0.append(event) }
                return true
            }
            return desk
        }

        func pass(_ seconds: TimeInterval) { now.withLock { $0 += seconds } }
        var messages: [String] { events.withLock { $0.compactMap(\.message) } }
    }

    @Test func theFirstIsToldAtOnceAndTheRestTogether() async {
        let told = Told()
        let desk = told.desk()
        desk.channelIsGone("a")
        await desk.tell()
        #expect(told.messages.count == 1)
        for name in ["b", "c", "d", "e", "f", "g", "h"] { desk.channelIsGone(name) }
        await desk.tell()
        #expect(told.messages.count == 1, "within five minutes nothing more is said")
        told.pass(301)
        await desk.tell()
        #expect(told.messages.count == 2)
        #expect(told.messages.last?.contains("`b`") == true)
        #expect(told.messages.last?.contains("and 2 more") == true)
    }

    @Test func whatCouldNotBeRecordedIsTriedAgain() async {
        let told = Told()
        let desk = told.desk()
        told.works.withLock { $0 = false }
        desk.channelIsGone("a")
        await desk.tell()
        told.works.withLock { $0 = true }
        told.pass(11)
        await desk.tell()
        #expect(told.messages.count == 1)
        #expect(told.messages.first?.contains("`a`") == true)
    }

    @Test func whatWasGatheredIsRecordedAtTheEnd() async {
        let told = Told()
        let desk = told.desk()
        desk.channelIsGone("a")
        await desk.tell()
        desk.channelIsGone("b")
        await desk.tell(evenTooSoon: true)
        #expect(told.messages.count == 2)
    }

    @Test func whatWasGivenUpSaysWhichAndWhatToDo() async {
        let told = Told()
        let desk = told.desk()
        desk.gaveUp(17, recipient: "duty-engineer", channel: "sms", incident: "INC1", why: "refused (404): no such number")
        await desk.tell()
        #expect(told.messages.first?.contains("#17 to duty-engineer by sms about INC1: refused (404): no such number") == true)
        #expect(told.messages.first?.contains("tocsin dead retry") == true)
        for id in 18..<118 { desk.gaveUp(Int64(id), recipient: "x", channel: "sms", incident: nil, why: "y") }
        told.pass(301)
        await desk.tell()
        #expect(told.messages.count == 2)
        #expect(told.messages.last?.hasPrefix("100 messages were given up.") == true)
        #expect(told.messages.last?.contains("and 95 more") == true)
    }

    @Test func aBreakerIsToldOnceAndItsEndOnlyWhereItWasTold() async {
        let told = Told()
        let desk = told.desk()
        let since = Date(timeIntervalSince1970: 1_800_000_000)
        for _ in 0..<3 { desk.breakerStaysOpen(channel: "mail", since: since, why: "connect failed") }
        await desk.tell()
        #expect(told.messages.count == 1)
        #expect(told.messages.first?.contains("mail: since 2027-01-15T08:00:00Z: connect failed") == true)
        // This one is over before it could be told.
        desk.breakerStaysOpen(channel: "sms", since: since, why: "x")
        desk.breakerClosed(channel: "sms", after: 300)
        desk.breakerClosed(channel: "ops-slack", after: 300)
        desk.breakerClosed(channel: "mail", after: 720)
        await desk.tell()
        #expect(told.messages.count == 2)
        #expect(told.messages.last?.contains("mail: after 12 min") == true)
        told.pass(301)
        await desk.tell()
        #expect(told.messages.count == 2)
        desk.breakerStaysOpen(channel: "mail", since: since, why: "again")
        await desk.tell()
        #expect(told.messages.count == 3)
    }

    @Test(arguments: [
        (#"{"type": "escalation", "incident": {"id": "I", "severity": "x"}}"#, true), ("{\"type\": \"esc", true), ("not json", true),
        (#"{"type": "silence"}"#, false), (#"{"specversion": "1.0", "data": {"incident": {}}}"#, true), ("[]", false),
    ])
    func onlyWhatMayConcernAnIncident(text: String, concerns: Bool) {
        let part = RejectedPart(bytes: Array(text.utf8), rejection: Rejection(.wrongType, "x"))
        #expect(part.mayConcernAnIncident == concerns)
    }

    @Test func aFolderConcernsNobody() {
        #expect(!RejectedPart(rejection: Rejection(.notRegularFile, "x")).mayConcernAnIncident)
        #expect(RejectedPart(rejection: Rejection(.tooLarge, "x")).mayConcernAnIncident)
    }
}
