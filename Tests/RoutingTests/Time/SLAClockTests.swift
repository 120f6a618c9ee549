// How promises stand: boundaries, pauses, what meets them, reopening, changes of severity, business hours.

import Foundation
import Incidents
import Testing

@testable import Routing

/// Minutes after noon.
private func at(_ minutes: Double) -> Date { noon.addingTimeInterval(minutes * 60) }

@Suite struct SLAClockTests {
    /// 10 min to acknowledge, 60 to resolve, 20 to tell; at risk from 75%.
    private let policy = SLAPolicy(acknowledge: 600, resolve: 3_600, update: 1_200)

    /// Started at noon.
    private func course(_ change: (inout Course) -> Void = { _ in }) -> Incident {
        var incident = Incident(id: "INC1", firstSeen: noon)
        change(&incident.course)
        return incident
    }

    private func clock(
        _ target: SLATarget, of incident: Incident, at minutes: Double, policy: SLAPolicy? = nil
    ) throws -> SLAClock {
        try #require((policy ?? self.policy).clocks(of: incident, now: at(minutes))[target])
    }

    @Test func aFreshIncident() throws {
        let clocks = policy.clocks(of: course(), now: noon)
        #expect(clocks.clocks.map(\.target) == [.acknowledge, .resolve, .update])
        #expect(
            clocks[.acknowledge]
                == SLAClock(target: .acknowledge, state: .ok, start: noon, length: 600, warnsAt: at(7.5), breachesAt: at(10)))
        #expect(clocks[.resolve]?.breachesAt == at(60))
        #expect(clocks[.update]?.warnsAt == at(15))
        #expect(clocks.clocks.filter(\.isRunning).count == 3)
        #expect(clocks.worst == .ok)
    }

    @Test func onlyWhatIsPromised() {
        let clocks = SLAPolicy(resolve: 3_600).clocks(of: course(), now: noon)
        #expect(clocks.clocks.map(\.target) == [.resolve])
        #expect(clocks[.acknowledge] == nil)
        #expect(SLAPolicy().clocks(of: course(), now: noon).worst == nil)
    }

    /// At the very moment it is so already.
    @Test(
        arguments: [
            (7.499, SLAState.ok), (7.5, .atRisk), (9.999, .atRisk), (10, .breached), (10_000, .breached), (-5, .ok),
        ] as [(Double, SLAState)]) func boundaries(minutes: Double, state: SLAState) throws
    {
        #expect(try clock(.acknowledge, of: course(), at: minutes).state == state)
    }

    @Test func withoutAWarning() throws {
        let policy = SLAPolicy(acknowledge: 600, warnAt: 1)
        let clock = try clock(.acknowledge, of: course(), at: 9.999, policy: policy)
        #expect(clock.state == .ok && clock.warnsAt == nil && clock.breachesAt == at(10))
        #expect(try self.clock(.acknowledge, of: course(), at: 10, policy: policy).state == .breached)
        let early = SLAPolicy(acknowledge: 600, warnAt: 0.01)
        #expect(try self.clock(.acknowledge, of: course(), at: 0.1, policy: early).state == .atRisk)
    }

    @Test func acknowledged() throws {
        let incident = course { $0.acknowledgedAt = at(9) }
        // It had been at risk, and was met in time.
        let clock = try clock(.acknowledge, of: incident, at: 300)
        #expect(clock.state == .ok && clock.metAt == at(9) && !clock.isRunning)
        #expect(clock.warnsAt == at(7.5) && clock.breachesAt == at(10))
        #expect(try self.clock(.resolve, of: incident, at: 30).metAt == nil)
        #expect(try self.clock(.update, of: incident, at: 30).state == .breached)
        // At the deadline, and after it, is too late for good.
        for minutes in [10, 11.0] {
            #expect(try self.clock(.acknowledge, of: course { $0.acknowledgedAt = at(minutes) }, at: 300).state == .breached)
        }
    }

    /// The end meets all of them, `acknowledge` only where nobody had it before.
    @Test func ended() throws {
        let ended = course { $0.endedAt = at(12) }
        #expect(policy.clocks(of: ended, now: at(500)).clocks.map(\.state) == [.breached, .ok, .ok])
        #expect(policy.clocks(of: ended, now: at(500)).clocks.map(\.metAt) == [at(12), at(12), at(12)])
        let both = course {
            $0.acknowledgedAt = at(3)
            $0.endedAt = at(30)
        }
        #expect(policy.clocks(of: both, now: at(500)).clocks.map(\.state) == [.ok, .ok, .breached])
        #expect(policy.clocks(of: both, now: at(500)).clocks.map(\.metAt) == [at(3), at(30), at(30)])
    }

    @Test func updateRunsFromTheLastWord() throws {
        let clock = try clock(.update, of: course { $0.lastWord = at(18) }, at: 30)
        #expect(clock.start == at(18) && clock.breachesAt == at(38) && clock.state == .ok)
    }

    /// A reopening starts `acknowledge` and `resolve` anew: `started` has moved.
    @Test func reopened() throws {
        var incident = course()
        incident.course.started = at(100)
        #expect(try clock(.acknowledge, of: incident, at: 105).state == .ok)
        #expect(try clock(.resolve, of: incident, at: 105).breachesAt == at(160))
    }

    // MARK: Pauses

    @Test func onHold() throws {
        let paused = course { $0.pauses = [Course.Pause(from: at(5))] }
        let clock = try clock(.acknowledge, of: paused, at: 500)
        #expect(clock.isPaused && !clock.isRunning && clock.state == .ok && clock.warnsAt == nil && clock.breachesAt == nil)
        // Not yet, at a moment before it.
        #expect(try !self.clock(.acknowledge, of: paused, at: 4).isPaused)
        let over = course { $0.pauses = [Course.Pause(from: at(5), until: at(65))] }
        let again = try self.clock(.acknowledge, of: over, at: 65)
        #expect(!again.isPaused && again.warnsAt == at(67.5) && again.breachesAt == at(70))
        #expect(try self.clock(.acknowledge, of: over, at: 67.5).state == .atRisk)
    }

    /// What was reached before the pause stays, also where it is reached at the moment at which the pause begins.
    @Test(arguments: [
        (8.0, SLAState.atRisk, true, false), (7.5, .atRisk, true, false), (10.0, .breached, true, true), (7.0, .ok, false, false),
    ]) func reachedBeforeThePause(from: Double, state: SLAState, warns: Bool, breaches: Bool) throws {
        let clock = try clock(.acknowledge, of: course { $0.pauses = [Course.Pause(from: at(from))] }, at: 500)
        #expect(clock.state == state && clock.isPaused)
        #expect(clock.warnsAt == (warns ? at(7.5) : nil))
        #expect(clock.breachesAt == (breaches ? at(10) : nil))
    }

    @Test func manyPauses() throws {
        // Of the first 18 minutes, every second one counts; the ones that touch or overlap are left out once.
        let incident = course { $0.pauses = (0..<9).map { Course.Pause(from: at(Double($0) * 2 + 1), until: at(Double($0) * 2 + 2)) } }
        #expect(try clock(.acknowledge, of: incident, at: 0).breachesAt == at(19))
        let overlapping = course {
            $0.pauses = [
                Course.Pause(from: at(1), until: at(5)), Course.Pause(from: at(4), until: at(8)), Course.Pause(from: at(8), until: at(9)),
            ]
        }
        #expect(try clock(.acknowledge, of: overlapping, at: 0).breachesAt == at(18))
        let before = course { $0.pauses = [Course.Pause(from: at(-10), until: at(-5)), Course.Pause(from: at(-1), until: at(2))] }
        #expect(try clock(.acknowledge, of: before, at: 0).breachesAt == at(12))
    }

    /// A word during a pause: the new clock starts with the end of the pause.
    @Test func aWordWhileOnHold() throws {
        let incident = course {
            $0.pauses = [Course.Pause(from: at(5), until: at(65))]
            $0.lastWord = at(30)
        }
        #expect(try clock(.update, of: incident, at: 40).breachesAt == at(85))
        #expect(try clock(.update, of: incident, at: 40).isPaused)
    }

    /// What comes after a promise was met does not move its deadline.
    @Test func onHoldAfterwards() throws {
        let incident = course {
            $0.acknowledgedAt = at(3)
            $0.pauses = [Course.Pause(from: at(4))]
        }
        let clock = try clock(.acknowledge, of: incident, at: 500)
        #expect(clock.breachesAt == at(10) && !clock.isPaused && clock.state == .ok)
        #expect(try self.clock(.resolve, of: incident, at: 500).isPaused)
        let together = course {
            $0.acknowledgedAt = at(3)
            $0.pauses = [Course.Pause(from: at(3))]
        }
        #expect(try self.clock(.acknowledge, of: together, at: 500).breachesAt == at(10))
    }

    // MARK: Severity and calendar

    private func table(_ rules: TimeRules) -> RoutingTable {
        RoutingTable(
            routes: [], directory: Directory(people: [:], teams: [:], channels: [:]), scale: .standard,
            assumedSeverity: SeverityScale.standard.mostUrgent, rules: rules)
    }

    /// The promises of the present severity, from the same start: what is past is breached at once.
    @Test func severityChanges() throws {
        let table = table(
            TimeRules(sla: [0: SLAPolicy(acknowledge: 300), 2: SLAPolicy(acknowledge: 14_400)]))
        var incident = course()
        incident.members["severity"] = "medium"
        #expect(table.clocks(of: incident, now: at(20))?[.acknowledge]?.state == .ok)
        incident.members["severity"] = "critical"
        let clock = try #require(table.clocks(of: incident, now: at(20))?[.acknowledge])
        #expect(clock.state == .breached && clock.breachesAt == at(5) && clock.start == noon)
        incident.members["severity"] = "low"
        #expect(table.clocks(of: incident, now: at(20)) == nil)
        incident.members["severity"] = nil
        #expect(table.clocks(of: incident, now: at(20))?[.acknowledge]?.length == 300)
    }

    /// Opened on Friday at 16:30 in London, the weekend of the change: 4 h of office time end on Monday at 12:00 summer time;
    /// 20 min on hold on Monday move that, 20 min on Sunday do not.
    @Test func businessHours() throws {
        let office = BusinessCalendar(
            name: "office", days: [1, 2, 3, 4, 5], opens: 540, closes: 1_050,
            timeZone: try #require(TimeZone(identifier: "Europe/London")))
        let policy = SLAPolicy(acknowledge: 14_400, calendar: office)
        var incident = course()
        incident.course.started = try time("2026-03-27T16:30:00Z")
        let now = try time("2026-03-30T10:00:00Z")
        let clock = try #require(policy.clocks(of: incident, now: now)[.acknowledge])
        #expect(clock.warnsAt == (try time("2026-03-30T10:00:00Z")) && clock.state == .atRisk)
        #expect(clock.breachesAt == (try time("2026-03-30T11:00:00Z")))
        incident.course.pauses = [
            Course.Pause(from: try time("2026-03-29T12:00:00Z"), until: try time("2026-03-29T12:20:00Z")),
            Course.Pause(from: try time("2026-03-30T09:00:00Z"), until: try time("2026-03-30T09:20:00Z")),
        ]
        let held = try #require(policy.clocks(of: incident, now: now)[.acknowledge])
        #expect(held.breachesAt == (try time("2026-03-30T11:20:00Z")) && held.state == .ok)
    }

    @Test func aCalendarThatNeverOpens() throws {
        let never = BusinessCalendar(name: "never", days: [], opens: 540, closes: 1_050, timeZone: .gmt)
        let clock = try clock(.resolve, of: course(), at: 1e6, policy: SLAPolicy(resolve: 60, calendar: never))
        #expect(clock.state == .ok && clock.breachesAt == nil && clock.warnsAt == nil && !clock.isPaused)
    }

    /// A deadline is the same after the ledger has kept it in microseconds: an alarm that rings is due.
    @Test func deadlinesAreWholeMicroseconds() throws {
        for number in 0..<1_000 {
            var incident = course()
            incident.course.started = noon.addingTimeInterval(Double(number) / 7_777_777.7)
            let clock = try clock(.acknowledge, of: incident, at: 0)
            for date in [clock.warnsAt, clock.breachesAt] {
                let date = try #require(date)
                let kept = Date(timeIntervalSince1970: Double(Int((date.timeIntervalSince1970 * 1_000_000).rounded())) / 1_000_000)
                try #require(kept == date)
            }
        }
    }
}
