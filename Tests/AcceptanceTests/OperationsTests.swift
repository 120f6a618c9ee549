// Health, metrics, logs, traces and the service manager, in the built program.

import Foundation
import FoundationNetworking
import Glibc
import JSON
import Sandbox
import Testing

@Suite struct OperationsTests {
    private static let routes = """
        routes: [{name: one, match: {}, to: [ops-slack]}]
        http: {listen: "127.0.0.1:0"}
        """

    /// Where the router says that it answers.
    private static func address(_ router: RunningProgram) async throws -> String {
        var found = ""
        try await eventually("it answers HTTP: \(router.errors)") {
            found = router.errors.firstMatch(of: /answers HTTP[^\n]*?"?(127\.0\.0\.1:[0-9]+)/).map { String($0.1) } ?? ""
            return !found.isEmpty
        }
        return found
    }

    private static func get(_ url: String) async throws -> (status: Int, type: String, body: String) {
        let (data, response) = try await URLSession.shared.data(from: try #require(URL(string: url)))
        let answer = try #require(response as? HTTPURLResponse)
        return (answer.statusCode, answer.value(forHTTPHeaderField: "Content-Type") ?? "", String(decoding: data, as: UTF8.self))
    }

    @Test func itIsAliveReadyAndCounts() async throws {
        let sandbox = try await Sandbox.forTests()
        let workspace = try Workspace(sandbox.configuration(Self.routes))
        let router = try await workspace.router()
        let address = try await Self.address(router)
        #expect(try await Self.get("http://\(address)/healthz").body == "{\"status\":\"alive\"}\n")
        try await eventually("it is ready") { try await Self.get("http://\(address)/readyz").status == 200 }
        let ready = try JSONValue.parse(bytes: Array(try await Self.get("http://\(address)/readyz").body.utf8))
        #expect(ready["status"] == "ready")
        #expect(Set(ready["checks"]?.object?.keys ?? [:].keys) == ["router", "ledger", "queue", "channels", "disk"])

        let event = ReloadTests.update(1)
        try workspace.drop(event)
        try workspace.drop(event)
        try workspace.drop("{}")
        try await eventually("it is told once") { sandbox.inbox.count == 1 && workspace.files(in: "queue/rejected").count == 2 }
        var text = ""
        try await eventually("it is counted: \(text)") {
            let answer = try await Self.get("http://\(address)/metrics")
            #expect(answer.status == 200 && answer.type == "text/plain; version=0.0.4; charset=utf-8")
            text = answer.body
            return text.contains("tocsin_attempts_total{channel=\"ops-slack\",outcome=\"accepted\"} 1\n")
                && text.contains("tocsin_queue_rejected_files 1\n")
        }
        for line in [
            "tocsin_events_total{type=\"update\",result=\"accepted\"} 1", "tocsin_events_total{type=\"update\",result=\"duplicate\"} 1",
            "tocsin_events_rejected_total{code=\"missing_member\"} 1", "tocsin_attempt_seconds_count{channel=\"ops-slack\"} 1",
            "tocsin_delivery_latency_seconds_count{severity=\"low\"} 1", "tocsin_incidents_open{severity=\"low\"} 1",
            "tocsin_deliveries{channel=\"ops-slack\",state=\"delivered\"} 1", "tocsin_ready 1",
            "tocsin_breaker_open{channel=\"ops-slack\"} 0",
        ] {
            #expect(text.contains(line + "\n"), "\(line)")
        }
        #expect(!text.contains("INC1"))
        let status = try await workspace.run("status", "--json")
        #expect(status.objects.first?["http"]?["address"]?.string == address)
        #expect(await router.stop() == 0)
        await sandbox.stop()
    }

    @Test func aPortThatIsInUseIsSaid() async throws {
        let sandbox = try await Sandbox.forTests()
        let first = try Workspace(sandbox.configuration(Self.routes))
        let router = try await first.router()
        let address = try await Self.address(router)
        let second = try Workspace(
            sandbox.configuration("routes: [{name: one, match: {}, to: [ops-slack]}]\nhttp: {listen: \"\(address)\"}"))
        try second.drop(ReloadTests.update(1), as: "waits.json")
        let result = try await second.run("run")
        #expect(result.status == 69)
        // Nothing was begun: neither taken nor sent.
        #expect(second.files(in: "queue").contains("waits.json") && sandbox.inbox.count == 0)
        #expect(!result.errors.contains("notice: running"), "\(result.errors)")
        #expect(result.errors.contains("cannot listen on \(address): the port is in use"))
        #expect(await router.stop() == 0)
        await sandbox.stop()
    }

    @Test func logsAreObjectsWithIdsAndWithoutSecrets() async throws {
        let sandbox = try await Sandbox.forTests()
        let (port) = try freePorts(1)[0]
        let workspace = try Workspace(
            """
            version: 1
            channels: {ops: {type: slack, webhook: "${env:HOOK}"}}
            routes: [{name: one, match: {}, to: [ops]}]
            """)
        let environment = ["HOOK": "http://127.0.0.1:\(port)/services/T0/B0/s3cret", "TOCSIN_LOG_FORMAT": "json"]
        let router = try workspace.start(["run"], input: nil, environment: environment)
        try workspace.drop(ReloadTests.update(1))
        try workspace.drop(#"{"type": "nonsense", "incident": {"id": "INC2"}}"#)
        try await eventually("both are told: \(router.errors)") {
            router.errors.contains("does not get through") && router.errors.contains("\"rejected\"")
        }
        #expect(await router.stop() == 0)
        let lines = router.errors.split(separator: "\n")
        let objects = lines.compactMap { try? JSONValue.parse(bytes: Array($0.utf8)) }
        #expect(objects.count == lines.count && objects.allSatisfy { $0["time"] != nil && $0["level"] != nil && $0["message"] != nil })
        let trouble = try #require(objects.first { $0["message"]?.string?.hasPrefix("does not get through") == true })
        #expect(trouble["incident"] == "INC1" && trouble["delivery"]?.string?.isEmpty == false && trouble["level"] == "warning")
        #expect(objects.first { $0["message"] == "rejected" }?["incident"] == "INC2")
        #expect(!router.errors.contains("s3cret"))
        await sandbox.stop()
    }

    /// The last word, too; and none says twice how bad it is.
    @Test func aStartThatFailsIsLoggedAsObjects() async throws {
        let workspace = try Workspace("version: 1\nchannels: {ops: {type: slak}}\nroutes: []")
        let missing = try await workspace.run("run", "--log-format", "json", "--config", "nowhere.yaml")
        let broken = try await workspace.run("run", "--log-format", "json")
        #expect(missing.status == 66 && broken.status == 78)
        for result in [missing, broken] {
            let lines = result.errors.split(separator: "\n")
            let objects = lines.compactMap { try? JSONValue.parse(bytes: Array($0.utf8)) }
            #expect(!objects.isEmpty && objects.count == lines.count, "\(result.errors)")
            #expect(objects.allSatisfy { $0["message"]?.string?.contains(#/(error|warning): /#) == false })
            #expect(objects.last?["level"] == "error")
        }
        #expect(broken.errors.contains("does not start"))
    }

    @Test func systemdHearsOfEverything() async throws {
        let sandbox = try await Sandbox.forTests()
        let workspace = try Workspace(sandbox.configuration(Self.routes))
        let systemd = try NotifySocket()
        let router = try await workspace.router(environment: ["NOTIFY_SOCKET": systemd.name, "WATCHDOG_USEC": "2000000"])
        try await eventually("it is ready: \(systemd.told)") { systemd.told.contains { $0.hasPrefix("READY=1\nSTATUS=") } }
        #expect(router.errors.contains("answers HTTP"))
        try await eventually("the watchdog is fed: \(systemd.told)") { systemd.told.count { $0.hasPrefix("WATCHDOG=1") } >= 3 }
        router.send(SIGHUP)
        try await eventually("it reloads: \(systemd.told)") {
            let place = systemd.told.firstIndex { $0.hasPrefix("RELOADING=1\nMONOTONIC_USEC=") }
            return place.map { systemd.told[$0...].contains("READY=1") } ?? false
        }
        #expect(await router.stop() == 0)
        try await eventually("it stops: \(systemd.told)") { systemd.told.contains { $0.hasPrefix("STOPPING=1") } }
        await sandbox.stop()
    }

    /// A ledger that another program holds is no reason to be ended: what is to be written waits. A process that stands still is.
    @Test func aHeldLedgerFeedsTheWatchdogAndAStoppedProcessDoesNot() async throws {
        let sandbox = try await Sandbox.forTests()
        let workspace = try Workspace(sandbox.configuration(Self.routes))
        let systemd = try NotifySocket()
        let router = try await workspace.router(environment: ["NOTIFY_SOCKET": systemd.name, "WATCHDOG_USEC": "1000000"])
        try await eventually("the watchdog is fed") { systemd.told.contains { $0.hasPrefix("WATCHDOG=1") } }
        func fed() -> Int { systemd.told.count { $0.hasPrefix("WATCHDOG=1") } }
        let ledger = try LockedLedger("\(workspace.path)/state/ledger.sqlite")
        try workspace.drop(ReloadTests.update(1))
        let before = fed()
        // Longer than SQLite itself waits.
        try await eventually("it is alive all the while: \(router.errors)") { fed() >= before + 12 }
        ledger.release()
        router.send(SIGSTOP)
        try await eventually("it says nothing more") {
            let told = systemd.told.count
            try await Task.sleep(for: .seconds(2))
            return systemd.told.count == told
        }
        router.send(SIGCONT)
        let last = fed()
        try await eventually("it is alive again") { fed() > last }
        #expect(await router.stop() == 0)
        await sandbox.stop()
    }

    @Test func aTraceGoesOnInTheRequest() async throws {
        let peer = try RawPeer(answering: "ok")
        let workspace = try Workspace(
            """
            version: 1
            channels: {ops: {type: slack, webhook: "${env:HOOK}"}}
            routes: [{name: one, match: {}, to: [ops]}]
            """)
        try workspace.drop(
            """
            {"type": "update", "incident": {"id": "INC1", "severity": "low"}, "message": "news",
             "traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "tracestate": "a=1"}
            """)
        let result = try await workspace.run("run", "--once", environment: ["HOOK": "http://127.0.0.1:\(peer.port)/services/T0/B0/x"])
        #expect(result.status == 0, "\(result.errors)")
        let request = try #require(peer.requests.first)
        #expect(
            try #require(request.firstMatch(of: /traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-([0-9a-f]{16})-01\r\n/)).1
                != "00f067aa0ba902b7")
        #expect(request.contains("tracestate: a=1\r\n"))
        // The trace does not count for what an event is known by, and nobody holds that against it.
        let verified = try await workspace.run("verify", environment: ["HOOK": "http://127.0.0.1:\(peer.port)/services/T0/B0/x"])
        #expect(verified.status == 0, "\(verified.output)")
    }

    /// The outside is called while Tocsin is well, and people get their sign of life; the address is nowhere.
    @Test func theHeartBeats() async throws {
        let sandbox = try await Sandbox.forTests()
        let peer = try RawPeer(answering: "ok")
        let workspace = try Workspace(
            sandbox.configuration(
                """
                routes: [{name: one, match: {type: update}, to: [ops-teams]}]
                heartbeat: {every: 10s, to: [ops-slack], url: "${env:BEAT}"}
                """))
        let router = try await workspace.router(environment: ["BEAT": "http://127.0.0.1:\(peer.port)/s3cret"])
        try await eventually("it is called") { peer.requests.contains { $0.hasPrefix("GET /s3cret HTTP/1.1\r\n") } }
        try await eventually("people hear: \(router.errors)") { sandbox.inbox.count > 0 }
        #expect(await router.stop() == 0)
        let deliveries = try await workspace.deliveries()
        #expect(deliveries.first?["template"] == "heartbeat" && deliveries.first?["type"] == "reminder")
        #expect(!router.errors.contains("s3cret"))
        await sandbox.stop()
    }

    /// Silence opens an incident, over a restart; what is heard again resolves it.
    @Test func aDeadManIsMissedAndHeardAgain() async throws {
        let sandbox = try await Sandbox.forTests()
        let workspace = try Workspace(
            sandbox.configuration(
                """
                routes: [{name: one, match: {id: "dead-man-*"}, to: [ops-slack]}]
                dead_man: {watchdog: {match: {labels.alertname: Watchdog}, after: 1m, severity: high, service: monitoring}}
                """))
        let alert =
            #"{"id": "w", "type": "update", "source": "am", "message": "alive", "incident": {"id": "W", "severity": "low", "labels": {"alertname": "Watchdog"}}}"#
        try workspace.drop(alert)
        #expect(try await workspace.run("run", "--once").status == 0)
        var monitor = try #require(try await workspace.run("status", "--json").objects.first?["monitors"]?.array?.first)
        #expect(monitor["name"] == "watchdog" && monitor["heard_at"]?.string != nil && monitor["silent"] == false)
        // An hour passes.
        try workspace.setBack("monitors", ["since", "heard"], by: 3_600)
        try workspace.setBack("alarms", ["due"], by: 3_600)
        #expect(try await workspace.run("run", "--once").status == 0)
        #expect(sandbox.inbox.count == 1)
        monitor = try #require(try await workspace.run("status", "--json").objects.first?["monitors"]?.array?.first)
        #expect(monitor["silent"] == true)
        // The same again is a duplicate, and a sign of life.
        try workspace.drop(alert)
        #expect(try await workspace.run("run", "--once").status == 0)
        #expect(sandbox.inbox.count == 2)
        let types = try await workspace.deliveries().compactMap { $0["type"]?.string }
        #expect(types.sorted() == ["escalation", "status_change"])
        let incidents = try await workspace.run("incidents", "--all", "--json").objects
        #expect(incidents.first { $0["id"] == "dead-man-watchdog" }?["status"] == "resolved")
        #expect(try await workspace.run("verify").status == 0)
        await sandbox.stop()
    }

    /// An incident that a rule opened does not outlive the rule, whether it goes during a stop or while the router runs.
    @Test(arguments: [true, false]) func aDeadManWhoseRuleIsGoneIsOver(isRunning: Bool) async throws {
        let sandbox = try await Sandbox.forTests()
        let routes = #"routes: [{name: one, match: {id: "dead-man-*"}, to: [ops-slack]}]"#
        let workspace = try Workspace(
            sandbox.configuration("\(routes)\ndead_man: {watchdog: {match: {source: am}, after: 1m, severity: high}}"))
        #expect(try await workspace.run("run", "--once").status == 0)
        try workspace.setBack("monitors", ["since"], by: 3_600)
        try workspace.setBack("alarms", ["due"], by: 3_600)
        #expect(try await workspace.run("run", "--once").status == 0)
        #expect(sandbox.inbox.count == 1)
        func change() throws { try workspace.write(sandbox.configuration(routes), to: "routes.yaml") }
        if isRunning {
            let router = try await workspace.router()
            try change()
            try await eventually("the end is told: \(router.errors)") { sandbox.inbox.count == 2 }
            #expect(await router.stop() == 0)
        } else {
            try change()
            #expect(try await workspace.run("run", "--once").status == 0)
        }
        #expect(sandbox.inbox.count == 2)
        #expect(sandbox.inbox.all().last?.text.contains("its rule was removed") == true)
        #expect(try await workspace.run("run", "--once").status == 0)
        #expect(sandbox.inbox.count == 2, "once")
        let incidents = try await workspace.run("incidents", "--all", "--json").objects
        #expect(incidents.first { $0["id"] == "dead-man-watchdog" }?["status"] == "resolved")
        #expect(try await workspace.run("verify").status == 0)
        await sandbox.stop()
    }

    /// Thirty days without a word are told to the operators, once, also over a restart.
    @Test func whatNobodyTouchesIsTold() async throws {
        let sandbox = try await Sandbox.forTests()
        let workspace = try Workspace(
            sandbox.configuration(
                "routes: [{name: one, match: {severity: critical}, to: [ops-teams]}]", router: "  operators: [ops-slack]"))
        try workspace.drop(
            #"{"type": "status_change", "incident": {"id": "OLD", "severity": "low", "status": "open", "title": "The printer jams"}}"#)
        #expect(try await workspace.run("run", "--once").status == 0)
        #expect(sandbox.inbox.count == 0)
        try workspace.setBack("incidents", ["look_at"], by: 32 * 86_400)
        let router = try await workspace.router()
        try await eventually("the operators hear: \(router.errors)") { sandbox.inbox.count == 1 }
        #expect(await router.stop() == 0)
        #expect(sandbox.inbox.all().first?.text.contains("OLD The printer jams (low)") == true)
        let again = try await workspace.router()
        try workspace.drop(#"{"type": "status_change", "incident": {"id": "NEW", "severity": "critical", "status": "open"}}"#)
        try await eventually("the next is told: \(again.errors)") { sandbox.inbox.count == 2 }
        #expect(await again.stop() == 0)
        #expect(sandbox.inbox.count == 2)
        #expect(try await workspace.run("verify").status == 0)
        await sandbox.stop()
    }

    /// What looks like a slip is said, and dropped all the same; the router says whom it could not tell.
    @Test func slipsAreNoticed() async throws {
        let sandbox = try await Sandbox.forTests()
        let workspace = try Workspace(sandbox.configuration("routes: [{name: one, match: {}, to: [ops-slack]}]"))
        let router = try await workspace.router()
        let first = try await workspace.run("send", "status_change", "--incident", "INC10", "--status", "open", "--severity", "low")
        #expect(first.status == 0 && first.errors.isEmpty)
        try await eventually("it is known") { sandbox.inbox.count == 1 }
        let slip = try await workspace.run("send", "status_change", "--incident", "INC1O", "--status", "open", "--severity", "low")
        #expect(slip.status == 0 && slip.errors.contains("no incident `INC1O` is known, and `INC10` is open"), "\(slip.errors)")
        let other = try await workspace.run("send", "status_change", "--incident", "INC11", "--status", "open", "--severity", "low")
        #expect(other.status == 0 && other.errors.isEmpty, "the next number is no slip")
        let assigned = try await workspace.run(
            "send", "assignment", "--incident", "INC10", "--set", "assignee=duty-enginer", "--by", "servce-owner")
        #expect(assigned.status == 0)
        #expect(assigned.errors.contains("nobody is called `duty-enginer` in routes.yaml"), "\(assigned.errors)")
        #expect(assigned.errors.contains("did you mean `duty-engineer`?") && assigned.errors.contains("did you mean `service-owner`?"))
        try await eventually("the router says so: \(router.errors)") { router.errors.contains("an assignment to nobody") }
        #expect(await router.stop() == 0)
        await sandbox.stop()
    }
}
