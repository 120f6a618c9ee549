import JSON
import Testing

@testable import Sandbox

@Suite struct ControlTests {
    @Test func setsFaultsAndShowsTheInbox() async throws {
        let sandbox = try await Sandbox.plain()
        let wish =
            #"[{"receiver":"slack","channel":"a","fault":"status","status":429,"retry_after":3,"times":1},{"receiver":"teams","fault":"legacy_teams"}]"#
        #expect(try await sandbox.post("/_faults", json: wish).status == 204)
        let limited = try await sandbox.post("/slack/webhook/a", json: #"{"text":"x"}"#)
        #expect(limited.status == 429 && limited.headers["retry-after"] == "3")
        #expect(try await sandbox.post("/slack/webhook/a", json: #"{"text":"two\nlines"}"#, ["Authorization": "secret"]).status == 200)
        #expect(try await sandbox.post("/teams/a", json: "{}").status == 200)
        #expect(try await request(sandbox.httpPort, "DELETE", "/_faults").status == 204)
        #expect(try await sandbox.post("/teams/a", json: "{}").status == 400)

        let inbox = try await request(sandbox.httpPort, "GET", "/_inbox")
        #expect(inbox.headers["content-type"] == "application/x-ndjson")
        #expect(!inbox.body.contains("secret"))
        let lines = try inbox.body.split(separator: "\n").map { try JSONValue.parse($0.utf8) }
        #expect(lines.count == 4)
        #expect(lines[1]["text"] == "two\nlines")
        #expect(lines[1]["refused"] == nil)
        #expect(lines[0]["refused"] == "429 (a fault)")
        #expect(try await request(sandbox.httpPort, "DELETE", "/_inbox").status == 204)
        #expect(sandbox.inbox.everything().isEmpty)
        await sandbox.stop()
    }

    static let mistakes: [(String, String)] = [
        ("{", "not JSON"), ("{}", "`receiver` must be one of"), (#"{"receiver":"fax"}"#, "`receiver`"),
        (#"{"receiver":"slack"}"#, "`fault` must be one of"),
        (#"{"receiver":"slack","fault":"status"}"#, "`status`"), (#"{"receiver":"slack","fault":"no_auth"}"#, "has no such fault"),
        (#"{"receiver":"smtp","fault":"reply","step":"lunch"}"#, "`step`"),
        (#"{"receiver":"slack","fault":"hang","often":1}"#, "unknown member `often`"),
        (#"{"receiver":"slack","fault":"hang","times":0}"#, "`times`"),
        (#"{"receiver":"slack","fault":"delay","seconds":"1"}"#, "`seconds`"),
        (#"{"receiver":"slack","fault":"status","status":429,"retry_after":"soon"}"#, "`retry_after`"),
    ]

    @Test(arguments: mistakes)
    func explainsMistakes(json: String, words: String) async throws {
        let sandbox = try await Sandbox.plain()
        let reply = try await sandbox.post("/_faults", json: json)
        #expect(reply.status == 400)
        #expect(reply.body.contains(words))
        await sandbox.stop()
    }

    static let faults: [(String, Receiver, Fault)] = [
        (#"{"receiver":"slack","status":429,"retry_after":30}"#, .slack, .status(429, retryAfter: .seconds(30))),
        (#"{"receiver":"slack_api","fault":"delay","seconds":0.5}"#, .slackAPI, .delay(0.5)),
        (#"{"receiver":"twilio","fault":"hang"}"#, .twilio, .hang),
        (#"{"receiver":"gateway","fault":"drip"}"#, .gateway, .drip(1)), (#"{"receiver":"slack","fault":"garbage"}"#, .slack, .garbage),
        (#"{"receiver":"slack","fault":"reset_before_body"}"#, .slack, .resetBeforeBody),
        (#"{"receiver":"slack","fault":"reset_after_body"}"#, .slack, .resetAfterBody),
        (#"{"receiver":"smtp","fault":"reply","step":"rcpt","code":450,"text":"later"}"#, .smtp, .reply(.rcpt, code: 450, text: "later")),
        (#"{"receiver":"smtp","fault":"no_auth"}"#, .smtp, .noAuthentication),
        (#"{"receiver":"smtp","fault":"no_starttls"}"#, .smtp, .noSTARTTLS),
        (#"{"receiver":"smtp","fault":"close_idle"}"#, .smtp, .closeIdle),
    ]

    @Test(arguments: faults)
    func readsFaults(json: String, receiver: Receiver, fault: Fault) throws {
        let wish = try FaultWish(JSONValue.parse(json.utf8))
        #expect(wish.receiver == receiver)
        #expect(wish.fault == fault)
    }

    @Test func turnsForeignNamesAway() async throws {
        let sandbox = try await Sandbox.plain()
        let port = sandbox.httpPort
        let reply = try await offPool {
            let line = try Line(port)
            line.send("GET /_inbox HTTP/1.1\r\nHost: evil.example:\(port)\r\nConnection: close\r\n\r\n")
            return try parsed(line.receiveAll())
        }
        #expect(reply.status == 403)
        #expect(try await request(port, "GET", "/").body.contains("/slack/webhook/NAME"))
        await sandbox.stop()
    }
}
