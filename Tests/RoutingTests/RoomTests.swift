// The channel that a grave incident has of its own: when, by which name, and until when.

import Foundation
import Incidents
import JSON
import Testing

@testable import Routing

@Suite struct RoomTests {
    private let known = InMemorySurroundings()

    private func table(_ name: String = "inc-{{incident.id}}") throws -> RoutingTable {
        var table = try RoutingTests.table([], unrouted: ["ops-slack"])
        table.people.incidentChannel = IncidentChannelRule(
            condition: try Condition(member: "severity", values: [">=high"], scale: .standard), channel: "bot", name: name)
        return table
    }

    private func rooms(_ plan: Plan) -> [PlannedDelivery] { plan.deliveries.filter { $0.for == "incident_channel" } }

    @Test(arguments: [("critical", true), ("high", true), ("medium", false)])
    func theSeverityDecides(severity: String, isTold: Bool) throws {
        let plan = try table().planned(of: incident(["severity": .string(severity)]), with: known)
        #expect(rooms(plan).map(\.address) == (isTold ? ["#inc-inc0012345"] : []))
        #expect(rooms(plan).allSatisfy { $0.origin == .room && $0.channel == "bot" && $0.routes == ["incident_channel"] })
        #expect(plan.fellThrough == isTold, "a channel that may be empty is nobody")
    }

    @Test func onceItHasOneItKeepsIt() throws {
        var told = told("#inc-inc0012345", by: bot)
        told.for = "incident_channel"
        known.toldOf["INC0012345"] = [told]
        #expect(rooms(try table().planned(of: incident(["severity": "low"]), with: known)).count == 1)
        // Also by the name that it had, where that depends on what changes.
        told.address = "#old-name"
        known.toldOf["INC0012345"] = [told]
        let plan = try table("{{incident.service}}-{{incident.id}}").planned(with: known)
        #expect(rooms(plan).map(\.address) == ["#old-name"])
    }

    @Test func whatCostsNothingAsksNothing() throws {
        _ = try RoutingTests.table([]).planned(of: incident(["severity": "low"]), with: known)
        _ = try table().planned(of: incident(["severity": "critical"]), with: known)
        #expect(known.questions == [])
    }

    @Test(arguments: [
        ("open", "closed", 1), ("resolved", "closed", 1), ("open", "resolved", 1), ("closed", "closed", 0), ("closed", "open", 1),
    ])
    func itHearsTheEndOnce(before: String, after: String, count: Int) throws {
        let plan = try table().planned(turn: turn(after, of: incident(["status": .string(before)])), with: known)
        #expect(rooms(plan).count == count)
    }

    @Test(arguments: [EventType.reminder, .operations, .broadcast])
    func notEverythingIsForIt(type: EventType) throws {
        #expect(rooms(try table().planned(event(type), of: incident(), with: known)).isEmpty)
    }

    @Test(
        arguments: [
            ("INC1", "inc-inc1"), ("db_9", "inc-db_9"), ("", "inc-*"), ("../../etc", "inc-etc-*"), ("ÄÖÜ", "inc-*"),
            ("<!channel>", "inc-channel-*"), ("a b", "inc-a-b-*"), (String(repeating: "x", count: 300), "inc-xxx*"),
        ])
    func namesAreSlacks(id: String, expected: String) {
        let name = RoomName("Inc-{{incident.id}}").text(for: Incident(id: id, firstSeen: noon))
        #expect(Pattern.glob(expected, name), "\(name)")
        #expect((1...80).contains(name.count))
        #expect(name.allSatisfy { $0 == "-" || $0 == "_" || ($0.isASCII && ($0.isNumber || $0.isLowercase)) })
    }

    @Test func namesOfDifferentIncidentsDiffer() {
        let ids = ["a b", "a-b", "a.b", "a/b", "ä", "ö"] + (0..<5).map { String(repeating: "x", count: 100) + "\($0)" }
        let names = ids.map { RoomName("{{incident.id}}").text(for: Incident(id: $0, firstSeen: noon)) }
        #expect(Set(names).count == ids.count, "\(names)")
    }

    @Test func otherMembersHaveTheirPlace() {
        let name = RoomName("{{incident.service}}-{{ incident.labels.region }}-{{event.id}}{{incident.id}}")
        #expect(name.text(for: incident()) == "payments-api-eu-west-1-inc0012345")
        #expect(name.unknown == ["event.id"])
    }
}

extension Pattern {
    /// `*` stands for anything, at the end.
    fileprivate static func glob(_ pattern: String, _ text: String) -> Bool {
        pattern.hasSuffix("*") ? text.hasPrefix(pattern.dropLast()) : text == pattern
    }
}
