// Killed at every named point and at random moments: nothing is lost, order holds, and what comes twice is explained.

import CrashPoints
import Foundation
import Testing

@Suite(.serialized) struct KillTests {
    @Test(.timeLimit(.minutes(15))) func nothingIsLostWhereverItDies() async throws {
        let seed = Reliability.seed
        Reliability.report("crash seed \(seed) (TOCSIN_SEED=\(seed) repeats it)")
        let run = try await KillRun(seed: seed)
        var random = Seeded(seed &+ 1)
        var plan: [CrashPoint?] = CrashPoint.allCases
        while plan.count < Reliability.kills {
            plan.append(Bool.random(using: &random) ? CrashPoint.allCases.randomElement(using: &random) : nil)
        }
        let started = Date()
        var missed: [CrashPoint] = []
        for point in plan.shuffled(using: &random) {
            // A second chance: where a peer hangs at the wrong moment, a point may not be passed in time.
            if let point, try await !run.live(to: point), try await !run.live(to: point) { missed.append(point) }
            if point == nil { _ = try await run.live(to: nil) }
        }
        try await run.finish()
        #expect(missed.isEmpty, "never passed: \(missed)")

        let verdict = try await KillVerdict(run)
        Reliability.report(
            "crash kills \(run.kills) at \(CrashPoint.allCases.count) points and at random, events \(run.events.count), "
                + "deliveries \(verdict.deliveries), superseded \(verdict.superseded), received \(verdict.receipts), "
                + "lost \(verdict.faults.count), received but not recorded at a kill \(verdict.unrecorded) (at most \(verdict.mostUnrecorded) at one), "
                + "longest window \(Int(verdict.window * 1000)) ms, second copies \(verdict.copies), "
                + "\(Int(Date().timeIntervalSince(started))) s")
        #expect(verdict.faults.isEmpty, "\(verdict.faults.prefix(10).joined(separator: "\n"))")
        // Each of them was one attempt under way at a kill: 8 connections to each of 5 destinations, and what
        // waited for the commit of its outcome.
        #expect(verdict.mostUnrecorded <= 512)
        // What time does happens once for each incident, wherever it died.
        let breaches = try await run.workspace.query(
            "SELECT count(*), count(DISTINCT incident) FROM events WHERE type = 'sla_breach' AND source = 'tocsin'")
        #expect(breaches == [["\(run.slow)", "\(run.slow)"]])
        let verified = try await run.workspace.run("verify")
        #expect(verified.status == 0, "\(verified.output)")
        #expect(run.workspace.unsettled.isEmpty)
        let rejected = run.workspace.files(in: "queue/rejected")
        #expect(rejected.count { $0.hasSuffix(".json") || $0.hasSuffix(".ndjson") } >= run.rejectable)
        #expect(!rejected.contains { $0.hasPrefix(".") }, "no drafts are left: \(rejected)")
        await run.sandbox.stop()
    }

    @Test func anUnknownPointIsRefused() async throws {
        let workspace = try Workspace("version: 1\n")
        for text in ["nowhere", "taken:0", "taken:x", ""] {
            let result = try await workspace.run("run", environment: ["TOCSIN_CRASH_AT": text])
            #expect(result.status == 78)
            #expect(result.errors.contains("before_taking"), "it names what there is: \(result.errors)")
        }
    }
}
