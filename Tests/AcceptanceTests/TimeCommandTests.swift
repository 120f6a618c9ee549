// Acknowledgements, silences and subscriptions as commands: what they drop, what they say, how they exit. No router runs
// beside them; what time then does is for the router's own tests.

import Foundation
import JSON
import Testing

@Suite struct TimeCommandTests {
    /// Nothing is ever sent: no route matches, and nothing that is dropped must be heard.
    static let routes = """
        version: 1
        channels:
          mail: {type: email, server: "smtp://127.0.0.1:2525", tls: off, from: "a@example.com"}
          room: {type: slack, webhook: "http://127.0.0.1:2526/hook-for-tests"}
          sms: {type: sms, gateway: twilio, account: AC0123456789abcdef0123456789abcdef, token: t0ken, from: "+15557654321", base_url: "http://127.0.0.1:2527"}
        people:
          ana: {email: ana@example.com, via: [mail], timezone: Asia/Kolkata}
          bob: {sms: "+447700900123", via: [sms]}
        teams: {core: [ana]}
        routes: [{name: none, match: {type: broadcast}, to: [ana, room]}]
        """

    static func event(_ type: String, _ incident: String, _ members: String = "", more: String = "") -> String {
        #"{"type": "\#(type)", "id": "\#(UUID().uuidString)", "source": "test", "incident": {"id": "\#(incident)"\#(members)}\#(more)}"#
    }

    /// A workspace whose ledger knows two open incidents and one that is over.
    static func workspace() async throws -> Workspace {
        let workspace = try Workspace(routes)
        for (incident, severity, service) in [("INC100", "medium", "search"), ("INC200", "low", "payments"), ("OLD1", "low", "search")] {
            try workspace.drop(
                event("status_change", incident, #", "severity": "\#(severity)", "service": "\#(service)", "status": "open""#),
                as: "1-\(incident).json")
        }
        try workspace.drop(event("status_change", "OLD1", #", "status": "resolved""#), as: "2.json")
        let once = try await workspace.run("run", "--once")
        try #require(once.status == 0, "\(once.errors)")
        return workspace
    }

    /// What waits in the queue.
    static func dropped(_ workspace: Workspace) throws -> [JSONValue] {
        try workspace.files(in: "queue").filter { $0.hasSuffix(".json") }.map { name in
            try JSONValue.parse(bytes: Array(Data(contentsOf: URL(fileURLWithPath: "\(workspace.path)/queue/\(name)"))))
        }
    }

    // MARK: ack

    @Test func ackDropsAnAcknowledgementAndPrintsItsID() async throws {
        let workspace = try await Self.workspace()
        let result = try await workspace.run("ack", "INC100", "--by", "ana")
        #expect(result.status == 0, "\(result.errors)")
        let event = try #require(try Self.dropped(workspace).first)
        #expect(event["type"] == "acknowledgement")
        #expect(event["incident"] == ["id": "INC100"])
        #expect(event["change"] == ["by": "ana"])
        #expect(result.lines == [event["id"]?.string ?? "?"], "its id, and nothing else")
        #expect(result.errors.contains("the router is not running"))
    }

    @Test func ackOfWhatNobodyKnowsNamesTheNearest() async throws {
        let workspace = try await Self.workspace()
        let result = try await workspace.run("ack", "INC101")
        #expect(result.status == 1)
        #expect(result.errors.contains("INC100"), "\(result.errors)")
        #expect(try Self.dropped(workspace).isEmpty)
        let early = try await Workspace(Self.routes).run("ack", "INC100")
        #expect(early.status == 1)
        #expect(early.errors.contains("the router has not run"), "\(early.errors)")
    }

    @Test func aMistakeInTheConfigurationKeepsNobodyFromAcknowledging() async throws {
        let workspace = try await Self.workspace()
        try workspace.write(Self.routes.replacing("routes: [", with: "routs: ["), to: "routes.yaml")
        let result = try await workspace.run("ack", "INC100", "--by", "ana")
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.errors.contains("has mistakes"))
        #expect(try Self.dropped(workspace).count == 1)
        #expect(try await workspace.run("silence", "service=search", "--for", "1h", "--reason", "x").status == 0)
        #expect(try await workspace.run("subscribe", "ana").status == 78, "who is listed is not known")
    }

    @Test func ackTwiceSaysWhoHasIt() async throws {
        let workspace = try await Self.workspace()
        try await workspace.run("ack", "INC100", "--by", "ana")
        try await workspace.run("run", "--once")
        let again = try await workspace.run("ack", "INC100", "--by", "bob")
        #expect(again.status == 0)
        #expect(again.output.contains("acknowledged already by ana"), "\(again.output)")
        #expect(try Self.dropped(workspace).isEmpty, "nothing is said twice")
    }

    @Test func ackOfWhatIsOverIsRefused() async throws {
        let workspace = try await Self.workspace()
        let result = try await workspace.run("ack", "OLD1")
        #expect(result.status == 1)
        #expect(result.errors.contains("OLD1 is resolved") && result.errors.contains("--status open"), "\(result.errors)")
        #expect(try Self.dropped(workspace).isEmpty)
    }

    // MARK: silence

    @Test func silenceDropsWhatWasAskedFor() async throws {
        let workspace = try await Self.workspace()
        let before = Date()
        let result = try await workspace.run(
            "silence", "service=search,index", "severity=>=medium", "labels.region=!us-*", "type=update", "--for", "2h", "--reason",
            "moving racks", "--by", "ana")
        #expect(result.status == 0, "\(result.errors)")
        let event = try #require(try Self.dropped(workspace).first)
        let silence = try #require(event["silence"])
        #expect(event["type"] == "silence")
        #expect(silence["action"] == "start" && silence["reason"] == "moving racks" && silence["by"] == "ana")
        #expect(
            silence["match"]
                == ["service": ["search", "index"], "severity": ">=medium", "labels.region": "!us-*", "type": "update"])
        let until = try #require(silence["until"]?.string.flatMap { try? Date($0, strategy: .iso8601) })
        #expect(until >= before.addingTimeInterval(7_200) && until <= Date().addingTimeInterval(7_201))
        #expect(result.lines == [silence["id"]?.string ?? "?"], "the id alone is the output")
        #expect(result.errors.contains("1 of 2 open incident"), "\(result.errors)")
        #expect(result.errors.contains("INC100") && !result.errors.contains("INC200"))
        #expect(result.errors.contains("type: update"), "what it cannot judge by the incident is said: \(result.errors)")
        #expect(!result.errors.contains("nobody in routes.yaml"))
    }

    @Test func silenceSaysWhatIsMissing() async throws {
        let workspace = try await Self.workspace()
        let wrong: [([String], String)] = [
            (["--for", "2h", "--reason", "x"], "needs a condition"),
            (["service=a", "--for", "2h"], "needs --reason"),
            (["service=a", "--reason", "x"], "needs an end"),
            (["service=a", "--reason", "x", "--for", "2"], "for instance 30m"),
            (["service=a", "--reason", "x", "--for", "0m"], "for instance 30m"),
            (["service=a", "--reason", "x", "--for", "2h", "--until", "2099-01-01T00:00:00Z"], "one of them is enough"),
            (["service=a", "--reason", "x", "--until", "2020-01-01T00:00:00Z"], "is over"),
            (["service=a", "--reason", "x", "--until", "tomorrow"], "RFC 3339"),
            (["service=a", "--reason", "x", "--for", "53w"], "a year at most"),
            (["serice=a", "--reason", "x", "--for", "2h"], "did you mean `service`?"),
            (["severity=hgh", "--reason", "x", "--for", "2h"], "did you mean `high`?"),
            (["search", "--reason", "x", "--for", "2h"], "member=value"),
            (["service=a", "service=b", "--reason", "x", "--for", "2h"], "service=A,B"),
            (["service=a,", "--reason", "x", "--for", "2h"], "empty value"),
            (["service=a", "--reason", "x", "--for", "2h", "--id", "a b"], "one word"),
            (["service=a", "--end", "x1"], "takes no conditions"),
        ]
        for (arguments, words) in wrong {
            let process = try workspace.start(["silence"] + arguments, input: nil, environment: [:])
            #expect(await process.wait() == 64, "\(arguments)")
            #expect(process.errors.contains(words), "\(arguments): \(process.errors)")
        }
        #expect(try Self.dropped(workspace).isEmpty)
    }

    @Test func patternsKeepTheirCommasAndComparisonsNeedNoEqualsSign() async throws {
        let workspace = try Workspace(Self.routes)
        let until = Date(timeIntervalSinceNow: 30 * 86_400).formatted(.iso8601)
        let result = try await workspace.run(
            "silence", "service=~^db-[0-9]{1,2}$", "severity<=medium", "--until", until, "--reason", "x", "--id", "mine")
        #expect(result.status == 0, "before the first run: \(result.errors)")
        #expect(result.lines == ["mine"])
        let silence = try #require(try Self.dropped(workspace).first?["silence"])
        #expect(silence["match"] == ["service": "~^db-[0-9]{1,2}$", "severity": "<=medium"])
        #expect(silence["until"]?.string == until)
    }

    @Test func aSilenceThatIsNotThereCannotBeEnded() async throws {
        let workspace = try await Self.workspace()
        let result = try await workspace.run("silence", "--end", "x1")
        #expect(result.status == 1)
        #expect(result.errors.contains("there is no silence `x1`"), "\(result.errors)")
        #expect(try Self.dropped(workspace).isEmpty)
        #expect(try await workspace.run("silences").output.contains("Nothing is silenced"))
        #expect(try await workspace.run("silences", "--all", "--json").lines.isEmpty)
    }

    // MARK: subscribe

    @Test func subscribeDropsAWish() async throws {
        let workspace = try await Self.workspace()
        let result = try await workspace.run(
            "subscribe", "ana", "service=pay*", "severity>=high", "--via", "mail", "--deliver", "Daily 08:00", "--until",
            "2099-01-01T00:00:00Z")
        #expect(result.status == 0, "\(result.errors)")
        let event = try #require(try Self.dropped(workspace).first)
        let wish = try #require(event["subscription"])
        #expect(event["type"] == "subscription" && event["incident"] == nil)
        #expect(wish["action"] == "subscribe" && wish["who"] == "ana" && wish["via"] == "mail" && wish["deliver"] == "daily 08:00")
        #expect(wish["match"] == ["service": "pay*", "severity": ">=high"])
        #expect(wish["until"] == "2099-01-01T00:00:00Z")
        #expect(result.lines == [wish["id"]?.string ?? "?"])
        #expect(result.errors.contains("mail, ana@example.com") && result.errors.contains("Asia/Kolkata"), "\(result.errors)")
    }

    @Test func subscribeSaysWhoCannotAndWhy() async throws {
        let workspace = try Workspace(Self.routes)
        let wrong: [([String], String)] = [
            (["an"], "did you mean `ana`?"),
            (["core"], "is a team"),
            (["room"], "is a channel"),
            (["x@"], "neither a mail address"),
            (["ana@example.com"], "that is `ana`"),
            (["+44 7700"], "nor a number"),
            (["ana", "--limit", "5 per 1d"], "stand in routes.yaml"),
            (["x@example.com", "--limit", "many"], "5 per 1d"),
            (["x@example.com", "--via", "room"], "takes no email addresses"),
            (["ana", "--incident", "INC1", "--until", "4h"], "one of them is enough"),
            (["ana", "--via", "mial"], "did you mean `mail`?"),
            (["ana", "--via", "room"], "takes no addresses"),
            (["bob", "--via", "mail"], "bob"),
            (["ana", "--deliver", "dayly"], "daily 08:00"),
            (["ana", "--until", "2020-01-01T00:00:00Z"], "is over"),
            (["ana", "srevice=x"], "did you mean `service`?"),
        ]
        for (arguments, words) in wrong {
            let process = try workspace.start(["subscribe"] + arguments, input: nil, environment: [:])
            #expect(await process.wait() == 64, "\(arguments): \(process.errors)")
            #expect(process.errors.contains(words), "\(arguments): \(process.errors)")
        }
        #expect(try Self.dropped(workspace).isEmpty)
        #expect(try await workspace.run("unsubscribe", "ana").status == 1, "before the first run")
        #expect(try await workspace.run("unsubscribe", "ana", "w1", "--all").status == 64)
    }

    // MARK: From the command to what stands

    @Test func aSilenceStandsKeepsBackAndEnds() async throws {
        let workspace = try Workspace(
            Self.routes.replacing("match: {type: broadcast}, to: [ana, room]", with: "match: {type: update}, to: [room]"))
        let id = try #require(
            try await workspace.run("silence", "service=search", "--for", "2h", "--reason", "moving racks", "--by", "ana").lines.first)
        try await workspace.run("run", "--once")
        try workspace.drop(Self.event("update", "INC1", #", "severity": "low", "service": "search""#, more: #", "message": "m""#))
        #expect(try await workspace.run("run", "--once").status == 0, "nothing is sent")
        let delivery = try #require(try await workspace.deliveries().first)
        #expect(delivery["state"] == "suppressed" && delivery["silence"]?.string == id)
        #expect(delivery["reason"]?.string?.contains("of ana") == true, "\(delivery)")
        let row = try #require(try await workspace.run("silences", "--json").objects.first)
        #expect(row["id"]?.string == id && row["suppressed"] == 1 && row["incidents"] == 1 && row["reason"] == "moving racks")
        #expect(row["match"] == ["service": "search"])
        let status = try #require(try await workspace.run("status", "--json").objects.first)
        #expect(status["silences"]?["active"] == 1)

        #expect(try await workspace.run("silence", "--end", id).status == 0)
        try await workspace.run("run", "--once")
        #expect(try await workspace.run("silences", "--json").objects.isEmpty)
        let ended = try #require(try await workspace.run("silences", "--all", "--json").objects.first)
        #expect(ended["active"] == .bool(false) && ended["ended_at"]?.string != nil)
        #expect(try await workspace.run("silence", "--end", id).output.contains("has ended already"))
    }

    @Test func aSubscriptionStandsUntilItIsLeft() async throws {
        let workspace = try Workspace(Self.routes)
        let first = try #require(
            try await workspace.run("subscribe", "ana", "service=pay*", "--deliver", "weekly mon 08:05").lines.first)
        let second = try #require(try await workspace.run("subscribe", "ana").lines.first)
        try await workspace.run("run", "--once")
        let rows = try await workspace.run("subscriptions", "--json").objects
        #expect(rows.compactMap { $0["id"]?.string } == [first, second])
        #expect(rows.first?["deliver"] == "weekly mon 08:05" && rows.first?["match"] == ["service": "pay*"])
        #expect(rows.last?["deliver"] == "immediate" && rows.last?["via"] == .null)

        let which = try await workspace.run("unsubscribe", "ana")
        #expect(which.status == 64)
        #expect(which.errors.contains(first) && which.errors.contains(second), "\(which.errors)")
        #expect(try await workspace.run("unsubscribe", "ana", second).status == 0)
        try await workspace.run("run", "--once")
        #expect(try await workspace.run("subscriptions", "--json").objects.compactMap { $0["id"]?.string } == [first])
        #expect(try await workspace.run("unsubscribe", "ana", "--all").lines == [first])
        try await workspace.run("run", "--once")
        #expect(try await workspace.run("subscriptions").output.contains("Nobody has subscribed"))
        #expect(try await workspace.run("unsubscribe", "ana").status == 1)
    }

    // MARK: What is shown

    @Test func statusHasWhatWaitsForItsTime() async throws {
        let workspace = try await Self.workspace()
        let status = try #require(try await workspace.run("status", "--json").objects.first)
        #expect(status["timers"]?.array != nil && status["held"]?.object != nil)
        #expect(status["silences"]?["active"] == 0)
        let incident = try #require(try await workspace.run("incidents", "--json").objects.first { $0["id"] == "INC100" })
        #expect(incident["sla"]?.object != nil && incident["next"]?.array != nil && incident["level"] == 0)
    }

    @Test(arguments: ["ack", "silence", "silences", "subscribe", "unsubscribe", "subscriptions"]) func helpHasExamples(command: String)
        async throws
    {
        let help = try await Workspace("version: 1").run(command, "--help")
        #expect(help.status == 0)
        #expect(help.output.contains("  tocsin \(command)"), "an example to copy")
    }
}
