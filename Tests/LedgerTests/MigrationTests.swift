// A ledger of the version before this one is brought up to date, and goes on.

import Foundation
import GRDB
import Incidents
import JSON
import Routing
import Testing

@testable import Ledger

@Suite struct MigrationTests {
    /// A file as version 2 left it: one open incident, one delivered and one dead delivery, one that is pending.
    private func old(_ fixture: LedgerFixture) throws {
        let queue = try DatabaseQueue(path: fixture.path)
        let first = try event("e1")
        let application = Incident.apply(first, to: nil, now: start)
        let state = application?.incident.json.bytes ?? []
        try queue.writeWithoutTransaction { database in
            for migration in LedgerSchema.migrations.prefix(2) { try database.execute(sql: migration) }
            try database.execute(sql: "PRAGMA application_id = \(LedgerSchema.applicationID); PRAGMA user_version = 2")
            try database.run(
                "INSERT INTO incidents (id, is_open, severity, updated, state) VALUES ('INC1', 1, ?, ?, ?)",
                [application?.incident.text("severity"), start.microseconds, state])
            let digest = PreparedArrival(arrival(first)).digest
            try database.run(
                """
                INSERT INTO events (source, id, digest, type, time, time_explicit, received_at, incident, stale, severity, reopens, \
                config, document, incident_after) VALUES ('monitor', 'e1', ?, 'status_change', ?, 1, ?, 'INC1', 0, 'critical', 0, 'v1', ?, ?)
                """, [digest, start.microseconds, start.microseconds, first.document.bytes, state])
            let states = [("delivered", nil as String?, start.microseconds as Int64?), ("dead", "refused", nil), ("pending", nil, nil)]
            for (index, (state, reason, delivered)) in states.enumerated() {
                try database.run(
                    """
                    INSERT INTO deliveries (event, token, incident, channel, address, kind, lane, recipient, entry, routes, template, \
                    urgent, priority, is_first, created, due, state, reason, delivered_at, attempts) \
                    VALUES (1, ?, 'INC1', 's', ?, 'slack', 'l', 's', 's', ?, 'x', 0, 0, 1, ?, ?, ?, ?, ?, ?)
                    """,
                    [
                        Token.mint(), "C\(index)", Array("[\"r\"]".utf8), start.microseconds, start.microseconds, state, reason, delivered,
                        index < 2 ? 1 : 0,
                    ])
                try database.run("INSERT INTO tallies VALUES ('deliveries', 's', ?, 1)", [state])
            }
            try database.execute(
                sql: """
                    INSERT INTO attempts (delivery, number, at, ms, outcome) VALUES (1, 1, \(start.microseconds), 1, 'accepted');
                    INSERT INTO attempts (delivery, number, at, ms, outcome) VALUES (2, 1, \(start.microseconds), 1, 'refused');
                    INSERT INTO tallies VALUES ('events', 'status_change', '', 1);
                    """)
        }
        try queue.close()
    }

    @Test func versionTwoGoesOnAsTheNewest() async throws {
        let fixture = try LedgerFixture()
        try old(fixture)
        #expect(throws: LedgerError.self) { try LedgerStore(directory: fixture.directory, readOnly: true) }
        let store = try fixture.open()
        #expect(try await store.number("PRAGMA user_version") == LedgerSchema.version)
        #expect(try await store.verify() == [])
        #expect(try await store.deliveries().map(\.origin) == [.route, .route, .route])
        #expect(try await store.ready(lane: "l", now: start, limit: 5).map(\.id) == [3])
        #expect(try await store.surroundings { try $0.told(of: "INC1").map(\.state) } == [.heard, .underWay])
        #expect(try await store.nextAlarm() == nil)

        // Open incidents get their alarms, and their place among those of their service.
        let next = try await store.rescheduleAlarms(after: nil, limit: 10, severity: { _ in Severity(name: "critical", rank: 0) }) {
            Alarm(subject: .incident($0.id), due: after(60), what: "acknowledge breaches")
        }
        #expect(next == nil)
        #expect(try await store.alarms() == ["incident/INC1": 60])
        try await store.take(timed(try event("e2", time: after(1)), [held(60)], alarm: 90, at: after(1)))
        #expect(try await store.alarms() == ["incident/INC1": 90])
        #expect(try await store.verify() == [])
        await store.close()
    }
}
