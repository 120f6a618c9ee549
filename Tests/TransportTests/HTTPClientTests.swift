// What goes over the wire, and what is kept between requests.

import Foundation
import Testing

@testable import Transport

@Suite(.timeLimit(.minutes(1)))
struct HTTPClientTests {
    @Test(arguments: ["POST", "PUT", "PATCH", "DELETE"])
    func requestsArriveAsGiven(method: String) async throws {
        let record = Record()
        let server = try LoopbackServer { peer, _ in
            guard let request = peer.readRequest() else { return }
            record.add(request.line)
            for header in request.headers { record.add(header) }
            record.add("body " + String(decoding: request.body, as: UTF8.self))
            peer.answer(201, "made")
        }
        let client = makeHTTPClient()
        var request = request(server, "/a?b=c", method: method, body: "r\u{0}w\r\n")
        request.headers = [("Content-Type", "application/json"), ("X-Empty", ""), ("Authorization", "Bearer t")]
        let response = try #require(await client.send(request).response)
        #expect(response.status == 201)
        #expect(response.body == Array("made".utf8))
        #expect(response.connects == 1)
        #expect(response.retryAfter == nil)
        #expect(record.lines.first == "\(method) /a?b=c HTTP/1.1")
        #expect(record.lines.last == "body r\u{0}w\r\n")
        for line in ["Content-Type: application/json", "X-Empty:", "Authorization: Bearer t", "Content-Length: 5"] {
            #expect(record.count(line) == 1, "\(line)")
        }
        #expect(record.count("Expect") == 0)
        await client.close()
    }

    @Test(arguments: ["GET", "HEAD"])
    func readingRequestsHaveNoBody(method: String) async throws {
        let record = Record()
        let server = try LoopbackServer { peer, _ in
            guard let request = peer.readRequest() else { return }
            record.add(request.line)
            record.add("length \(request.header("Content-Length") ?? "none")")
            if method == "HEAD" { peer.write("HTTP/1.1 200 X\r\nContent-Length: 5\r\n\r\n") } else { peer.answer(200, "hello") }
        }
        let client = makeHTTPClient()
        let response = try #require(await client.send(request(server, "/x", method: method, body: "")).response)
        #expect(response.status == 200)
        #expect(response.body == (method == "GET" ? Array("hello".utf8) : []))
        #expect(record.lines == ["\(method) /x HTTP/1.1", "length none"])
        #expect(await client.send(request(server, "/x", method: method, body: "b")).failure?.kind == .refusedHere)
        await client.close()
    }

    @Test func largeBodiesArriveWholeWithoutExpect() async throws {
        let body = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
        let record = Record()
        let server = try LoopbackServer { peer, _ in
            guard let request = peer.readRequest() else { return }
            record.add("expect \(request.header("Expect") ?? "none") type \(request.header("Content-Type") ?? "none")")
            peer.answer(request.body == body ? 200 : 400)
        }
        let client = makeHTTPClient()
        var request = request(server)
        request.body = body
        #expect(await client.send(request).response?.status == 200)
        #expect(record.lines == ["expect none type none"])
        await client.close()
    }

    @Test func connectionsAreReused() async throws {
        let server = try LoopbackServer { peer, _ in
            while peer.readRequest() != nil { peer.answer() }
        }
        let client = makeHTTPClient()
        var connects: [Int] = []
        for _ in 0..<5 { connects.append(await client.send(request(server)).response?.connects ?? -1) }
        #expect(connects == [1, 0, 0, 0, 0])
        #expect(server.connections == 1)
        await client.close()
    }

    @Test(arguments: [
        (301, "http://127.0.0.1:1/"), (302, "/elsewhere"), (307, "/elsewhere"), (308, "/elsewhere"),
    ])
    func redirectsAreNotFollowed(status: Int, target: String) async throws {
        let server = try LoopbackServer { peer, _ in
            while peer.readRequest() != nil { peer.answer(status, "", headers: ["Location: \(target)"]) }
        }
        let client = makeHTTPClient()
        #expect(await client.send(request(server)).response?.status == status)
        #expect(server.connections == 1)
        await client.close()
    }

    @Test func aGivenProxyIsUsed() async throws {
        let record = Record()
        let proxy = try LoopbackServer { peer, _ in
            guard let request = peer.readRequest() else { return }
            record.add(request.line)
            peer.answer()
        }
        let client = makeHTTPClient()
        let request = HTTPRequest(
            url: "http://proxied.invalid/x", body: [1], timeout: 20, proxy: "http://127.0.0.1:\(proxy.port)")
        #expect(await client.send(request).response?.status == 200)
        #expect(record.lines == ["POST http://proxied.invalid/x HTTP/1.1"])
        await client.close()
    }

    @Test func retryAfterIsReadInSecondsAndAsADate() async throws {
        let format = DateFormatter()
        format.locale = Locale(identifier: "en_US_POSIX")
        format.timeZone = TimeZone(identifier: "GMT")
        format.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        let date = format.string(from: Date(timeIntervalSinceNow: 600))
        let server = try LoopbackServer { peer, number in
            _ = peer.readRequest()
            peer.answer(429, "slow", headers: ["Retry-After: \(number == 1 ? "86401" : date)", "Connection: close"])
        }
        let client = makeHTTPClient()
        #expect(await client.send(request(server)).response?.retryAfter == 86_401)
        let seconds = try #require(await client.send(request(server)).response?.retryAfter)
        #expect((540...601).contains(seconds))
        await client.close()
    }

    @Test(arguments: [65_535, 65_536, 65_537, 900_000])
    func longAnswersAreCutNotFailed(size: Int) async throws {
        let server = try LoopbackServer { peer, _ in
            while peer.readRequest() != nil { peer.answer(200, String(repeating: "a", count: size)) }
        }
        let client = makeHTTPClient()
        for connects in [1, 0] {
            let response = try #require(await client.send(request(server)).response)
            #expect(response.body.count == min(size, HTTPClient.maximumAnswer))
            #expect(response.connects == connects)
        }
        await client.close()
    }

    @Test func endlessAnswersEnd() async throws {
        let server = try LoopbackServer { peer, _ in
            _ = peer.readRequest()
            peer.write("HTTP/1.1 200 X\r\nConnection: close\r\n\r\n")
            while peer.writeAndCheck([UInt8](repeating: 0x61, count: 65_536)) {}
        }
        let client = makeHTTPClient()
        let response = try #require(await client.send(request(server)).response)
        #expect(response.status == 200)
        #expect(response.body.count == HTTPClient.maximumAnswer)
        await client.close()
    }

    @Test func fiveHundredAtOnceOverFourConnections() async throws {
        let server = try LoopbackServer { peer, _ in
            while let request = peer.readRequest() { peer.answer(200, String(decoding: request.body, as: UTF8.self)) }
        }
        let client = makeHTTPClient()
        let good = await withTaskGroup(of: Bool.self) { group in
            for number in 0..<500 {
                group.addTask {
                    await client.send(request(server, body: "body \(number)")).response?.body == Array("body \(number)".utf8)
                }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(good == 500)
        #expect(server.connections <= 4)
        await client.close()
    }

    @Test(arguments: [
        HTTPRequest(url: "http://127.0.0.1:1/\r\nX: y"), HTTPRequest(url: "http://127.0.0.1:1/\nX"),
        HTTPRequest(url: "http://127.0.0.1:1/\0"),
        HTTPRequest(url: "http://127.0.0.1:1/ x"), HTTPRequest(url: "file:///etc/passwd"), HTTPRequest(url: "gopher://127.0.0.1/"),
        HTTPRequest(url: ""), HTTPRequest(url: "http://"), HTTPRequest(url: "http://127.0.0.1:99999/"),
        HTTPRequest(method: "PO ST", url: "http://127.0.0.1:1/"), HTTPRequest(method: "GET /\r\n", url: "http://127.0.0.1:1/"),
        HTTPRequest(method: "", url: "http://127.0.0.1:1/"),
        HTTPRequest(url: "http://127.0.0.1:1/", headers: [("X", "a\r\nY: b")]),
        HTTPRequest(url: "http://127.0.0.1:1/", headers: [("X", "a\nb")]),
        HTTPRequest(url: "http://127.0.0.1:1/", headers: [("X", "a\0b")]),
        HTTPRequest(url: "http://127.0.0.1:1/", headers: [("X\r\nY", "b")]),
        HTTPRequest(url: "http://127.0.0.1:1/", headers: [("X: y", "b")]), HTTPRequest(url: "http://127.0.0.1:1/", headers: [("", "b")]),
        HTTPRequest(url: "http://127.0.0.1:1/", headers: [("Content-Length", "3")]),
        HTTPRequest(url: "http://127.0.0.1:1/", headers: [("Transfer-Encoding", "chunked")]),
        HTTPRequest(url: "http://127.0.0.1:1/", proxy: "http://p\r\nx"),
    ])
    func injectionsAndForeignAddressesAreRefused(request: HTTPRequest) async throws {
        let client = makeHTTPClient()
        let failure = try #require(await client.send(request).failure)
        #expect(failure.kind == .refusedHere)
        #expect(!failure.mayHaveArrived)
        await client.close()
    }
}
