// Turns of duty in virtual time: over a change of clocks, with a deputy, and with hand-overs that were missed.

import Delivery
import Foundation
import Incidents
import Rendering
import Routing
import Settings
import Testing
import Transport

@testable import Router

@Suite struct DutyScenarioTests {
    /// examples/routes.yaml with turns of a week, and two routes that page.
    private func play(_ text: String) throws -> Playing {
        let reading = ScenarioReader.read("config: ../routes.yaml\n\(text)", path: "\(Examples.directory)/written-here.yaml")
        #expect(reading.diagnostics == [])
        let scenario = try #require(reading.scenario)
        let loaded = ConfigurationLoader.load(path: scenario.config, placeholderSecrets: true)
        var configuration = try #require(loaded.configuration)
        configuration.table.people.rotations["primary"] = Rotation(
            name: "primary", people: ["second-engineer", "service-owner"], handoverDay: 1, handoverMinute: 540,
            timeZone: try #require(TimeZone(identifier: "Europe/London")), start: Timestamp.parse("2026-03-23T00:00:00Z"))
        let match = try Match(conditions: [Condition(member: "service", values: ["shop"], scale: configuration.scale)])
        configuration.table.routes = [
            Route(name: "page", match: match, to: [RecipientEntry(subject: .name("primary"), text: "primary")], isUrgent: true)
        ]
        let setup = Setup(
            configuration: configuration, templates: TemplateLibrary.load(directory: configuration.router.templates).library,
            channels: ChannelSet(configuration.channels, http: HTTPClient(), smtp: SMTPClient(), hostName: Host.name), links: .fixed)
        return try setup.play(scenario)
    }

    /// `TIME RECIPIENT TYPE`, of what is sent.
    ///
    /// - Parameter route: of what is sent because of it alone.
    private func sent(_ text: String, by route: String? = nil) throws -> [String] {
        let playing = try play(text)
        #expect(playing.diagnostics == [])
        return playing.timeline.lines.filter { $0.action == .send && (route.map($0.routes.contains) ?? true) }
            .map { "\(Timestamp.format($0.at)) \($0.recipient) \($0.type)" }
    }

    private let opened = "{type: status_change, incident: {id: A, severity: critical, status: open, service: shop}}"

    @Test func handsOverAtNineAlsoWhenClocksChange() throws {
        let lines = try sent(
            "start: 2026-03-28T12:00:00Z\nuntil: +10d\nevents:\n  - {at: +0m, event: {type: update, message: x, incident: {id: Z, severity: low}}}",
            by: "rotation.primary")
        #expect(
            lines == [
                "2026-03-30T08:00:00Z service-owner reminder", "2026-03-30T08:00:00Z second-engineer reminder",
                "2026-04-06T08:00:00Z second-engineer reminder", "2026-04-06T08:00:00Z service-owner reminder",
            ])
    }

    @Test func aDeputyIsPagedAndTheOthersAreTold() throws {
        let away = "{type: absence, absence: {who: second-engineer, until: \"2026-03-28T18:00:00Z\", deputy: service-owner}}"
        let lines = try sent(
            "start: 2026-03-28T12:00:00Z\nuntil: +1m\nevents:\n  - {at: +0m, event: \(away)}\n  - {at: +1m, event: \(opened)}")
        #expect(
            lines.filter { $0.contains("absence") } == [
                "2026-03-28T12:00:00Z service-owner absence", "2026-03-28T12:00:00Z second-engineer absence",
            ])
        #expect(lines.contains("2026-03-28T12:01:00Z service-owner status_change"))
        #expect(!lines.contains { $0.contains("second-engineer status_change") })
    }

    @Test func afterALongAbsenceOnlyThePresentTurnIsAnnounced() throws {
        let lines = try sent(
            "start: 2026-03-28T12:00:00Z\nuntil: +20d\nabsent: {from: +1h, until: +19d}\nevents:\n  - {at: +0m, event: {type: update, message: x, incident: {id: Z, severity: low}}}",
            by: "rotation.primary")
        #expect(lines == ["2026-04-16T12:00:00Z service-owner reminder", "2026-04-16T12:00:00Z second-engineer reminder"])
    }

    @Test func mistakesAreRejected() throws {
        let lines = try sent(
            "start: 2026-03-28T12:00:00Z\nuntil: +1m\nevents:\n  - {at: +0m, rejected: wrong_type, event: {type: absence, absence: {who: nobody-here, until: \"2026-03-29T00:00:00Z\"}}}"
        )
        #expect(lines.isEmpty)
    }
}
