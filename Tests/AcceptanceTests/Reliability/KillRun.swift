// A router that is killed again and again while events of many incidents, several updates each, pass through it to
// receivers that misbehave. It only acts and writes down what it did; KillVerdict judges.

import CrashPoints
import Foundation
import Glibc
import Sandbox

/// From one start of the router to its end.
struct Life: Sendable {
    var began: Date
    var ended = Date.distantFuture
    /// Where it died; nil: at a random moment, or in order.
    var point: CrashPoint?
    var wasKilled = false
}

final class KillRun {
    static let addresses = 4

    let sandbox: Sandbox
    let workspace: Workspace
    private(set) var lives: [Life] = []
    /// Events that the router must take, by id: their number, which grows, and how many are to be told.
    private(set) var events: [String: (number: Int, addresses: Int)] = [:]
    private(set) var rejectable = 0
    /// Incidents that break a promise.
    private(set) var slow = 0
    private var random: Seeded
    private var number = 0
    private let epoch = Date().addingTimeInterval(-1_500)

    var kills: Int { lives.count { $0.wasKilled } }

    init(seed: UInt64) async throws {
        random = Seeded(seed)
        sandbox = try await Sandbox.forTests {
            $0.maximumKept = 2_000_000
            $0.maximumKeptBytes = 2 << 30
        }
        let points = sandbox.endpoints
        let common = "timeout: 2s, concurrency: 8, rate: unlimited, unknown_resends: 20"
        workspace = try Workspace(
            """
            version: 1
            channels:
              room: {type: slack, webhook: "\(points.slackWebhook)/room", \(common)}
              flood: {type: slack, webhook: "\(points.slackWebhook)/flood", \(common)}
              floor: {type: teams, webhook: "\(points.teams)/floor", \(common)}
              mail: {type: email, server: "smtp://127.0.0.1:\(points.smtpPort)", username: tocsin, password: sesame, from: "incidents@example.com", ca: "\(points.ca ?? "")", \(common)}
              sms: {type: sms, gateway: twilio, account: AC0123456789abcdef0123456789abcdef, token: t0ken, from: "+15557654321", base_url: "\(points.twilio)", \(common)}
            sla:
              medium: {resolve: 1s, warn_at: 100%}
            routes:
              - {name: held, match: {service: held}, to: [flood], group: {by: [id], wait: 1s, interval: 1s}}
              - {name: shop, match: {service: shop}, to: [room, floor, "mail:duty@example.com", "sms:+447700900999"]}
              - {name: flood, match: {service: flood}, to: [flood]}
            """)
    }

    // MARK: Events

    /// Some updates of a few incidents, in order, each a file.
    private func drop(_ count: Int) throws {
        for _ in 0..<count {
            let incident = Int.random(in: 0..<40, using: &random)
            try put(event("INC\(incident)", service: "shop", addresses: Self.addresses), ending: "json")
        }
    }

    private func event(_ incident: String, service: String, addresses: Int, severity: String = "low") -> String {
        number += 1
        events["e\(number)"] = (number, addresses)
        let time = epoch.addingTimeInterval(Double(number) / 1000).formatted(
            .iso8601.year().month().day().time(includingFractionalSeconds: true))
        return """
            {"id": "e\(number)", "type": "update", "source": "shop", "time": "\(time)Z", "message": "news \(number)", \
            "incident": {"id": "\(incident)", "severity": "\(severity)", "service": "\(service)"}}
            """
    }

    private func put(_ text: String, ending: String) throws {
        number += 1
        let padded = String(repeating: "0", count: max(0, 8 - "\(number)".count)) + "\(number)"
        try workspace.drop(text, as: "\(padded).\(ending)", modified: epoch.addingTimeInterval(Double(number) / 1000))
    }

    /// What the point needs besides updates.
    private func provoke(_ point: CrashPoint?) throws {
        switch point {
        case .reasonDrafted, .reasonNamed, .rejected:
            rejectable += 2
            try put("[\"no event\", \(number)]", ending: "json")
            let good = event("INC1", service: "shop", addresses: Self.addresses)
            try put("\(good)\n{\"type\": \"nonsense \(number)\"}\n", ending: "ndjson")
        case .betweenSlices:
            let lines = (0..<520).map { event("FLOOD\($0 % 300)", service: "flood", addresses: 1) }
            try put(lines.joined(separator: "\n"), ending: "ndjson")
        case .beforeRingCommit, .afterRingCommit:
            // Breached as soon as it is known; nobody is told.
            slow += 6
            for _ in 0..<6 { try put(event("SLOW\(number)", service: "clock", addresses: 0, severity: "medium"), ending: "json") }
        case .beforeReleaseCommit, .afterReleaseCommit:
            // Each in a group of its own, so that it leaves as itself.
            for _ in 0..<6 { try put(event("HELD\(number)", service: "held", addresses: 1), ending: "json") }
        default: break
        }
    }

    // MARK: Faults

    private func misbehave() {
        let receivers: [Receiver] = [.slack, .teams, .smtp, .twilio]
        guard let receiver = receivers.randomElement(using: &random) else { return }
        let faults: [Fault] = [
            .status(receiver == .smtp ? 451 : 503), .resetBeforeBody, .resetAfterBody, .delay(0.05), .drip(0.01), .garbage, .hang,
            receiver == .smtp ? .reply(.connect, code: 421) : .status(429, retryAfter: .seconds(1)),
        ]
        sandbox.setFault(faults.randomElement(using: &random), on: receiver, times: Int.random(in: 1...3, using: &random))
    }

    // MARK: Lives

    /// Starts a router, lets it work, and kills it, or lets it kill itself.
    ///
    /// - Returns: false where it never came to the point.
    func live(to point: CrashPoint?) async throws -> Bool {
        for _ in 0..<Int.random(in: 0...2, using: &random) { misbehave() }
        try drop(Int.random(in: 0...6, using: &random))
        try provoke(point)
        var environment: [String: String] = [:]
        if let point { environment["TOCSIN_CRASH_AT"] = "\(point.rawValue):\(count(of: point))" }
        lives.append(Life(began: Date(), point: point))
        let router = try workspace.start(["run"], input: nil, environment: environment)
        let reached = try await point == nil ? killed(router) : killsItself(router, asked: point?.needsSignal == true)
        lives[lives.count - 1].ended = Date()
        lives[lives.count - 1].wasKilled = true
        // What it had still sent is received now, and not in the next life.
        try await eventually("the receivers have read everything") { sandbox.openConnections == 0 }
        return reached
    }

    private func count(of point: CrashPoint) -> Int { point.isRare ? 1 : Int.random(in: 1...6, using: &random) }

    /// At a random moment, some of them while it is still starting.
    private func killed(_ router: RunningProgram) async throws -> Bool {
        let isEarly = Int.random(in: 0..<6, using: &random) == 0
        if !isEarly { try await runs(router) }
        try drop(Int.random(in: 2...16, using: &random))
        try await Task.sleep(for: .milliseconds(Int.random(in: 0...(isEarly ? 80 : 250), using: &random)))
        router.send(SIGKILL)
        let status = await router.wait()
        if status != -SIGKILL { throw ProgramFailed(description: "it ended by itself with \(status): \(router.errors)") }
        return true
    }

    /// Waits for its death at the point, and gives it work until then.
    private func killsItself(_ router: RunningProgram, asked: Bool) async throws -> Bool {
        let deadline = Date().addingTimeInterval(20)
        var wasAsked = false
        while router.isRunning {
            if Date() > deadline {
                router.send(SIGKILL)
                _ = await router.wait()
                return false
            }
            if asked, !wasAsked, router.errors.contains("notice: running") {
                wasAsked = true
                router.send(SIGTERM)
            }
            if !wasAsked { try drop(2) }
            try await Task.sleep(for: .milliseconds(30))
        }
        let status = await router.wait()
        if status != -SIGKILL { throw ProgramFailed(description: "it ended by itself with \(status): \(router.errors)") }
        return true
    }

    /// All receivers behave, and everything is let through.
    func finish() async throws {
        for receiver in Receiver.allCases { sandbox.setFault(nil, on: receiver) }
        lives.append(Life(began: Date()))
        let router = try workspace.start(["run"], input: nil, environment: [:])
        try await runs(router)
        try await workspace.drained(within: 300)
        let status = await router.stop()
        if status != 0 { throw ProgramFailed(description: "it ended with \(status): \(router.errors)") }
        lives[lives.count - 1].ended = Date()
    }

    private func runs(_ router: RunningProgram) async throws {
        try await eventually("the router runs") {
            if !router.isRunning { throw Workspace.Ended(errors: router.errors) }
            return router.errors.contains("notice: running")
        }
    }
}

extension CrashPoint {
    /// It lies on the way out of a router that is asked to stop.
    var needsSignal: Bool { self == .stopping || self == .drained || self == .closed }
    /// One life passes it once, or needs to be provoked each time.
    private static let provoked: Set<CrashPoint> = [
        .reasonDrafted, .reasonNamed, .rejected, .betweenSlices, .beforeRingCommit, .afterRingCommit, .beforeReleaseCommit,
        .afterReleaseCommit,
    ]
    var isRare: Bool { needsSignal || Self.provoked.contains(self) }
}
