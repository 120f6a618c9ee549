// What becomes of what was held: a message of its own, one digest, or nothing.

import Testing

@testable import Ledger

@Suite struct ReleasePlanTests {
    private func message(_ id: Int64, _ incident: String? = "INC1", ended: Bool = false) -> HeldMessage {
        HeldMessage(id: id, event: id * 10, incident: incident, hasEnded: ended)
    }

    private func plan(_ key: String, _ messages: [HeldMessage]) -> ReleasePlan { ReleasePlan(key: key, messages: messages) }

    @Test func oneThatIsOpenGoesAsItself() {
        #expect(plan("", [message(1)]).alone == [1])
        #expect(plan("", [message(1, nil)]).alone == [1])
        #expect(plan("group/r/x", [message(1)]).digest == [])
    }

    @Test func oneWhoseIncidentEndedIsALineOfADigest() {
        let plan = plan("", [message(1, ended: true)])
        #expect((plan.alone, plan.digest) == ([], [1]))
    }

    @Test func severalAreOneDigestInTheOrderOfTheirEvents() {
        let plan = plan("", [message(3), message(1, "INC2", ended: true), message(2, nil)])
        #expect((plan.alone, plan.digest, plan.superseded) == ([], [1, 2, 3], []))
    }

    @Test func ofLateOnesTheNewestOfEachOpenIncidentGoes() {
        let plan = plan("late", [message(1), message(2, "INC2"), message(3), message(4, "INC3", ended: true), message(5, nil), message(6)])
        #expect(plan.alone == [2, 5, 6])
        #expect(plan.digest.isEmpty)
        #expect(plan.superseded.map(\.id) == [1, 3, 4])
        #expect(plan.superseded.map(\.by) == [6, 6, nil])
        #expect(plan.superseded.map(\.reason).last == ReleasePlan.ended)
    }

    @Test func moreThanTwentyLateOnesAreOneDigest() {
        let messages = (1...21).map { message($0, "INC\($0)") }
        #expect(plan("late", Array(messages.prefix(20))).alone.count == 20)
        let all = plan("late", messages + [message(22, "INC1")])
        #expect(all.alone.isEmpty)
        #expect(all.digest == Array(2...22))
        #expect(all.superseded.map(\.id) == [1])
    }

    @Test func incidentsAreToldApartByTheirBytes() {
        // One text in two spellings: composed, and decomposed.
        let plan = plan("late", [message(1, "caf\u{E9}"), message(2, "cafe\u{301}")])
        #expect(plan.alone == [1, 2])
    }
}
