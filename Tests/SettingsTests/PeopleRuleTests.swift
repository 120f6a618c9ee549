// What the file says of duty, responsibility, leaving and broadcasts, as the rules have it.

import Foundation
import Incidents
import Routing
import Settings
import Testing

@Suite struct PeopleRuleTests {
    private func configuration() throws -> RouterConfiguration {
        let path = Place.fixtures.appending(path: "good-duty.yaml").path
        return try #require(ConfigurationLoader.load(path: path, environment: environment).configuration)
    }

    @Test func rotations() throws {
        let rotations = try configuration().table.people.rotations
        let primary = try #require(rotations["primary"])
        let london = try #require(TimeZone(identifier: "Europe/London"))
        let start = try #require(Timestamp.parse("2026-11-23T09:00:00Z"))
        #expect(
            primary
                == Rotation(
                    name: "primary", people: ["ana", "ben"], every: 604_800, handoverDay: 1, handoverMinute: 540, timeZone: london,
                    start: start,
                    reachesSuppressed: true))
        let nights = try #require(rotations["nights"])
        #expect(nights.people == ["ana", "ben", "ana"] && nights.every == 43_200 && nights.start == nil && nights.shifts == nil)
        #expect(nights.handoverDay == nil && nights.handoverMinute == 1_200 && nights.timeZone.identifier == "Europe/Berlin")
        #expect(!nights.reachesSuppressed)
    }

    /// The start is a time of day on a wall: in summer an hour earlier by UTC.
    @Test func startInSummer() throws {
        let text = file(
            top: "rotations: {p: {people: ana, every: 1d, handover: \"09:00\", timezone: Europe/London, start: 2026-07-01}}",
            route: ", to: [ops, p]")
        let rotation = try #require(try load(text).configuration?.table.people.rotations["p"])
        #expect(rotation.start == Timestamp.parse("2026-07-01T08:00:00Z"))
    }

    @Test func responses() throws {
        let responses = try configuration().table.people.responses
        #expect(responses.map(\.number) == [1, 2])
        #expect(responses[0].team == "network" && responses[0].assignee == "primary")
        #expect(responses[0].roles == ["communication_lead": "cem", "scribe": "nights"])
        #expect(responses[0].checklist == ["Check the uplink", "Call the provider"])
        #expect(responses[0].match.conditions.map(\.member) == ["category", "severity"])
        #expect(responses[1].team == nil && responses[1].assignee == "ana" && responses[1].roles.isEmpty)
    }

    @Test func incidentChannel() throws {
        let rule = try #require(try configuration().table.people.incidentChannel)
        #expect(rule.channel == "war-room", "the only one with a token")
        #expect(rule.name == "inc-{{incident.id}}" && rule.condition.member == "severity")
        #expect(rule.invite.map(\.text) == ["ben", "team", "assignee"])
    }

    @Test func broadcastsAndLeaving() throws {
        let configuration = try configuration()
        let people = configuration.table.people
        #expect(people.broadcasts == BroadcastRules(approveOver: 50, approvers: ["primary", "cem"], cooldown: 600, approveWithin: 14_400))
        #expect(people.bounces == BounceRule(count: 2, window: 864_000))
        #expect(configuration.router.publicURL == "https://tocsin.example.com" && configuration.router.mailbox == nil)
        let ana = try #require(configuration.table.directory.people["ana"])
        #expect(ana.limits == [.sms: ThrottleRule(count: 5, window: 86_400), .email: ThrottleRule(count: 20, window: 86_400)])
        #expect(configuration.table.directory.people["ben"]?.limits == [:])
        #expect(configuration.table.directory.communicationLeads == ["critical": ["primary", "cem"]])
    }

    /// Who says nothing gets what the documentation says.
    @Test func defaults() throws {
        let configuration = try #require(try load(file()).configuration)
        let people = configuration.table.people
        #expect(people.rotations.isEmpty && people.responses.isEmpty && people.incidentChannel == nil)
        #expect(people.broadcasts == BroadcastRules() && people.bounces == BounceRule())
        #expect(configuration.router.publicURL == nil && configuration.router.mailbox == nil)
    }

    /// Its turns are written out around the time that is asked for, and the file is named, so that it can be watched.
    @Test func calendarFilesAreKnownAndReadAroundATime() throws {
        let directory = try TemporaryDirectory()
        try directory.write(
            "duty.ics",
            "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART:20000103T090000Z\r\nDURATION:P1D\r\nRRULE:FREQ=DAILY\r\n"
                + "SUMMARY:ana\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n")
        let path = try directory.write("routes.yaml", file(top: "rotations: {r: {calendar: duty.ics}}"))
        let now = try #require(Timestamp.parse("2010-06-01T12:00:00Z"))
        let result = ConfigurationLoader.load(path: path, environment: environment, now: now)
        #expect(result.errors == [])
        let configuration = try #require(result.configuration)
        #expect(configuration.calendarFiles == [directory.url.appending(path: "duty.ics").path])
        #expect(configuration.table.people.rotations["r"]?.turn(at: now)?.person == "ana")
    }

    @Test func aMaildirIsTakenWithoutAWord() throws {
        let directory = try TemporaryDirectory()
        let new = directory.url.appending(path: "bounces/new")
        try FileManager.default.createDirectory(at: new, withIntermediateDirectories: true)
        let path = try directory.write("routes.yaml", file(top: "router: {mailbox: bounces}"))
        let result = ConfigurationLoader.load(path: path, environment: environment)
        #expect(result.lines == [])
        #expect(result.router?.mailbox == directory.url.appending(path: "bounces").path)
    }
}
