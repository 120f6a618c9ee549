// A name that is there twice is one finding among the others: the rest of the file is read all the same.

import Foundation
import Settings
import Testing

@Suite struct RepeatedNameTests {
    @Test func theFirstCounts() throws {
        let result = try load(file(top: "router: {timezone: Asia/Kolkata, timezone: Europe/Berlin}"))
        #expect(result.lines == ["2:34: error: `timezone` is there twice; the first is on line 2"])
        #expect(result.configuration == nil)
        #expect(result.router?.timezone == "Asia/Kolkata")
    }

    @Test(arguments: ["\r\n", "\r", "\u{85}", "\u{2028}"]) func whateverEndsALine(end: String) throws {
        let result = try load(file(top: "router:\n  retain: 90d\n  retain: 9\ntimezone: x").replacing("\n", with: end))
        #expect(result.lines.first == "4:3: error: `retain` is there twice; the first is on line 3")
        #expect(result.lines.count == 2, "\(result.lines)")
    }

    /// The characters that stand for names may be in the file as well.
    @Test func privateCharactersStayWhatTheyAre() throws {
        let result = try load(file(top: "\u{E0FF}x: 1\nversion: 1"))
        #expect(result.lines.first == "2:1: error: unknown member `\u{E0FF}x` in the file; known here: " + known)
        #expect(result.lines.dropFirst() == ["3:1: error: `version` is there twice; the first is on line 1"])
    }

    private var known: String {
        "broadcasts, calendars, channels, communication_lead, dead_man, dependencies, escalation, flap, heartbeat, http, incident_channel, people, "
            + "responses, rotations, router, routes, severities, sla, status_reports, teams, version"
    }

    /// Names of which nothing can be replaced: one finding, and the end.
    @Test(arguments: ["\"\": 1\n\"\": 2", "/a: 1\n/a: 2", "[a]: 1\n[a]: 2", "\"\\x61\": 1\na: 2"]) func namesThatCannotBeRead(text: String)
        throws
    {
        let result = try load("version: 1\n\(text)\n")
        #expect(result.errors.count == 1, "\(result.lines)")
        #expect(result.errors.first?.contains("twice") ?? false)
        #expect(result.router == nil)
    }

    @Test func aFaultOfSyntaxFurtherDownIsFoundAsWell() throws {
        let result = try load("version: 1\nrouter: {retain: 90d, retain: 9d}\nchannels: [\n")
        #expect(result.diagnostics.map(\.line) == [2, 4])
    }

    @Test func aFloodEnds() throws {
        let result = try load("version: 1\n" + (0..<2_000).map { "n\($0): 1\nn\($0): 2\n" }.joined())
        #expect(result.hasErrors)
        #expect(result.errors.count > 40)
    }

    /// Half a megabyte: each repetition that is looked for costs another parse, so only the first few are.
    @Test func aLargeFloodEndsSoon() throws {
        let result = try load("version: 1\n" + String(repeating: "routes: []\n", count: 45_000))
        #expect((1...5).contains(result.errors.count), "\(result.errors.count)")
    }
}
