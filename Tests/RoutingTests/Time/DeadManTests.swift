// Monitors that must be heard of, and Tocsin's own sign of life: what time asks for.

import Foundation
import Incidents
import JSON
import Testing

@testable import Routing

@Suite struct DeadManTests {
    private func table(_ rules: DeadManRule...) -> RoutingTable {
        var table = RoutingTable(
            routes: [], directory: Directory(), scale: .standard,
            assumedSeverity: SeverityScale.standard.mostUrgent)
        table.deadMen = DeadMen(rules)
        return table
    }

    private func rule(_ match: Match, after: TimeInterval = 900) -> DeadManRule {
        DeadManRule(name: "watchdog", match: match, after: after, severity: SeverityScale.standard.severity("high"), service: "monitoring")
    }

    private func later(_ minutes: Double) -> Date { noon.addingTimeInterval(minutes * 60) }

    @Test func whatMatchesIsHeard() throws {
        let table = table(rule(try match(["source": ["prometheus"]])))
        #expect(table.heard(in: event(.update, source: "prometheus"), try application(), now: noon) == ["watchdog"])
        #expect(table.heard(in: event(.update, source: "other"), try application(), now: noon).isEmpty)
    }

    /// A stale event moves nothing, and is a sign of life.
    @Test func whatIsStaleIsHeard() throws {
        let table = table(rule(try match(["labels.tier": ["1"]])))
        #expect(table.heard(in: event(.update), try application(isStale: true), now: noon) == ["watchdog"])
    }

    /// Else its own alarm, or an answer to it, would end the silence.
    @Test func nothingAboutTheSilenceItselfIsHeard() throws {
        let table = table(rule(Match()))
        #expect(table.heard(in: event(.update, source: Event.ownSource), try application(), now: noon).isEmpty)
        let own = Incident(id: "dead-man-watchdog", firstSeen: noon)
        #expect(table.heard(in: event(.acknowledgement), try application(own), now: noon).isEmpty)
        #expect(table.heard(in: event(.update), try application(), now: noon) == ["watchdog"])
    }

    /// Who sends by HTTP could not be heard during the stop.
    @Test func afterAStartThereIsTimeToBeHeard() throws {
        let table = table(rule(Match(), after: 900))
        var monitor = Monitor(name: "watchdog", since: noon, heard: later(5))
        #expect(table.alarm(of: monitor, startedAt: nil)?.due == later(20))
        #expect(table.alarm(of: monitor, startedAt: later(10))?.due == later(20))
        #expect(table.alarm(of: monitor, startedAt: later(600))?.due == later(605))
        #expect(self.table(rule(Match(), after: 60)).alarm(of: monitor, startedAt: later(600))?.due == later(601))
        monitor.missed = noon
        #expect(table.alarm(of: monitor, startedAt: later(600))?.due == later(5), "that it is heard again is told at once")
    }

    @Test func silenceOpensAnIncidentOnce() throws {
        let table = table(rule(Match()))
        var monitor = Monitor(name: "watchdog", since: noon, heard: later(5))
        #expect(table.alarm(of: monitor)?.due == later(20))
        #expect(table.dueEvent(of: monitor, now: later(19)) == nil)
        let due = try #require(table.dueEvent(of: monitor, now: later(20)))
        #expect(due.event.type == .escalation && due.event.source == Event.ownSource)
        #expect(due.event.incident?.id == "dead-man-watchdog")
        #expect(due.event.incident?.members["severity"] == "high" && due.event.incident?.members["service"] == "monitoring")
        #expect(due.event.incident?.members["status"] == "open")
        #expect(due.event.message == "watchdog was last heard at 12:05 UTC, 15m ago.")
        monitor = due.after
        #expect(monitor.isSilent && table.alarm(of: monitor) == nil && table.dueEvent(of: monitor, now: later(600)) == nil)
    }

    @Test func beingHeardAgainResolvesIt() throws {
        let table = table(rule(Match()))
        let monitor = Monitor(name: "watchdog", since: noon, heard: later(65), missed: later(5))
        #expect(table.alarm(of: monitor)?.due == later(65))
        let due = try #require(table.dueEvent(of: monitor, now: later(65)))
        #expect(due.event.type == .statusChange && due.event.incident?.members["status"] == "resolved")
        #expect(due.event.message == "watchdog is heard again, at 13:05 UTC, after 1h of silence.")
        #expect(!due.after.isSilent && table.alarm(of: due.after)?.due == later(80))
    }

    @Test func whatWasNeverHeardCountsFromTheRule() throws {
        let table = table(rule(Match()))
        let due = try #require(table.dueEvent(of: Monitor(name: "watchdog", since: noon), now: later(15)))
        #expect(due.event.message == "Nothing has been heard of watchdog since Tocsin began to watch for it, at 12:00 UTC, 15m ago.")
    }

    /// The clock of the machine was set back between the two.
    @Test func aSignOfLifeCountsWhateverTheClockSays() throws {
        let table = table(rule(Match()))
        let monitor = Monitor(name: "watchdog", since: noon, heard: later(3), missed: later(5))
        #expect(table.dueEvent(of: monitor, now: later(4))?.event.type == .statusChange)
    }

    @Test func aRuleThatIsGoneEndsWhatItsSilenceOpened() throws {
        let silent = Monitor(name: "watchdog", since: noon, missed: noon)
        let end = try #require(table().removal(of: silent, now: later(60)))
        #expect(end.type == .statusChange && end.source == Event.ownSource && end.incident?.id == "dead-man-watchdog")
        #expect(end.incident?.members["status"] == "resolved")
        #expect(end.message == "Tocsin does not watch for watchdog any more: its rule was removed. Whether it runs is not known.")
        #expect(table().removal(of: Monitor(name: "watchdog", since: noon), now: later(60)) == nil)
        #expect(table(rule(Match())).removal(of: silent, now: later(60)) == nil)
    }

    @Test func aRuleThatIsGoneAsksForNothing() {
        #expect(table().alarm(of: Monitor(name: "watchdog", since: noon)) == nil)
        #expect(table().dueEvent(of: Monitor(name: "watchdog", since: noon), now: later(9_999)) == nil)
    }
}

@Suite struct HeartbeatTests {
    private var table: RoutingTable {
        var table = RoutingTable(
            routes: [], directory: Directory(channels: ["ops-slack": slack]), scale: .standard,
            assumedSeverity: SeverityScale.standard.mostUrgent)
        table.heartbeat = HeartbeatRule(every: 300, to: [RecipientEntry(subject: .name("ops-slack"), text: "ops-slack")])
        return table
    }

    @Test func itBeatsAtFixedTimes() throws {
        #expect(table.heartbeatAlarm(now: noon)?.due == noon.addingTimeInterval(300))
        #expect(table.heartbeatAlarm(now: noon.addingTimeInterval(299.9))?.due == noon.addingTimeInterval(300))
    }

    /// After a long stop there is one, and it is the same however often it is made.
    @Test func whatWasMissedIsNotMadeUpFor() throws {
        let first = try #require(table.heartbeat(VitalSigns(), now: noon.addingTimeInterval(86_401)))
        let second = try #require(table.heartbeat(VitalSigns(openIncidents: 1), now: noon.addingTimeInterval(86_500)))
        #expect(first.event.id == second.event.id && first.event.time == noon.addingTimeInterval(86_400))
    }

    @Test func itSaysHowTocsinIs() throws {
        let due = try #require(table.heartbeat(VitalSigns(queued: 0), now: noon))
        #expect(due.event.message == "Tocsin is alive. No incident is open, the queue is empty, nothing is dead.")
        #expect(
            VitalSigns(openIncidents: 2, dead: 1, overdue: 3, queued: 1).words
                == "2 incidents are open, 1 file is queued, 3 messages are overdue, 1 message was given up.")
    }

    @Test func itGoesToWhomItIsForAndExpires() throws {
        let due = try #require(table.heartbeat(VitalSigns(), now: noon))
        let plan = try table.plan(due.event, application: nil, now: noon, directed: due.directed)
        #expect(plan.deliveries.map(\.channel) == ["ops-slack"])
        #expect(plan.deliveries.map(\.template) == ["heartbeat"])
        #expect(plan.deliveries.map(\.expires) == [noon.addingTimeInterval(300)])
    }
}
