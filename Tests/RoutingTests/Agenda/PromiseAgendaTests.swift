// Warnings and breaches, the communications gap, and automatic status reports.

import Foundation
import Incidents
import JSON
import Testing

@testable import Routing

@Suite struct PromiseAgendaTests {
    private let promises = SLAPolicy(acknowledge: 20 * minute, resolve: 4 * hour, warnAt: 0.75)
    private let updates = SLAPolicy(update: 40 * minute, warnAt: 0.75)

    private func opened(
        _ promises: SLAPolicy?, reports: [Int: ReportRule] = [:], severity: String = "critical"
    ) throws -> VirtualTime {
        var time = VirtualTime(try timed(reports: reports), promises: promises)
        time.say(at: 0, .statusChange, ["status": "open", "severity": .string(severity)])
        return time
    }

    @Test func eachWarningAndBreachOnce() throws {
        var time = try opened(promises)
        time.pass(to: 10_000)
        #expect(time.log == ["+15 warning acknowledge", "+20 breach acknowledge", "+180 warning resolve", "+240 breach resolve"])
        #expect(
            time.raised.map(\.event.id) == [
                "INC1/acknowledge/warning/2026-11-24T12:00:00Z", "INC1/acknowledge/breach/2026-11-24T12:00:00Z",
                "INC1/resolve/warning/2026-11-24T12:00:00Z", "INC1/resolve/breach/2026-11-24T12:00:00Z",
            ])
        #expect(
            time.raised.map { $0.event.change.reason } == [
                "nobody has acknowledged yet; promised by 12:20 UTC", "nobody had acknowledged by 12:20 UTC; promised within 20 min",
                "not resolved yet; promised by 16:00 UTC", "not resolved by 16:00 UTC; promised within 4 h",
            ])
        #expect(time.raised.map(\.event.type) == [.slaWarning, .slaBreach, .slaWarning, .slaBreach])
        #expect(time.raised.map { $0.event.change.field } == ["acknowledge", "acknowledge", "resolve", "resolve"])
        #expect(time.alarm == nil)
    }

    @Test func whatIsMetRaisesNothing() throws {
        var time = try opened(promises)
        time.say(at: 14, .acknowledgement)
        time.say(at: 170, .statusChange, ["status": "resolved"])
        time.pass(to: 10_000)
        #expect(time.log.isEmpty)
        #expect(time.incident?.course.acknowledgedAt == noon.addingTimeInterval(14 * minute))
        #expect(time.incident?.course.endedAt == noon.addingTimeInterval(170 * minute))
    }

    @Test func noWarningWhereItWouldComeWithTheBreach() throws {
        var time = try opened(SLAPolicy(acknowledge: 20 * minute, warnAt: 1))
        time.pass(to: 100)
        #expect(time.log == ["+20 breach acknowledge"])
    }

    @Test func reopeningPromisesAnew() throws {
        var time = try opened(promises)
        time.say(at: 30, .statusChange, ["status": "resolved"])
        time.say(at: 100, .statusChange, ["status": "open"])
        time.pass(to: 121)
        #expect(
            time.log == [
                "+15 warning acknowledge", "+20 breach acknowledge", "+115 warning acknowledge", "+120 breach acknowledge",
            ])
        #expect(Set(time.raised.map(\.event.id)).count == 4)
    }

    /// An escalation takes the acknowledgement back, and does not set the clock again.
    @Test func anEscalationDoesNotPromiseAnew() throws {
        var time = try opened(promises)
        time.say(at: 5, .acknowledgement)
        time.say(at: 10, .escalation)
        time.pass(to: 100)
        #expect(time.log.isEmpty)
    }

    @Test func onHoldTheClocksStandStill() throws {
        var time = try opened(promises)
        time.say(at: 10, .statusChange, ["status": "on_hold"])
        time.pass(to: 60)
        #expect(time.alarm == nil)
        time.say(at: 60, .statusChange, ["status": "open"])
        time.pass(to: 75)
        #expect(time.log == ["+65 warning acknowledge", "+70 breach acknowledge"])
    }

    @Test func aShorterPromiseThatIsPastBreachesAtOnceAndOnce() throws {
        var time = try opened(SLAPolicy(resolve: 10 * hour))
        time.pass(to: 60)
        time.promises = SLAPolicy(resolve: 30 * minute)
        time.say(at: 60, .severityChange, ["severity": "critical"])
        #expect(time.log == ["+60 missed warning resolve", "+60 breach resolve"])
        #expect(time.raised.first?.event.change.reason == "overtaken by the breach")
        #expect(time.raised.first?.event.type == .slaWarning)
        time.promises = SLAPolicy(resolve: 10 * hour)
        time.pass(to: 700)
        time.promises = SLAPolicy(resolve: 30 * minute)
        time.pass(to: 1_000)
        #expect(time.log == ["+60 missed warning resolve", "+60 breach resolve"])
    }

    @Test func absenceRaisesWhatWasMissedOnce() throws {
        var time = try opened(promises)
        time.sleep(to: 200)
        #expect(time.log == ["+200 missed warning acknowledge", "+200 breach acknowledge", "+200 warning resolve"])
        time.sleep(to: 0)
        time.pass(to: 1_000)
        #expect(time.log == ["+200 missed warning acknowledge", "+200 breach acknowledge", "+200 warning resolve", "+240 breach resolve"])
    }

    @Test func theCommunicationsGap() throws {
        var time = try opened(updates)
        time.pass(to: 1_000)
        #expect(time.log == ["+30 warning update", "+40 breach update", "+40 gap 1", "+80 gap 2", "+120 gap ignored"])
        let reminders = time.raised.filter { $0.event.type == .reminder }
        #expect(reminders.map { $0.event.change.field } == ["update", "update"])
        #expect(reminders.flatMap(\.directed).map(\.origin) == [.reminder, .reminder])
        #expect(reminders.first?.event.message == "Stakeholders have heard nothing of INC1 since 12:00 UTC. Send an update.")
        let roles = reminders.flatMap(\.directed).map { directed -> RecipientEntry.Subject? in
            if case .entry(let entry) = directed.whom { entry.subject } else { nil }
        }
        #expect(roles == [.role(.communicationLead), .role(.communicationLead)])
        let last = try #require(time.raised.last)
        #expect(last.event.type == .operations)
        #expect(last.event.incident?.id == "INC1")
        #expect(
            last.event.message == "Stakeholders have heard nothing of INC1 since 12:00 UTC, and two reminders changed nothing.")
    }

    @Test(arguments: [EventType.update, .broadcast]) func aWordClosesTheGap(type: EventType) throws {
        var time = try opened(updates)
        time.say(at: 50, type)
        time.pass(to: 95)
        #expect(
            time.log == [
                "+30 warning update", "+40 breach update", "+40 gap 1", "+80 warning update", "+90 breach update", "+90 gap 1",
            ])
        #expect(Set(time.raised.map(\.event.id)).count == 6)
        // Other events are no word to stakeholders.
        var silent = try opened(updates)
        silent.say(at: 20, .assignment, ["team": "network"])
        silent.pass(to: 41)
        #expect(silent.log.count == 3)
    }

    /// Nobody has ignored a reminder that was never made.
    @Test func absenceIsNoIgnorance() throws {
        var time = try opened(updates)
        time.sleep(to: 480)
        #expect(time.log == ["+480 missed warning update", "+480 breach update", "+480 gap 1"])
        time.pass(to: 1_000)
        #expect(time.log.suffix(2) == ["+520 gap 2", "+560 gap ignored"])
    }

    @Test func theGapStandsStillOnHold() throws {
        var time = try opened(updates)
        time.say(at: 50, .statusChange, ["status": "on_hold"])
        time.say(at: 100, .statusChange, ["status": "open"])
        time.pass(to: 131)
        #expect(time.log == ["+30 warning update", "+40 breach update", "+40 gap 1", "+130 gap 2"])
    }

    private func reports(every minutes: Double) throws -> [Int: ReportRule] {
        [0: ReportRule(every: minutes * minute, to: [try entry("service-owner"), try entry("subscribers")])]
    }

    @Test func reportsComeByThemselves() throws {
        var time = try opened(nil, reports: reports(every: 30))
        time.incident?.members["title"] = "Payments failing"
        time.say(at: 10, .acknowledgement, change: Change(by: "bob"))
        time.say(
            at: 20, .update, ["impact": "No payments in Europe", "next_steps": "Roll back.", "eta": "2026-11-24T14:00:00Z"])
        time.pass(to: 80)
        // The update at 20 has just been heard.
        #expect(time.log == ["+50 report", "+80 report"])
        let first = try #require(time.raised.first)
        #expect(
            first.event.message
                == "INC1, Payments failing, is open at severity critical; it has been open for 50 min. bob has it. "
                + "Impact: No payments in Europe. Next steps: Roll back. It is expected to end by 14:00 UTC. "
                + "Nothing new since 12:20 UTC. The next word comes by 13:20 UTC.")
        #expect(first.event.incident?.members == ["next_update_at": "2026-11-24T13:20:00Z"])
        #expect(first.event.document["incident"] == ["id": "INC1", "next_update_at": "2026-11-24T13:20:00Z"])
        #expect(first.directed.map(\.name) == ["status_reports.critical", "status_reports.critical"])
        #expect(first.directed.allSatisfy { $0.origin == .report })
        #expect(time.incident?.text("next_update_at") == "2026-11-24T13:50:00Z")
    }

    @Test func aReportSaysWhenThereIsNews() throws {
        var time = try opened(nil, reports: reports(every: 30))
        time.pass(to: 30)
        #expect(time.raised.last?.event.message?.contains("Nothing new") == false)
        #expect(time.raised.last?.event.message?.contains("Nobody has acknowledged it yet.") == true)
        time.say(at: 45, .assignment, ["team": "network"])
        time.pass(to: 60)
        #expect(time.raised.last?.event.message?.contains("Nothing new") == false)
        time.pass(to: 90)
        #expect(time.raised.last?.event.message?.contains("Nothing new since 12:45 UTC.") == true)
        #expect(time.log == ["+30 report", "+60 report", "+90 report"])
    }

    @Test func reportsGoOnWhileOnHoldAndStopAtTheEnd() throws {
        var time = try opened(nil, reports: reports(every: 30))
        time.say(at: 10, .statusChange, ["status": "on_hold"])
        time.pass(to: 40)
        #expect(time.raised.last?.event.message?.contains("is on hold") == true)
        time.say(at: 50, .statusChange, ["status": "resolved"])
        time.pass(to: 500)
        #expect(time.log == ["+30 report"])
        #expect(time.alarm == nil)
    }

    @Test func missedReportsAreOne() throws {
        var time = try opened(nil, reports: reports(every: 30))
        time.sleep(to: 480)
        time.pass(to: 515)
        #expect(time.log == ["+480 report", "+510 report"])
        #expect(time.raised.first?.event.time == noon.addingTimeInterval(30 * minute))
    }

    /// A report is a word: it spares the reminders that would be due with it.
    @Test func aReportClosesTheGap() throws {
        var time = try opened(updates, reports: reports(every: 40))
        time.pass(to: 75)
        #expect(time.log == ["+30 warning update", "+40 report", "+70 warning update"])
        var late = try opened(updates, reports: reports(every: 40))
        late.sleep(to: 480)
        #expect(late.log == ["+480 report"])
    }

    @Test func otherSeveritiesHaveNoReports() throws {
        var time = try opened(nil, reports: reports(every: 30), severity: "low")
        time.pass(to: 500)
        #expect(time.log.isEmpty)
    }
}
