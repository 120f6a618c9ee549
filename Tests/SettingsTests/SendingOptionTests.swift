// What a channel says about how much may leave it, and where a message goes that does not get through.

import Foundation
import Routing
import Settings
import Testing

@Suite struct SendingOptionTests {
    private func options(_ text: String, of channel: Int = 1) throws -> ChannelOptions {
        let result = try load(text)
        #expect(result.errors.isEmpty)
        return try #require(result.configuration).channels[channel].options
    }

    @Test(
        arguments: [
            ("1/s", [Rate(count: 1, seconds: 1, burst: 1)]), ("60/30s", [Rate(count: 60, seconds: 30, burst: 60)]),
            ("[4/s, 100/h]", [Rate(count: 4, seconds: 1), Rate(count: 100, seconds: 3_600)]),
            ("1800/d", [Rate(count: 1_800, seconds: 86_400)]), ("2/1m30s", [Rate(count: 2, seconds: 90)]), ("unlimited", []),
        ] as [(String, [Rate])])
    func rates(text: String, expected: [Rate]) throws {
        #expect(try options(file(mail: ", rate: \(text)")).rate == expected)
        #expect(try options(file(slack: ", rate: \(text)"), of: 0).rate == expected, "what is written wins over the default")
    }

    @Test func defaultRatesAreThoseOfTheProviders() throws {
        let text = file().replacing("  mail:", with: "  t: {type: teams, webhook: \"${env:SLACK}\"}\n  mail:")
        let channels = try #require(try load(text).configuration).channels
        #expect(channels.map(\.name) == ["ops", "t", "mail", "text"])
        #expect(
            channels.map(\.options.rate) == [
                [Rate(count: 1, seconds: 1, burst: 5)], [Rate(count: 4, seconds: 1, burst: 4), Rate(count: 60, seconds: 30, burst: 60)],
                [], [],
            ])
    }

    @Test func unlimitedAndLimitedIsAMistake() throws {
        #expect(
            try load(file(mail: ", rate: [1/s, unlimited]")).errors
                == ["`rate` is `unlimited` and has limits: leave one of them out"])
    }

    @Test func fallbackAfterHasADefaultForSeveritiesThatAreNotNamed() throws {
        let standard = try options(file()).fallbackAfter
        #expect((0..<4).map { standard[$0] } == [120, 120, 120, 120])
        let one = try options(file(mail: ", fallback_after: 5m")).fallbackAfter
        #expect((0..<4).map { one[$0] } == [300, 300, 300, 300])
        let some = try options(file(mail: ", fallback_after: {critical: 30s, p3: 1h}")).fallbackAfter
        #expect((0..<5).map { some[$0] } == [30, 120, 3_600, 120, 120])
    }

    @Test func fallbacksReachTheChannelAndTheTable() throws {
        let configuration = try #require(
            try load(file(slack: ", fallback: \"mail:ops@example.com\"", sms: ", fallback: ops")).configuration)
        #expect(configuration.channels.map(\.fallback?.text) == ["mail:ops@example.com", nil, "ops"])
        #expect(configuration.table.fallbacks.mapValues(\.text) == ["ops": "mail:ops@example.com", "text": "ops"])
        let way = Way(channel: "text", address: "+447700900999")
        let next = configuration.table.nextWay(recipient: way.address, way: way, tried: [], incident: nil, severity: nil)
        #expect(next?.channel.name == "ops" && next?.address == "C0123456")
    }

    @Test func nothingOfThemIsLater() throws {
        let text = file(mail: ", rate: 5/s, fallback: ops, fallback_after: 1m", route: ", retry_for: 2h")
        #expect(try load(text).diagnostics.isEmpty)
    }

    @Test func aRoutesRetryForIsCarried() throws {
        let configuration = try #require(try load(file(mail: ", retry_for: 3h", route: ", retry_for: 90m")).configuration)
        #expect(configuration.table.routes.map(\.retryFor) == [5_400])
        #expect(configuration.channels.map(\.options.retryFor) == [86_400, 10_800, 86_400])
        #expect(configuration.table.directory.channels.mapValues(\.retryFor) == ["ops": 86_400, "mail": 10_800, "text": 86_400])
        #expect(try #require(try load(file()).configuration).table.routes.map(\.retryFor) == [nil])
    }
}
