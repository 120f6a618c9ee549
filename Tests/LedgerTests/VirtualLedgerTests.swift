// The ledger in memory does what the store does.

import Foundation
import Incidents
import Routing
import Testing

@testable import Ledger

@Suite struct VirtualLedgerTests {
    @Test func itDoesWhatTheStoreDoes() throws {
        let ledger = try VirtualLedger()
        guard
            case .accepted(let sequence, _, let ready, let planned, _) = try ledger.accept(
                timed(try event("e1"), [delivery("mail", "x"), held(60), suppressed(address: "C9")], alarm: 60))
        else {
            Issue.record("not accepted")
            return
        }
        #expect((sequence, ready.count, planned) == (1, 1, 3))
        #expect(try ledger.record([accepted(ready[0].id)]).ready.isEmpty)
        #expect(try ledger.deliveries(of: 1).map(\.state) == [.delivered, .held, .suppressed])
        #expect(try ledger.nextAlarm() == after(60))
        #expect(try ledger.nextRelease() == after(60))
        let released = try ledger.release(now: after(60), late: false, limit: 10)
        #expect(released.ready.map(\.id) == [2])
        #expect(try ledger.delivery(2)?.state == .pending)
        #expect(try ledger.queued(2, now: after(60))?.event.event.id == "e1")
        let due = try ledger.dueAlarms(now: after(60), limit: 10)
        #expect(due.map(\.subject) == [.incident("INC1")])
        let bell = AlarmBell { _, incident, surroundings in
            guard incident?.status == .open, try surroundings.told(of: "INC1").count == 2 else { return [] }
            return [timed(try event("e2", status: "in_progress", time: after(60)), at: after(60))]
        } alarm: { _, _, _ in
            nil
        }
        #expect(try ledger.ring(due, with: bell, now: after(60)).compactMap(\.sequence) == [2])
        #expect(try ledger.nextAlarm() == nil)
        #expect(try ledger.incident("INC1")?.status == .inProgress)
        #expect(try ledger.surroundings { try $0.told(of: "INC1").map(\.state) } == [.heard, .underWay])
    }

    @Test func aDuplicateIsOne() throws {
        let ledger = try VirtualLedger()
        _ = try ledger.accept(arrival(try event("e1")))
        #expect(try ledger.accept(arrival(try event("e1"))).isDuplicate)
    }
}
