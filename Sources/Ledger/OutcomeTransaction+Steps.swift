// A step of an escalation policy whose messages were refused for good, or taken back, or are held, has reached nobody: its incident's alarm rings
// at once, and the bell runs the next step.

import Foundation
import GRDB
import Routing

extension OutcomeTransaction {
    /// Has the clock look at the incident now, if a delivery that has just ended was the last hope of its step.
    func wakeIfStepFailed(_ known: Known) throws {
        guard known.origin == .step, let incident = known.incident, try Self.stepFailed(of: incident, database) else { return }
        try database.run(Self.wake, [now.microseconds, Alarm.Subject.incident(incident).stored])
    }

    /// Whether nothing of the incident's newest step can reach anybody any more: refused for good, or for an address to which
    /// nothing is sent, or held, which counts as unreachable. What a silence keeps back has not failed.
    static func stepFailed(of incident: String, _ database: Database) throws -> Bool { try database.has(failed, [incident]) }

    private static let wake = "UPDATE alarms SET due = ?1 WHERE subject = ?2 AND due > ?1"
    private static let failed = """
        SELECT 1 FROM (
            SELECT count(*) AS all_of_them, sum(state IN ('dead', 'expired') OR receipt = 'failed'
                OR state = 'suppressed' AND silence IS NULL AND fallback_at IS NULL) AS failed,
                sum(state = 'held' AND digest IS NULL) AS held FROM deliveries INDEXED BY deliveries_event
            WHERE origin = 'step' AND event = (
                SELECT max(event) FROM deliveries INDEXED BY deliveries_steps WHERE incident = ? AND origin = 'step')
        ) WHERE failed > 0 AND all_of_them = failed + held
        """
}
