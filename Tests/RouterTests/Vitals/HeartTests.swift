// The call to the outside: made while all is well, repeated where it does not get there, and withheld where Tocsin is not well.

import Delivery
import Foundation
import Logging
import Settings
import Synchronization
import Testing
import Transport

@testable import Router

@Suite struct HeartTests {
    private let url = Secret("https://beats.example.com/s3cret")

    private static func setup() throws -> Setup {
        let configuration = try #require(
            ConfigurationLoader.load(path: "\(Examples.directory)/../routes.yaml", placeholderSecrets: true).configuration)
        return Setup(
            configuration: configuration, templates: .builtIn,
            channels: ChannelSet([], http: HTTPClient(), smtp: SMTPClient(), hostName: "router.example"),
            links: Links(key: Array(0..<32), publicURL: nil))
    }

    private func heart(_ answers: [Int], fault: String? = nil, seen: Tries) throws -> Heart {
        let fault = fault
        return Heart(
            setup: CurrentSetup(try Self.setup()), logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, fault: { fault },
            send: { request in
                let number = seen.add(request)
                guard number < answers.count, answers[number] > 0 else {
                    return .failed(TransportFailure(kind: .timedOut, mayHaveArrived: true, curlCode: 28, detail: "no answer in 10 s"))
                }
                return .answered(HTTPResponse(status: answers[number], body: []))
            })
    }

    @Test func itIsCalledWithGET() async throws {
        let seen = Tries()
        #expect(try await heart([204], seen: seen).beat(url, every: 0.06) == nil)
        #expect(seen.requests.map(\.method) == ["GET"] && seen.requests.map(\.url) == ["https://beats.example.com/s3cret"])
    }

    @Test func itIsTriedAgain() async throws {
        let seen = Tries()
        #expect(try await heart([0, 500, 200], seen: seen).beat(url, every: 0.06) == nil)
        #expect(seen.requests.count == 3)
    }

    @Test func afterSomeTriesItIsLeft() async throws {
        let seen = Tries()
        let trouble = try await heart([500, 500, 404, 200], seen: seen).beat(url, every: 0.06)
        #expect(trouble == "it answered 404" && seen.requests.count == Heart.tries)
    }

    @Test func itIsWithheldWhereTocsinIsNotWell() async throws {
        let seen = Tries()
        let trouble = try await heart([200], fault: "ledger: it cannot be written", seen: seen).beat(url, every: 0.06)
        #expect(trouble == "withheld, because Tocsin is not well: ledger: it cannot be written" && seen.requests.isEmpty)
    }
}

/// Requests that were made.
private final class Tries: Sendable {
    private let list = Mutex<[HTTPRequest]>([])

    var requests: [HTTPRequest] { list.withLock { $0 } }

    /// - Returns: how many there were before.
    func add(_ request: HTTPRequest) -> Int {
        list.withLock { list in
            list.append(request)
            return list.count - 1
        }
    }
}
