// Answers through the built program: the link of a mail, and the button of a Slack message, as the sandbox received them.

import Cryptography
import Foundation
import JSON
import Sandbox
import Testing

/// Asks the built program by HTTP, as anybody would.
func curl(_ arguments: String..., input: String? = nil) async throws -> (status: Int, body: String) {
    let mark = "\n--status "
    let program = try RunningProgram(
        "/usr/bin/curl", ["-sS", "--max-time", "20", "-w", mark + "%{http_code}"] + arguments, in: NSTemporaryDirectory(), input: input)
    let status = await program.wait()
    guard status == 0, let end = program.output.range(of: mark, options: .backwards) else {
        throw ProgramFailed(description: "curl: \(status) \(program.errors)")
    }
    return (Int(program.output[end.upperBound...]) ?? 0, String(program.output[..<end.lowerBound]))
}

@Suite struct AnswerTests {
    private func configuration(_ sandbox: Sandbox, port: Int, to: String) -> String {
        sandbox.configuration(
            """
            http: {listen: "127.0.0.1:\(port)", slack_signing_secret: "shh"}
            routes: [{name: all, match: {severity: ">=high"}, to: [\(to)]}]
            """, router: "  public_url: http://127.0.0.1:\(port)")
    }

    private let escalation =
        #"{"id": "1", "type": "escalation", "incident": {"id": "INC1", "severity": "critical", "status": "open", "title": "Payments down"}}"#

    private func holder(_ workspace: Workspace) async throws -> JSONValue? {
        try await workspace.run("incidents", "--json").objects.first?["acknowledged_by"]
    }

    @Test func theLinkOfAMailAcknowledgesOnce() async throws {
        let sandbox = try await Sandbox.forTests()
        let port = try freePorts(1)[0]
        let workspace = try Workspace(configuration(sandbox, port: port, to: "service-owner"))
        let router = try await workspace.router()
        #expect(try await router.httpPort() == port)
        try workspace.drop(escalation)
        let mail = try #require(await sandbox.inbox.wait(for: 1, timeout: .seconds(30)).first)
        let link = try #require(mail.text.firstMatch(of: /Acknowledge: (http:\S+\/a\/\S+)/)?.output.1)
        #expect(mail.html?.contains("href=\"\(link)\"") == true)
        let looked = try await curl(String(link))
        #expect(looked.status == 200 && looked.body.contains("Payments down"))
        #expect(try await curl("-I", String(link)).status == 200)
        #expect(try await holder(workspace)?.isNull ?? true)
        let pressed = try await curl("-X", "POST", String(link))
        #expect(pressed.status == 200 && pressed.body.contains("You have INC1"))
        try await eventually("it is acknowledged") { try await holder(workspace) == "service-owner" }
        #expect(try await curl("-X", "POST", String(link)).status == 410)
        #expect(try await curl("-X", "POST", String(link) + "x").status == 404)
        #expect(router.errors.contains("a link to acknowledge was refused"))
        #expect(!router.errors.contains(String(link.suffix(30))))
        await router.stop()
        #expect(try await workspace.run("verify").status == 0)
        await sandbox.stop()
    }

    @Test func theButtonInSlackAcknowledgesAndIsReplaced() async throws {
        let sandbox = try await Sandbox.forTests()
        let port = try freePorts(1)[0]
        let workspace = try Workspace(configuration(sandbox, port: port, to: "ops-slack"))
        let router = try await workspace.router()
        #expect(try await router.httpPort() == port)
        try workspace.drop(escalation)
        let message = try #require(await sandbox.inbox.wait(for: 1, timeout: .seconds(30)).first)
        let shown = try JSONValue.parse(bytes: message.raw)
        let buttons = (shown["blocks"]?.array ?? []).flatMap { $0["elements"]?.array ?? [] }
        let token = try #require(buttons.first { $0["action_id"] == "ack" }?["value"])
        let payload: JSONValue = [
            "type": "block_actions", "user": ["id": "U0999", "name": "eve"], "message": shown, "trigger_id": "1.2",
            "response_url": .string("\(sandbox.endpoints.slackWebhook)/answers"),
            "actions": [["action_id": "ack", "type": "button", "value": token]],
        ]
        let body = "payload=" + (payload.text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "")
        func press(_ secret: String) async throws -> Int {
            let time = String(Int(Date().timeIntervalSince1970))
            let code = HMAC.sha256(Array("v0:\(time):\(body)".utf8), key: Array(secret.utf8)).map { String(format: "%02x", $0) }.joined()
            return try await curl(
                "-H", "X-Slack-Request-Timestamp: \(time)", "-H", "X-Slack-Signature: v0=\(code)", "--data-binary", "@-",
                "http://127.0.0.1:\(port)/v1/slack/actions", input: body
            ).status
        }
        #expect(try await press("guess") == 401)
        #expect(try await press("shh") == 200)
        try await eventually("it is acknowledged") { try await holder(workspace) == "slack:U0999 (eve)" }
        try await eventually("the message is replaced") { sandbox.inbox.all().contains { $0.channel == "answers" } }
        let replaced = try #require(sandbox.inbox.all().first { $0.channel == "answers" })
        #expect(replaced.text.contains("Payments down") && replaced.text.contains("slack:U0999 (eve) has it since"))
        let raw = String(decoding: replaced.raw, as: UTF8.self)
        #expect(raw.contains("\"replace_original\":true") && !raw.contains("\"ack\""))
        #expect(sandbox.inbox.refusals().isEmpty, "\(sandbox.inbox.refusals().map(\.refused))")
        await router.stop()
        await sandbox.stop()
    }

    /// The network says that a text message did not arrive: then it goes the next way, once.
    @Test func whatDidNotArriveComesByMail() async throws {
        let sandbox = try await Sandbox.forTests()
        let port = try freePorts(1)[0]
        let workspace = try Workspace(configuration(sandbox, port: port, to: "duty-engineer"))
        let router = try await workspace.router()
        #expect(try await router.httpPort() == port)
        try workspace.drop(escalation)
        let message = try #require(await sandbox.inbox.wait(for: 1, timeout: .seconds(30)).first)
        let form = String(decoding: message.raw, as: UTF8.self)
        let encoded = try #require(form.split(separator: "&").first { $0.hasPrefix("StatusCallback=") }?.dropFirst(15))
        let callback = try #require(String(encoded).removingPercentEncoding)
        #expect(callback.hasPrefix("http://127.0.0.1:\(port)/r/"))
        func report(_ token: String) async throws -> Int {
            let signed = callback + "ErrorCode30003" + "MessageSidSM1" + "MessageStatusundelivered"
            let code = Data(HMAC.sha1(Array(signed.utf8), key: Array(token.utf8))).base64EncodedString()
            return try await curl(
                "-H", "X-Twilio-Signature: \(code)", "-d", "MessageSid=SM1&MessageStatus=undelivered&ErrorCode=30003", callback
            ).status
        }
        #expect(try await report("guess") == 403)
        #expect(try await report("t0ken") == 200)
        #expect(try await report("t0ken") == 200)
        let told = await sandbox.inbox.wait(for: 2, timeout: .seconds(30))
        #expect(told.count == 2 && told.last?.to == "duty@example.com")
        try await eventually("both are written down") { try await workspace.deliveries("--state", "delivered").count == 2 }
        let rows = try await workspace.deliveries()
        #expect(rows.map { $0["receipt"] } == ["failed", .null] && rows.map { $0["channel"] } == ["sms", "mail"])
        #expect(rows.first?["reason"]?.string?.contains("30003: the telephone cannot be reached") == true)
        await router.stop()
        #expect(try await workspace.run("verify").status == 0)
        await sandbox.stop()
    }
}
