// A clock that is set back by hours between two runs: what was planned while it was ahead is told soon, and once.
// (libfaketime is no help: with it libdispatch's timed waits do not end, at any offset.)

import Foundation
import Glibc
import Sandbox
import Testing

@Suite(.serialized) struct ClockTests {
    private static func update(_ number: Int) -> String {
        #"{"id": "e\#(number)", "type": "update", "incident": {"id": "INC\#(number)", "severity": "low"}, "message": "news \#(number)"}"#
    }

    /// Everything in the ledger that is a time, as it would be had the clock been six hours ahead.
    private static let sixHoursAhead = """
        import sqlite3, sys
        ledger = sqlite3.connect(sys.argv[1], timeout=30)
        hours = 6 * 3600 * 1000000
        ledger.execute("UPDATE events SET received_at = received_at + ?", (hours,))
        ledger.execute("UPDATE deliveries SET created = created + ?1, due = due + ?1, first_attempt = first_attempt + ?1", (hours,))
        ledger.execute("UPDATE attempts SET at = at + ?", (hours,))
        ledger.commit()
        """

    @Test(.timeLimit(.minutes(2))) func aClockThatWasSetBackStrandsNothing() async throws {
        let sandbox = try await Sandbox.forTests()
        let workspace = try Workspace(
            sandbox.configuration("routes: [{name: all, match: {}, to: [ops-teams]}]"))
        sandbox.setFault(.status(503, retryAfter: .seconds(2)), on: .teams)
        let first = try await workspace.router()
        for number in 1...30 { try workspace.drop(Self.update(number)) }
        try await eventually("all are in the ledger, and some have been tried") {
            let states = try await workspace.states()
            return (states["retrying"] ?? 0) + (states["pending"] ?? 0) == 30 && (states["retrying"] ?? 0) > 0
        }
        first.send(SIGKILL)
        _ = await first.wait()
        sandbox.setFault(nil, on: .teams)
        let ahead = try RunningProgram(
            "/usr/bin/env", ["python3", "-c", Self.sixHoursAhead, "\(workspace.path)/state/ledger.sqlite"], in: workspace.path)
        #expect(await ahead.wait() == 0)
        let second = try await workspace.router()
        try await eventually("all are delivered, \(sandbox.inbox.count) received") { try await workspace.states() == ["delivered": 30] }
        #expect(sandbox.inbox.count == 30, "none came twice")
        #expect(second.errors.contains("the clock was set back"), "\(second.errors)")
        #expect(await second.stop() == 0)
        #expect(try await workspace.run("verify").status == 0)
        await sandbox.stop()
    }
}
