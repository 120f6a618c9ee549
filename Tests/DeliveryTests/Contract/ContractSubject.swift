// What the contract suite needs to know of a channel. A new channel is one line in `all`, and its table.

import Foundation
import Rendering
import Settings
import Testing
import Transport

@testable import Delivery

/// Where the peer is: `http://127.0.0.1:1234`, and the port by itself.
struct Origin: Sendable {
    var url = "https://peer.example"
    var host = "peer.example"
    var port = 443

    init() {}

    init(loopback port: Int) {
        url = "http://127.0.0.1:\(port)"
        host = "127.0.0.1"
        self.port = port
    }
}

/// What the peer says, and what must come of it.
struct Row: Sendable {
    enum Answer: Sendable {
        case http([HTTPResult])
        case mail(SMTPResult)
    }
    var answer: Answer
    var outcome: Outcome

    init(_ answers: HTTPResult..., is outcome: Outcome) {
        answer = .http(answers)
        self.outcome = outcome
    }

    init(mail: SMTPResult, is outcome: Outcome) {
        answer = .mail(mail)
        self.outcome = outcome
    }
}

struct ContractSubject: Sendable, CustomTestStringConvertible {
    enum Wire: Sendable {
        case http
        case smtp
    }
    var name: String
    var wire = Wire.http
    /// Every text that must not be seen anywhere.
    var secrets: [String]
    var address: String
    var content: Message.Content
    /// A message far over every limit.
    var oversized: Message.Content
    /// What of an oversized message may go out, in bytes.
    var maximumBody = Int.max
    /// An answer that accepts.
    var acceptance = http(200, "ok")
    var table: [Row]
    var settings: @Sendable (Origin) -> ChannelSettings.Way

    var testDescription: String { name }

    static let all: [ContractSubject] = [
        .slackWebhook, .slackBot, .slackBotInPlace, .slackBotWithoutUpdates, .teams, .twilio, .gateway, .email,
    ]

    func channel(at origin: Origin = Origin(), timeout: TimeInterval = 10, http: any HTTPSending, mail: any MailSending) -> any Channel {
        var options = ChannelOptions()
        options.timeout = timeout
        let settings = ChannelSettings(name: "under-test", options: options, way: settings(origin))
        return ChannelSet.channel(settings, http: http, mail: mail, hostName: "router.example")
    }

    /// The channel with one scripted answer.
    func channel(_ answer: Row.Answer) -> any Channel {
        switch answer {
        case .http(let answers):
            channel(http: ScriptedHTTP(answers), mail: ScriptedMail(.accepted(reply: "unexpected")))
        case .mail(let result):
            channel(http: ScriptedHTTP([]), mail: ScriptedMail(result))
        }
    }

    func parcel(address: String? = nil, content: Message.Content? = nil, degraded: String? = nil) -> Parcel {
        Parcel(
            token: "d-42-abc", address: address ?? self.address, message: Message(content: content ?? self.content, degraded: degraded),
            incident: "INC-1", isFirst: true, date: Date(timeIntervalSince1970: 1_764_000_000))
    }
}

/// Every failure that a transport can report, and its outcome for whatever was or was not sent.
let failureTable: [(TransportFailure.Kind, whenNotSent: Outcome, whenInDoubt: Outcome)] = [
    (.nameNotResolved, .deferred(.nameNotResolved), .unknown(.nameNotResolved)),
    (.connectFailed, .deferred(.connectFailed), .unknown(.connectFailed)),
    (.timedOut, .deferred(.timedOut), .unknown(.timedOut)),
    (.connectionLost, .deferred(.connectionLost), .unknown(.connectionLost)),
    (.tlsFailed, .deferred(.tlsFailed), .unknown(.tlsFailed)),
    (.certificateNotTrusted, .deferred(.certificateNotTrusted), .unknown(.certificateNotTrusted)),
    (.notAuthenticated, .deferred(.notAuthenticated), .unknown(.notAuthenticated)),
    (.tooLarge, .refused(.tooLarge), .unknown(.tooLarge)),
    (.cancelled, .deferred(.cancelled), .unknown(.cancelled)),
    (.refusedHere, .deferred(.badConfiguration), .unknown(.badConfiguration)),
    (.other, .deferred(.unavailable), .unknown(.unavailable)),
]
