// Limits of the system: file descriptors that run out, and a queue of inotify's that overflows.

import Foundation
import Glibc
import Sandbox
import Testing

@Suite(.serialized) struct LimitTests {
    private static func update(_ number: Int) -> String {
        #"{"id": "e\#(number)", "type": "update", "incident": {"id": "INC\#(number)", "severity": "low"}, "message": "news \#(number)"}"#
    }

    /// Whatever the limit, it either works or says what is missing; and nothing that was dropped is lost.
    @Test(.timeLimit(.minutes(3)), arguments: [12, 20, 24, 28, 32, 40]) func withoutFileDescriptorsNothingIsLost(_ limit: Int) async throws
    {
        let sandbox = try await Sandbox.forTests()
        let workspace = try Workspace(
            sandbox.configuration(#"routes: [{name: all, match: {}, to: [ops-teams, ops-slack, "mail:duty@example.com"]}]"#)
                .replacing(#"/ops-teams"}"#, with: #"/ops-teams", rate: unlimited}"#)
                .replacing(#"/ops-slack"}"#, with: #"/ops-slack", rate: unlimited}"#))
        for number in 0..<40 { try workspace.drop(Self.update(number), as: "\(number).json", modified: Date().addingTimeInterval(-60)) }
        let router = try RunningProgram("/bin/sh", ["-c", "ulimit -n \(limit) && exec \"$0\" run", tocsin], in: workspace.path)
        let deadline = Date().addingTimeInterval(8)
        while router.isRunning, sandbox.inbox.count < 120, Date() < deadline { try await Task.sleep(for: .milliseconds(50)) }
        let outcome: String
        if !router.isRunning {
            let status = await router.wait()
            outcome = "ended with \(status)"
            #expect(status > 0, "it ends in order, not by a signal: \(status) \(router.errors)")
            #expect(router.errors.contains("ulimit"), "it says what to do: \(router.errors)")
        } else if sandbox.inbox.count < 120 {
            outcome = "goes on with \(sandbox.inbox.count) of 120 delivered"
            #expect(
                router.errors.contains("ulimit") || router.errors.contains("descriptor") || router.errors.contains("does not get through"),
                "it says what is wrong: \(router.errors)")
        } else {
            outcome = "works"
        }
        Reliability.report("\(limit) file descriptors: \(outcome)")
        if router.isRunning {
            router.send(SIGKILL)
            _ = await router.wait()
        }
        let second = try await workspace.router()
        try await eventually("all is delivered, \(sandbox.inbox.count) so far") { try await workspace.states() == ["delivered": 120] }
        #expect(Set(sandbox.inbox.all().compactMap(\.token)).count == 120)
        #expect(await second.stop() == 0)
        #expect(try await workspace.run("verify").status == 0)
        await sandbox.stop()
    }

    @Test(
        .enabled(if: access("/proc/sys/fs/inotify/max_queued_events", W_OK) == 0, "making inotify's queue small needs root"),
        .timeLimit(.minutes(2)))
    func anOverflowOfInotifyLosesNothing() async throws {
        let sandbox = try await Sandbox.forTests()
        let workspace = try Workspace(
            sandbox.configuration("routes: [{name: all, match: {}, to: [ops-teams]}]")
                .replacing(#"/ops-teams"}"#, with: #"/ops-teams", rate: unlimited}"#))
        let setting = "/proc/sys/fs/inotify/max_queued_events"
        let before = try String(contentsOfFile: setting, encoding: .utf8)
        try "16".write(toFile: setting, atomically: false, encoding: .utf8)
        let started = await Result { try await workspace.router() }
        try before.write(toFile: setting, atomically: false, encoding: .utf8)
        let router = try started.get()
        router.send(SIGSTOP)
        for number in 0..<600 { try workspace.drop(Self.update(number), as: "\(number).json", modified: Date().addingTimeInterval(-60)) }
        router.send(SIGCONT)
        try await eventually("all is delivered, \(sandbox.inbox.count) so far", within: 90) {
            try await workspace.states() == ["delivered": 600]
        }
        #expect(sandbox.inbox.count == 600)
        #expect(await router.stop() == 0)
        await sandbox.stop()
    }
}

extension Result where Failure == any Error {
    fileprivate init(_ body: () async throws -> Success) async {
        do { self = .success(try await body()) } catch { self = .failure(error) }
    }
}
