// What every channel promises. The suite knows no channel; `ContractSubject.all` lists them.

import Foundation
import Rendering
import Testing
import Transport

@testable import Delivery

@Suite("Every channel")
struct ContractSuite {
    @Test("turns the whole status table into outcomes", arguments: ContractSubject.all)
    func statusTable(_ subject: ContractSubject) async {
        for row in subject.table {
            let report = await subject.channel(row.answer).deliver(subject.parcel())
            #expect(report.outcome == row.outcome, "\(row.answer)")
            #expect(report.code != nil, "\(row.answer)")
        }
    }

    @Test("turns every failure of its transport into an outcome", arguments: ContractSubject.all)
    func failures(_ subject: ContractSubject) async {
        for (kind, whenNotSent, whenInDoubt) in failureTable {
            for (mayHaveArrived, expected) in [(false, whenNotSent), (true, whenInDoubt)] {
                let failure = TransportFailure(kind: kind, mayHaveArrived: mayHaveArrived, curlCode: 28, detail: "no luck")
                let channel = subject.channel(http: ScriptedHTTP([.failed(failure)]), mail: ScriptedMail(.failed(failure)))
                let report = await channel.deliver(subject.parcel())
                #expect(report.outcome == expected, "\(kind), may have arrived: \(mayHaveArrived)")
                #expect(report.code == "curl 28")
                #expect(report.detail == "no luck")
            }
        }
    }

    @Test("ends when it is cancelled", arguments: ContractSubject.all, [true, false])
    func cancellation(_ subject: ContractSubject, mayHaveArrived: Bool) async {
        let hanging = Hanging(mayHaveArrived: mayHaveArrived)
        let channel = subject.channel(http: hanging, mail: hanging)
        let attempt = Task { await channel.deliver(subject.parcel()) }
        await hanging.waitUntilCalled()
        attempt.cancel()
        let outcome = await attempt.value.outcome
        #expect(outcome == (mayHaveArrived ? .unknown(.cancelled) : .deferred(.cancelled)))
    }

    @Test("sends nothing to an address that could add a command or a header", arguments: ContractSubject.all)
    func hostileAddresses(_ subject: ContractSubject) async {
        let hostile = [
            "", "a@example.com\r\nRCPT TO:<b@example.com>", "a@example.com\nBcc: b@example.com", "+4477\r00900123", "+447700900123\0",
            "C012\u{7F}", "a\u{2028}b", String(repeating: "9", count: 5_000),
        ]
        for address in hostile {
            let http = ScriptedHTTP([subject.acceptance])
            let mail = ScriptedMail(.accepted(reply: "250 ok"))
            let report = await subject.channel(http: http, mail: mail).deliver(subject.parcel(address: address))
            #expect(report.outcome == .refused(.badAddress), "\(address.debugDescription)")
            #expect(http.requests.isEmpty && mail.mails.isEmpty)
        }
    }

    @Test("refuses a token that was not minted", arguments: ContractSubject.all)
    func hostileToken(_ subject: ContractSubject) async {
        for token in ["", "a b", "a\r\nX: y", "a@b", "ä"] {
            let http = ScriptedHTTP([subject.acceptance])
            let mail = ScriptedMail(.accepted(reply: "250 ok"))
            var parcel = subject.parcel()
            parcel.token = token
            let report = await subject.channel(http: http, mail: mail).deliver(parcel)
            #expect(report.outcome == .refused(.badContent))
            #expect(http.requests.isEmpty && mail.mails.isEmpty)
        }
    }

    @Test("refuses what was rendered for another kind", arguments: ContractSubject.all)
    func mismatch(_ subject: ContractSubject) async {
        let others: [Message.Content] = [
            .slack(["text": "x"]), .teams(["type": "message"]), .email(subject: "x", text: "x", html: "x"), .sms("x"),
        ]
        for content in others where Self.caseName(content) != Self.caseName(subject.content) {
            let http = ScriptedHTTP([subject.acceptance])
            let report = await subject.channel(http: http, mail: ScriptedMail(.accepted(reply: ""))).deliver(
                subject.parcel(content: content))
            #expect(report.outcome == .refused(.badContent))
            #expect(http.requests.isEmpty)
        }
    }

    private static func caseName(_ content: Message.Content) -> String {
        switch content {
        case .slack: "slack"
        case .teams: "teams"
        case .email: "email"
        case .sms: "sms"
        }
    }

    @Test("keeps an oversized message within the provider's limit", arguments: ContractSubject.all)
    func oversize(_ subject: ContractSubject) async {
        let http = ScriptedHTTP([subject.acceptance])
        let mail = ScriptedMail(.accepted(reply: "250 ok"))
        let report = await subject.channel(http: http, mail: mail).deliver(subject.parcel(content: subject.oversized))
        guard case .accepted = report.outcome else {
            Issue.record("\(report.outcome)")
            return
        }
        for request in http.requests {
            #expect(request.body.count <= subject.maximumBody)
            #expect(request.url.utf8.count < 8_000)
        }
        if subject.maximumBody < Int.max { #expect(report.degraded?.contains("shortened") == true) }
    }

    @Test("sends the same thing again on a retry, under the same identity", arguments: ContractSubject.all)
    func identity(_ subject: ContractSubject) async {
        let http = ScriptedHTTP([subject.acceptance])
        let mail = ScriptedMail(.accepted(reply: "250 ok"))
        let channel = subject.channel(http: http, mail: mail)
        _ = await channel.deliver(subject.parcel())
        _ = await channel.deliver(subject.parcel())
        switch subject.wire {
        case .http:
            #expect(http.requests.count == 2)
            #expect(Set(http.requests.map { "\($0.method) \($0.url) \($0.headers) \($0.body)" }).count == 1)
            #expect(http.requests.allSatisfy { $0.headers.contains { $0 == ("Idempotency-Key", "d-42-abc") } })
        case .smtp:
            #expect(mail.mails.count == 2)
            #expect(Set(mail.mails.map { $0.mail.content }).count == 1)
            #expect(mail.mails.allSatisfy { String(decoding: $0.mail.content, as: UTF8.self).contains("<d-42-abc@example.com>") })
        }
    }

    @Test("passes on what the renderer had to leave out", arguments: ContractSubject.all)
    func degraded(_ subject: ContractSubject) async {
        let channel = subject.channel(http: ScriptedHTTP([subject.acceptance]), mail: ScriptedMail(.accepted(reply: "250 ok")))
        let report = await channel.deliver(subject.parcel(degraded: "the template `page` is broken"))
        #expect(report.degraded == "the template `page` is broken")
    }

    /// interfaces.md, section 8: 429, 502 and 503 say that nothing was done; any other 5xx came after the body.
    @Test("tells load from failure by the status alone", arguments: ContractSubject.all.filter { $0.wire == .http })
    func loadAndFailure(_ subject: ContractSubject) async {
        for body in ["", "ok", "error code 429", #"{"ok":true,"sid":"SM0","status":"queued","ts":"1"}"#, "0: Accepted"] {
            for status in [429, 599] + Array(500...511) {
                let outcome = await subject.channel(.http([http(status, body)])).deliver(subject.parcel()).outcome
                let expected: Outcome =
                    switch status {
                    case 429: .deferred(.rateLimited)
                    case 502, 503: .deferred(.unavailable)
                    default: .unknown(.serverError)
                    }
                #expect(outcome == expected, "\(status) with \(body)")
            }
        }
    }

    @Test("waits as long as the peer says, but at most an hour", arguments: ContractSubject.all.filter { $0.wire == .http })
    func retryAfter(_ subject: ContractSubject) async {
        for (said, kept) in [(0.0, 0.0), (17, 17), (3_600, 3_600), (3_601, 3_600), (1e12, 3_600), (-5, 0), (.infinity, 3_600)] {
            for status in [429, 503] {
                let report = await subject.channel(.http([http(status, retryAfter: said)])).deliver(subject.parcel())
                #expect(report.outcome == .deferred(status == 429 ? .rateLimited : .unavailable, retryAfter: kept), "\(said)")
            }
        }
        let report = await subject.channel(.http([http(429, retryAfter: .nan)])).deliver(subject.parcel())
        #expect(report.outcome == .deferred(.rateLimited))
    }
}
