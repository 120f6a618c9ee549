import Foundation
import Testing

@testable import Sandbox

@Suite struct FaultTests {
    private let text = #"{"text":"x"}"#

    @Test func statusWithBodyAndRetryAfter() async throws {
        let sandbox = try await Sandbox.plain()
        sandbox.setFault(.status(503, body: "later", retryAfter: .seconds(7)), on: .slack, times: 2)
        sandbox.setFault(.status(429, retryAfter: .date(Date(timeIntervalSince1970: 784_111_777))), on: .slack, times: 1)
        var replies: [Reply] = []
        for _ in 0..<4 { replies.append(try await sandbox.post("/slack/webhook/ops", json: text)) }
        #expect(replies.map(\.status) == [503, 503, 429, 200])
        #expect(replies[0].body == "later")
        #expect(replies[0].headers["retry-after"] == "7")
        #expect(replies[2].headers["retry-after"] == "Sun, 06 Nov 1994 08:49:37 GMT")
        #expect(sandbox.inbox.count == 1)
        #expect(sandbox.inbox.refusals().map(\.refused) == ["503 (a fault)", "503 (a fault)", "429 (a fault)"])
        await sandbox.stop()
    }

    @Test func lastsUntilClearedAndKeepsToItsChannel() async throws {
        let sandbox = try await Sandbox.plain()
        sandbox.setFault(.status(500), on: .slack, channel: "a")
        for _ in 0..<3 { #expect(try await sandbox.post("/slack/webhook/a", json: text).status == 500) }
        #expect(try await sandbox.post("/slack/webhook/b", json: text).status == 200)
        sandbox.setFault(.status(404), on: .slack, channel: "a")
        #expect(try await sandbox.post("/slack/webhook/a", json: text).status == 404)
        sandbox.setFault(nil, on: .slack, channel: "a")
        #expect(try await sandbox.post("/slack/webhook/a", json: text).status == 200)
        sandbox.setFault(.status(500), on: .slack, channel: "a")
        sandbox.setFault(nil, on: .slack)
        #expect(try await sandbox.post("/slack/webhook/a", json: text).status == 200)
        await sandbox.stop()
    }

    @Test func resets() async throws {
        let sandbox = try await Sandbox.plain()
        sandbox.setFault(.resetBeforeBody, on: .teams, times: 1)
        sandbox.setFault(.resetAfterBody, on: .slack, times: 1)
        await #expect(throws: Line.Failure.reset) { try await sandbox.post("/teams/ops", json: "{}") }
        #expect(sandbox.inbox.count == 0)
        await #expect(throws: Line.Failure.reset) { try await sandbox.post("/slack/webhook/ops", json: text) }
        #expect(sandbox.inbox.count == 1)
        await sandbox.stop()
    }

    @Test func delaysAndDrips() async throws {
        let sandbox = try await Sandbox.plain()
        sandbox.setFault(.delay(0.3), on: .slack, times: 1)
        sandbox.setFault(.drip(0.002), on: .slack, times: 1)
        let clock = ContinuousClock()
        let start = clock.now
        let late = try await sandbox.post("/slack/webhook/ops", json: text)
        #expect(clock.now - start >= .milliseconds(300))
        #expect(late.body == "ok")
        let slow = clock.now
        let dripped = try await sandbox.post("/slack/webhook/ops", json: text)
        #expect(clock.now - slow >= .milliseconds(100))
        #expect(dripped.body == "ok")
        #expect(sandbox.inbox.count == 2)
        await sandbox.stop()
    }

    /// The client would wait for ever: it is the sandbox's end that ends it.
    @Test func hangs() async throws {
        let sandbox = try await Sandbox.plain()
        sandbox.setFault(.hang, on: .slack)
        let port = sandbox.httpPort
        async let answer = request(port, "POST", "/slack/webhook/ops", ["Content-Type": "application/json"], Array(text.utf8))
        let arrived = await sandbox.inbox.wait(for: 1, timeout: .seconds(20))
        #expect(arrived.count == 1)
        await sandbox.stop()
        #expect(try await answer.status == 0)
    }

    @Test func answersGarbage() async throws {
        let sandbox = try await Sandbox.plain()
        sandbox.setFault(.garbage, on: .slack)
        sandbox.setFault(.legacyTeams(status: 429), on: .teams)
        let port = sandbox.httpPort
        let bytes = try await offPool {
            let line = try Line(port)
            line.send(
                "POST /slack/webhook/a HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 12\r\n\r\n{\"text\":\"x\"}"
            )
            return try line.receiveAll()
        }
        #expect(bytes == Garbage.bytes)
        let legacy = try await sandbox.post("/teams/ops", json: "{}")
        #expect(legacy.status == 200)
        #expect(legacy.body.contains("Microsoft Teams endpoint returned HTTP error 429"))
        #expect(sandbox.inbox.count == 1)
        await sandbox.stop()
    }

    @Test func closesIdleConnections() async throws {
        let sandbox = try await Sandbox.plain()
        let (httpPort, smtpPort) = (sandbox.httpPort, sandbox.smtpPort)
        let (http, smtp) = try await offPool { () -> (Box, Box) in
            let http = try Line(httpPort)
            http.send(
                "POST /slack/webhook/a HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 12\r\n\r\n{\"text\":\"x\"}"
            )
            #expect(try http.line() == "HTTP/1.1 200 OK")
            let smtp = try Line(smtpPort)
            _ = try smtp.reply()
            _ = try smtp.ask("EHLO x")
            return (Box(line: http), Box(line: smtp))
        }
        sandbox.setFault(.closeIdle, on: .teams)
        await sandbox.closeIdleConnections(of: .slack)
        await sandbox.closeIdleConnections(of: .smtp)
        try await offPool {
            let rest = try http.line.receiveAll()
            #expect(String(decoding: rest, as: UTF8.self).hasSuffix("ok"))
            #expect(try smtp.line.reply().hasPrefix("421 "))
            #expect(try smtp.line.receiveAll().isEmpty)
        }
        await sandbox.stop()
    }

    static let steps: [(SMTPStep, [String])] = [
        (.connect, ["454"]), (.ehlo, ["220", "454"]), (.mail, ["220", "250", "454"]), (.rcpt, ["220", "250", "250", "454"]),
        (.data, ["220", "250", "250", "250", "454"]), (.end, ["220", "250", "250", "250", "354", "454"]),
    ]

    @Test(arguments: steps)
    func repliesAtASMTPStep(step: SMTPStep, codes: [String]) async throws {
        let sandbox = try await Sandbox.plain()
        sandbox.setFault(.reply(step, code: 454, text: "4.7.0 not now"), on: .smtp)
        let commands = ["EHLO x", "MAIL FROM:<a@b.c>", "RCPT TO:<d@e.f>", "DATA", SMTPTests.mail + "."].prefix(codes.count - 1)
        #expect(try await SMTPTests.dialogue(sandbox.smtpPort, Array(commands)) == codes)
        #expect(sandbox.inbox.count == 0)
        #expect(sandbox.inbox.refusedCount == (step == .end ? 1 : 0))
        await sandbox.stop()
    }

    @Test func keepsSMTPFaultsToTheirRecipient() async throws {
        let sandbox = try await Sandbox.plain()
        sandbox.setFault(.reply(.rcpt, code: 550), on: .smtp, channel: "bad@e.f")
        let codes = try await SMTPTests.dialogue(
            sandbox.smtpPort, ["EHLO x", "MAIL FROM:<a@b.c>", "RCPT TO:<bad@e.f>", "RCPT TO:<d@e.f>"])
        #expect(codes == ["220", "250", "250", "550", "250"])
        await sandbox.stop()
    }

    @Test func smtpOffersLess() async throws {
        let sandbox = try await Sandbox.start(SandboxOptions())
        sandbox.setFault(.noAuthentication, on: .smtp, times: 1)
        sandbox.setFault(.noSTARTTLS, on: .smtp, times: 1)
        let port = sandbox.smtpPort
        let offers = try await offPool {
            try (0..<3).map { _ in
                let line = try Line(port)
                _ = try line.reply()
                return try line.ask("EHLO x")
            }
        }
        #expect(offers.map { $0.contains("AUTH") } == [false, true, true])
        #expect(offers.map { $0.contains("STARTTLS") } == [true, false, true])
        await sandbox.stop()
    }

    @Test func smtpDropsAfterTheFinalDot() async throws {
        let sandbox = try await Sandbox.plain()
        let commands = ["EHLO x", "MAIL FROM:<a@b.c>", "RCPT TO:<d@e.f>", "DATA", SMTPTests.mail + "."]
        sandbox.setFault(.resetAfterBody, on: .smtp, times: 1)
        await #expect(throws: Line.Failure.reset) { try await SMTPTests.dialogue(sandbox.smtpPort, commands) }
        #expect(sandbox.inbox.count == 1)
        sandbox.setFault(.resetBeforeBody, on: .smtp, times: 1)
        await #expect(throws: Line.Failure.reset) { try await SMTPTests.dialogue(sandbox.smtpPort, commands) }
        #expect(sandbox.inbox.count == 1)
        sandbox.setFault(.drip(0.002), on: .smtp, times: 1)
        #expect(try await SMTPTests.dialogue(sandbox.smtpPort, commands + ["NOOP"]).suffix(2) == ["250", "250"])
        sandbox.setFault(.delay(0.1), on: .smtp, times: 1)
        #expect(try await SMTPTests.dialogue(sandbox.smtpPort, commands).last == "250")
        sandbox.setFault(.garbage, on: .smtp, times: 1)
        #expect(try await SMTPTests.dialogue(sandbox.smtpPort, commands).last != "250")
        sandbox.setFault(.hang, on: .smtp, times: 1)
        let port = sandbox.smtpPort
        let silence = Task { try await SMTPTests.dialogue(port, commands) }
        #expect(await sandbox.inbox.wait(for: 5, timeout: .seconds(20)).count == 5)
        await sandbox.stop()
        await #expect(throws: Line.Failure.closed) { try await silence.value }
    }

    /// The reset passes TLS by, and the drip goes through it.
    @Test func worksUnderTLS() async throws {
        var options = SandboxOptions()
        options.https = true
        let sandbox = try await Sandbox.start(options)
        sandbox.setFault(.resetAfterBody, on: .slack, times: 1)
        sandbox.setFault(.drip(0.001), on: .slack, times: 1)
        // Python tells a reset under TLS as an ordinary end; curl does not.
        let script = """
            import subprocess, sys
            for _ in range(2):
                r = subprocess.run(['curl', '-sS', '--noproxy', '*', '--cacert', sys.argv[2], '-H', 'Content-Type: application/json', '-d',
                    '{"text":"x"}', sys.argv[1] + '/ops'], capture_output=True, text=True, timeout=20)
                print('reset' if 'reset by peer' in r.stderr else r.stdout + r.stderr)
            """
        let ca = try #require(sandbox.endpoints.ca)
        let output = try await python(script, [sandbox.endpoints.slackWebhook, ca])
        #expect(output == "reset\nok")
        await sandbox.stop()
    }

    @Test func unfitFaultsAreNotSet() async throws {
        let sandbox = try await Sandbox.plain()
        #expect(!sandbox.setFault(.noSTARTTLS, on: .slack))
        #expect(!sandbox.setFault(.legacyTeams(), on: .slack))
        #expect(try await sandbox.post("/slack/webhook/a", json: text).status == 200)
        await sandbox.stop()
    }
}

/// A line that moves between threads, one at a time.
struct Box: @unchecked Sendable {
    var line: Line
}
