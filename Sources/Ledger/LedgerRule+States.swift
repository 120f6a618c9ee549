// What else must hold of every row, stated as queries for what breaks it. A state needs an attempt, or a reason, that
// explains it; a value must be one that this program can have written.

extension LedgerRule {
    /// No state without what explains it.
    static let ofStates = [
        LedgerRule(
            words: "deliveries that the peer accepted and that are not delivered",
            query: """
                SELECT DISTINCT a.delivery FROM attempts a JOIN deliveries d ON d.id = a.delivery
                WHERE a.outcome = 'accepted' AND d.state <> 'delivered'
                """),
        LedgerRule(
            words: "deliveries whose time of delivery does not fit their state",
            query: "SELECT id FROM deliveries WHERE (state = 'delivered') <> (delivered_at IS NOT NULL)"),
        LedgerRule(
            words: "retrying deliveries without an attempt",
            query: """
                SELECT id FROM deliveries d WHERE \(LedgerSchema.uncommon) AND state = 'retrying'
                AND NOT EXISTS (SELECT 1 FROM attempts WHERE delivery = d.id)
                """),
        LedgerRule(
            words: "finished deliveries without a reason",
            query: """
                SELECT id FROM deliveries WHERE \(LedgerSchema.uncommon)
                AND state IN ('unknown', 'dead', 'expired', 'superseded', 'suppressed') AND reason IS NULL
                """),
        LedgerRule(
            words: "deliveries put aside that are neither dead nor unknown",
            query: "SELECT id FROM deliveries WHERE dropped_at IS NOT NULL AND state NOT IN ('dead', 'unknown')"),
        LedgerRule(
            words: "deliveries in a state that there is not",
            query: """
                SELECT id || ' (' || state || ')' FROM deliveries
                WHERE state NOT IN (\(DeliveryState.allCases.map { "'\($0.rawValue)'" }.joined(separator: ", ")))
                """),
        LedgerRule(
            words: "deliveries with an attempt whose outcome there is not",
            query: """
                SELECT DISTINCT delivery || ' (' || outcome || ')' FROM attempts
                WHERE outcome NOT IN ('accepted', 'deferred', 'refused', 'unknown')
                """),
        LedgerRule(
            words: "deliveries whose attempts are not numbered 1, 2, 3",
            query: "SELECT delivery FROM attempts GROUP BY delivery HAVING min(number) <> 1 OR max(number) <> count(*)"),
        LedgerRule(
            words: "deliveries whose incident is not that of their event",
            query: """
                SELECT d.id FROM deliveries d JOIN events e ON e.sequence = d.event WHERE d.incident IS NOT e.incident
                AND NOT (d.origin = 'digest' AND d.incident IS NULL)
                """),
        LedgerRule(
            words: "incidents whose state is not that after their last event",
            // Its alarm may have moved without an event.
            query: """
                SELECT id FROM (
                    SELECT i.id AS id, i.state AS state, (
                        SELECT incident_after FROM events WHERE incident = i.id AND stale = 0 AND incident_after IS NOT NULL
                        ORDER BY sequence DESC LIMIT 1) AS after
                    FROM incidents i)
                WHERE state <> after AND (NOT json_valid(CAST(state AS TEXT)) OR NOT json_valid(CAST(after AS TEXT))
                    OR json_remove(CAST(state AS TEXT), '$.alarm') <> json_remove(CAST(after AS TEXT), '$.alarm'))
                """),
    ]

    /// No value that this program cannot have written.
    static let ofValues = [
        LedgerRule(
            words: "deliveries with a time that cannot be",
            query: """
                SELECT id FROM deliveries WHERE \(["created", "due", "expires", "delivered_at", "dropped_at", "first_attempt", "fallback_at"]
                    .map { "\($0) NOT BETWEEN \(times)" }.joined(separator: " OR "))
                """),
        LedgerRule(
            words: "deliveries with an attempt at a time that cannot be",
            query: "SELECT DISTINCT delivery FROM attempts WHERE at NOT BETWEEN \(times) OR ms < 0"),
        LedgerRule(words: "events with a time that cannot be", query: "SELECT sequence FROM events WHERE received_at NOT BETWEEN \(times)"),
        LedgerRule(
            words: "deliveries with a count that cannot be",
            query: "SELECT id FROM deliveries WHERE unknowns NOT BETWEEN 0 AND attempts OR replaces < 0 OR length(token) <> 16"),
        LedgerRule(
            words: "deliveries whose routes or earlier ways cannot be read",
            query: """
                SELECT id FROM deliveries WHERE NOT json_valid(CAST(routes AS TEXT))
                OR tried IS NOT NULL AND NOT json_valid(CAST(tried AS TEXT))
                """),
        LedgerRule(
            words: "destinations whose channels cannot be read",
            query: "SELECT lane FROM destinations WHERE NOT json_valid(CAST(channels AS TEXT))"),
    ]

    /// From 1970 to the year 9999, in microseconds.
    static let times = "1 AND 253402300799999999"
}
