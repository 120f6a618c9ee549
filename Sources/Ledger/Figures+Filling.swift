// Figures of what was in a ledger before it kept any: once, when its schema is brought up to date.

import Foundation
import GRDB
import Incidents
import Routing

extension Figures {
    /// Days of history that are counted.
    static let days = 31.0

    /// Fills the figures from the rows of the last month. Promises are not among them: by what they were kept nobody wrote down.
    static func fill(_ database: Database, now: Date = Date()) throws {
        let since = now.addingTimeInterval(-days * 86_400).microseconds
        try database.run(deliveries, [since])
        var figures = Figures()
        try database.each("SELECT state, judged FROM incidents INDEXED BY incidents_updated WHERE updated >= ?", [since]) { row in
            guard let incident = try? Incident(row: row) else { return true }
            let severity = row.text(1) ?? incident.text("severity") ?? "?"
            figures.add(incident, severity: severity)
            return true
        }
        try figures.write(database)
    }

    private mutating func add(_ incident: Incident, severity: String) {
        let course = incident.course
        add([Measure(.opened, severity)], at: incident.firstSeen)
        if incident.reopened { add([Measure(.reopened, severity)], at: course.started) }
        if incident.level > 0 { add([Measure(.escalated, severity)], at: incident.updated) }
        if let at = course.acknowledgedAt { add([Measure(.acknowledged(at.timeIntervalSince(course.started)), severity)], at: at) }
        if let at = course.endedAt { add([Measure(.resolved(at.timeIntervalSince(course.started)), severity)], at: at) }
    }

    private static let deliveries = """
        INSERT INTO figures (kind, start, name, part, count, total, most)
        SELECT 'hour', t / 3600000000 * 3600, channel, state, count(*), sum(ms), max(ms) FROM (
            SELECT ifnull(d.delivered_at, d.created) AS t, d.channel, d.state, ifnull(a.ms, 0) AS ms
            FROM deliveries d LEFT JOIN attempts a ON a.delivery = d.id AND a.number = d.attempts
            WHERE d.created >= ? AND d.digest IS NULL AND d.state IN ('delivered', 'unknown', 'dead', 'expired')
        ) GROUP BY 2, 3, 4
        """
}
