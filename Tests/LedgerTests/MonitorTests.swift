// What is known of monitors outlives the process, and costs nothing where there are none.

import Foundation
import Incidents
import JSON
import Routing
import Testing

@testable import Ledger

@Suite struct MonitorTests {
    private func arrival(_ id: String, heard: [String], at time: Date) throws -> Arrival {
        let event = try event(id, incident: nil, type: .operations)
        return Arrival(
            event: event, digest: String(repeating: "0", count: 64), receivedAt: time, configVersion: "1",
            decide: { _, _ in Decision(application: nil, heard: heard) })
    }

    private func after(_ seconds: TimeInterval) -> Date { start.addingTimeInterval(seconds) }

    private func watch(_ store: LedgerStore, _ names: [String], now: Date) async throws {
        try await store.setMonitors(names, now: now) { monitor in
            Alarm(subject: .monitor(monitor.name), due: monitor.last.addingTimeInterval(60), what: "silent for too long")
        }
    }

    @Test func signsOfLifeAreKeptDuplicatesToo() async throws {
        let fixture = try LedgerFixture()
        var store = try fixture.open()
        try await watch(store, ["a", "b"], now: start)
        _ = try await store.accept([try arrival("1", heard: ["a"], at: after(10))])
        let again = try await store.accept([try arrival("1", heard: ["a"], at: after(50))])
        guard case .duplicate? = again.first else { throw RowFault(what: "a duplicate") }
        #expect(try await store.monitors() == [Monitor(name: "a", since: start, heard: after(50)), Monitor(name: "b", since: start)])
        await store.close()
        store = try fixture.open()
        #expect(try await store.monitors().first?.heard == after(50))
        await store.close()
    }

    @Test func whatIsNotWatchedIsNotKept() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        _ = try await store.accept([try arrival("1", heard: ["gone"], at: after(10))])
        #expect(try await store.monitors().isEmpty)
        await store.close()
    }

    /// Its incident is ended by its alarm; until then it is known.
    @Test func oneWhoseRuleIsGoneIsKeptUntilItsIncidentHasEnded() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        try await watch(store, ["a", "b"], now: start)
        let opening = try event("dead_man/a/1", incident: "dead-man-a", source: Event.ownSource)
        _ = try await store.accept([timed(opening), timed(try event("1", incident: "dead-man-c"))])
        try await watch(store, [], now: after(60))
        #expect(try await store.monitors() == [Monitor(name: "a", since: start, missed: start)])
        #expect(try await store.alarms() == ["monitor/a": 60])
        let end = try event("dead_man/a/2", incident: "dead-man-a", source: Event.ownSource, status: "resolved", time: after(60))
        let bell = AlarmBell(
            raise: { _, _, surroundings in
                try surroundings.monitor("a") == nil ? [] : [timed(end, changes: [.forgetMonitor("a")], at: after(60))]
            }, alarm: { _, _, _ in nil })
        _ = try await store.ring(try await store.dueAlarms(now: after(60), limit: 5), with: bell, now: after(60))
        #expect(try await store.monitors().isEmpty)
        #expect(try await store.alarms().isEmpty)
        try await watch(store, [], now: after(120))
        #expect(try await store.monitors().isEmpty)
        #expect(try await store.verify() == [])
        await store.close()
    }

    @Test func oneThatWasSilentIsLookedAtAtOnce() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        try await watch(store, ["a"], now: start)
        let bell = AlarmBell(
            raise: { _, _, surroundings in
                guard let monitor = try surroundings.monitor("a"), !monitor.isSilent else { return [] }
                let event = try event("silence", incident: nil, type: .operations)
                var told = monitor
                told.missed = monitor.last
                let change = told
                return [
                    Arrival(
                        event: event, digest: String(repeating: "1", count: 64), receivedAt: start, configVersion: "1",
                        decide: { _, _ in Decision(application: nil, changes: [.monitor(change)]) })
                ]
            }, alarm: { _, _, _ in nil })
        let due = try await store.dueAlarms(now: after(60), limit: 9)
        #expect(due.map(\.subject) == [.monitor("a")])
        _ = try await store.ring(due, with: bell, now: after(60))
        #expect(try await store.monitors().first?.missed == start)
        #expect(try await store.nextAlarm() == nil)
        _ = try await store.accept([try arrival("1", heard: ["a"], at: after(100))])
        #expect(try await store.nextAlarms(limit: 9) == [Alarm(subject: .monitor("a"), due: after(100), what: "heard again")])
        await store.close()
    }

    @Test func aChangedConfigurationKeepsWhatIsKnown() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        try await watch(store, ["a", "b"], now: start)
        _ = try await store.accept([try arrival("1", heard: ["a", "b"], at: after(10))])
        try await watch(store, ["b", "c"], now: after(20))
        #expect(try await store.monitors() == [Monitor(name: "b", since: start, heard: after(10)), Monitor(name: "c", since: after(20))])
        #expect(try await store.nextAlarms(limit: 9).map(\.due) == [after(70), after(80)])
        await store.close()
    }

    @Test func theHeartbeatThatIsDueStaysAndIsOne() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        func alarm(_ seconds: TimeInterval) -> Alarm { Alarm(subject: .heartbeat, due: after(seconds), what: "sign of life") }
        try await store.setHeartbeat(alarm(100), now: start)
        try await store.setHeartbeat(alarm(10_000), now: after(9_950))
        #expect(try await store.nextAlarms(limit: 9) == [alarm(100)])
        try await store.setHeartbeat(nil, now: after(9_950))
        #expect(try await store.nextAlarm() == nil)
        await store.close()
    }

    @Test func vitalSigns() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        _ = try await store.accept([try arrival("1", heard: [], at: start)])
        try await store.noteAlive(start)
        try await store.noteListening("127.0.0.1:1")
        #expect(try await store.listening() == "127.0.0.1:1")
        #expect(try await store.openIncidents(bySeverityOrElse: "critical").isEmpty)
        #expect(store.sizes.ledger + store.sizes.log > 0)
        await store.close()
    }
}
