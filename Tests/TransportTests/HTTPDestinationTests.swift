// Who shares connections, and that nothing begins that cannot end.

import Foundation
import Testing

@testable import Transport

@Suite(.timeLimit(.minutes(1)))
struct HTTPDestinationTests {
    @Test func aHungDestinationHoldsUpNoOtherOnTheSameHost() async throws {
        let gate = Gate()
        let server = try LoopbackServer { peer, _ in
            while let request = peer.readRequest() {
                if request.line.contains("/hung") { gate.pass() }
                peer.answer()
            }
        }
        let client = makeHTTPClient()
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<20 {
                group.addTask { await client.send(request(server, "/hung", timeout: 50, destination: "a")).response != nil }
            }
            let answered = await withTaskGroup(of: Bool.self) { inner in
                for _ in 0..<50 {
                    inner.addTask { await client.send(request(server, destination: "b")).response?.status == 200 }
                }
                return await inner.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(answered == 50)
            gate.open()
            #expect(await group.allSatisfy(\.self))
        }
        #expect(server.connections <= 8)
        await client.close()
    }

    @Test(arguments: [1, 3])
    func noMoreRunThanConnections(connections: Int) async throws {
        let record = Record()
        let gate = Gate()
        let server = try LoopbackServer { peer, _ in
            while peer.readRequest() != nil {
                record.add("request")
                gate.pass()
                peer.answer()
            }
        }
        let client = makeHTTPClient()
        let tasks = (0..<10).map { _ in
            Task { await client.send(request(server, timeout: 50, destination: "a", connections: connections)).response?.status }
        }
        await record.wait(for: "request", count: connections)
        // Another destination gets through, and so the loop has seen all of the above.
        let other = try LoopbackServer { peer, _ in while peer.readRequest() != nil { peer.answer() } }
        #expect(await client.send(request(other)).response?.status == 200)
        #expect(record.count("request") == connections)
        gate.open()
        for task in tasks { #expect(await task.value == 200) }
        #expect(server.connections == connections)
        await client.close()
    }

    @Test func connectionsAreReusedByOtherDestinationsOnTheHost() async throws {
        let server = try LoopbackServer { peer, _ in
            while peer.readRequest() != nil { peer.answer() }
        }
        let client = makeHTTPClient()
        for name in ["a", "b", "c"] { #expect(await client.send(request(server, destination: name)).response?.status == 200) }
        #expect(server.connections == 1)
        await client.close()
    }

    /// The first runs into its timeout; the second has some time left then, but not enough to begin.
    @Test func nothingBeginsThatCannotEnd() async throws {
        let record = Record()
        let server = try LoopbackServer { peer, _ in
            while peer.readRequest() != nil { record.add("request") }
        }
        let client = makeHTTPClient()
        async let first = client.send(request(server, timeout: 1.6, connections: 1))
        await record.wait(for: "request")
        let start = ContinuousClock.now
        let failure = try #require(await client.send(request(server, timeout: 2, connections: 1)).failure)
        #expect(ContinuousClock.now - start >= .milliseconds(900))
        #expect(failure.kind == .timedOut)
        #expect(!failure.mayHaveArrived)
        #expect(failure.curlCode == 28)
        #expect(failure.detail == "The time allowed ran out before a connection to this host was free.")
        #expect(await first.failure?.mayHaveArrived == true)
        await client.close()
        #expect(record.count("request") == 1)
    }

    @Test(arguments: [(10.0, 8.0), (3, 1.5), (0.5, 0.25)])
    func theLatestStart(timeout: Double, expected: Double) {
        let transfer = HTTPTransfer(HTTPRequest(url: "http://127.0.0.1/", timeout: timeout))
        transfer.deadline = timeout
        #expect(transfer.latestStart == expected)
    }

    /// The bound is each request's own, in order: when the first that waits goes, those behind it may have room.
    @Test func whoWaitedBehindACancelledRequestGetsItsTurn() async throws {
        let record = Record()
        let gate = Gate()
        let server = try LoopbackServer { peer, _ in
            while let request = peer.readRequest() {
                record.add(request.line)
                if request.line.contains("/hung") { gate.pass() }
                peer.answer()
            }
        }
        let client = makeHTTPClient()
        async let hung = client.send(request(server, "/hung", timeout: 50, destination: "a", connections: 1))
        await record.wait(for: "POST /hung")
        let narrow = Task { await client.send(request(server, "/narrow", timeout: 50, destination: "a", connections: 1)) }
        let wide = Task { await client.send(request(server, "/wide", timeout: 50, destination: "a", connections: 2)) }
        narrow.cancel()
        #expect(await narrow.value.failure?.kind == .cancelled)
        #expect(await wide.value.response?.status == 200)
        gate.open()
        #expect(await hung.response?.status == 200)
        await client.close()
    }

    @Test func aWaiterWithTimeLeftGetsItsTurn() async throws {
        let record = Record()
        let gate = Gate()
        let server = try LoopbackServer { peer, _ in
            while peer.readRequest() != nil {
                record.add("request")
                gate.pass()
                peer.answer()
            }
        }
        let client = makeHTTPClient()
        async let first = client.send(request(server, timeout: 50, connections: 1))
        await record.wait(for: "request")
        async let second = client.send(request(server, timeout: 50, connections: 1))
        gate.open()
        #expect(await first.response?.status == 200)
        #expect(await second.response?.status == 200)
        await client.close()
    }

    @Test(arguments: ["HTTP://", "Http://", "http://"])
    func theSchemeIsReadWithoutRegardToCase(scheme: String) async throws {
        let server = try LoopbackServer { peer, _ in
            while peer.readRequest() != nil { peer.answer() }
        }
        let client = makeHTTPClient()
        let request = HTTPRequest(url: "\(scheme)127.0.0.1:\(server.port)/", body: [1], timeout: 20)
        #expect(request.origin == "http://127.0.0.1:\(server.port)")
        #expect(await client.send(request).response?.status == 200)
        await client.close()
        #expect(HTTPRequest(url: "HTTPS://example.net/").refusal == nil)
        #expect(HTTPRequest(url: "HTTPX://example.net/").refusal != nil)
    }
}
