// A changed routes.yaml is taken up; a bad one is refused, and the old one stays.

import Foundation
import Glibc
import Sandbox
import Testing

@Suite struct ReloadTests {
    static func update(_ number: Int) -> String {
        #"{"type": "update", "id": "u\#(number)", "incident": {"id": "INC1", "severity": "low"}, "message": "news \#(number)"}"#
    }

    @Test func aChangedFileAndSIGHUPReloadAndABadFileDoesNot() async throws {
        let sandbox = try await Sandbox.forTests()
        let workspace = try Workspace(sandbox.configuration("routes: [{name: one, match: {}, to: [ops-slack]}]"))
        let router = try await workspace.router()
        try workspace.drop(Self.update(1))
        try await eventually("the first goes to Slack") { sandbox.inbox.count == 1 }

        try workspace.write(sandbox.configuration("routes: [{name: two, match: {}, to: [ops-teams]}]"), to: "routes.yaml")
        try await eventually("the change is noticed: \(router.errors)") { router.errors.contains("notice: reloaded") }
        try workspace.drop(Self.update(2))
        try await eventually("the second goes to Teams") { sandbox.inbox.count == 2 }
        #expect(sandbox.inbox.all().last?.receiver == .teams)

        try workspace.write("version: 1\nroutes: 7\n", to: "routes.yaml")
        try await eventually("the mistake is told: \(router.errors)") { router.errors.contains("the old configuration stays in force") }
        let told = router.errors.components(separatedBy: "stays in force").count
        router.send(SIGHUP)
        try await eventually("SIGHUP tries again") { router.errors.components(separatedBy: "stays in force").count > told }
        try workspace.drop(Self.update(3))
        try await eventually("the third still goes to Teams") { sandbox.inbox.count == 3 }
        #expect(sandbox.inbox.all().last?.receiver == .teams)
        #expect(await router.stop() == 0)
        await sandbox.stop()
    }

    @Test func anEditedAdapterIsReadAgain() async throws {
        let sandbox = try await Sandbox.forTests()
        let own = try String(contentsOf: repository.appending(path: "adapters/datadog.yaml"), encoding: .utf8)
        let workspace = try Workspace(
            sandbox.configuration(
                "routes: [{name: one, match: {}, to: [ops-slack]}]\nhttp: {listen: \"127.0.0.1:0\", intake: {own: {adapter: own.yaml}}}"))
        try workspace.write(own, to: "own.yaml")
        let router = try await workspace.router()
        try workspace.write(own + "\n# edited\n", to: "own.yaml")
        try await eventually("the change is noticed: \(router.errors)") { router.errors.contains("notice: reloaded") }
        #expect(await router.stop() == 0)
        await sandbox.stop()
    }

    @Test func whatIsPutBackNeedsNoStart() async throws {
        let sandbox = try await Sandbox.forTests()
        let ports = try freePorts(2)
        func configuration(_ port: Int) -> String {
            sandbox.configuration("routes: [{name: one, match: {}, to: [ops-slack]}]\nhttp: {listen: \"127.0.0.1:\(port)\"}")
        }
        let workspace = try Workspace(configuration(Int(ports[0])))
        let router = try await workspace.router()
        func reloads() -> Int { router.errors.components(separatedBy: "notice: reloaded").count - 1 }
        func warnings() -> Int { router.errors.components(separatedBy: "`http.listen` takes effect at the next start").count - 1 }
        try workspace.write(configuration(Int(ports[1])), to: "routes.yaml")
        try await eventually("it is taken up: \(router.errors)") { reloads() == 1 }
        #expect(warnings() == 1)
        try workspace.write(configuration(Int(ports[0])), to: "routes.yaml")
        try await eventually("it is put back: \(router.errors)") { reloads() == 2 }
        #expect(warnings() == 1, "\(router.errors)")
        #expect(await router.stop() == 0)
        await sandbox.stop()
    }

    @Test func anEditedCalendarIsReadAgain() async throws {
        func calendar(_ who: String) -> String {
            "BEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VEVENT\nUID:1\nDTSTART:20200101T000000Z\nDURATION:P1D\nRRULE:FREQ=DAILY\nSUMMARY:\(who)\n"
                + "END:VEVENT\nEND:VCALENDAR\n"
        }
        let sandbox = try await Sandbox.forTests()
        let workspace = try Workspace(
            sandbox.configuration(
                "rotations: {primary: {calendar: duty.ics}}\nroutes: [{name: one, match: {}, to: [primary]}]"))
        try workspace.write(calendar("duty-engineer"), to: "duty.ics")
        let router = try await workspace.router()
        try workspace.drop(Self.update(1))
        try await eventually("it is the duty engineer's turn") { sandbox.inbox.count == 1 }
        try workspace.write(calendar("service-owner"), to: "duty.ics")
        try await eventually("the change is noticed: \(router.errors)") { router.errors.contains("notice: reloaded") }
        try workspace.drop(Self.update(2))
        try await eventually("it is the service owner's turn") { sandbox.inbox.all().contains { $0.to.contains("owner@example.com") } }
        #expect(await router.stop() == 0)
        await sandbox.stop()
    }
}
