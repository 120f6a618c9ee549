// A clock that jumps by hours, in both directions, while the router runs and while it does not: by libfaketime, which
// stands between the program and the system's clock.

import Foundation
import Glibc
import Sandbox
import Testing

@Suite(.serialized) struct ClockTests {
    static let library: String? = [
        "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1", "/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1",
    ].first { access($0, R_OK) == 0 }

    private static func update(_ number: Int) -> String {
        #"{"id": "e\#(number)", "type": "update", "incident": {"id": "INC\#(number)", "severity": "low"}, "message": "news \#(number)"}"#
    }

    /// A workspace whose routers' clock is set by a file.
    private struct Setting {
        var sandbox: Sandbox
        var workspace: Workspace

        init() async throws {
            sandbox = try await Sandbox.forTests()
            workspace = try Workspace(
                sandbox.configuration("routes: [{name: all, match: {}, to: [ops-teams]}]")
                    .replacing(#"/ops-teams"}"#, with: #"/ops-teams", rate: unlimited}"#))
            try set("+0")
        }

        func set(_ offset: String) throws {
            try workspace.write(offset, to: ".clock-next")
            guard rename("\(workspace.path)/.clock-next", "\(workspace.path)/clock") == 0 else { throw POSIXError(.EIO) }
        }

        /// By way of a shell, which has the library already: a Swift program that is the first to load it ends at once.
        func router() async throws -> RunningProgram {
            let environment = [
                "LD_PRELOAD": ClockTests.library ?? "", "FAKETIME_TIMESTAMP_FILE": "\(workspace.path)/clock", "FAKETIME_NO_CACHE": "1",
                "FAKETIME_DONT_FAKE_MONOTONIC": "1", "DONT_FAKE_MONOTONIC": "1", "FAKETIME_DONT_RESET": "1",
            ]
            let router = try RunningProgram("/bin/sh", ["-c", "exec \"$0\" run", tocsin], in: workspace.path, environment: environment)
            try await eventually("the router runs: \(router.errors)") {
                if !router.isRunning { throw Workspace.Ended(errors: router.errors) }
                return router.errors.contains("notice: running")
            }
            return router
        }

        func delivered(_ count: Int) async throws {
            try await eventually("\(count) are delivered, \(sandbox.inbox.count) received", within: 60) {
                try await workspace.states() == ["delivered": count]
            }
            #expect(sandbox.inbox.count == count, "none is lost, none came twice")
        }
    }

    @Test(.enabled(if: library != nil, "faketime is not installed: scripts/needs crash"), .timeLimit(.minutes(4)))
    func jumpsWhileItRunsLoseNothingAndRepeatNothing() async throws {
        let setting = try await Setting()
        let (sandbox, workspace) = (setting.sandbox, setting.workspace)
        let router = try await setting.router()
        try workspace.drop(Self.update(1))
        try await setting.delivered(1)
        var count = 1
        for offset in ["-5h", "+7h", "-3h", "+0"] {
            // One waits for its retry when the clock jumps.
            sandbox.setFault(.status(503, retryAfter: .seconds(3)), on: .teams, times: 1)
            let refused = sandbox.inbox.refusedCount
            try workspace.drop(Self.update(count + 1))
            try await eventually("it was refused once") { sandbox.inbox.refusedCount == refused + 1 }
            try await eventually("that is recorded") { try await workspace.states()["retrying"] == 1 }
            try setting.set(offset)
            // Another comes after it.
            try workspace.drop(Self.update(count + 2))
            count += 2
            try await setting.delivered(count)
        }
        #expect(router.errors.components(separatedBy: "the clock was set back").count == 3, "twice: \(router.errors)")
        #expect(await router.stop() == 0)
        #expect(try await workspace.run("verify").status == 0)
        await sandbox.stop()
    }

    @Test(.enabled(if: library != nil, "faketime is not installed: scripts/needs crash"), .timeLimit(.minutes(4)))
    func aClockSetBackBetweenTwoRunsStrandsNothing() async throws {
        let setting = try await Setting()
        let (sandbox, workspace) = (setting.sandbox, setting.workspace)
        try setting.set("+6h")
        sandbox.setFault(.status(503, retryAfter: .seconds(2)), on: .teams)
        let first = try await setting.router()
        for number in 1...30 { try workspace.drop(Self.update(number)) }
        try await eventually("all are in the ledger") {
            let states = try await workspace.states()
            return (states["retrying"] ?? 0) + (states["pending"] ?? 0) == 30 && (states["retrying"] ?? 0) > 0
        }
        first.send(SIGKILL)
        _ = await first.wait()
        sandbox.setFault(nil, on: .teams)
        try setting.set("+0")
        let second = try await setting.router()
        try await setting.delivered(30)
        #expect(await second.stop() == 0)
        #expect(try await workspace.run("verify").status == 0)
        await sandbox.stop()
    }
}
