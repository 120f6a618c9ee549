// Who may release a held broadcast: never its author, under whatever name.

import Foundation
import Incidents
import Testing

@testable import Routing

@Suite struct ApproverTests {
    func approvers(by author: String?, _ names: [String] = ["duty-engineer", "service-owner"]) throws -> Approvers {
        var people = PeopleRules()
        people.broadcasts = BroadcastRules(approveOver: 1, approvers: names)
        let table = RoutingTable(
            routes: [], directory: try directory(), scale: .standard, assumedSeverity: SeverityScale.standard.mostUrgent, people: people)
        let broadcast = Broadcast(id: "b1", source: "s", event: "e", state: .waiting, created: noon, by: author)
        return try Approvers(of: broadcast, table, NoSurroundings(), now: noon)
    }

    @Test func theOthersAreAsked() throws {
        #expect(try approvers(by: "duty-engineer").asked == ["service-owner"])
        #expect(try approvers(by: "somebody-else").asked == ["duty-engineer", "service-owner"])
    }

    @Test(arguments: ["duty-engineer", "DUTY-ENGINEER", "Duty Engineer", "duty@example.com", " duty-engineer "])
    func nobodyApprovesTheirOwn(name: String) throws {
        #expect(try approvers(by: "duty-engineer").objection(to: name)?.contains("nobody approves their own") == true)
        #expect(try approvers(by: name).objection(to: "duty-engineer") != nil)
        #expect(try approvers(by: name).objection(to: "service-owner") == nil)
    }

    @Test func whoIsNoApproverMayNot() throws {
        let why = try #require(try approvers(by: "x").objection(to: "mute"))
        #expect(why.contains("none of `broadcasts.approvers`") && why.contains("service-owner"))
    }

    @Test func withoutApproversSomebodyElseOfPeopleMay() throws {
        let open = try approvers(by: "duty-engineer", [])
        #expect(open.objection(to: "service-owner") == nil)
        #expect(open.objection(to: "duty-engineer") != nil)
        #expect(open.objection(to: "nobody-known") != nil)
    }

    @Test func theOnlyApproverCannotReleaseTheirOwn() throws {
        let own = try approvers(by: "duty-engineer", ["duty-engineer"])
        #expect(own.asked.isEmpty)
        #expect(own.objection(to: "service-owner")?.contains("nobody who is there may") == true)
    }
}
