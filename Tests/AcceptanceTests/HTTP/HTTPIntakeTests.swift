// The built program's HTTP side, as who sends events sees it.

import Foundation
import Glibc
import JSON
import Sandbox
import Testing

@Suite struct HTTPIntakeTests {
    private static let routes = "routes: [{name: all, match: {}, to: [ops-slack]}]\nhttp: {listen: \"127.0.0.1:0\", rate: unlimited}"

    private static func update(_ number: Int, of sender: Int) -> String {
        "{\"type\": \"update\", \"incident\": {\"id\": \"INC\(sender)\"}, \"message\": \"m\(number)\"}"
    }

    @Test func whatWasAnswered202SurvivesAKill() async throws {
        let sandbox = try await Sandbox.forTests()
        let workspace = try Workspace(sandbox.configuration(Self.routes))
        let token = try await workspace.token("intake")
        var accepted: [String] = []
        for round in 0..<3 {
            let router = try await workspace.router()
            let port = try await router.httpPort()
            let ids = await withTaskGroup(of: [String].self) { group in
                for sender in 0..<8 {
                    group.addTask {
                        var ids: [String] = []
                        guard let peer = try? HTTPPeer(port: port) else { return ids }
                        // The kill comes somewhere in the middle of what these send.
                        for number in 0..<2_000 {
                            guard let answer = try? peer.post("/v1/events", token: token, Self.update(number, of: sender)),
                                answer.status == 202
                            else { break }
                            ids += answer.ids
                            if sender == 0, number == 40 + round * 13 { router.send(SIGKILL) }
                        }
                        return ids
                    }
                }
                return await group.reduce(into: []) { $0 += $1 }
            }
            #expect(await router.wait() == -SIGKILL)
            #expect(ids.count > 40)
            accepted += ids
        }
        _ = try await workspace.run("run", "--once")
        let known = Set(try await workspace.deliveries().compactMap { $0["event"]?.string })
        let lost = accepted.filter { !known.contains($0) }
        #expect(lost.isEmpty, "\(lost.count) of \(accepted.count) were lost")
        #expect(Set(accepted).count == accepted.count)
        #expect(workspace.files(in: "queue/rejected").isEmpty)
        await sandbox.stop()
    }

    @Test func aTokenThatIsRevokedOpensNothingAnyMore() async throws {
        let sandbox = try await Sandbox.forTests()
        let workspace = try Workspace(sandbox.configuration(Self.routes))
        let token = try await workspace.token("intake")
        let router = try await workspace.router()
        let peer = try HTTPPeer(port: try await router.httpPort())
        #expect(try peer.post("/v1/events", token: token, Self.update(1, of: 1))?.status == 202)
        let id = try #require(try await workspace.run("token", "list", "--json").objects.first?["id"]?.string)
        #expect(try await workspace.run("token", "revoke", id).status == 0)
        #expect(try peer.post("/v1/events", token: token, Self.update(2, of: 1))?.status == 401)
        // One that is made meanwhile is taken at once.
        let other = try await workspace.token("intake")
        #expect(try peer.post("/v1/events", token: other, Self.update(3, of: 1))?.status == 202)
        await router.stop()
        #expect(router.errors.contains("a token was refused"))
        #expect(!router.errors.contains(token.suffix(52)))
        await sandbox.stop()
    }

    @Test func theTokenIsTheAuthorityWhereOwnersAreTrusted() async throws {
        let sandbox = try await Sandbox.forTests()
        let workspace = try Workspace(sandbox.configuration(Self.routes, router: "  trust: {\"65534\": [update]}"))
        let token = try await workspace.token("intake", name: "monitoring")
        let router = try await workspace.router()
        let peer = try HTTPPeer(port: try await router.httpPort())
        #expect(try peer.post("/v1/events", token: token, Self.update(1, of: 1))?.status == 202)
        try workspace.drop(Self.update(2, of: 1), as: "own.json")
        try await eventually("both have been looked at") {
            try await workspace.deliveries().count == 1 && workspace.files(in: "queue/rejected").count == 2
        }
        #expect(try await workspace.run("rejected", "--json").objects.map { $0["code"] } == ["forbidden_type"])
        await router.stop()
        await sandbox.stop()
    }

    @Test func manyIdleConnectionsDoNotTakeTheRoutersFiles() async throws {
        let sandbox = try await Sandbox.forTests()
        let workspace = try Workspace(sandbox.configuration(Self.routes))
        let token = try await workspace.token("intake")
        let router = try RunningProgram("/bin/sh", ["-c", "ulimit -n 400; exec \"$0\" run", tocsin], in: workspace.path)
        let port = try await router.httpPort()
        // Beyond the hundred that it takes, the kernel holds them for it.
        var idle = (0..<300).compactMap { _ in try? HTTPPeer(port: port) }
        #expect(idle.count == 300)
        try workspace.drop(Self.update(1, of: 1))
        try await eventually("the event goes out all the same") { try await workspace.deliveries("--state", "delivered").count == 1 }
        let files = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(router.identifier)/fd").count) ?? 0
        #expect(files < 250, "\(files) files are open")
        idle.removeAll()
        let peer = try HTTPPeer(port: port)
        #expect(try peer.post("/v1/events", token: token, Self.update(2, of: 1))?.status == 202)
        #expect(await router.stop() == 0)
        await sandbox.stop()
    }

    @Test func aBodyThatIsTooLargeIsRefusedBeforeItComes() async throws {
        let sandbox = try await Sandbox.forTests()
        let workspace = try Workspace(sandbox.configuration(Self.routes))
        let token = try await workspace.token("intake")
        let router = try await workspace.router()
        let peer = try HTTPPeer(port: try await router.httpPort())
        try peer.send(
            "POST /v1/events HTTP/1.1\r\nHost: t\r\nAuthorization: Bearer \(token)\r\nContent-Type: application/json\r\n"
                + "Content-Length: 50000000000\r\n\r\n{")
        let answer = try #require(peer.answer())
        #expect(answer.status == 413 && answer.head.lowercased().contains("connection: close"))
        #expect(peer.answer() == nil)
        let continued = try HTTPPeer(port: try await router.httpPort())
        let body = Self.update(1, of: 1)
        try continued.send(
            "POST /v1/events HTTP/1.1\r\nHost: t\r\nAuthorization: Bearer \(token)\r\nExpect: 100-continue\r\n"
                + "Content-Length: \(body.utf8.count)\r\n\r\n")
        #expect(continued.answer()?.status == 100)
        try continued.send(body)
        #expect(continued.answer()?.status == 202)
        await router.stop()
        await sandbox.stop()
    }
}
