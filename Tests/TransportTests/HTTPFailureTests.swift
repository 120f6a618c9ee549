// What goes wrong, when it goes wrong, and whether the request may have arrived.

import Foundation
import Testing

@testable import Transport

@Suite(.timeLimit(.minutes(1)))
struct HTTPFailureTests {
    /// channels.md, 0.2: libcurl would send again on a new connection, and the peer would have two.
    @Test(arguments: [("POST", 7), ("POST", 0), ("DELETE", 0), ("GET", 0), ("PUT", 300_000)])
    func aKeptConnectionThatDiesIsNotSentAgain(method: String, size: Int) async throws {
        let record = Record()
        let server = try LoopbackServer { peer, _ in
            while let line = peer.readLine() {
                // Whatever reaches the server counts, complete or not.
                record.add("request " + line)
                var length = 0
                while let header = peer.readLine(), !header.isEmpty {
                    if header.hasPrefix("Content-Length: ") { length = Int(header.dropFirst(16)) ?? 0 }
                }
                _ = peer.read(length)
                if line.contains("/x") { break }
                peer.answer()
            }
            peer.close()
            record.add("gone")
        }
        let client = makeHTTPClient()
        #expect(await client.send(request(server, "/1")).response?.connects == 1)
        let failure = try #require(
            await client.send(request(server, "/x", method: method, body: String(repeating: "b", count: size))).failure)
        #expect(failure.kind == .connectionLost)
        #expect(failure.mayHaveArrived)
        // libcurl would have sent it again, and was stopped.
        #expect(failure.curlCode == 42)
        // And the client goes on.
        #expect(await client.send(request(server, "/2")).response?.status == 200)
        await client.close()
        await record.wait(for: "gone", count: server.connections)
        let requests = record.lines.filter { $0.hasPrefix("request") }
        #expect(requests == ["request POST /1 HTTP/1.1", "request \(method) /x HTTP/1.1", "request POST /2 HTTP/1.1"])
    }

    @Test func anIdleConnectionThatTheServerClosedIsReplaced() async throws {
        let record = Record()
        let server = try LoopbackServer { peer, _ in
            guard peer.readRequest() != nil else { return }
            peer.answer()
            peer.close()
            record.add("closed")
        }
        let client = makeHTTPClient()
        for round in 1...5 {
            #expect(await client.send(request(server)).response?.connects == 1)
            await record.wait(for: "closed", count: round)
        }
        await client.close()
    }

    @Test func timeoutAfterTheBodyIsUnknown() async throws {
        let server = try LoopbackServer { peer, _ in
            _ = peer.readRequest()
            peer.waitForEnd()
        }
        let client = makeHTTPClient()
        let failure = try #require(await client.send(request(server, timeout: 0.3)).failure)
        #expect(failure.kind == .timedOut)
        #expect(failure.mayHaveArrived)
        #expect(failure.curlCode == 28)
        await client.close()
    }

    @Test func timeoutInTheMiddleOfTheBodyIsCertain() async throws {
        let gate = Gate()
        defer { gate.open() }
        let server = try LoopbackServer { peer, _ in
            _ = peer.read(1000)
            gate.pass()
        }
        let client = makeHTTPClient()
        var request = request(server, timeout: 0.5)
        request.body = [UInt8](repeating: 1, count: 32_000_000)
        let failure = try #require(await client.send(request).failure)
        #expect(failure.kind == .timedOut)
        #expect(!failure.mayHaveArrived)
        await client.close()
    }

    @Test func timeoutInTheHandshakeIsCertain() async throws {
        let server = try LoopbackServer { peer, _ in peer.waitForEnd() }
        let client = makeHTTPClient()
        let request = HTTPRequest(url: "https://127.0.0.1:\(server.port)/", body: [1], timeout: 0.3)
        let failure = try #require(await client.send(request).failure)
        #expect(failure.kind == .timedOut)
        #expect(!failure.mayHaveArrived)
        await client.close()
    }

    @Test func resetAfterTheBodyIsUnknown() async throws {
        let server = try LoopbackServer { peer, _ in
            _ = peer.readRequest()
            peer.reset()
        }
        let client = makeHTTPClient()
        let failure = try #require(await client.send(request(server)).failure)
        #expect(failure.kind == .connectionLost)
        #expect(failure.mayHaveArrived)
        await client.close()
    }

    @Test func resetInTheMiddleOfTheBodyIsCertain() async throws {
        let server = try LoopbackServer { peer, _ in
            _ = peer.read(1000)
            peer.reset()
        }
        let client = makeHTTPClient()
        var request = request(server)
        request.body = [UInt8](repeating: 1, count: 32_000_000)
        let failure = try #require(await client.send(request).failure)
        #expect(failure.kind == .connectionLost)
        #expect(!failure.mayHaveArrived)
        await client.close()
    }

    @Test func closedInTheMiddleOfTheAnswer() async throws {
        let server = try LoopbackServer { peer, _ in
            _ = peer.readRequest()
            peer.write("HTTP/1.1 200 X\r\nContent-Length: 10\r\n\r\nok")
        }
        let client = makeHTTPClient()
        let failure = try #require(await client.send(request(server)).failure)
        #expect(failure.kind == .connectionLost)
        #expect(failure.mayHaveArrived)
        await client.close()
    }

    /// Whoever declines has answered with the status: `Retry-After` and all that came are kept.
    @Test func aDeclineWhoseBodyStallsIsAnswered() async throws {
        let server = try LoopbackServer { peer, _ in
            _ = peer.readRequest()
            peer.write("HTTP/1.1 503 X\r\nRetry-After: 7\r\nContent-Length: 10\r\n\r\nbu")
            peer.waitForEnd()
        }
        let client = makeHTTPClient()
        let response = try #require(await client.send(request(server, timeout: 0.5)).response)
        #expect(response.status == 503)
        #expect(response.retryAfter == 7)
        #expect(response.body == Array("bu".utf8))
        await client.close()
    }

    @Test func aStallingAcceptanceIsInDoubt() async throws {
        let server = try LoopbackServer { peer, _ in
            _ = peer.readRequest()
            peer.write("HTTP/1.1 200 X\r\nContent-Length: 10\r\n\r\nok")
            peer.waitForEnd()
        }
        let client = makeHTTPClient()
        let failure = try #require(await client.send(request(server, timeout: 0.5)).failure)
        #expect(failure.kind == .timedOut && failure.mayHaveArrived)
        await client.close()
    }

    /// A proxy's status says nothing of the peer.
    @Test(arguments: [407, 502])
    func aProxyThatDeclinesIsNoAnswer(status: Int) async throws {
        let proxy = try LoopbackServer { peer, _ in
            _ = peer.readRequest()
            peer.answer(status, "", headers: ["Connection: close"])
        }
        let client = makeHTTPClient()
        let request = HTTPRequest(url: "https://proxied.invalid/", body: [1], timeout: 20, proxy: "http://127.0.0.1:\(proxy.port)")
        let failure = try #require(await client.send(request).failure)
        #expect(!failure.mayHaveArrived)
        await client.close()
    }

    @Test func aDrippingAnswerIsBounded() async throws {
        let server = try LoopbackServer { peer, _ in
            _ = peer.readRequest()
            peer.write("HTTP/1.1 200 X\r\n")
            while peer.writeAndCheck(Array("X-Drip: 1\r\n".utf8)) { Thread.sleep(forTimeInterval: 0.02) }
        }
        let client = makeHTTPClient()
        let start = ContinuousClock.now
        let failure = try #require(await client.send(request(server, timeout: 0.5)).failure)
        #expect(failure.kind == .timedOut)
        #expect(failure.mayHaveArrived)
        #expect(ContinuousClock.now - start < .seconds(10))
        await client.close()
    }

    @Test func anAnswerThatIsNotHTTP() async throws {
        let server = try LoopbackServer { peer, _ in
            _ = peer.readRequest()
            peer.write("220 mail.example.net ESMTP\r\n")
        }
        let client = makeHTTPClient()
        let failure = try #require(await client.send(request(server)).failure)
        #expect(failure.kind == .other)
        #expect(failure.mayHaveArrived)
        await client.close()
    }

    @Test func nobodyListens() async throws {
        let port = try LoopbackServer { _, _ in }.port
        let client = makeHTTPClient()
        let failure = try #require(await client.send(HTTPRequest(url: "http://127.0.0.1:\(port)/s3cr3t", body: [1])).failure)
        #expect(failure.kind == .connectFailed)
        #expect(failure.curlCode == 7)
        #expect(!failure.mayHaveArrived)
        #expect(failure.detail == "The connection could not be made: Connection refused.")
        await client.close()
    }

    @Test func aNameThatCannotResolve() async throws {
        let client = makeHTTPClient()
        // A label of 64 letters: the resolver refuses it without asking anyone.
        let name = String(repeating: "a", count: 64) + ".invalid"
        let failure = try #require(await client.send(HTTPRequest(url: "http://\(name)/", body: [1])).failure)
        #expect(failure.kind == .nameNotResolved)
        #expect(!failure.mayHaveArrived)
        #expect(!failure.detail.contains("invalid"))
        await client.close()
    }

    @Test func aHungHostHoldsUpNobodyElse() async throws {
        let gate = Gate()
        let hung = try LoopbackServer { peer, _ in
            while peer.readRequest() != nil {
                gate.pass()
                peer.answer()
            }
        }
        let quick = try LoopbackServer { peer, _ in
            while peer.readRequest() != nil { peer.answer() }
        }
        let client = makeHTTPClient()
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<20 { group.addTask { await client.send(request(hung, timeout: 50, connections: 2)).response != nil } }
            let answered = await withTaskGroup(of: Bool.self) { inner in
                for _ in 0..<50 { inner.addTask { await client.send(request(quick)).response?.status == 200 } }
                return await inner.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(answered == 50)
            gate.open()
            #expect(await group.allSatisfy(\.self))
        }
        await client.close()
    }

    @Test func waitingForAConnectionCountsAgainstTheTimeout() async throws {
        let record = Record()
        let server = try LoopbackServer { peer, _ in
            record.add("request \(peer.readRequest()?.line ?? "")")
            peer.waitForEnd()
        }
        let client = makeHTTPClient()
        async let first = client.send(request(server, "/1", timeout: 30, connections: 1))
        await record.wait(for: "request")
        let failure = try #require(await client.send(request(server, "/2", timeout: 0.2, connections: 1)).failure)
        #expect(failure.kind == .timedOut)
        #expect(!failure.mayHaveArrived)
        await client.close()
        #expect(await first.failure?.kind == .cancelled)
        #expect(record.lines == ["request POST /1 HTTP/1.1"])
    }

    @Test func cancellationEndsTheTransfer() async throws {
        let record = Record()
        let server = try LoopbackServer { peer, _ in
            record.add("request \(peer.readRequest()?.line ?? "")")
            peer.waitForEnd()
            record.add("gone")
        }
        let client = makeHTTPClient()
        let first = Task { await client.send(request(server, timeout: 50, connections: 1)) }
        await record.wait(for: "request")
        let second = Task { await client.send(request(server, timeout: 50, connections: 1)) }
        second.cancel()
        let waiting = try #require(await second.value.failure)
        #expect(waiting.kind == .cancelled)
        #expect(!waiting.mayHaveArrived)
        first.cancel()
        let running = try #require(await first.value.failure)
        #expect(running.kind == .cancelled)
        #expect(running.mayHaveArrived)
        await record.wait(for: "gone")
        // Its place is free again.
        let third = Task { await client.send(request(server, timeout: 50, connections: 1)) }
        await record.wait(for: "request", count: 2)
        third.cancel()
        #expect(await third.value.failure?.kind == .cancelled)
        await client.close()
    }

    @Test func closeEndsWhatIsInFlight() async throws {
        let record = Record()
        let server = try LoopbackServer { peer, _ in
            record.add("request \(peer.readRequest()?.line ?? "")")
            peer.waitForEnd()
            record.add("gone")
        }
        let client = makeHTTPClient()
        let tasks = (0..<6).map { _ in Task { await client.send(request(server, timeout: 50, connections: 2)) } }
        await record.wait(for: "request", count: 2)
        await client.close()
        for task in tasks { #expect(await task.value.failure?.kind == .cancelled) }
        await record.wait(for: "gone", count: 2)
        #expect(await client.send(request(server)).failure?.kind == .cancelled)
        await client.close()
        #expect(server.connections == 2)
    }

    @Test func aClientThatIsLetGoEndsItsConnections() async throws {
        let record = Record()
        let server = try LoopbackServer { peer, _ in
            while peer.readRequest() != nil { peer.answer() }
            record.add("gone")
        }
        _ = await makeHTTPClient().send(request(server))
        await record.wait(for: "gone")
    }
}
