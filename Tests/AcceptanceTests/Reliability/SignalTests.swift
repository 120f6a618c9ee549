// Asked to stop in the middle of hundreds of attempts at peers that do not answer: the end is bounded, and nothing is lost.

import Foundation
import Glibc
import Sandbox
import Testing

@Suite(.serialized) struct SignalTests {
    /// Attempts that are under way at most.
    static let inFlight = 512
    static let events = 1_000

    /// A router whose every attempt hangs; of the most urgent, for which all of its places are free.
    private func hangingRouter() async throws -> (Sandbox, Workspace, RunningProgram) {
        let sandbox = try await Sandbox.forTests { $0.maximumKept = 100_000 }
        sandbox.setFault(.hang, on: .slack)
        let names = (0..<16).map { "room\($0)" }
        let channels = names.map {
            #"  \#($0): {type: slack, webhook: "\#(sandbox.endpoints.slackWebhook)/\#($0)", rate: unlimited, timeout: 2m, concurrency: 64}"#
        }
        let routes = names.enumerated().map { "  - {name: \($1), match: {labels.room: r\($0)}, to: [\($1)]}" }
        let workspace = try Workspace(
            "version: 1\nchannels:\n\(channels.joined(separator: "\n"))\nroutes:\n\(routes.joined(separator: "\n"))\n")
        let lines = (0..<Self.events).map {
            #"{"id": "e\#($0)", "type": "update", "incident": {"id": "INC\#($0)", "severity": "critical", "labels": {"room": "r\#($0 % 16)"}}, "message": "news \#($0)"}"#
        }
        try workspace.drop(lines.joined(separator: "\n"), as: "all.ndjson", modified: Date().addingTimeInterval(-1_800))
        let router = try await workspace.router()
        try await eventually("attempts hang: \(router.errors)") { sandbox.inbox.count >= min(Self.inFlight, Self.events) }
        return (sandbox, workspace, router)
    }

    /// With peers that answer, all is delivered, and what came twice was sent without an answer before.
    private func nothingIsLost(_ sandbox: Sandbox, _ workspace: Workspace) async throws {
        let before = sandbox.inbox.count
        sandbox.setFault(nil, on: .slack)
        let router = try await workspace.router()
        try await eventually("all is delivered") { try await workspace.states() == ["delivered": Self.events] }
        #expect(sandbox.inbox.count <= before + Self.events)
        #expect(Set(sandbox.inbox.all().compactMap(\.token)).count == Self.events)
        #expect(await router.stop() == 0)
        #expect(try await workspace.run("verify").status == 0)
        await sandbox.stop()
    }

    @Test(.timeLimit(.minutes(3))) func theEndIsBounded() async throws {
        let (sandbox, workspace, router) = try await hangingRouter()
        let start = ContinuousClock.now
        router.send(SIGTERM)
        let status = await router.wait()
        let took = ContinuousClock.now - start
        Reliability.report("SIGTERM with \(Self.inFlight) attempts at hanging peers under way: ended with \(status) after \(took)")
        #expect(status == 0, "\(router.errors)")
        #expect(took < .seconds(23), "15 s for what is under way, 5 s to close, and a little for this machine")
        try await nothingIsLost(sandbox, workspace)
    }

    @Test(.timeLimit(.minutes(3)), arguments: [[SIGTERM, SIGINT], [SIGTERM, SIGTERM], [SIGINT, SIGINT]])
    func aSecondSignalEndsAtOnce(_ signals: [Int32]) async throws {
        let (sandbox, workspace, router) = try await hangingRouter()
        let start = ContinuousClock.now
        router.send(signals[0])
        // Two of a kind that come at the same moment count as one: the second is repeated until it is heard.
        while router.isRunning {
            try await Task.sleep(for: .milliseconds(100))
            router.send(signals[1])
        }
        let status = await router.wait()
        #expect(signals.map { 128 + $0 }.contains(status), "\(status)")
        #expect(ContinuousClock.now - start < .seconds(10))
        #expect(router.errors.components(separatedBy: "a second signal").count == 2, "one line: \(router.errors)")
        try await nothingIsLost(sandbox, workspace)
    }
}
