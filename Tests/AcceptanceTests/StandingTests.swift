// What stands, waits and was kept back, as the commands show it. The ledger is filled by hand, so that every case is there
// at once and no clock matters; that the router fills it so is for its own tests.

import Foundation
import GRDB
import JSON
import Testing

@Suite struct StandingTests {
    /// Everything goes to a room that is nowhere; with an incident of each service.
    private static let routes = """
        version: 1
        channels:
          room: {type: slack, webhook: "http://127.0.0.1:2526/hook-for-tests", rate: unlimited}
          mail: {type: email, server: "smtp://127.0.0.1:2525", tls: off, from: "a@example.com"}
        people:
          ana: {email: ana@example.com, via: [mail]}
        routes: [{name: all, match: {}, to: [room]}]
        """

    private static func seconds(_ seconds: Double) -> Int64 { Int64((Date().timeIntervalSince1970 + seconds) * 1_000_000) }

    /// Five deliveries, pending or retrying, made what a test wants by `sql`.
    private static func workspace(_ sql: String, _ arguments: StatementArguments = []) async throws -> Workspace {
        let workspace = try Workspace(routes)
        for number in 1...5 {
            let service = number < 4 ? "search" : "payments"
            try workspace.drop(
                TimeCommandTests.event(
                    "update", "INC\(number)", #", "severity": "low", "service": "\#(service)""#, more: #", "message": "m""#),
                as: "\(number).json")
        }
        let once = try await workspace.run("run", "--once")
        try #require(once.status == 75, "nothing can be sent: \(once.errors)")
        let queue = try DatabaseQueue(path: "\(workspace.path)/state/ledger.sqlite")
        try await queue.writeWithoutTransaction { try $0.execute(sql: sql, arguments: arguments) }
        try queue.close()
        return workspace
    }

    private static func silence(_ id: String, from: Double, until: Double, ended: Double? = nil, more: String = "") -> (
        String, StatementArguments
    ) {
        let end = ended.map { #", "ended_at": \#(seconds($0))"# } ?? ""
        let state = """
            {"id": "\(id)", "match": {"service": ["search", "index"], "severity": "<=medium"}, "from": \(seconds(from)),
             "until": \(seconds(until)), "reason": "moving racks", "by": "ana"\(end)}
            """
        return ("INSERT INTO silences (id, ended, state) VALUES (?, ?, ?);", [id, ended.map(seconds), Data(state.utf8)])
    }

    private static func silences() async throws -> Workspace {
        var sql = """
            UPDATE deliveries SET state = 'suppressed', silence = 'x1', reason = 'silence x1 of ana: moving racks' WHERE id IN (1, 2, 3);
            UPDATE deliveries SET incident = 'INC1' WHERE id = 2;
            """
        var arguments: StatementArguments = []
        for (text, values) in [
            silence("x1", from: -600, until: 3_000), silence("x2", from: -600, until: 36_000), silence("x3", from: -7_200, until: -60),
            silence("x4", from: -7_200, until: 3_000, ended: -3_600),
        ] {
            sql += text
            arguments += values
        }
        return try await workspace(sql, arguments)
    }

    @Test func silencesSayWhatTheyKeptBack() async throws {
        let workspace = try await Self.silences()
        let rows = try await workspace.run("silences", "--json").objects
        #expect(rows.compactMap { $0["id"]?.string } == ["x1", "x2"], "what has ended is left out, also where nobody was told yet")
        let first = try #require(rows.first)
        #expect(first["suppressed"] == 3 && first["incidents"] == 2)
        #expect(first["by"] == "ana" && first["reason"] == "moving racks" && first["active"] == .bool(true))
        #expect(first["match"] == ["service": ["search", "index"], "severity": "<=medium"])
        #expect(first["ended_at"] == .null)
        #expect(rows.last?["suppressed"] == 0)

        let all = try await workspace.run("silences", "--all", "--json").objects
        #expect(all.compactMap { $0["id"]?.string } == ["x1", "x2", "x3", "x4"])
        #expect(all.map { $0["active"] } == [.bool(true), .bool(true), .bool(false), .bool(false)])
        #expect(all[2]["ended_at"] == all[2]["until"])

        let text = try await workspace.run("silences", "--all").output
        #expect(text.contains("service=search,index severity=<=medium") && text.contains("3, of 2 incidents"), "\(text)")
        #expect(text.contains("in 49 min") || text.contains("in 50 min"), "\(text)")
        #expect(text.contains("ended 1 h ago"), "\(text)")
    }

    @Test func endingASilenceDropsItsEnd() async throws {
        let workspace = try await Self.silences()
        let result = try await workspace.run("silence", "--end", "x1", "--by", "ana")
        #expect(result.status == 0 && result.lines == ["x1"], "\(result.errors)")
        let event = try #require(try TimeCommandTests.dropped(workspace).first)
        #expect(event["type"] == "silence" && event["silence"] == ["id": "x1", "action": "end", "by": "ana"])

        for over in ["x3", "x4"] {
            let again = try await workspace.run("silence", "--end", over)
            #expect(again.status == 0)
            #expect(again.output.contains("\(over) has ended already"), "\(again.output)")
        }
        let unknown = try await workspace.run("silence", "--end", "x9")
        #expect(unknown.status == 1)
        #expect(unknown.errors.contains("x1, x2"), "the nearest of those in force: \(unknown.errors)")
        #expect(try TimeCommandTests.dropped(workspace).count == 1)
    }

    @Test func deliveriesNameTheSilence() async throws {
        let workspace = try await Self.silences()
        let rows = try await workspace.deliveries("--state", "suppressed")
        #expect(rows.map { $0["silence"] } == ["x1", "x1", "x1"])
        #expect(rows.first?["reason"] == "silence x1 of ana: moving racks")
        let shown = try await workspace.run("deliveries", "show", "1").output
        #expect(shown.contains("silence     x1"), "\(shown)")
    }

    @Test func explainGivesEverySilenceItsVerdict() async throws {
        let workspace = try await Self.silences()
        try workspace.write(
            TimeCommandTests.event("update", "INC9", #", "severity": "low", "service": "search""#, more: #", "message": "m""#),
            to: "event.json")
        let objects = try await workspace.run("explain", "event.json", "--json").objects
        let verdicts = objects.filter { $0["silence"] != nil && $0["matched"] != nil }
        #expect(verdicts.first { $0["silence"] == "x2" }?["matched"] == .bool(true))
        let delivery = try #require(objects.first { $0["recipient"] != nil })
        #expect(delivery["action"] == "suppress" && delivery["silence"] == "x2", "the one that lasts longest: \(delivery)")
        let text = try await workspace.run("explain", "event.json").output
        #expect(text.contains("yes  silence x2") && text.contains("suppressed: silence x2"), "\(text)")

        try workspace.write(
            TimeCommandTests.event("update", "INC9", #", "severity": "high", "service": "search""#, more: #", "message": "m""#),
            to: "event.json")
        let others = try await workspace.run("explain", "event.json", "--json").objects
        let no = try #require(others.first { $0["silence"] == "x2" })
        #expect(no["matched"] == .bool(false) && no["condition"] == #"severity: "<=medium""#)
        #expect(others.first { $0["recipient"] != nil }?["action"] == "send")
    }

    @Test func heldDeliveriesSayUntilWhenAndDigestsWhatTheyHold() async throws {
        let due = Self.seconds(10_800)
        let workspace = try await Self.workspace(
            """
            UPDATE deliveries SET state = 'held', hold = 'quiet_hours', hold_key = '', due = ?, reason = 'quiet hours of ana', blocked = 0
              WHERE id IN (1, 2);
            UPDATE deliveries SET state = 'delivered', origin = 'digest', contains = 2, reason = NULL WHERE id = 5;
            UPDATE deliveries SET state = 'delivered', hold = 'throttle', hold_key = '', digest = 5, released = due, reason = NULL
              WHERE id IN (3, 4);
            """, [due])
        let held = try await workspace.deliveries("--state", "held")
        #expect(held.count == 2)
        #expect(held.first?["hold"]?["kind"] == "quiet_hours" && held.first?["reason"] == "quiet hours of ana")
        let text = try await workspace.run("deliveries").output
        #expect(text.contains("(in 3 h): quiet hours of ana") || text.contains("(in 2 h 59 min): quiet hours of ana"), "\(text)")
        #expect(text.contains("went with digest 5") && text.contains("holds 2"), "\(text)")
        let shown = try await workspace.run("deliveries", "show", "1").output
        #expect(shown.contains("held        until ") && shown.contains("for quiet hours"), "\(shown)")

        let digest = try #require(try await workspace.run("deliveries", "show", "5", "--json").objects.first)
        #expect(digest["origin"] == "digest" && digest["contains"] == ["3", "4"])
        let contents = try await workspace.run("deliveries", "show", "5").output
        #expect(contents.contains("holds       2: 3, 4") && contents.contains("INC3") && contents.contains("INC4"), "\(contents)")
        let contained = try await workspace.run("deliveries", "show", "3")
        #expect(contained.output.contains("digest      went with delivery 5"), "\(contained.output)")
        #expect(try await workspace.run("deliveries", "show", "3", "--json").objects.first?["digest"] == "5")

        let status = try #require(try await workspace.run("status", "--json").objects.first)
        #expect(status["held"]?["quiet_hours"]?["count"] == 2 && status["held"]?["throttle"] == nil)
        #expect(status["held"]?["quiet_hours"]?["next_at"] == held.first?["due_at"])
        #expect(try await workspace.run("status").output.contains("held         2 for quiet hours, the first in"))
    }

    @Test func statusHasTheNextTimersAndSilences() async throws {
        let (sql, arguments) = Self.silence("x1", from: -600, until: 3_000)
        let (more, others) = Self.silence("x2", from: -600, until: 36_000)
        let workspace = try await Self.workspace(
            sql + more + """
                INSERT INTO alarms (subject, due, what) VALUES ('incident/INC1', ?, 'escalation step 2'), ('silence/x1', ?, 'ends'),
                  ('incident/INC2', ?, 'resolve breaches') ON CONFLICT (subject) DO UPDATE SET due = excluded.due, what = excluded.what;
                """, arguments + others + [Self.seconds(270), Self.seconds(2_970), Self.seconds(-30)])
        let status = try #require(try await workspace.run("status", "--json").objects.first)
        let timers = try #require(status["timers"]?.array)
        #expect(timers.map { $0["what"]?.string } == ["resolve breaches", "escalation step 2", "ends"])
        #expect(timers.map { $0["incident"]?.string } == ["INC2", "INC1", nil])
        #expect(timers.last?["silence"] == "x1")
        #expect(status["silences"]?["active"] == 2)
        #expect(status["silences"]?["ending"]?.array?.compactMap { $0["id"]?.string } == ["x1"], "within the hour")
        let text = try await workspace.run("status").output
        #expect(text.contains("in 4 min: INC1, escalation step 2") && text.contains("INC2, resolve breaches"), "\(text)")
        #expect(text.contains("silences     2 in force") && text.contains("x1 of ana ends in"), "\(text)")
    }

    @Test func subscriptionsAreListedAndLeft() async throws {
        func wish(_ id: String, _ who: String, _ cadence: String, until: Double? = nil) -> Data {
            let end = until.map { #", "until": \#(Self.seconds($0))"# } ?? ""
            return Data(
                #"{"id": "\#(id)", "who": \#(who), "match": {"service": "pay*"}, "via": "mail", "cadence": \#(cadence)\#(end)}"#.utf8)
        }
        let workspace = try await Self.workspace(
            "INSERT INTO subscriptions (id, state) VALUES (?, ?), (?, ?), (?, ?), (?, ?)",
            [
                "w1", wish("w1", #"{"person": "ana"}"#, #"{"every": "week", "day": 1, "at": 485}"#), "w2",
                wish("w2", #"{"email": "x@example.com"}"#, #"{"every": "now"}"#), "w3",
                wish("w3", #"{"person": "gone"}"#, #"{"every": "hour"}"#), "w4",
                wish("w4", #"{"person": "ana"}"#, #"{"every": "hour"}"#, until: -60),
            ])
        let rows = try await workspace.run("subscriptions", "--json").objects
        #expect(rows.compactMap { $0["id"]?.string } == ["w1", "w2", "w3"], "what is over is left out")
        #expect(rows.map { $0["deliver"]?.string } == ["weekly mon 08:05", "immediate", "hourly"])
        #expect(rows.first?["who"] == "ana" && rows[1]["who"] == ["email": "x@example.com"])
        let text = try await workspace.run("subscriptions").output
        #expect(text.contains("service=pay*") && text.contains("weekly mon 08:05"), "\(text)")

        let only = try await workspace.run("unsubscribe", "ana")
        #expect(only.status == 0 && only.lines == ["w1"], "the only one needs no id: \(only.errors)")
        let event = try #require(try TimeCommandTests.dropped(workspace).first)
        #expect(event["type"] == "subscription" && event["subscription"] == ["id": "w1", "action": "unsubscribe", "who": "ana"])
        #expect(try await workspace.run("unsubscribe", "gone", "w3").lines == ["w3"], "also who has left routes.yaml can leave")
        let wrong = try await workspace.run("unsubscribe", "ana", "w2")
        #expect(wrong.status == 1 && wrong.errors.contains("w1"), "\(wrong.errors)")
        #expect(try await workspace.run("unsubscribe", "nobody").status == 64)
    }
}
