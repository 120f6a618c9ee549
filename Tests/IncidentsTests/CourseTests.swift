// How events move the course of an incident, and how it is kept.

import Foundation
import JSON
import Testing

@testable import Incidents

@Suite struct CourseTests {
    private func at(_ offset: TimeInterval) -> Date { noon.addingTimeInterval(offset) }

    private func status(_ status: String, at offset: TimeInterval, by source: String = "a") -> Event {
        said(.statusChange, ["status": .string(status)], at: offset, by: source)
    }

    private func own(_ raised: Raised, at offset: TimeInterval, _ members: [String: JSONValue] = [:]) -> Event {
        .raised(raised, id: ["INC1", "x"], time: at(offset), incident: "INC1", members: members)
    }

    private func after(_ events: Event..., from start: Incident? = nil, now: Date? = nil) throws -> Incident {
        try #require(events.reduce(start) { Incident.apply($1, to: $0, now: now ?? max($1.time, noon))?.incident })
    }

    @Test func itStartsWithTheOpening() throws {
        #expect(try after(said(.update, at: -60)).course.started == at(-60))
        let said = said(.escalation, ["opened_at": .string(Timestamp.format(at(-600)))], at: -60)
        #expect(try after(said).course.started == at(-600))
    }

    @Test func theStartFollowsTheOpeningUntilSomethingWasRaised() throws {
        let opened = try after(status("acknowledged", at: 0))
        let earlier = said(.update, ["opened_at": .string(Timestamp.format(at(-600)))], at: 10)
        let later = said(.update, ["opened_at": .string(Timestamp.format(at(5)))], at: 10)
        #expect(try after(earlier, from: opened).course.started == at(-600))
        // Nothing lies before the start.
        let moved = try after(later, from: opened).course
        #expect(moved.started == at(5))
        #expect(moved.acknowledgedAt == at(5))
        let raised = try after(own(.warning(.resolve), at: 5), earlier, from: opened)
        #expect(raised.course.started == at(0))
        #expect(raised.openedAt == at(-600))
        // Nor does it lie ahead.
        let ahead = said(.update, ["opened_at": "2099-01-01T00:00:00Z"], at: 10)
        #expect(try after(ahead, from: opened, now: at(10)).course.started == at(10))
    }

    @Test func pauses() throws {
        let held = try after(status("open", at: 0), status("on_hold", at: 10))
        #expect(held.course.pauses == [Course.Pause(from: at(10))])
        #expect(held.course.isPaused)
        let still = try after(said(.update, at: 20), status("on_hold", at: 30), from: held)
        #expect(still.course.pauses == [Course.Pause(from: at(10))])
        let resumed = try after(status("in_progress", at: 40), from: still)
        #expect(resumed.course.pauses == [Course.Pause(from: at(10), until: at(40))])
        #expect(!resumed.course.isPaused)
        // A pause of another source that began before the last one ended.
        let again = try after(status("on_hold", at: 35, by: "b"), status("resolved", at: 60), from: resumed)
        #expect(again.course.pauses == [Course.Pause(from: at(10), until: at(40)), Course.Pause(from: at(40), until: at(60))])
        #expect(again.course.endedAt == at(60))
        // One that would end before it began was none.
        let none = try after(status("on_hold", at: 50), status("open", at: 45, by: "b"), from: resumed)
        #expect(none.course.pauses.count == 1)
    }

    @Test func manyPausesRunTogetherWithoutLoss() throws {
        var incident = try after(status("open", at: 0))
        for number in 0..<200 {
            incident = try after(
                status("on_hold", at: Double(number * 10 + 5)), status("open", at: Double(number * 10 + 8)), from: incident)
        }
        let pauses = incident.course.pauses
        #expect(pauses.count == Course.Limits.pauses)
        let total = pauses.reduce(0) { $0 + ($1.until?.timeIntervalSince($1.from) ?? 0) }
        #expect(abs(total - 600) < 0.001)
        #expect(zip(pauses, pauses.dropFirst()).allSatisfy { $0.until ?? .distantFuture <= $1.from })
        #expect(pauses.first.map { $0.from >= incident.course.started } == true)
    }

    @Test func theFirstAcknowledgementCounts() throws {
        let incident = try after(
            status("open", at: 0), said(.acknowledgement, at: 10), said(.escalation, at: 20), said(.acknowledgement, at: 30))
        #expect(incident.course.acknowledgedAt == at(10))
        #expect(try after(status("in_progress", at: 10)).course.acknowledgedAt == at(10))
        // Somebody's clock is behind: not before the start.
        #expect(try after(status("open", at: 0), said(.acknowledgement, at: -50, by: "b")).course.acknowledgedAt == at(0))
        // What comes after the end does not count from later.
        let late = try after(status("open", at: 0), status("resolved", at: 20), said(.acknowledgement, at: 30))
        #expect(late.course.acknowledgedAt == at(20))
    }

    @Test func theEndAndTheReopening() throws {
        let ended = try after(
            status("open", at: 0), said(.acknowledgement, at: 5), said(.update, at: 10), own(.breach(.resolve), at: 15),
            own(.report, at: 16),
            status("resolved", at: 20))
        #expect(ended.course.endedAt == at(20))
        #expect(try after(status("closed", at: 30), from: ended).course.endedAt == at(20))
        #expect(ended.course.turns == [at(20)])
        let open = try after(status("open", at: 40), from: ended).course
        #expect(open.started == at(40))
        #expect(open.endedAt == nil && open.acknowledgedAt == nil && open.lastWord == nil && open.lastReport == nil)
        #expect(open.raised.isEmpty && open.escalation == nil && open.reminders == 0)
        #expect(open.turns == [at(20), at(40)])
        #expect(open.lastNews == at(40))
        // Another source's older word opens it no earlier than it ended, and each opening is later than the one before.
        let odd = try after(status("open", at: 10, by: "b"), from: ended).course
        #expect(odd.started == at(20))
        #expect(odd.turns == [at(20), at(20)])
        let twice = try after(
            status("open", at: 20, by: "b"), status("resolved", at: 20, by: "b"), status("open", at: 20, by: "b"), from: ended)
        #expect(Timestamp.format(twice.course.started) == Timestamp.format(at(20.001)))
    }

    @Test func turnsAreBounded() throws {
        var incident = try after(status("open", at: 0))
        for number in 0..<100 {
            incident = try after(
                status("resolved", at: Double(number * 2 + 1)), status("open", at: Double(number * 2 + 2)), from: incident)
        }
        #expect(incident.course.turns.count == Course.Limits.turns)
        #expect(incident.course.turns.last == at(200))
    }

    @Test func wordsAndNews() throws {
        let start = try after(status("open", at: 0))
        #expect(start.course.lastWord == nil)
        #expect(start.course.lastNews == at(0))
        for type in [EventType.update, .broadcast] {
            #expect(try after(said(type, at: 10), from: start).course.lastWord == at(10))
        }
        let team = try after(said(.assignment, ["team": "x"], at: 10), from: start)
        #expect(team.course.lastWord == nil)
        #expect(team.course.lastNews == at(10))
        // A word clears what was raised for the want of one, and nothing else.
        let gap = try after(
            own(.warning(.update), at: 20), own(.breach(.update), at: 25), own(.gap(1), at: 25), own(.gap(2), at: 50),
            own(.gapIgnored, at: 75), own(.warning(.resolve), at: 76), from: start)
        #expect(gap.course.raised == ["warning.update", "breach.update", "gap_ignored", "warning.resolve"])
        #expect(gap.course.reminders == 2)
        #expect(gap.course.remindedAt == at(50))
        #expect(gap.course.lastNews == at(0))
        let word = try after(said(.update, at: 80), from: gap).course
        #expect(word.raised == ["warning.resolve"])
        #expect(word.reminders == 0 && word.remindedAt == nil)
        // An old word is none.
        #expect(try after(said(.update, at: 70, by: "b"), from: try after(said(.update, at: 80), from: gap)).course.lastWord == at(80))
        // A report is a word, and no news.
        let report = try after(own(.report, at: 90, ["next_update_at": "2026-11-24T13:00:00Z"]), from: gap)
        #expect(report.course.lastWord == at(90) && report.course.lastReport == at(90))
        #expect(report.course.lastNews == at(0))
        #expect(report.text("next_update_at") == "2026-11-24T13:00:00Z")
        // What comes late is news since it came.
        let late = try after(said(.assignment, ["team": "x"], at: 85, by: "b"), from: report, now: at(100))
        #expect(late.course.lastNews == at(100))
    }

    @Test func aStaleEventMovesNothing() throws {
        let start = try after(status("open", at: 0), said(.update, at: 10), status("resolved", at: 20))
        let stale = try #require(Incident.apply(status("open", at: 15), to: start, now: at(30)))
        #expect(stale.isStale)
        #expect(stale.incident == start)
    }

    @Test func ownEventsAreNeverStaleAndLeaveNoTrace() throws {
        let start = try after(status("open", at: 0), said(.acknowledgement, at: 10, change: Change(by: "bob")))
        let step = own(.step(policy: "p", step: 1, repeats: 0), at: 20)
        let first = try after(step, from: start, now: at(25))
        #expect(first.level == 1)
        #expect(first.acknowledged && first.acknowledgedBy == "bob")
        #expect(first.said == start.said)
        #expect(first.updated == at(20))
        #expect(
            first.course.escalation == Course.Escalation(policy: "p", since: at(0), steps: 2, repeats: 0, lastAt: at(25)))
        // An older one, after the clock was set back.
        let older = try #require(Incident.apply(own(.step(policy: "p", step: 2, repeats: 0), at: 5), to: first, now: at(6)))
        #expect(!older.isStale)
        #expect(older.incident.course.escalation?.steps == 3)
        #expect(older.incident.course.escalation?.lastAt == at(25))
        #expect(older.incident.updated == at(20))
        let over = try after(own(.unanswered(policy: "p"), at: 60), from: first)
        #expect(over.course.escalation?.isOver == true)
        #expect(over.level == 1)
    }

    @Test func aProducersEscalationArmsAgain() throws {
        let step = own(.step(policy: "p", step: 1, repeats: 0), at: 20)
        let open = try after(status("open", at: 0), step)
        #expect(try after(said(.escalation, at: 30), from: open).course.escalation == open.course.escalation)
        let had = try after(said(.acknowledgement, at: 25), said(.escalation, at: 30), from: open)
        #expect(had.course.escalation == Course.Escalation(policy: "", since: at(30)))
        let over = try after(own(.unanswered(policy: "p"), at: 25), said(.escalation, at: 30), from: open)
        #expect(over.course.escalation == Course.Escalation(policy: "", since: at(30)))
        // Later than before, whatever its time.
        let odd = try after(said(.acknowledgement, at: 25), said(.escalation, at: -30, by: "b"), from: open)
        #expect(odd.course.escalation.map { Timestamp.format($0.since) } == "2026-11-24T12:00:00.001Z")
        // One that comes with the end arms nothing.
        let ended = try after(said(.acknowledgement, at: 25), said(.escalation, ["status": "resolved"], at: 30), from: open)
        #expect(ended.course.escalation == open.course.escalation)
    }

    @Test func whatWasToldIsBounded() throws {
        var incident = try after(status("open", at: 0))
        for number in 0..<100 { incident.noteTold(["route \(number)"], at: at(Double(number))) }
        #expect(incident.course.repeats.count == Course.Limits.repeats)
        #expect(incident.course.repeats["route 99"] == at(99))
        incident.noteTold(["route 99"], at: at(10))
        #expect(incident.course.repeats["route 99"] == at(99))
        var ended = try after(status("resolved", at: 0))
        ended.noteTold(["x"], at: at(5))
        #expect(ended.course.repeats.isEmpty)
    }

    // MARK: As JSON

    @Test func mostIncidentsHaveNothingToWrite() throws {
        func course(_ events: Event...) throws -> JSONValue? {
            try #require(events.reduce(nil as Incident?) { Incident.apply($1, to: $0, now: noon)?.incident }).json["course"]
        }
        #expect(try course(said(.escalation, ["severity": "high", "opened_at": "2026-11-24T11:00:00Z"], at: 0)) == nil)
        #expect(try course(status("open", at: 0), said(.acknowledgement, at: 10)) == nil)
        #expect(try course(status("open", at: 0), status("resolved", at: 10)) == nil)
        #expect(try course(status("open", at: 0), status("on_hold", at: 10)) == nil)
        #expect(try course(status("open", at: 0), said(.update, at: 10))?.object?.keys.sorted() == ["word"])
    }

    @Test func theWholeCourseSurvives() throws {
        var incident = try after(status("open", at: 0), said(.acknowledgement, at: 5))
        incident.alarm = at(77.125)
        var course = Course(started: at(-3))
        course.pauses = [Course.Pause(from: at(1), until: at(2)), Course.Pause(from: at(3))]
        course.acknowledgedAt = nil
        course.endedAt = at(4)
        course.lastWord = at(5)
        course.lastReport = at(6)
        course.lastNews = nil
        course.raised = ["breach.resolve", "gap_ignored"]
        course.reminders = 2
        course.remindedAt = at(7)
        course.escalation = Course.Escalation(
            policy: "p", since: at(8), steps: 3, repeats: 1, lastAt: at(9), isUnheard: true, isOver: true)
        course.turns = [at(10), at(11)]
        course.flappingSince = at(12)
        course.repeats = ["page": at(13)]
        incident.course = course
        #expect(try Incident(json: JSONValue.parse(bytes: incident.json.bytes)) == incident)
        incident.course = Course(started: at(-3))
        #expect(try Incident(json: JSONValue.parse(bytes: incident.json.bytes)) == incident)
    }

    @Test func aStateFromBeforeHasACourse() throws {
        func old(_ members: [String: JSONValue], acknowledged: Bool = false) throws -> Course {
            try #require(
                Incident(json: [
                    "id": "I", "members": .object(members), "acknowledged": .bool(acknowledged), "first_seen": Incident.number(at(0)),
                    "updated": Incident.number(at(100)),
                ])
            ).course
        }
        let open = try old(["status": "open", "opened_at": "2026-11-24T11:00:00Z"])
        #expect(open.started == at(-3_600))
        #expect(open.endedAt == nil && open.acknowledgedAt == nil && open.raised.isEmpty)
        let ended = try old(["status": "closed"], acknowledged: true)
        #expect(ended.endedAt == at(100) && ended.acknowledgedAt == at(100))
        #expect(try old(["status": "on_hold"]).pauses == [Course.Pause(from: at(100))])
    }

    @Test func whatCannotBeReadIsAsPresumed() throws {
        let incident = try after(status("open", at: 0))
        var json = try #require(incident.json.object)
        json["course"] = ["started": "x", "pauses": [["y"], 7], "escalation": ["policy": "p"], "turns": 3, "raised": "z"]
        #expect(Incident(json: .object(json))?.course == incident.course)
    }

    // MARK: The clock's own events

    @Test func anOwnEventIsLikeAnyOther() throws {
        let event = Event.raised(
            .breach(.acknowledge), id: ["INC1", "acknowledge", "breach"], time: noon, incident: "INC1", members: ["eta": .null],
            change: Change(reason: "r", by: "b"), message: "m", extra: ["silence": ["id": "x"]])
        #expect(
            event.document == [
                "id": "INC1/acknowledge/breach", "type": "sla_breach", "source": "tocsin", "time": "2026-11-24T12:00:00Z",
                "incident": ["id": "INC1", "eta": .null], "change": ["field": "acknowledge", "reason": "r", "by": "b"], "message": "m",
                "silence": ["id": "x"],
            ])
        let again = try EventParser(scale: .standard, allowsReservedTypes: true).event(from: event.document, origin: origin)
        var told = event
        told.raised = nil
        told.timeIsExplicit = true
        #expect(again == told)
    }

    @Test func longIdsAreCutAndStayApart() throws {
        let long = String(repeating: "ü", count: 200)
        let first = Event.ownID([long, "a"])
        #expect(first.count == 200)
        #expect(first != Event.ownID([long, "b"]))
        #expect(first == Event.ownID([long, "a"]))
        #expect(Event.ownID(["INC1", "a"]) == "INC1/a")
    }
}
