// Lesser news of what needs a broken service goes into the news of that service.

import Foundation
import Incidents
import JSON
import Testing

@testable import Routing

@Suite struct DependencyTests {
    private let known = InMemorySurroundings()

    init() {
        known.open = [
            OpenIncident(id: "INC9", service: "database", severity: "high"),
            OpenIncident(id: "INC8", service: "network", severity: "critical"),
        ]
        for id in ["INC8", "INC9"] { known.toldOf[id] = [told("C0123456", by: bot, recipient: "bot")] }
    }

    private func table(_ dependencies: [String: [String]], isUrgent: Bool = false, to: [String] = ["bot"]) throws -> RoutingTable {
        var table = try RoutingTests.table([route("r", to: to, isUrgent: isUrgent)])
        table.rules.dependencies = dependencies
        return table
    }

    @Test func lesserNewsIsFolded() throws {
        let plan = try table(["payments-api": ["database"]]).planned(with: known)
        let reason = "Payments-API needs database: folded into the next update about INC9"
        #expect(plan.holds == [Hold(kind: .dependency, key: "dependency/INC9", until: noon + 3_600, reason: reason)])
        #expect(known.questions == ["open database 1", "told INC9", "held dependency/INC9"])
        #expect(plan.notes == ["Payments-API needs database, and INC9 is open there"])
    }

    @Test func theGravestParentCounts() throws {
        #expect(try table(["payments-api": ["Database", "network"]]).planned(with: known).holds.map(\.key) == ["dependency/INC8"])
    }

    /// However services need one another.
    @Test func whatIsNeededByWhatIsNeeded() throws {
        let table = try table(["payments-api": ["ledger"], "ledger": ["database", "payments-api"], "database": ["database"]])
        #expect(try table.planned(with: known).holds.map(\.key) == ["dependency/INC9"])
        #expect(known.questions.first == "open ledger,database 1")
    }

    @Test(
        arguments: [("critical", nil), ("high", "INC8"), ("medium", "INC8"), ("low", "INC8")] as [(String, String?)])
    func onlyWhatIsLessUrgent(severity: String, parent: String?) throws {
        let table = try table(["payments-api": ["database", "network"]])
        let plan = try table.planned(of: incident(["severity": .string(severity)]), with: known)
        #expect(plan.holds.map(\.key) == (parent.map { ["dependency/\($0)"] } ?? []))
    }

    @Test func itIsNotItsOwnParent() throws {
        known.open = [OpenIncident(id: "INC0012345", service: "database", severity: "critical")]
        #expect(try table(["payments-api": ["database"]]).planned(with: known).holds.isEmpty)
    }

    /// Whoever does not hear of the parent would wait for nothing.
    @Test func onlyForWhoHearsOfTheParent() throws {
        let plan = try table(["payments-api": ["database"]], to: ["bot", "ops-slack"]).planned(with: known)
        #expect(plan.outcome == ["C0123456 hold dependency dependency/INC9", "https://hooks.slack.com/… send"])
    }

    @Test func urgentOnesAndStepsAreNotFolded() throws {
        #expect(try table(["payments-api": ["database"]], isUrgent: true).planned(with: known).holds.isEmpty)
        let step = Directed(.entry(try entry("bot")), origin: .step, name: "escalation.p step 1")
        #expect(try table(["payments-api": ["database"]]).planned(with: known, directed: [step]).outcome == ["C0123456 send"])
    }

    @Test func nobodyWaitsLongerForCompany() throws {
        known.held["C0123456 dependency/INC9"] = HeldState(opensAt: noon + 600)
        #expect(try table(["payments-api": ["database"]]).planned(with: known).holds.map(\.until) == [noon + 600])
    }

    @Test func othersAskNobody() throws {
        #expect(try table(["search": ["database"]]).planned(with: known).holds.isEmpty)
        #expect(known.questions.isEmpty)
    }
}
