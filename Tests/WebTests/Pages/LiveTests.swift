// Live pages: rendered once for all, only when something has changed, and sent only when it looks different.

import Foundation
import JSON
import Ledger
import Logging
import NIOCore
import Synchronization
import Testing

@testable import Web

@Suite struct LiveTests {
    private static let key = LiveKey(path: "/", query: "", language: "en", mayOperate: true)
    private static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    @Test func onePageIsRenderedOnceForAllAndOnlyAfterAChange() async throws {
        let fixture = try PageFixture()
        let ledger = fixture.house.ledger
        let rendered = Mutex(0)
        let hub = LiveHub(logger: Self.logger, isTicking: false, seconds: { 0 }, changes: { try await ledger.changes() })
        var streams: [AsyncStream<LiveWord>] = []
        for _ in 0..<50 {
            let joined = await hub.join(Self.key) { _ in
                rendered.withLock { $0 += 1 }
                return HTML("\(rendered.withLock { min($0, 2) })")
            }
            streams.append(try #require(joined).words)
        }
        // Turns of our own, at times of our own.
        let start = Date()
        for _ in 0..<5 { await hub.turn(now: start) }
        #expect(rendered.withLock(\.self) == 1)
        for stream in streams {
            var iterator = stream.makeAsyncIterator()
            guard case .main(let fragment)? = await iterator.next() else {
                Issue.record("each is told")
                return
            }
            #expect(text(fragment).contains("data: 1\n\n"))
        }
        try await fixture.accept([
            "type": "status_change", "id": "e1", "source": "test", "incident": ["id": "INC1", "severity": "critical", "status": "open"],
        ])
        await hub.turn(now: start)
        #expect(rendered.withLock(\.self) == 2)
        await hub.turn(now: start.addingTimeInterval(LiveHub.patience + 1))
        #expect(rendered.withLock(\.self) == 3, "what changes without the ledger is looked at as well")
        await hub.close()
        #expect(await hub.join(Self.key) { _ in HTML("") } == nil)
        await ledger.close()
    }

    @Test func whatLooksTheSameIsNotSentAgainAndTheEndEndsAll() async throws {
        let hub = LiveHub(
            logger: Self.logger, isTicking: false, seconds: { 0 }, changes: { throw PageFault(.internalServerError, "unknown") })
        let joined = try #require(await hub.join(Self.key) { _ in HTML("same") })
        let start = Date()
        for second in 0..<4 { await hub.turn(now: start.addingTimeInterval(Double(second))) }
        await hub.close()
        var count = 0
        for await word in joined.words {
            if case .main = word { count += 1 }
        }
        #expect(count == 1)
        #expect(await hub.viewers == 0)
    }

    @Test func whatTakesLongRestsTenTimesAsLong() async throws {
        let fixture = try PageFixture()
        let ledger = fixture.house.ledger
        let time = Mutex(0.0)
        let rendered = Mutex(0)
        let hub = LiveHub(
            logger: Self.logger, isTicking: false, seconds: { time.withLock(\.self) }, changes: { try await ledger.changes() })
        let joined = await hub.join(Self.key) { _ in
            time.withLock { $0 += 1_000 }
            return HTML("\(rendered.withLock { $0 += 1; return $0 })")
        }
        let start = Date()
        await hub.turn(now: start)
        #expect(rendered.withLock(\.self) == 1)
        await hub.turn(now: start.addingTimeInterval(5_000))
        #expect(rendered.withLock(\.self) == 1, "it rests")
        await hub.turn(now: start.addingTimeInterval(20_000))
        #expect(rendered.withLock(\.self) == 2)
        await hub.close()
        #expect(joined != nil)
        await ledger.close()
    }

    @Test(.timeLimit(.minutes(1))) func whoeverNeverListensLeaves() async throws {
        let hub = LiveHub(
            logger: Self.logger, isTicking: false, seconds: { 0 }, changes: { throw PageFault(.internalServerError, "unknown") })
        _ = await hub.join(Self.key) { _ in HTML("x") }
        while await hub.viewers > 0 { try await Task.sleep(for: .milliseconds(5)) }
        await hub.close()
    }

    @Test func whoeverMayLookNoMoreLooksNoMore() async throws {
        let fixture = try PageFixture()
        let house = fixture.house
        let (token, _) = try house.tokens.create(name: "wall", scopes: [.read], now: Date())
        let wall = Identity(name: "wall", scopes: [.read], way: .token(id: token.id))
        #expect(Live.mayStill(wall, cookie: nil, since: .distantPast, house))
        _ = try house.tokens.revoke(token.id)
        #expect(!Live.mayStill(wall, cookie: nil, since: Date(), house))
        let user = Identity(name: "ana", scopes: [.read], way: .proxy)
        #expect(Live.mayStill(user, cookie: nil, since: Date(), house))
        #expect(!Live.mayStill(user, cookie: nil, since: Date().addingTimeInterval(-house.http.session - 1), house))
        await house.ledger.close()
    }

    @Test func searchesAreNotLive() async throws {
        let fixture = try PageFixture()
        let cookie = try fixture.cookie("reader")
        try await fixture.test { (client) async throws in
            for (path, isLive) in [
                ("/deliveries", true), ("/deliveries?q=&state=dead", true), ("/deliveries?q=x", false), ("/deliveries?before=9", false),
                ("/incidents?after=1", false), ("/silences?all=1", false), ("/silences", true),
            ] {
                #expect(try await client.page(path, cookie).text.contains("data-live=") == isLive, "\(path)")
            }
            #expect(try await client.page("/live?page=\(Page.encoded("/silences?all=1"))", cookie).status == .badRequest)
        }
        await fixture.house.ledger.close()
    }

    @Test func linesOfTextAreLinesOfDataAndFormsGetTheirTokens() {
        let fragment = LiveFragment(HTML.form("/x", HTML("a\nb")))
        let text = text(fragment, token: "secret")
        #expect(text.contains("data: b</form>\n\n"))
        #expect(text.contains("value=\"secret\""))
        #expect(!text.contains(FormToken.placeholder))
    }

    private func text(_ fragment: LiveFragment, token: String = "") -> String {
        fragment.filled(ByteBuffer(string: token)).map { String(buffer: $0) }.joined()
    }
}
