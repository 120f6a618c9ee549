// From entries of `to` to addresses, and the reasons why not.

import Incidents
import JSON
import Testing

@testable import Routing

@Suite struct DirectoryTests {
    private static let critical = SeverityScale.standard.mostUrgent

    private func resolve(
        _ text: String, _ incident: Incident? = incident(), severity: Severity? = critical, teams: [String: [String]] = [:]
    ) throws -> (reached: [String], reasons: [String]) {
        let (reached, unreached) = try directory(teams: teams).resolve(entry(text), incident: incident, severity: severity)
        #expect(unreached.allSatisfy { $0.entry == text })
        return (reached.map { "\($0.recipient)/\($0.channel.name)/\($0.address)" }, unreached.map(\.reason))
    }

    @Test(arguments: [
        ("ops-slack", ["ops-slack/ops-slack/https://hooks.slack.com/…"]), ("bot", ["bot/bot/C0123456"]),
        // The first of `via` takes no addresses.
        ("duty-engineer", ["duty-engineer/sms/+447700900123"]), ("duty-engineer via mail", ["duty-engineer/mail/duty@example.com"]),
        ("mail:cto@example.com", ["cto@example.com/mail/cto@example.com"]), ("bot:U0AB", ["U0AB/bot/U0AB"]),
        (
            "payments",
            [
                "duty-engineer/sms/+447700900123", "service-owner/mail/owner@example.com",
                "ops-slack/ops-slack/https://hooks.slack.com/…",
            ]
        ),
        ("ops-slack via ops-slack", ["ops-slack/ops-slack/https://hooks.slack.com/…"]),
        ("assignee", ["duty-engineer/sms/+447700900123"]), ("assignee via mail", ["duty-engineer/mail/duty@example.com"]),
        ("reporter", ["service-owner/mail/owner@example.com"]), ("team", ["duty-engineer/sms/+447700900123"]),
        ("communication_lead", ["service-owner/mail/owner@example.com"]),
    ]) func reaches(text: String, expected: [String]) throws {
        let (reached, reasons) = try resolve(text)
        #expect(reached == expected)
        #expect(reasons == [])
    }

    @Test(arguments: [
        ("nobody", "`nobody` is no channel, person or team"), ("mail", "`mail` needs an address: write `mail:ADDRESS`, or name a person"),
        ("mute", "mute names no channel in `via`"), ("lost", "lost has no address for any of `mail`, `sms`"),
        ("service-owner via sms", "service-owner has no sms address for `sms`"),
        ("service-owner via pager", "there is no channel `pager` to reach service-owner by"),
        ("service-owner via ops-slack", "`ops-slack` takes no addresses, so service-owner cannot be told through it"),
        ("service-owner via bot", "service-owner has no slack address for `bot`"),
        ("ops-slack via sms", "`ops-slack` is a channel itself, and is not told via `sms`"),
        ("ops-slack:C01", "`ops-slack` takes no addresses, so C01 cannot be told through it"),
        ("subscribers", "nobody has subscribed"),
        // What was probably meant, of what would help.
        ("service-owner via maill", "there is no channel `maill` to reach service-owner by; did you mean `mail`?"),
        ("service-owner via ops-slak", "there is no channel `ops-slak` to reach service-owner by"),
        ("paymets", "`paymets` is no channel, person or team; did you mean `payments`?"),
        ("duty-enginer via mail", "`duty-enginer` is no channel, person or team; did you mean `duty-engineer`?"),
        ("ops-slak", "`ops-slak` is no channel, person or team; did you mean `ops-slack`?"),
        ("asignee", "`asignee` is no channel, person or team; did you mean `assignee`?"),
    ]) func reachesNobody(text: String, reason: String) throws {
        let (reached, reasons) = try resolve(text)
        #expect(reached == [])
        #expect(reasons == [reason])
    }

    @Test func viaGoesThroughATeam() throws {
        let (reached, reasons) = try resolve("payments via sms")
        #expect(reached == ["duty-engineer/sms/+447700900123"])
        #expect(
            reasons == [
                "service-owner has no sms address for `sms`", "`ops-slack` is a channel itself, and is not told via `sms`",
            ])
    }

    @Test func membersKeepTheirOwnVia() throws {
        let teams = ["mixed": ["duty-engineer via mail", "mail:x@example.com", "bot:U1"]]
        #expect(
            try resolve("mixed", teams: teams).reached == [
                "duty-engineer/mail/duty@example.com", "x@example.com/mail/x@example.com", "U1/bot/U1",
            ])
        // What the route asks for wins over what the team says.
        #expect(try resolve("mixed via sms", teams: teams).reached == ["duty-engineer/sms/+447700900123"])
        let (reached, reasons) = try resolve("mixed via mail", teams: teams)
        #expect(reached == ["duty-engineer/mail/duty@example.com", "x@example.com/mail/x@example.com"])
        #expect(reasons == ["`bot:U1` is an address for `bot`, and is not told via `mail`"])
    }

    @Test func teamsInACircleEnd() throws {
        let teams = ["a": ["b", "duty-engineer"], "b": ["c", "service-owner"], "c": ["a", "duty-engineer", "mail:OWNER@example.com"]]
        let (reached, reasons) = try resolve("a", teams: teams)
        #expect(reached == ["duty-engineer/sms/+447700900123", "OWNER@example.com/mail/OWNER@example.com"])
        #expect(reasons == [])
        #expect(try resolve("x", teams: ["x": ["y"], "y": ["x"]]).reasons == ["nobody is in `x`"])
        #expect(try resolve("x", teams: ["x": []]).reasons == ["nobody is in `x`"])
    }

    /// A producer's word for a person: the id, the display name or the mail address, in any case; or a team or channel.
    @Test(arguments: [
        ("DUTY-ENGINEER", "duty-engineer"), ("duty engineer", "duty-engineer"), ("Owner@Example.com", "service-owner"),
        ("Network", "duty-engineer"), ("OPS-slack", "ops-slack"),
    ]) func assigneeInOtherWords(word: String, recipient: String) throws {
        let (reached, _) = try resolve("assignee", incident(["assignee": .string(word)]))
        #expect(reached.map { $0.split(separator: "/").first.map(String.init) } == [recipient])
    }

    @Test(
        arguments: [
            ("assignee", ["assignee": "bob"], "assignee is `bob`, who is nobody in `people`"),
            ("assignee", ["assignee": .null], "the incident has no assignee"),
            ("reporter", ["reporter": ""], "the incident has no reporter"),
            ("team", ["team": "duty-engineer"], "team is `duty-engineer`, which is no team in `teams`"),
            ("team", ["team": .null], "the incident has no team"),
            ("assignee", ["assignee": "x\ny"], "assignee is `x y`, who is nobody in `people`"),
        ] as [(String, [String: JSONValue], String)]) func roleOfNobody(text: String, changes: [String: JSONValue], reason: String) throws
    {
        let (reached, reasons) = try resolve(text, incident(changes))
        #expect(reached == [])
        #expect(reasons == [reason])
    }

    @Test func communicationLead() throws {
        let high = SeverityScale.standard.severity("high")
        let low = SeverityScale.standard.severity("low")
        let named = incident(["communication_lead": "Duty Engineer"])
        #expect(try resolve("communication_lead", named).reached == ["duty-engineer/sms/+447700900123"])
        let unknown = incident(["communication_lead": "bob"])
        #expect(try resolve("communication_lead", unknown).reached == ["service-owner/mail/owner@example.com"])
        #expect(
            try resolve("communication_lead", unknown, severity: low).reasons == [
                "communication_lead is `bob`, who is nobody in `people`"
            ])
        #expect(
            try resolve("communication_lead", severity: low).reasons == ["nobody is named as the communication lead for `low`"])
        #expect(try resolve("communication_lead", severity: high).reasons == ["`nobody` is no channel, person or team"])
        #expect(try resolve("assignee", nil).reasons == ["the event has no incident that could name the assignee"])
    }
}
