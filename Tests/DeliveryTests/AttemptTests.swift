import Foundation
import Rendering
import Settings
import Synchronization
import Testing
import Transport

@testable import Delivery

/// Answers after a while.
private final class Slow: HTTPSending {
    private let seconds: TimeInterval
    private let answer: HTTPResult
    let requests = Mutex(0)

    init(seconds: TimeInterval, answer: HTTPResult) {
        self.seconds = seconds
        self.answer = answer
    }

    func send(_ request: HTTPRequest) async -> HTTPResult {
        requests.withLock { $0 += 1 }
        try? await Task.sleep(for: .seconds(seconds))
        return answer
    }
}

@Suite("One attempt over HTTP")
struct AttemptTests {
    @Test(
        "makes a second request only with time for it",
        arguments: [(10.0, 7.5, true), (10, 8.5, false), (1, 0.3, true), (1, 0.55, false), (1, 0.75, false), (60, 57, true)])
    func time(seconds: TimeInterval, spent: TimeInterval, isWorthIt: Bool) {
        let time = AttemptTime(seconds, since: .now - .seconds(spent))
        #expect((time.left != nil) == isWorthIt)
    }

    @Test("is deferred where no time is left for the second request", arguments: [ContractSubject.slackWebhook, .slackBot, .teams])
    func slow(_ subject: ContractSubject) async {
        let declines: [String: HTTPResult] = [
            "slack webhook": http(400, "invalid_blocks"), "slack bot": http(200, #"{"ok":false,"error":"invalid_blocks"}"#),
            "teams": http(413),
        ]
        let peer = Slow(seconds: 2.2, answer: declines[subject.name] ?? subject.acceptance)
        let channel = subject.channel(timeout: 4, http: peer, mail: ScriptedMail(.accepted(reply: "")))
        let report = await channel.deliver(subject.parcel())
        #expect(report.outcome == .deferred(.timedOut))
        #expect(peer.requests.withLock { $0 } == 1)
    }

    @Test("passes on its destination and its concurrency", arguments: ContractSubject.all.filter { $0.wire == .http })
    func destination(_ subject: ContractSubject) async throws {
        var options = ChannelOptions()
        options.concurrency = 7
        let http = ScriptedHTTP([subject.acceptance])
        let channel = ChannelSet.channel(
            ChannelSettings(name: "under-test", options: options, way: subject.settings(Origin())), http: http,
            mail: ScriptedMail(.accepted(reply: "")), hostName: "router.example")
        _ = await channel.deliver(subject.parcel())
        let request = try #require(http.requests.first)
        #expect(request.destination == channel.destination)
        #expect(request.connections == 7)
    }

    @Test(
        "tells the pause that the peer asks for, whatever the outcome but acceptance",
        arguments: ContractSubject.all.filter { $0.wire == .http })
    func pause(_ subject: ContractSubject) async {
        for status in [400, 404, 429, 500, 503, 504] {
            for (said, kept) in [(30.0, 30.0), (7_200, 3_600), (-1, 0)] {
                let report = await subject.channel(.http([http(status, retryAfter: said)])).deliver(subject.parcel())
                #expect(report.pause == kept, "\(status) \(said)")
            }
            #expect(await subject.channel(.http([http(status)])).deliver(subject.parcel()).pause == nil)
        }
        #expect(await subject.channel(.http([http(500, retryAfter: 30)])).deliver(subject.parcel()).outcome == .unknown(.serverError))
        guard case .answered(var response) = subject.acceptance else { return }
        response.retryAfter = 15
        #expect(await subject.channel(.http([.answered(response)])).deliver(subject.parcel()).pause == nil)
    }

    @Test("takes the pause of a deferred outcome where nothing else is said")
    func defaultPause() {
        #expect(AttemptReport(.deferred(.rateLimited, retryAfter: 9)).pause == 9)
        #expect(AttemptReport(.deferred(.rateLimited)).pause == nil)
        #expect(AttemptReport(.unknown(.serverError), pause: 4).pause == 4)
    }

    @Test(
        "and `check` refuse the same headers",
        arguments: ["Content-Length", "transfer-encoding", "Connection", "UPGRADE", "Expect", "te", "Trailer", "X-Key"])
    func transportHeaders(name: String) async throws {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("tocsin-\(UUID().uuidString).yaml")
        defer { try? FileManager.default.removeItem(at: file) }
        try Data(
            """
            version: 1
            channels:
              sms:
                type: sms
                gateway: http
                request:
                  url: "https://sms.example.com/send"
                  query: {to: "{{address}}", text: "{{text}}"}
                  headers: {\(name): "1"}
            routes:
              - {name: all, to: ["sms:+15557654321"]}

            """.utf8
        ).write(to: file)
        let result = ConfigurationLoader.load(path: file.path, environment: [:])
        let errors = result.diagnostics.filter { $0.severity == .error }
        let client = HTTPClient()
        let sent = await client.send(HTTPRequest(url: "http://127.0.0.1:1/", headers: [(name, "1")], body: [1]))
        await client.close()
        guard case .failed(let failure) = sent else {
            Issue.record("\(sent)")
            return
        }
        #expect(errors.count == (name == "X-Key" ? 0 : 1), "\(result.diagnostics)")
        #expect((failure.kind == .refusedHere) == (name != "X-Key"))
        if let error = errors.first { #expect(error.message.contains("`\(name)`")) }
    }
}
