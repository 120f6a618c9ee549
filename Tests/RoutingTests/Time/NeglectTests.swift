// Open incidents that nobody touches: when they are listed, and what the list says.

import Foundation
import Incidents
import JSON
import Testing

@testable import Routing

@Suite struct NeglectTests {
    private let day: TimeInterval = 86_400
    /// 2026-01-05 09:00 UTC.
    private let opened = Date(timeIntervalSince1970: 1_767_603_600)

    private func incident(_ id: String = "INC1", at time: Date) -> Incident {
        var incident = Incident(id: id, firstSeen: time)
        incident.course.lastNews = time
        incident.members = ["title": "The printer\njams", "severity": "low"]
        return incident
    }

    @Test func itIsAtTheFirstMarkAfterThirtyDays() {
        let mark = Neglect.mark(of: incident(at: opened), now: opened)
        #expect(Timestamp.format(mark) == "2026-02-05T08:00:00Z")
        #expect(Timestamp.format(Neglect.mark(afterListingAt: mark)) == "2026-03-07T08:00:00Z")
        #expect(Timestamp.format(Neglect.mark(afterListingAt: mark.addingTimeInterval(3_600))) == "2026-03-07T08:00:00Z")
        // What was imported with an old time waits for the next mark, so that a thousand of them are one list.
        #expect(
            Timestamp.format(Neglect.mark(of: incident(at: opened), now: opened.addingTimeInterval(90 * day))) == "2026-04-06T08:00:00Z")
    }

    @Test func aWordOfTheSameDayMovesNothing() {
        let before = incident(at: opened)
        #expect(!Neglect.moves(before, incident(at: opened.addingTimeInterval(3_600))))
        #expect(Neglect.moves(before, incident(at: opened.addingTimeInterval(day))))
    }

    @Test func theListIsBounded() throws {
        let table = try table([])
        let now = opened.addingTimeInterval(31 * day)
        let due = table.neglected([incident(at: opened)], count: 13, now: now)
        #expect(due.event.type == .operations && due.event.change.field == "neglected" && due.event.incident == nil)
        let lines = (due.event.message ?? "").split(separator: "\n")
        #expect(lines.first == "13 incidents are open, and nobody has touched them for 30 days.")
        #expect(lines.dropFirst().first == "INC1 The printer jams (low): 31 d")
        #expect(lines.contains("… and 12 more"))
        #expect(due.event.raised?.isUrgent == false)
    }
}
