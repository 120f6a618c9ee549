// The contract over real sockets, with the real transports.

import Foundation
import Testing
import Transport

@testable import Delivery

@Suite("Every channel, over loopback")
struct LoopbackSuite {
    /// The report, the peer's requests, and the seconds it took.
    private func attempt(
        _ subject: ContractSubject, _ manner: LoopbackPeer.Manner, timeout: TimeInterval = 5, cancel: Bool = false
    ) async -> (AttemptReport, [[UInt8]], TimeInterval) {
        let peer = LoopbackPeer(manner, isSMTP: subject.wire == .smtp)
        let http = HTTPClient()
        let smtp = SMTPClient(threads: 1)
        let channel = subject.channel(at: Origin(loopback: peer.port), timeout: timeout, http: http, mail: smtp)
        let start = ContinuousClock.now
        let task = Task { await channel.deliver(subject.parcel()) }
        if cancel {
            await peer.waitForBody()
            task.cancel()
        }
        let report = await task.value
        let spent = (ContinuousClock.now - start) / .seconds(1)
        peer.close()
        await http.close()
        await smtp.close()
        return (report, peer.all, spent)
    }

    @Test("is accepted", arguments: ContractSubject.all)
    func accepted(_ subject: ContractSubject) async {
        var manner = LoopbackPeer.Manner.takesMail
        if case .answered(let response) = subject.acceptance, subject.wire == .http {
            manner = .answers(response.status, String(decoding: response.body, as: UTF8.self))
        }
        let (report, received, _) = await attempt(subject, manner)
        guard case .accepted(let id) = report.outcome else {
            Issue.record("\(report)")
            return
        }
        #expect(received.count == 1)
        if subject.wire == .smtp { #expect(id == "LOOP1") }
    }

    @Test("is in doubt when nothing is said after the body, within the timeout", .timeLimit(.minutes(1)), arguments: ContractSubject.all)
    func timeout(_ subject: ContractSubject) async {
        let (report, received, _) = await attempt(subject, .silentAfterBody, timeout: 1)
        #expect(report.outcome == .unknown(.timedOut), "\(report)")
        #expect(received.count == 1)
    }

    @Test("is in doubt when the connection breaks after the body, and is not sent twice", arguments: ContractSubject.all)
    func resetAfterBody(_ subject: ContractSubject) async {
        let (report, received, _) = await attempt(subject, .resetsAfterBody)
        #expect(report.outcome == .unknown(.connectionLost), "\(report)")
        #expect(received.count == 1)
    }

    @Test("is never lost or accepted when the connection breaks at once", arguments: ContractSubject.all)
    func resetAtOnce(_ subject: ContractSubject) async {
        let (report, received, _) = await attempt(subject, .resetsAtOnce)
        #expect([.deferred(.connectionLost), .unknown(.connectionLost), .deferred(.connectFailed)].contains(report.outcome), "\(report)")
        if subject.wire == .smtp { #expect(report.outcome != .unknown(.connectionLost), "nothing was said yet") }
        #expect(received.isEmpty)
    }

    @Test("is deferred where nobody listens", arguments: ContractSubject.all)
    func nobody(_ subject: ContractSubject) async {
        // Port 1 of loopback is closed.
        let http = HTTPClient()
        let smtp = SMTPClient(threads: 1)
        let report = await subject.channel(at: Origin(loopback: 1), timeout: 3, http: http, mail: smtp).deliver(subject.parcel())
        #expect(report.outcome == .deferred(.connectFailed), "\(report)")
        await http.close()
        await smtp.close()
    }

    @Test("is in doubt when cancelled after the body", arguments: ContractSubject.all)
    func cancelled(_ subject: ContractSubject) async {
        let (report, _, spent) = await attempt(subject, .silentAfterBody, timeout: 20, cancel: true)
        #expect(report.outcome == .unknown(.cancelled), "\(report)")
        #expect(spent < 10)
    }

    @Test("shows no secret that the peer sends back", arguments: ContractSubject.all.filter { $0.wire == .http }, [401, 500])
    func echo(_ subject: ContractSubject, status: Int) async {
        let (report, received, _) = await attempt(subject, .echoes(status))
        #expect(received.count == 1)
        var printed = "\(report)"
        dump(report, to: &printed)
        for secret in subject.secrets { #expect(!printed.contains(secret)) }
        #expect(report.detail?.contains("***") == true)
    }
}
