// Bodies that are slow, large, cut short, or too many at a time.

import Foundation
import HTTPTypes
import Hummingbird
import Testing

@testable import Web

@Suite struct BodyTests {
    private func request(_ chunks: [String], length: Int? = nil) -> Request {
        var fields: HTTPFields = [:]
        fields[.contentLength] = length.map(String.init)
        let stream = AsyncStream<ByteBuffer> { stream in
            for chunk in chunks { stream.yield(ByteBuffer(string: chunk)) }
            stream.finish()
        }
        return Request(
            head: HTTPRequest(method: .post, scheme: nil, authority: nil, path: "/v1/events", headerFields: fields),
            body: RequestBody(asyncSequence: stream))
    }

    private func status(_ request: Request, limit: Int = 100, budget: BodyBudget = BodyBudget(), step: Double = 0) async throws -> Int {
        var now = 0.0
        do {
            return try await request.withBody(
                upTo: limit, budget: budget,
                clock: {
                    now += step
                    return now
                }
            ) { $0.count }
        } catch let error as RefusedRequest {
            return -error.status.code
        }
    }

    @Test func itIsReadWhole() async throws {
        #expect(try await status(request(["abc", "def"])) == 6)
        #expect(try await status(request(["abc", "def"], length: 6)) == 6)
        #expect(try await status(request([])) == 0)
    }

    @Test func whatDripsIsGivenUp() async throws {
        #expect(try await status(request(["a", "b", "c"]), step: 20) == -408)
        #expect(try await status(request(["a", "b", "c"]), step: 10) == 3)
    }

    @Test func whatIsTooLargeIsNotRead() async throws {
        #expect(try await status(request(["abc"], length: 101)) == -413)
        #expect(try await status(request(Array(repeating: "0123456789", count: 11))) == -413)
    }

    @Test func whatIsCutShortIsNoBody() async throws {
        #expect(try await status(request(["{}"], length: 50)) == -400)
    }

    @Test func allBodiesTogetherHaveABoundAndGiveTheirRoomBack() async throws {
        let budget = BodyBudget(1_000)
        #expect(try await status(request(["a"], length: 1_200), limit: 2_000, budget: budget) == -503)
        for _ in 0..<5 {
            #expect(try await status(request([String(repeating: "a", count: 900)], length: 900), limit: 2_000, budget: budget) == 900)
        }
        #expect(budget.take(1_000))
    }

    @Test func whatIsOnlyAnnouncedTakesNoRoom() async throws {
        let budget = BodyBudget(BodyBudget.step)
        // One step is enough for what has come of it, and it is cut short rather than crowded out.
        #expect(try await status(request(["a"], length: 1 << 20), limit: 2 << 20, budget: budget) == -400)
        #expect(try await status(request(Array(repeating: "0123456789", count: 7_000)), limit: 2 << 20, budget: budget) == -503)
        #expect(budget.take(BodyBudget.step))
    }

    @Test func whatNeedsMoreMemoryThanItsSizeTakesMoreRoom() async throws {
        let budget = BodyBudget(1_000)
        let one = request([String(repeating: "a", count: 300)], length: 300)
        await #expect(throws: RefusedRequest.self) {
            _ = try await one.withBody(upTo: 500, budget: budget, weight: 4) { $0.count }
        }
        let two = request([String(repeating: "a", count: 250)], length: 250)
        #expect(try await two.withBody(upTo: 500, budget: budget, weight: 4) { $0.count } == 250)
        #expect(budget.take(1_000))
    }

    @Test func whoIsNotSignedInSendsNoLargeForm() async throws {
        let fixture = try PageFixture()
        try await fixture.test { client in
            let large = try await client.send("/sign-in", nil, ["token": String(repeating: "a", count: 9_000)])
            #expect(large.status == .contentTooLarge)
        }
        await fixture.house.ledger.close()
    }
}
