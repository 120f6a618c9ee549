// Turns from another program's calendar.

import Foundation
import Testing

@testable import Routing

@Suite struct ICalendarTests {
    static let people = [
        "ana": Person(id: "ana", displayName: "Ana Smith", addresses: [.email: "ana@example.com"]),
        "ben": Person(id: "ben", addresses: [.email: "Ben@Example.com"]),
    ]

    func read(_ events: String, zone: String = "Europe/London", now: Date = noon) throws -> ICalendar.Reading {
        let text = "BEGIN:VCALENDAR\nVERSION:2.0\n\(events)\nEND:VCALENDAR\n".replacing("\n", with: "\r\n")
        return ICalendar.shifts(text, people: Self.people, timeZone: try #require(TimeZone(identifier: zone)), now: now)
    }

    /// The events of a file with one of these lines each.
    func event(_ lines: String) -> String { "BEGIN:VEVENT\n\(lines)\nEND:VEVENT" }

    /// `ana 2026-11-23T09:00:00Z 2026-11-24T09:00:00Z`, for each turn.
    func list(_ events: String, zone: String = "Europe/London") throws -> [String] {
        let reading = try read(events, zone: zone)
        #expect(reading.problems == [])
        return reading.shifts.map { "\($0.person) \(text($0.from)) \(text($0.until))" }
    }

    private func text(_ date: Date) -> String { date.formatted(.iso8601) }

    @Test func timesOfEveryKind() throws {
        #expect(
            try list(
                event("SUMMARY:ana\nDTSTART;TZID=Europe/Berlin:20261123T090000\nDTEND;TZID=Europe/Berlin:20261123T170000") + "\n"
                    + event("SUMMARY:ben\nDTSTART:20261124T090000Z\nDURATION:PT8H") + "\n"
                    + event("SUMMARY:Ana smith\nDTSTART:20260701T090000\nDTEND:20260701T170000") + "\n"
                    + event("SUMMARY:BEN@example.com\nDTSTART;VALUE=DATE:20260703\nDTEND;VALUE=DATE:20260705") + "\n"
                    + event("SUMMARY:ana\nDTSTART;VALUE=DATE:20260801"))
                == [
                    "ana 2026-07-01T08:00:00Z 2026-07-01T16:00:00Z", "ben 2026-07-02T23:00:00Z 2026-07-04T23:00:00Z",
                    "ana 2026-07-31T23:00:00Z 2026-08-01T23:00:00Z", "ana 2026-11-23T08:00:00Z 2026-11-23T16:00:00Z",
                    "ben 2026-11-24T09:00:00Z 2026-11-24T17:00:00Z",
                ])
    }

    @Test func namesInManyDresses() throws {
        for summary in [
            "SUMMARY:On call: Ana Smith", "SUMMARY:Ana Smith (primary)", "SUMMARY:On Call - ana - Primary",
            "SUMMARY:Duty\nATTENDEE;CN=\"Smith; A: x\":mailto:ANA@example.com", "SUM\n MARY:a\n na",
            "SUMMARY;LANGUAGE=en:a\\na\nATTENDEE:mailto:ana@example.com",
        ] {
            let shifts = try list(event("\(summary)\nDTSTART:20261124T090000Z\nDTEND:20261124T100000Z"))
            #expect(shifts.first?.hasPrefix("ana ") == true, "\(summary)")
        }
    }

    @Test func weeksKeepTheirTimeOverAChangeOfClocks() throws {
        let turns = try list(
            event(
                "UID:1\nSUMMARY:ana\nDTSTART;TZID=Europe/London:20261012T090000\nDTEND;TZID=Europe/London:20261019T090000\nRRULE:FREQ=WEEKLY;INTERVAL=2;COUNT=2"
            )
                + "\n"
                + event(
                    "UID:2\nSUMMARY:ben\nDTSTART;TZID=Europe/London:20261019T090000\nDURATION:P1W\nRRULE:FREQ=WEEKLY;INTERVAL=2;UNTIL=20261102T090000Z"
                ))
        #expect(
            turns == [
                "ana 2026-10-12T08:00:00Z 2026-10-19T08:00:00Z", "ben 2026-10-19T08:00:00Z 2026-10-26T09:00:00Z",
                "ana 2026-10-26T09:00:00Z 2026-11-02T09:00:00Z", "ben 2026-11-02T09:00:00Z 2026-11-09T09:00:00Z",
            ])
    }

    @Test func daysOfTheWeek() throws {
        let turns = try list(
            event("SUMMARY:ana\nDTSTART:20261123T090000Z\nDTEND:20261123T100000Z\nRRULE:FREQ=WEEKLY;BYDAY=MO,WE,FR;COUNT=4")
                + "\n"
                + event(
                    "SUMMARY:ben\nDTSTART:20261201T120000Z\nDTEND:20261201T130000Z\nRRULE:FREQ=DAILY;INTERVAL=2;BYDAY=TU,TH;UNTIL=20261210")
        )
        #expect(
            turns.map { String($0.prefix(14)) } == [
                "ana 2026-11-23", "ana 2026-11-25", "ana 2026-11-27", "ana 2026-11-30", "ben 2026-12-01", "ben 2026-12-03",
            ])
    }

    @Test func exceptionsAndReplacements() throws {
        let turns = try list(
            event(
                "UID:s\nSUMMARY:ana\nDTSTART:20261123T090000Z\nDTEND:20261123T100000Z\nRRULE:FREQ=DAILY;COUNT=5\nEXDATE:20261124T090000Z\nRDATE:20261205T090000Z"
            )
                + "\n" + event("UID:s\nRECURRENCE-ID:20261125T090000Z\nSUMMARY:ben\nDTSTART:20261125T110000Z\nDTEND:20261125T120000Z")
                + "\n"
                + event(
                    "UID:s\nRECURRENCE-ID:20261126T090000Z\nSTATUS:CANCELLED\nSUMMARY:ana\nDTSTART:20261126T090000Z\nDTEND:20261126T100000Z"
                ))
        #expect(
            turns.map { String($0.prefix(17)) } == ["ana 2026-11-23T09", "ben 2026-11-25T11", "ana 2026-11-27T09", "ana 2026-12-05T09"])
    }

    @Test func withoutAnEndTwoYears() throws {
        let reading = try read(event("SUMMARY:ana\nDTSTART:20100104T090000Z\nDTEND:20100104T170000Z\nRRULE:FREQ=DAILY"))
        #expect(reading.problems == [])
        #expect((1_400...1_500).contains(reading.shifts.count))
        #expect(reading.shifts.contains { $0.from <= noon && noon < $0.until })
        #expect(reading.shifts.last.map { $0.until > noon.addingTimeInterval(729 * 86_400) } == true)
    }

    @Test(arguments: [
        ("SUMMARY:anna\nDTSTART:20261124T090000Z\nDTEND:20261124T100000Z", 4, "did you mean `ana`?"),
        ("SUMMARY:ana\nDTSTART:2026-11-24\nDTEND:20261124T100000Z", 5, "DTSTART is no time"),
        ("SUMMARY:ana\nDTSTART:20260230T090000Z\nDTEND:20261124T100000Z", 5, "DTSTART is no time"),
        ("SUMMARY:ana\nDTSTART;TZID=Mars/Base:20261124T090000\nDTEND:20261124T100000Z", 5, "no time zone `Mars/Base`"),
        ("SUMMARY:ana\nDTSTART:20261124T090000Z\nDTEND:20261123T100000Z", 3, "ends before it begins"),
        ("SUMMARY:ana\nDTSTART:20261124T090000Z", 3, "no DTEND and no DURATION"),
        ("SUMMARY:ana\nDTSTART:20261124T090000Z\nDURATION:P\nDTEND:20261124T100000Z", 6, "no length of time"),
        ("SUMMARY:ana\nDTSTART:20261124T090000Z\nDTEND:20261124T100000Z\nRRULE:FREQ=MONTHLY", 7, "FREQ=MONTHLY"),
        ("SUMMARY:ana\nDTSTART:20261124T090000Z\nDTEND:20261124T100000Z\nRRULE:FREQ=DAILY;BYHOUR=3", 7, "BYHOUR"),
        ("SUMMARY:ana\nDTSTART:20261124T090000Z\nDTEND:20261124T100000Z\nRRULE:FREQ=DAILY;INTERVAL=0", 7, "INTERVAL"),
        ("SUMMARY:ana\nDTSTART:20261124T090000Z\nDTEND:20261124T100000Z\nnonsense", 7, "no colon"),
        ("DTSTART:20261124T090000Z\nDTEND:20261124T100000Z", 3, "no SUMMARY"),
    ]) func mistakesHaveTheirLine(lines: String, line: Int, words: String) throws {
        let problems = try read(event(lines)).problems
        #expect(problems.contains { $0.line == line && $0.message.contains(words) }, "\(problems)")
    }

    @Test func whatIsNoCalendar() {
        func problems(_ text: String) -> [ICalendar.Problem] {
            ICalendar.shifts(text, people: Self.people, timeZone: .gmt, now: noon).problems
        }
        #expect(problems("").map(\.line) == [1])
        #expect(problems("hello").first?.message.contains("no iCalendar file") == true)
        #expect(problems("BEGIN:VCALENDAR\nBEGIN:VEVENT\n").first?.message.contains("too early") == true)
        #expect(problems("BEGIN:VCALENDAR\nEND:VCALENDAR\n").first?.message.contains("no events") == true)
        #expect(problems("BEGIN:VCALENDAR\nEND:VEVENT\n").count == 1)
        #expect(problems(String(repeating: "BEGIN:VCALENDAR\n", count: 1_000)).count == 1)
        #expect(problems("BEGIN:VCALENDAR\n" + String(repeating: "x", count: 5 << 20)).first?.message.contains("MiB") == true)
        #expect(problems("BEGIN:VCALENDAR\n" + String(repeating: " x\n", count: 100_000)).isEmpty == false)
    }

    @Test func endlessRulesEnd() throws {
        let hostile = (0..<300).map { number in
            event("UID:\(number)\nSUMMARY:ana\nDTSTART:19000101T090000Z\nDTEND:19000101T100000Z\nRRULE:FREQ=DAILY;COUNT=1000000")
        }
        let reading = try read(hostile.joined(separator: "\n"))
        #expect(reading.problems.contains { $0.message.contains("too often") || $0.message.contains("turns") })
        #expect(reading.shifts.count <= ICalendar.maximumShifts * 2)
        // Never on a day that comes.
        #expect(
            try read(event("SUMMARY:ana\nDTSTART:20261123T090000Z\nDTEND:20261123T100000Z\nRRULE:FREQ=DAILY;INTERVAL=7;BYDAY=TU")).shifts
                .isEmpty)
    }
}
