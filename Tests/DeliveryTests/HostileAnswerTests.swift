// Peers that say yes with their body and something else with their status: only a 2xx is a yes.

import Foundation
import Testing
import Transport

@testable import Delivery

@Suite("A peer's acceptance")
struct HostileAnswerTests {
    @Test(
        "needs a status of 200 to 299, whatever the body says", arguments: ContractSubject.all.filter { $0.wire == .http },
        [-1, 0, 1, 100, 199, 300, 304, 600, 999])
    func status(subject: ContractSubject, status: Int) async throws {
        guard case .answered(var response) = subject.acceptance else { return }
        response.status = status
        let report = await subject.channel(.http([.answered(response)])).deliver(subject.parcel())
        if case .accepted = report.outcome { Issue.record("accepted with status \(status)") }
    }

    @Test("leaves waits within an hour, whatever it asks for", arguments: [-5, 1e300, .nan, .infinity, -.infinity] as [TimeInterval])
    func waits(seconds: TimeInterval) async throws {
        for subject in ContractSubject.all where subject.wire == .http {
            let report = await subject.channel(.http([http(429, "", retryAfter: seconds)])).deliver(subject.parcel())
            #expect(report.pause.map { (0...3_600).contains($0) } ?? true, "\(subject.name)")
        }
    }
}
