// What a word about an absence comes to, and what a hand-over says.

import Foundation
import Incidents
import JSON
import Testing

@testable import Routing

@Suite struct AbsenceWordTests {
    private func word(_ payload: [String: JSONValue], known: [Absence] = [], id: String = "a1") throws -> Result<AbsenceWord, Rejection> {
        let event = Event(id: id, source: "hr", type: .absence, time: noon, payload: payload)
        return try dutyTable([]).word(event, absences: known, now: noon)
    }

    /// `RECIPIENT!`, with the mark where it is urgent.
    private func told(_ word: AbsenceWord) -> [String] {
        word.directed.map { one in
            switch one.whom {
            case .entry(let entry): entry.text + (one.isUrgent ? "!" : "")
            case .told(let told): "\(told.recipient) themselves"
            }
        }
    }

    private let tomorrow: JSONValue = "2026-11-25T12:00:00Z"

    @Test func beginsAtOnce() throws {
        let word = try word(["who": "duty-engineer", "until": tomorrow, "deputy": "Service Owner"]).get()
        #expect(
            word.begun
                == Absence(id: "a1", who: "duty-engineer", from: noon, until: noon.addingTimeInterval(86_400), deputy: "service-owner"))
        #expect(word.ended.isEmpty)
        #expect(told(word) == ["service-owner!", "duty-engineer themselves"])
    }

    @Test func onesToComeWakeNobody() throws {
        let word = try word(["who": "DUTY@example.com", "from": "2026-11-25T00:00:00Z", "until": tomorrow, "deputy": "service-owner"]).get()
        #expect(word.begun?.who == "duty-engineer")
        #expect(told(word) == ["service-owner", "duty-engineer themselves"])
    }

    @Test(
        arguments: [
            (["who": "duty-enginer", "until": "2026-11-25T12:00:00Z"], "/absence/who", "did you mean `duty-engineer`?"),
            (["who": "payments", "until": "2026-11-25T12:00:00Z"], "/absence/who", "nobody in `people`"),
            (["who": "duty-engineer", "deputy": "primary", "until": "2026-11-25T12:00:00Z"], "/absence/deputy", "nobody in `people`"),
            (["who": "duty-engineer", "deputy": "duty-engineer", "until": "2026-11-25T12:00:00Z"], "/absence/deputy", "for themselves"),
            (["who": "duty-engineer", "until": "2062-11-25T12:00:00Z"], "/absence/until", "two years"),
        ] as [([String: JSONValue], String, String)]) func mistakesAreNamed(payload: [String: JSONValue], pointer: String, words: String)
        throws
    {
        guard case .failure(let rejection) = try word(payload) else {
            Issue.record("accepted: \(payload)")
            return
        }
        #expect(rejection.pointer == pointer)
        #expect(rejection.message.contains(words), "\(rejection.message)")
    }

    @Test func aNewOneTakesThePlaceOfWhatItOverlaps() throws {
        var later = away("duty-engineer", deputy: "mute", from: 90_000, until: 100_000)
        later.id = "later"
        var far = away("duty-engineer", from: 900_000, until: 1_000_000)
        far.id = "far"
        let other = away("service-owner", deputy: "mute")
        let word = try word(
            ["who": "duty-engineer", "until": "2026-11-26T12:00:00Z", "deputy": "service-owner"],
            known: [away("duty-engineer", deputy: "service-owner"), later, far, other]
        ).get()
        #expect(word.ended == ["away-duty-engineer", "later"])
        // Who stood in so far, and does not any more, hears of it.
        #expect(told(word) == ["service-owner!", "mute", "duty-engineer themselves"])
    }

    @Test func comesBack() throws {
        let known = [away("duty-engineer", deputy: "service-owner"), away("mute", deputy: "service-owner")]
        let word = try word(["who": "duty-engineer", "until": "2026-11-24T11:59:59Z"], known: known).get()
        #expect(word.begun == nil)
        #expect(word.ended == ["away-duty-engineer"])
        #expect(told(word) == ["service-owner", "duty-engineer themselves"])
        #expect(told(try self.word(["who": "lost", "until": "2026-11-24T11:59:59Z"], known: known).get()).isEmpty)
    }

    @Test func whoeverIsThereStaysAfterAll() throws {
        let planned = away("duty-engineer", deputy: "service-owner", from: 600, until: 7_200)
        let back: [String: JSONValue] = ["who": "duty-engineer", "until": "2026-11-24T11:59:59Z"]
        let word = try word(back, known: [planned]).get()
        #expect(word.ended == ["away-duty-engineer"])
        #expect(told(word) == ["service-owner", "duty-engineer themselves"])
        // Coming back from one does not cancel the next.
        var now = away("duty-engineer")
        now.id = "now"
        #expect(try self.word(back, known: [planned, now]).get().ended == ["now"])
    }

    @Test func idsOfOthersAreNotTaken() throws {
        var theirs = away("service-owner", deputy: "mute")
        theirs.id = "a1"
        #expect(try word(["who": "duty-engineer", "until": tomorrow], known: [theirs]).get().begun?.id == "hr/a1")
        var mine = away("duty-engineer")
        mine.id = "a1"
        let again = try word(["who": "duty-engineer", "until": tomorrow], known: [mine]).get()
        #expect(again.begun?.id == "a1" && again.ended.isEmpty)
    }

    @Test func thoseLongOverAreForgotten() throws {
        let old = away("lost", from: -2_000_000, until: -700_000)
        #expect(try word(["who": "duty-engineer", "until": tomorrow], known: [old]).get().ended == ["away-lost"])
    }
}

@Suite struct HandoverTests {
    private let surroundings = DutySurroundings()

    private func handover(at text: String, of name: String = "primary") throws -> DueEvent? {
        try dutyTable([], operators: ["ops-slack"]).handover(of: name, surroundings, now: time(text))
    }

    private func whom(_ due: DueEvent?) -> [String] {
        (due?.directed ?? []).compactMap { if case .entry(let entry) = $0.whom { "\(entry.subject)" } else { nil } }
    }

    @Test func saysWhoComesAndWhoGoesAndWhatIsOpen() throws {
        surroundings.open = [incident(["title": "Payments are down"])]
        let due = try #require(try handover(at: "2026-11-25T09:00:00Z"))
        #expect(due.event.type == .reminder)
        #expect(due.event.change == Change(field: "rotation", from: "duty-engineer", to: "service-owner"))
        #expect(
            due.event.message
                == "Service Owner is on duty for primary until 09:00 UTC, after Duty Engineer. 1 incident is open.")
        #expect(
            due.event.document["incidents"] == [
                ["id": "INC0012345", "status": "in_progress", "severity": "critical", "title": "Payments are down"]
            ])
        #expect(due.event.document["rotation"] == "primary")
        #expect(whom(due) == ["name(\"service-owner\")", "name(\"duty-engineer\")"])
        #expect(due.directed.allSatisfy { $0.origin == .responsibility && !$0.isUrgent })
    }

    /// Whenever it is asked for, it is the same event: the ledger takes it once.
    @Test func ofManyMissedOnlyThePresentOne() throws {
        let due = try #require(try handover(at: "2026-11-29T17:00:00Z"))
        #expect(due.event.time == (try time("2026-11-29T09:00:00Z")))
        #expect(due.event.id == (try handover(at: "2026-11-30T08:59:59Z"))?.event.id)
        #expect(due.event.id != (try handover(at: "2026-11-30T09:00:00Z"))?.event.id)
    }

    @Test func deputiesReallyTakeIt() throws {
        surroundings.away = [
            Absence(
                id: "a", who: "service-owner", from: try time("2026-11-24T00:00:00Z"), until: try time("2026-11-26T00:00:00Z"),
                deputy: "mute")
        ]
        let due = try #require(try handover(at: "2026-11-25T09:00:00Z"))
        #expect(due.event.change.to == "mute")
        #expect(due.event.change.reason?.hasPrefix("mute stands in for service-owner") == true)
        // The one who was on duty stands in for the one whose turn begins: nothing changes hands.
        surroundings.away[0].deputy = "duty-engineer"
        #expect(try handover(at: "2026-11-25T09:00:00Z") == nil)
    }

    @Test func nobodyTakesItIsToldToTheOperators() throws {
        surroundings.away = [
            Absence(id: "a", who: "service-owner", from: try time("2026-11-24T00:00:00Z"), until: try time("2026-11-26T00:00:00Z"))
        ]
        let due = try #require(try handover(at: "2026-11-25T09:00:00Z"))
        #expect(due.event.change.to == nil)
        #expect(due.event.message?.hasPrefix("Nobody is on duty for primary") == true)
        #expect(whom(due) == ["name(\"duty-engineer\")", "name(\"ops-slack\")"])
        #expect(due.directed.last?.isUrgent == true)
    }

    @Test func aGapIsAnnounced() throws {
        var table = try dutyTable([], operators: ["ops-slack"])
        func shift(_ person: String, _ from: String, _ until: String) throws -> Rotation.Shift {
            Rotation.Shift(person: person, from: try time(from), until: try time(until))
        }
        table.people.rotations["calendar"] = Rotation(
            name: "calendar",
            shifts: [
                try shift("duty-engineer", "2026-11-24T09:00:00Z", "2026-11-24T17:00:00Z"),
                try shift("duty-engineer", "2026-11-25T09:00:00Z", "2026-11-25T17:00:00Z"),
            ])
        func at(_ text: String) throws -> DueEvent? { try table.handover(of: "calendar", surroundings, now: time(text)) }
        #expect(try at("2026-11-24T08:00:00Z") == nil, "nobody had it yet")
        let gap = try #require(try at("2026-11-24T17:00:00Z"))
        #expect(gap.event.change == Change(field: "rotation", from: "duty-engineer"))
        #expect(
            gap.event.message
                == "Nobody is on duty for calendar until 09:00 UTC, after Duty Engineer. The next turn is Duty Engineer's. "
                + "No incident is open.")
        #expect(whom(gap) == ["name(\"duty-engineer\")", "name(\"ops-slack\")"])
        #expect(gap.directed.map(\.isUrgent) == [false, true])
        #expect(gap.event.id == (try at("2026-11-25T08:59:59Z"))?.event.id)
        let next = try #require(try at("2026-11-25T09:00:00Z"))
        #expect(whom(next) == ["name(\"duty-engineer\")"])
        let end = try #require(try at("2026-11-25T17:00:00Z"))
        #expect(end.event.message?.contains("nobody will be") == true)
        #expect(end.event.id != gap.event.id)
    }

    @Test func alarmsAreTheNextHandOvers() throws {
        var table = try dutyTable([])
        table.people.rotations["alone"] = Rotation(name: "alone", people: ["mute"])
        #expect(
            try table.rotationAlarms(now: noon)
                == [Alarm(subject: .rotation("primary"), due: time("2026-11-25T09:00:00Z"), what: "hand-over to service-owner")])
        #expect(table.alarm(ofRotation: "gone", now: noon) == nil)
        #expect(try table.handover(of: "gone", surroundings, now: noon) == nil)
    }
}
