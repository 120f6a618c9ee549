// Limits of the system: file descriptors that run out, and a queue of inotify's that overflows.

import Foundation
import Glibc
import Sandbox
import Testing

@Suite(.serialized) struct LimitTests {
    private static func update(_ number: Int) -> String {
        #"{"id": "e\#(number)", "type": "update", "incident": {"id": "INC\#(number)", "severity": "low"}, "message": "news \#(number)"}"#
    }

    /// `ulimit -n` in a shell that starts the router: the soft limit is raised again, and below a hard one it does not start.
    @Test(.timeLimit(.minutes(3)), arguments: ["-n 12", "-n 32", "-n 127", "-n 128", "-S -n 32"])
    func withoutFileDescriptorsNothingIsLost(_ limit: String) async throws {
        let sandbox = try await Sandbox.forTests()
        let workspace = try Workspace(
            sandbox.configuration(#"routes: [{name: all, match: {}, to: [ops-teams, ops-slack, "mail:duty@example.com"]}]"#)
                .replacing(#"/ops-teams"}"#, with: #"/ops-teams", rate: unlimited}"#)
                .replacing(#"/ops-slack"}"#, with: #"/ops-slack", rate: unlimited}"#))
        for number in 0..<40 { try workspace.drop(Self.update(number), as: "\(number).json", modified: Date().addingTimeInterval(-60)) }
        let router = try RunningProgram("/bin/sh", ["-c", "ulimit \(limit) && exec \"$0\" run", tocsin], in: workspace.path)
        let isRefused = ["-n 12", "-n 32", "-n 127"].contains(limit)
        if isRefused {
            #expect(await router.wait() == 69)
            #expect(router.errors.contains("ulimit -n"), "it says what to do: \(router.errors)")
            #expect(workspace.unsettled.count == 40 && !workspace.exists("state"), "nothing was touched")
        } else {
            try await eventually("all is delivered, \(sandbox.inbox.count) so far") { try await workspace.states() == ["delivered": 120] }
            #expect(await router.stop() == 0)
        }
        Reliability.report("ulimit \(limit): \(isRefused ? "refused at the start" : "works")")
        if isRefused { #expect(try await workspace.run("run", "--once").status == 0) }
        #expect(sandbox.inbox.count == 120)
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
