// Who loses, who gains, and what only comes by another way.

import Foundation
import Testing

@testable import Router

@Suite struct DifferencesTests {
    static let noon = Date(timeIntervalSince1970: 1_767_614_400)

    static func line(
        _ recipient: String, _ incident: String?, _ type: String = "status_change", by channel: String = "mail", severity: String = "high",
        action: TimelineLine.Action = .send, after: TimeInterval = 0
    ) -> TimelineLine {
        TimelineLine(
            at: noon.addingTimeInterval(after), action: action, id: 1, incident: incident, event: "e", type: type, severity: severity,
            recipient: recipient, for: recipient, channel: channel, address: "a", template: type)
    }

    static func tally(_ lines: [TimelineLine]) -> NoticeTally {
        var tally = NoticeTally()
        for line in lines { tally.count(line) }
        return tally
    }

    static func compare(_ old: [TimelineLine], _ new: [TimelineLine]) -> [RecipientDifference] {
        Differences(tally(old), tally(new), mostUrgent: "critical").all
    }

    @Test func theSameIsNoDifference() {
        let lines = [Self.line("ana", "INC1"), Self.line("ben", nil, by: "sms")]
        #expect(Self.compare(lines, lines.reversed()).isEmpty)
        // Later is not less.
        #expect(Self.compare([Self.line("ana", "INC1")], [Self.line("ana", "INC1", after: 600)]).isEmpty)
    }

    @Test func whoLosesMostUrgentOnesComesFirst() throws {
        let old = [
            Self.line("ana", "INC1"), Self.line("ana", "INC1", "escalation"), Self.line("ana", "INC2"),
            Self.line("ben", "INC1", severity: "critical"),
        ]
        let found = Self.compare(old, [Self.line("cleo", "INC1")])
        #expect(found.map(\.recipient) == ["ben", "ana", "cleo"])
        #expect(found[0].lost.critical == 1)
        #expect(found[1].lost.count == 3)
        #expect(found[1].lost.byType == ["status_change": 2, "escalation": 1])
        #expect(found[1].lost.bySeverity == ["high": 3])
        #expect(found[2].gained.count == 1 && found[2].lost.count == 0)
        #expect(found[2].gained.examples.map(\.incident) == ["INC1"])
    }

    @Test func aCriticalOneIsNotMadeGoodByALesserOne() throws {
        let (high, critical) = (
            Self.line("ana", "INC1", "escalation"), Self.line("ana", "INC1", "escalation", severity: "critical", after: 9)
        )
        #expect(try #require(Self.compare([high, critical], [high]).first).lost.critical == 1)
        let swapped = try #require(Self.compare([critical], [high]).first)
        #expect(swapped.lost.critical == 1 && swapped.gained.count == 1)
    }

    @Test func anotherChannelIsAMove() throws {
        let found = try #require(
            Self.compare([Self.line("ana", "INC1"), Self.line("ana", "INC1")], [Self.line("ana", "INC1", by: "sms")]).first)
        #expect(found.moved == [NoticeMove(from: "mail", to: "sms"): 1])
        #expect(found.lost.count == 1)
        #expect(found.gained.count == 0)
    }

    @Test func aDigestCountsAsWhatItHolds() throws {
        var digest = Self.line("ana", nil, by: "mail", action: .release)
        digest.isDigest = true
        digest.contents = [Self.line("ana", "INC1", action: .hold), Self.line("ana", "INC2", action: .hold)]
        let found = try #require(Self.compare([Self.line("ana", "INC1"), Self.line("ana", "INC2")], [digest]).first)
        #expect(found.moved == [NoticeMove(from: "mail", to: "mail, in a digest"): 2])
        #expect(found.lost.count == 0)
    }

    @Test func whatIsHeldOrKeptBackDoesNotCount() {
        let kept: [TimelineLine.Action] = [.hold, .suppress, .supersede, .expire]
        #expect(Self.compare(kept.map { Self.line("ana", "INC1", action: $0) }, []).isEmpty)
    }

    @Test func examplesAreFewAndTheMostUrgentFirst() throws {
        let old = (0..<200).map { Self.line("ana", "INC\($0)", severity: $0 == 150 ? "critical" : "low", after: Double(-$0)) }
        let found = try #require(Self.compare(old, []).first)
        #expect(found.lost.count == 200)
        #expect(found.lost.critical == 1)
        #expect(found.lost.examples.count == Comparison.examples)
        #expect(found.lost.examples.first?.incident == "INC150")
    }
}
