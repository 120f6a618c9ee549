// Servers that hang, reset and close; whether the mail may have arrived; and that one slow server holds up nobody else.

import Foundation
import Testing

@testable import Transport

@Suite(.timeLimit(.minutes(1)))
struct SMTPFailureTests {
    struct Fault: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var script: MailScript
        var mayHaveArrived: Bool
    }

    private static func faults(_ answer: MailScript.Answer) -> [Fault] {
        let steps: [(String, WritableKeyPath<MailScript, MailScript.Answer>, Bool)] = [
            ("greeting", \.greeting, false), ("hello", \.hello, false), ("sender", \.sender, false), ("recipient", \.recipient, false),
            ("data", \.data, false), ("dot", \.accepted, true),
        ]
        return steps.map { name, path, mayHaveArrived in
            var script = MailScript()
            script[keyPath: path] = answer
            return Fault(testDescription: "\(answer) at \(name)", script: script, mayHaveArrived: mayHaveArrived)
        }
    }

    @Test(arguments: faults(.hang))
    func timeouts(_ fault: Fault) async throws {
        let server = try MailServer(fault.script)
        let client = makeSMTPClient()
        let failure = try #require(await client.send(mail, to: server.address(timeout: 0.5)).failure)
        #expect(failure.kind == .timedOut)
        #expect(failure.mayHaveArrived == fault.mayHaveArrived)
        await client.close()
    }

    @Test(arguments: faults(.reset) + faults(.close))
    func lostConnections(_ fault: Fault) async throws {
        let server = try MailServer(fault.script)
        let client = makeSMTPClient()
        let failure = try #require(await client.send(mail, to: server.address()).failure)
        // A reset may overtake the end of connecting.
        let isEarly = fault.script.greeting == .reset && failure.kind == .connectFailed
        #expect(failure.kind == .connectionLost || isEarly)
        #expect(failure.mayHaveArrived == fault.mayHaveArrived)
        #expect(server.server.connections == 1)
        await client.close()
    }

    /// The final dot was never said: no server takes such a mail.
    @Test(arguments: [MailScript.Answer.reset, .hang])
    func lostInTheMiddleOfTheContentIsCertain(answer: MailScript.Answer) async throws {
        var script = MailScript()
        script.contentBytes = 1000
        script.accepted = answer
        let server = try MailServer(script)
        let client = makeSMTPClient()
        var large = mail
        large.content = Array(String(repeating: "0123456789abcdef\r\n", count: 1_000_000).utf8)
        let failure = try #require(await client.send(large, to: server.address(timeout: answer == .hang ? 1 : 20)).failure)
        #expect(failure.kind == (answer == .hang ? .timedOut : .connectionLost))
        #expect(!failure.mayHaveArrived)
        await client.close()
    }

    @Test func nobodyListens() async throws {
        let port = try LoopbackServer { _, _ in }.port
        let client = makeSMTPClient()
        let failure = try #require(await client.send(mail, to: SMTPServer(host: "127.0.0.1", port: port, requiresTLS: false)).failure)
        #expect(failure.kind == .connectFailed)
        #expect(!failure.mayHaveArrived)
        await client.close()
    }

    /// channels.md, 0.1: libcurl blocks until the reply to the final dot.
    @Test func aSlowFinalDotHoldsUpNeitherHTTPNorOtherServers() async throws {
        var script = MailScript()
        script.accepted = .hang
        let slow = try MailServer(script)
        let quick = try MailServer()
        let web = try LoopbackServer { peer, _ in
            while peer.readRequest() != nil { peer.answer() }
        }
        let smtp = makeSMTPClient()
        let http = makeHTTPClient()
        let stuck = (0..<12).map { _ in Task { await smtp.send(mail, to: slow.address(timeout: 50)) } }
        await slow.record.wait(for: "hang", count: 12)
        for _ in 0..<20 {
            #expect(await http.send(request(web)).response?.status == 200)
            #expect(await smtp.send(mail, to: quick.address()).failure == nil)
        }
        await smtp.close()
        for task in stuck {
            let failure = try #require(await task.value.failure)
            #expect(failure.kind == .cancelled)
            #expect(failure.mayHaveArrived)
        }
        await http.close()
    }

    @Test(arguments: faults(.hang))
    func cancellation(_ fault: Fault) async throws {
        let server = try MailServer(fault.script)
        let client = makeSMTPClient()
        let task = Task { await client.send(mail, to: server.address(timeout: 50)) }
        await server.record.wait(for: "hang")
        task.cancel()
        let failure = try #require(await task.value.failure)
        #expect(failure.kind == .cancelled)
        #expect(failure.mayHaveArrived == fault.mayHaveArrived)
        await server.record.wait(for: "gone")
        await client.close()
    }

    @Test func cancelledBeforeItBegan() async throws {
        let server = try MailServer()
        let client = makeSMTPClient()
        let task = Task {
            while !Task.isCancelled { await Task.yield() }
            return await client.send(mail, to: server.address())
        }
        task.cancel()
        #expect(await task.value.failure?.kind == .cancelled)
        #expect(server.server.connections == 0)
        await client.close()
        #expect(await client.send(mail, to: server.address()).failure?.kind == .cancelled)
        await client.close()
    }

    /// QUIT after a rejection, and QUIT at the end: neither is waited for long.
    @Test func aServerThatDoesNotAnswerQuitIsNotWaitedFor() async throws {
        var script = MailScript()
        script.quit = .hang
        let server = try MailServer(script)
        script.recipient = .say("550 no")
        let strict = try MailServer(script)
        let client = makeSMTPClient()
        let start = ContinuousClock.now
        #expect(await client.send(mail, to: server.address(timeout: 40)).failure == nil)
        #expect(await client.send(mail, to: strict.address(timeout: 40)) == .rejected(code: 550, step: .recipient, reply: "no"))
        await client.close()
        #expect(ContinuousClock.now - start < .seconds(20))
        await server.record.wait(for: "gone")
        await strict.record.wait(for: "gone")
    }
}
