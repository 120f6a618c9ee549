// A ledger that somebody else keeps locked, and one that is damaged: said clearly, nothing overwritten, nothing lost.

import Foundation
import Glibc
import Sandbox
import Testing

@Suite(.serialized) struct DatabaseTests {
    private static func update(_ number: Int) -> String {
        #"{"id": "e\#(number)", "type": "update", "incident": {"id": "INC\#(number)", "severity": "low"}, "message": "news \#(number)"}"#
    }

    private func workspace(_ sandbox: Sandbox) throws -> Workspace {
        try Workspace(
            sandbox.configuration("routes: [{name: all, match: {}, to: [ops-teams]}]")
                .replacing(#"/ops-teams"}"#, with: #"/ops-teams", rate: unlimited}"#))
    }

    private func drop(_ numbers: Range<Int>, _ workspace: Workspace) throws {
        for number in numbers { try workspace.drop(Self.update(number), as: "\(number).json", modified: Date().addingTimeInterval(-60)) }
    }

    /// Another process that holds the ledger's lock until its input ends.
    private func lock(_ workspace: Workspace) async throws -> RunningProgram {
        let script = """
            import os, sqlite3, sys, time
            ledger = sqlite3.connect(sys.argv[1], timeout=30, isolation_level=None)
            ledger.execute("BEGIN EXCLUSIVE")
            print("locked", flush=True)
            while not os.path.exists("unlock"): time.sleep(0.05)
            ledger.execute("ROLLBACK")
            """
        let program = try RunningProgram(
            "/usr/bin/env", ["python3", "-c", script, workspace.path + "/state/ledger.sqlite"], in: workspace.path)
        try await eventually("it is locked: \(program.errors)") { program.output.contains("locked") }
        return program
    }

    @Test(.timeLimit(.minutes(3))) func aLockIsWaitedOut() async throws {
        let sandbox = try await Sandbox.forTests()
        let workspace = try workspace(sandbox)
        let router = try await workspace.router()
        try drop(0..<20, workspace)
        try await eventually("the first are delivered") { try await workspace.states() == ["delivered": 20] }
        let holder = try await lock(workspace)
        try drop(20..<120, workspace)
        try await eventually("the log says who is in the way: \(router.errors)") { router.errors.contains("keeps the ledger") }
        #expect(router.errors.contains("fuser"))
        #expect(router.isRunning)
        try workspace.write("", to: "unlock")
        #expect(await holder.wait() == 0)
        try await eventually("all is delivered", within: 90) { try await workspace.states() == ["delivered": 120] }
        #expect(sandbox.inbox.count == 120, "none is lost, none came twice")
        #expect(await router.stop() == 0)
        #expect(try await workspace.run("verify").status == 0)
        await sandbox.stop()
    }

    @Test(.timeLimit(.minutes(3))) func aLockAtTheStartIsNamed() async throws {
        let sandbox = try await Sandbox.forTests()
        let workspace = try workspace(sandbox)
        #expect(try await workspace.run("run", "--once").status == 0)
        let holder = try await lock(workspace)
        let result = try await workspace.run("run")
        #expect(result.status == 74)
        #expect(result.errors.contains("locked") && result.errors.contains("fuser"), "\(result.errors)")
        Reliability.report("locked at the start: \(result.errors.split(separator: "\n").last ?? "")")
        try workspace.write("", to: "unlock")
        #expect(await holder.wait() == 0)
        await sandbox.stop()
    }

    /// - Parameter from: the first of the pages that are overwritten; all the ones behind it are, too.
    private func damage(_ workspace: Workspace, from page: Int) throws -> Data {
        let url = URL(fileURLWithPath: workspace.path + "/state/ledger.sqlite")
        var bytes = try Data(contentsOf: url)
        let start = page * 4_096
        for index in start..<bytes.count { bytes[index] = UInt8(truncatingIfNeeded: index &* 31 &+ 7) }
        try bytes.write(to: url)
        return bytes
    }

    @Test(.timeLimit(.minutes(2))) func aDamagedLedgerIsNamedAtTheStartAndNotTouched() async throws {
        let sandbox = try await Sandbox.forTests()
        let workspace = try workspace(sandbox)
        try drop(0..<200, workspace)
        #expect(try await workspace.run("run", "--once").status == 0)
        let bytes = try damage(workspace, from: 1)
        try drop(200..<201, workspace)
        for command in ["run", "verify"] {
            let result = try await workspace.run(command)
            #expect(result.status == (command == "run" ? 74 : result.status))
            #expect(result.status != 0)
            let said = result.errors + result.output
            #expect(said.contains("damaged"), "\(said)")
            if command == "run" {
                #expect(said.contains("nothing was overwritten") && said.contains("restore a backup"))
                Reliability.report("damaged at the start: \(result.errors.split(separator: "\n").last ?? "")")
            }
        }
        #expect(try Data(contentsOf: URL(fileURLWithPath: workspace.path + "/state/ledger.sqlite")) == bytes)
        #expect(workspace.exists("queue/200.json"), "what came meanwhile waits")
        await sandbox.stop()
    }

    /// The damage shows only when those pages are needed: events stay where they are, and the log says it.
    @Test(.timeLimit(.minutes(2))) func damageThatShowsWhileItRunsLosesNothing() async throws {
        let sandbox = try await Sandbox.forTests()
        let workspace = try workspace(sandbox)
        try drop(0..<200, workspace)
        #expect(try await workspace.run("run", "--once").status == 0)
        let intact = try Data(contentsOf: URL(fileURLWithPath: workspace.path + "/state/ledger.sqlite"))
        // The roots of the indexes on which every event depends are left whole, and so is what the start looks at.
        var bytes = intact
        let roots = try await workspace.query("SELECT rootpage FROM sqlite_schema WHERE name IN ('sqlite_autoindex_events_1')")
        let page = try #require(roots.first?.first.flatMap { Int($0) })
        for index in (page - 1) * 4_096..<page * 4_096 { bytes[index] = 0xA5 }
        try bytes.write(to: URL(fileURLWithPath: workspace.path + "/state/ledger.sqlite"))
        try drop(200..<210, workspace)
        let router = try workspace.start(["run"], input: nil, environment: [:])
        try await eventually("it says that the ledger is damaged: \(router.errors)") { router.errors.contains("is damaged") }
        if router.isRunning {
            router.send(SIGTERM)
            #expect(await router.wait() == 0)
        }
        #expect(workspace.unsettled.count == 10, "no event is forgotten: \(workspace.unsettled)")
        // A backup is put back: they are told.
        for name in ["ledger.sqlite-wal", "ledger.sqlite-shm"] { unlink("\(workspace.path)/state/\(name)") }
        try intact.write(to: URL(fileURLWithPath: workspace.path + "/state/ledger.sqlite"))
        #expect(try await workspace.run("run", "--once").status == 0)
        #expect(sandbox.inbox.count == 210)
        await sandbox.stop()
    }
}
