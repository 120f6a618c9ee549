// Disks that are full or must not be written, by real file systems: these tests need root, and say so where they are left out.

import Foundation
import Glibc
import Sandbox
import Testing

@Suite(.serialized) struct DiskTests {
    static let needsRoot = "mounting a file system needs root"

    /// A small file system in the workspace, for as long as this object lives.
    private final class Mount {
        let path: String

        init(_ kind: String, _ path: String) async throws {
            self.path = path
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            try await shell("mount \(kind) '\(path)'", in: "/")
        }

        deinit { umount2(path, Int32(MNT_DETACH)) }
    }

    private static func update(_ number: Int) -> String {
        #"{"id": "e\#(number)", "type": "update", "incident": {"id": "INC\#(number)", "severity": "low"}, "message": "news \#(number)"}"#
    }

    @Test(.enabled(if: Reliability.isRoot, Comment(rawValue: needsRoot)), .timeLimit(.minutes(4)))
    func aFullDiskStopsTheIntakeUntilThereIsRoomAgain() async throws {
        let sandbox = try await Sandbox.forTests()
        let workspace = try Workspace(
            sandbox.configuration(
                "routes: [{name: all, match: {}, to: [ops-teams]}]", router: "  queue: disk/queue\n  state: disk/state"
            ).replacing(#"/ops-teams"}"#, with: #"/ops-teams", rate: unlimited}"#))
        let mount = try await Mount("-t tmpfs -o size=20m tmpfs", workspace.path + "/disk")
        let router = try await workspace.router()
        let queue = workspace.path + "/disk/queue"
        for number in 0..<1_000 {
            // The content lies there already: a rename needs no room.
            let text = number % 250 == 7 ? "[\"no event\"]" : Self.update(number)
            try text.write(toFile: "\(queue)/tmp/\(number).json", atomically: false, encoding: .utf8)
        }
        let ballast = open(mount.path + "/ballast", O_WRONLY | O_CREAT, 0o600)
        defer { close(ballast) }
        func fill() {
            for size in [65_536, 4_096, 1] {
                let zeros = [UInt8](repeating: 0, count: size)
                while write(ballast, zeros, size) > 0 {}
            }
        }
        for number in 0..<1_000 {
            // While some arrive, there is still room; then none; and whatever the router frees is taken as well.
            if number >= 100, number % 50 == 0 { fill() }
            #expect(rename("\(queue)/tmp/\(number).json", "\(queue)/\(number).json") == 0)
            if number % 10 == 0 { try await Task.sleep(for: .milliseconds(5)) }
        }
        fill()
        try await eventually("the log says it: \(router.errors)") { router.errors.contains("no space is left for the ledger") }
        // It goes on trying: several times in ten seconds.
        try await Task.sleep(for: .seconds(10))
        #expect(router.isRunning)
        let told = router.errors.split(separator: "\n").count { !$0.hasPrefix("routes.yaml") }
        #expect(told < 12, "the log is not flooded: \(told) lines\n\(router.errors)")
        let before = sandbox.inbox.count
        #expect(before < 996, "something had to wait")
        #expect(ftruncate(ballast, 0) == 0)
        try await eventually("all is delivered, \(sandbox.inbox.count) so far", within: 90) {
            try await workspace.states() == ["delivered": 996]
        }
        #expect(sandbox.inbox.count == 996, "none is lost, and none came twice")
        try await eventually(
            "what is bad is set aside: \(workspace.files(in: "disk/queue/rejected")) \(workspace.files(in: "disk/queue/.taken")) \(router.errors)"
        ) { workspace.files(in: "disk/queue/rejected").count { !$0.contains(".reason") } == 4 }
        try await eventually("nothing is left") { workspace.files(in: "disk/queue/.taken").isEmpty }
        Reliability.report("full disk: \(before) of 996 delivered when it was full, all after there was room; \(told) lines in the log")
        #expect(await router.stop() == 0)
        #expect(try await workspace.run("verify").status == 0)
        await sandbox.stop()
    }

    @Test(.enabled(if: Reliability.isRoot, Comment(rawValue: needsRoot)), arguments: ["state", "queue"])
    func aReadOnlyDirectoryIsNamedAndLeftAsItIs(_ which: String) async throws {
        let sandbox = try await Sandbox.forTests()
        let workspace = try Workspace(sandbox.configuration("routes: [{name: all, match: {}, to: [ops-teams]}]"))
        try workspace.drop(Self.update(1), as: "1.json", modified: Date().addingTimeInterval(-60))
        #expect(try await workspace.run("run", "--once").status == 0)
        try workspace.drop(Self.update(2), as: "2.json", modified: Date().addingTimeInterval(-60))
        let before = try Data(contentsOf: URL(fileURLWithPath: workspace.path + "/state/ledger.sqlite"))
        do {
            let path = "\(workspace.path)/\(which)"
            let mount = try await Mount("--bind '\(path)'", path)
            try await shell("mount -o remount,ro,bind '\(mount.path)'", in: "/")
            let result = try await workspace.run("run")
            #expect(result.status == 74)
            #expect(result.errors.contains("\(which)") && result.errors.contains("for writing"), "it says what to do: \(result.errors)")
            Reliability.report("read-only \(which): \(result.errors.split(separator: "\n").last ?? "")")
            #expect(workspace.exists("queue/2.json"))
        }
        #expect(try Data(contentsOf: URL(fileURLWithPath: workspace.path + "/state/ledger.sqlite")) == before)
        #expect(try await workspace.run("run", "--once").status == 0)
        #expect(sandbox.inbox.count == 2)
        await sandbox.stop()
    }

    @Test(
        .enabled(if: !Reliability.isRoot, "root may write everywhere; as root a read-only mount is tested"), arguments: ["state", "queue"])
    func aDirectoryOfSomebodyElseIsNamedAndLeftAsItIs(_ which: String) async throws {
        let sandbox = try await Sandbox.forTests()
        let workspace = try Workspace(sandbox.configuration("routes: [{name: all, match: {}, to: [ops-teams]}]"))
        #expect(try await workspace.run("run", "--once").status == 0)
        chmod("\(workspace.path)/\(which)", 0o555)
        let result = try await workspace.run("run")
        chmod("\(workspace.path)/\(which)", 0o755)
        #expect(result.status == 74)
        #expect(result.errors.contains(which), "\(result.errors)")
        #expect(try await workspace.run("run", "--once").status == 0)
        await sandbox.stop()
    }
}
