import Foundation
import Testing

@testable import Sandbox

@Suite struct InboxTests {
    private func message(_ text: String, size: Int = 1, refused: String? = nil) -> ReceivedMessage {
        ReceivedMessage(
            receiver: .slack, at: Date(timeIntervalSince1970: 0), channel: "ops", to: "ops", title: text, text: text,
            raw: Array(repeating: 0, count: size), refused: refused)
    }

    private func inbox(kept: Int = 10, bytes: Int = 1_000, keeps: Bool = true) -> Inbox {
        Inbox(maximumKept: kept, maximumKeptBytes: bytes, keeps: keeps)
    }

    @Test func keepsTheNewestAndCountsAll() {
        let inbox = inbox()
        for index in 0..<5_000 { inbox.add(message(String(index))) }
        #expect(inbox.count == 5_000)
        #expect(inbox.count(.slack) == 5_000)
        #expect(inbox.all().map(\.text) == (4_990..<5_000).map(String.init))
    }

    @Test func keepsWithinItsBytes() {
        let inbox = inbox()
        for index in 0..<5 { inbox.add(message(String(index), size: 400)) }
        #expect(inbox.all().map(\.text) == ["3", "4"])
        inbox.add(message("huge", size: 2_000))
        #expect(inbox.all().isEmpty)
        #expect(inbox.count == 6)
    }

    @Test func onlyCounts() async throws {
        let sandbox = try await Sandbox.start(.fast)
        #expect(try await sandbox.post("/slack/webhook/a", json: "not even JSON").body == "ok")
        #expect(try await sandbox.post("/teams/a", json: "x").status == 202)
        #expect(try await sandbox.post("/slack/api/chat.postMessage", json: "x").body.contains("\"ok\":true"))
        #expect(try await request(sandbox.httpPort, "GET", "/gateway/cgi-bin/sendsms?x").status == 202)
        let commands = ["EHLO x", "MAIL FROM:<a@b.c>", "RCPT TO:<d@e.f>", "DATA", "x\r\n."]
        #expect(try await SMTPTests.dialogue(sandbox.smtpPort, commands).last == "250")
        #expect(await sandbox.inbox.wait(for: 5, timeout: .seconds(20)).isEmpty)
        #expect(sandbox.inbox.count == 5)
        // A listener sees messages even so.
        var arrivals = sandbox.inbox.stream().makeAsyncIterator()
        _ = try await sandbox.post("/slack/webhook/a", json: #"{"text":"seen"}"#)
        #expect(await arrivals.next()?.text == "seen")
        await sandbox.stop()
    }

    @Test func tellsRefusedFromAccepted() {
        let inbox = inbox()
        inbox.add(message("a"))
        inbox.add(message("b", refused: "no"))
        #expect(inbox.all().map(\.text) == ["a"])
        #expect(inbox.refusals().map(\.text) == ["b"])
        #expect(inbox.everything().count == 2)
        #expect(inbox.count == 1)
        #expect(inbox.refusedCount == 1)
        inbox.clear()
        #expect(inbox.everything().isEmpty)
        #expect(inbox.count == 0)
    }

    @Test(.timeLimit(.minutes(1))) func wakesWaiters() async {
        let inbox = inbox()
        async let first = inbox.wait(for: 2, timeout: .seconds(600))
        async let second = inbox.wait(for: 1, timeout: .seconds(600))
        inbox.add(message("a"))
        #expect(await second.isEmpty == false)
        inbox.add(message("refused", refused: "no"))
        inbox.add(message("b"))
        #expect(await first.map(\.text) == ["a", "b"])
        #expect(await inbox.wait(for: 3, timeout: .milliseconds(20)).count == 2)
        let waiter = Task { await inbox.wait(for: 99, timeout: .seconds(600)) }
        waiter.cancel()
        #expect(await waiter.value.count == 2)
    }

    @Test(.timeLimit(.minutes(1))) func streamsUntilItCloses() async {
        let inbox = inbox()
        let stream = inbox.stream()
        let other = inbox.stream()
        inbox.add(message("a"))
        inbox.add(message("b", refused: "no"))
        inbox.close()
        var texts: [String] = []
        for await message in stream { texts.append(message.text) }
        #expect(texts == ["a", "b"])
        var count = 0
        for await _ in other { count += 1 }
        #expect(count == 2)
        for await _ in inbox.stream() { Issue.record("a closed inbox streams nothing") }
    }
}
