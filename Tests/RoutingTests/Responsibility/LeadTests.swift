// Who speaks for an incident: chosen once, told once, and told again where somebody else comes to be it.

import Foundation
import Incidents
import JSON
import Testing

@testable import Routing

@Suite struct LeadTests {
    /// At noon UTC it is 17:30 in Kolkata. Critical: the owner, then the engineer; high: the engineer.
    private func table(ownerIsQuiet: Bool = false, engineerIsQuiet: Bool = false) throws -> RoutingTable {
        var table = try RoutingTests.table([])
        table.directory.communicationLeads = ["critical": ["service-owner", "duty-engineer"], "high": ["duty-engineer"]]
        if ownerIsQuiet { table = table.withQuietHours(11 * 60, 13 * 60, of: "service-owner") }
        if engineerIsQuiet { table = table.withQuietHours() }
        return table
    }

    private func lead(_ incident: Incident?) -> String? { incident?.text("communication_lead") }

    @Test func theFirstWhoIsFreeIsChosenAndToldAtOnce() throws {
        var story = Responsible(try table(ownerIsQuiet: true))
        let plan = try story.say(.statusChange, ["status": "open", "severity": "critical"])
        #expect(lead(story.incident) == "duty-engineer")
        let reason = "next for critical; service-owner is in quiet hours until 13:00 UTC"
        #expect(plan.notes == ["communication lead is duty-engineer (\(reason))"])
        #expect(story.table.alarm(of: try #require(story.incident), now: noon)?.due == noon)
        let told = try story.ring()
        #expect(told.map(\.event.change) == [Change(field: "communication_lead", to: "duty-engineer", reason: reason)])
        #expect(told.map(\.event.type) == [.assignment])
        #expect(told.map(\.event.id) == ["INC1/assignment/communication_lead/1/2026-11-24T12:00:00Z"])
        #expect(told.first?.told == ["duty-engineer assignment.new"])
        #expect(try story.ring().isEmpty)
        #expect(story.table.alarm(of: try #require(story.incident), now: noon) == nil)
    }

    @Test func whereAllAreQuietTheFirstIsTold() throws {
        var story = Responsible(try table(ownerIsQuiet: true, engineerIsQuiet: true))
        try story.say(.statusChange, ["severity": "critical"])
        #expect(lead(story.incident) == "service-owner")
        #expect(
            try story.ring().first?.event.change.reason
                == "nobody is free for critical, so the first is told; service-owner is in quiet hours until 13:00 UTC; "
                + "duty-engineer is in quiet hours until 19:00 (Asia/Kolkata)")
    }

    @Test func whoWantsToHearNothingIsPassedOver() throws {
        let table = try table()
        let presence = Presence(rotations: [:], absences: [:], snoozes: [.person("service-owner"): noon + 600], now: noon)
        let choice = LeadChoice(of: ["service-owner", "duty-engineer"], for: table.scale.mostUrgent, table, presence, now: noon)
        #expect(choice.person == "duty-engineer")
        #expect(choice.reason == "next for critical; service-owner wants to hear nothing until 12:10 UTC")
        let gone = Presence(rotations: [:], absences: [:], snoozes: [.person("service-owner"): noon], now: noon)
        #expect(LeadChoice(of: ["service-owner"], for: table.scale.mostUrgent, table, gone, now: noon).reason == "first for critical")
    }

    @Test func theyStayWhateverTheHour() throws {
        var story = Responsible(try table())
        try story.say(.statusChange, ["severity": "critical"])
        try story.ring()
        story.table = try table(ownerIsQuiet: true)
        try story.say(.update)
        #expect(lead(story.incident) == "service-owner")
        #expect(try story.ring().isEmpty)
    }

    @Test func anotherSeverityChoosesAnewAndTellsBoth() throws {
        var story = Responsible(try table())
        try story.say(.statusChange, ["severity": "critical"])
        try story.ring()
        // No list: they stay.
        try story.say(.severityChange, ["severity": "medium"])
        #expect(lead(story.incident) == "service-owner")
        let plan = try story.say(.severityChange, ["severity": "high"])
        #expect(plan.notes == ["communication lead is duty-engineer (first for high); it was service-owner"])
        let told = try story.ring()
        #expect(
            told.map(\.event.change) == [
                Change(field: "communication_lead", from: "service-owner", to: "duty-engineer", reason: "first for high")
            ])
        #expect(told.first?.told == ["duty-engineer assignment.new", "service-owner assignment.old"])
        // In the new list as well: they stay, and nobody is told.
        try story.say(.severityChange, ["severity": "critical"])
        #expect(lead(story.incident) == "duty-engineer")
        #expect(try story.ring().isEmpty)
    }

    @Test func whatChangesTwiceBeforeAnybodyIsToldIsToldOnce() throws {
        var story = Responsible(try table())
        try story.say(.statusChange, ["severity": "critical"])
        try story.say(.severityChange, ["severity": "high"])
        #expect(try story.ring().map(\.event.change.to) == ["duty-engineer"])
    }

    @Test func aHandOverIsItsOwnAnnouncementAndSurvivesTheSeverity() throws {
        var story = Responsible(try table())
        try story.say(.statusChange, ["severity": "high"])
        try story.ring()
        let plan = try story.say(
            .assignment, ["communication_lead": "Service Owner"],
            Change(field: "communication_lead", to: "Service Owner", by: "duty-engineer"))
        #expect(plan.told == ["service-owner assignment.new", "duty-engineer assignment.old"])
        #expect(try story.ring().isEmpty)
        try story.say(.severityChange, ["severity": "critical"])
        try story.say(.severityChange, ["severity": "high"])
        #expect(lead(story.incident) == "Service Owner")
        #expect(try story.ring().isEmpty)
        // The same again tells nobody anew, nor does the same person by another word.
        let again = try story.say(
            .assignment, ["communication_lead": "Service Owner"], Change(field: "communication_lead", to: "Service Owner"))
        #expect(again.told.isEmpty)
        let other = try story.say(
            .assignment, ["communication_lead": "service-owner"], Change(field: "communication_lead", to: "service-owner"))
        #expect(other.told.isEmpty)
        #expect(try story.ring().isEmpty)
    }

    @Test func aProducersWordStandsAndIsToldWhereItRelievesSomebody() throws {
        var named = Responsible(try table())
        try named.say(.statusChange, ["severity": "critical", "communication_lead": "duty-engineer"])
        #expect(lead(named.incident) == "duty-engineer")
        #expect(try named.ring().isEmpty)
        var relieved = Responsible(try table())
        try relieved.say(.statusChange, ["severity": "critical"])
        try relieved.ring()
        try relieved.say(.update, ["communication_lead": "duty-engineer"])
        #expect(
            try relieved.ring().map(\.event.change) == [
                Change(field: "communication_lead", from: "service-owner", to: "duty-engineer", reason: "named by monitor")
            ])
        // Taken back: chosen as before.
        try relieved.say(.update, ["communication_lead": .null])
        #expect(lead(relieved.incident) == "service-owner")
        #expect(try relieved.ring().first?.told == ["service-owner assignment.new", "duty-engineer assignment.old"])
    }

    @Test func nothingAfterTheEndAndTheSameAfterAReopening() throws {
        var story = Responsible(try table())
        try story.say(.statusChange, ["severity": "critical", "status": "resolved"])
        #expect(lead(story.incident) == nil)
        try story.say(.statusChange, ["status": "open"])
        #expect(lead(story.incident) == "service-owner")
        try story.ring()
        try story.say(.statusChange, ["status": "resolved"])
        story.table = try table(ownerIsQuiet: true)
        try story.say(.statusChange, ["status": "open"])
        #expect(lead(story.incident) == "service-owner")
        #expect(try story.ring().isEmpty)
    }

    /// An incident that ends before anybody could be told is told to nobody.
    @Test func whatIsOverIsNotAnnounced() throws {
        var story = Responsible(try table())
        try story.say(.statusChange, ["severity": "critical"])
        try story.say(.statusChange, ["status": "resolved"])
        #expect(try story.ring().isEmpty)
        #expect(story.table.alarm(of: try #require(story.incident), now: noon) == nil)
    }

    @Test func withoutAListNothingIsKept() throws {
        var table = try table()
        table.directory.communicationLeads = [:]
        var story = Responsible(table)
        try story.say(.statusChange, ["severity": "critical"])
        #expect(story.incident?.course.lead == nil && lead(story.incident) == nil)
    }
}
