// `kill -9` in the middle of the work: nothing is lost, counted at the receivers.

import Foundation
import Glibc
import JSON
import Sandbox
import Testing

@Suite(.serialized) struct CrashTests {
    static let routes = """
        routes:
          - {name: all, match: {}, to: [ops-slack, ops-teams, "sms:+447700900999"]}
        """

    @Test func nothingIsLostWhenItIsKilledAgainAndAgain() async throws {
        let sandbox = try await Sandbox.forTests()
        let workspace = try Workspace(sandbox.configuration(Self.routes))
        let events = 2_000
        let producer = Task.detached {
            for number in 0..<events {
                try workspace.drop(
                    #"{"id": "e\#(number)", "type": "update", "incident": {"id": "INC\#(number)", "severity": "low"}, "message": "news \#(number)"}"#,
                    as: "e\(number).json")
                if number % 50 == 0 { try await Task.sleep(for: .milliseconds(5)) }
            }
        }
        var router = try await workspace.router()
        for round in 1...4 {
            // Killed at a point of its progress, not of time: in the middle of receiving the next tenth.
            let before = sandbox.inbox.count
            try await eventually("progress in round \(round): \(router.errors)") {
                sandbox.inbox.count >= before + events * 3 / 10 || sandbox.inbox.count >= events * 3
            }
            router.send(SIGKILL)
            #expect(await router.wait() == -SIGKILL)
            router = try await workspace.router()
        }
        try await producer.value
        try await eventually("all is delivered; \(sandbox.inbox.count) received", within: 120) {
            try await workspace.run("status", "--json").objects.first?["deliveries"] == ["delivered": .integer(events * 3)]
        }
        #expect(await router.stop() == 0)

        var receipts: [String: Int] = [:]
        for message in sandbox.inbox.all() {
            let number = try #require("\(message.title) \(message.text)".firstMatch(of: /news (\d+)/)).output.1
            receipts["\(message.receiver) \(number)", default: 0] += 1
        }
        #expect(receipts.count == events * 3, "every event arrives at each of the three")
        // Only what was under way when it was killed may come twice: at most the four connections of each destination.
        let doubled = receipts.values.reduce(0) { $0 + $1 - 1 }
        #expect(doubled <= 4 * 512, "\(doubled) came twice")
        #expect(try await workspace.run("verify").status == 0)
        #expect(workspace.files(in: "queue").filter { $0.hasSuffix(".json") }.isEmpty)
        await sandbox.stop()
    }

    @Test func aSecondRouterIsRefusedAndTheLockDiesWithItsProcess() async throws {
        let sandbox = try await Sandbox.forTests()
        let workspace = try Workspace(sandbox.configuration(Self.routes))
        let first = try await workspace.router()
        let second = try await workspace.run("run")
        #expect(second.status == 69)
        #expect(second.errors.contains("\(first.identifier)"), "it names who holds it: \(second.errors)")
        // Another queue, but the same state.
        let other = sandbox.configuration(Self.routes, router: "  queue: other-queue")
        try workspace.write(other, to: "other.yaml")
        let onState = try await workspace.run("run", "--config", "other.yaml")
        #expect(onState.status == 69)
        #expect(onState.errors.contains("\(first.identifier)") && onState.errors.contains("/state"), "\(onState.errors)")
        first.send(SIGKILL)
        _ = await first.wait()
        let third = try await workspace.router()
        #expect(await third.stop() == 0)
        await sandbox.stop()
    }
}
