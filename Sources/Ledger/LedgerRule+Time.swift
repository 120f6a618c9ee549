// What must hold of alarms, of what waits on purpose, and of digests and what they hold.

import Routing

extension LedgerRule {
    static let ofTime = [
        LedgerRule(
            words: "held deliveries without a kind of hold or a key",
            query: """
                SELECT id FROM deliveries WHERE \(LedgerSchema.uncommon) AND state = 'held'
                AND (hold IS NULL OR hold_key IS NULL OR hold NOT IN (\(Hold.Kind.allCases.map { "'\($0.rawValue)'" }.joined(separator: ", "))))
                """),
        LedgerRule(
            words: "deliveries that a silence is named for, and that are not suppressed",
            query: "SELECT id FROM deliveries WHERE silence IS NOT NULL AND state <> 'suppressed'"),
        LedgerRule(
            words: "deliveries of a digest that is not there",
            query: """
                SELECT id FROM deliveries d WHERE digest IS NOT NULL
                AND NOT EXISTS (SELECT 1 FROM deliveries WHERE id = CAST(d.digest AS INTEGER))
                """),
        LedgerRule(
            words: "digests that do not hold as many as name them",
            query: """
                SELECT id FROM deliveries d WHERE contains <> (
                    SELECT count(*) FROM deliveries c INDEXED BY deliveries_digest WHERE c.digest = CAST(d.id AS TEXT))
                """),
        LedgerRule(
            words: "digests that are to go out, and hold nothing",
            query: """
                SELECT id FROM deliveries WHERE \(LedgerSchema.unfinished) AND origin = 'digest' AND contains = 0 AND fallback_root IS NULL
                """),
        LedgerRule(
            words: "deliveries that are held for a digest that is finished",
            query: """
                SELECT id FROM deliveries d WHERE digest IS NOT NULL AND state = 'held' AND NOT EXISTS (
                    SELECT 1 FROM deliveries w WHERE w.id = CAST(d.digest AS INTEGER)
                        AND (w.state IN ('pending', 'retrying') OR \(LedgerSchema.astray))
                    UNION ALL SELECT 1 FROM deliveries w INDEXED BY deliveries_fallback_root
                        WHERE w.fallback_root = CAST(d.digest AS INTEGER) AND w.state IN ('pending', 'retrying'))
                """),
        LedgerRule(
            words: "deliveries whose digest was delivered, and they were not",
            query: """
                SELECT d.id FROM deliveries d JOIN deliveries h ON h.id = CAST(d.digest AS INTEGER)
                WHERE d.digest IS NOT NULL AND h.state = 'delivered' AND d.state <> 'delivered'
                """),
        LedgerRule(
            words: "deliveries that a digest says, and that go out by themselves",
            query: "SELECT id FROM deliveries WHERE digest IS NOT NULL AND \(LedgerSchema.unfinished)"),
        LedgerRule(
            words: "deliveries that left their hold before they were made, or without one",
            query: "SELECT id FROM deliveries WHERE released IS NOT NULL AND (hold IS NULL OR released NOT BETWEEN \(times))"),
        LedgerRule(
            words: "alarms of what is not there",
            query: """
                SELECT subject FROM alarms WHERE NOT (
                    subject LIKE 'incident/%' AND EXISTS (SELECT 1 FROM incidents WHERE id = substr(subject, 10))
                    OR subject LIKE 'silence/%' AND EXISTS (SELECT 1 FROM silences WHERE id = substr(subject, 9))
                    OR subject LIKE 'rotation/_%' OR subject = 'heartbeat/'
                    OR subject LIKE 'monitor/%' AND EXISTS (SELECT 1 FROM monitors WHERE name = substr(subject, 9))
                    OR subject LIKE 'broadcast/%' AND EXISTS (SELECT 1 FROM broadcasts WHERE id = substr(subject, 11))
                    OR subject LIKE 'address/%' AND EXISTS (
                        SELECT 1 FROM blocks WHERE since IS NOT NULL AND 'address/' || kind || '/' || address = subject))
                """),
        LedgerRule(
            words: "absences that end before they begin, or of nobody",
            query: """
                SELECT id FROM absences WHERE json_valid(CAST(state AS TEXT)) AND (
                    json_extract(CAST(state AS TEXT), '$.until') <= json_extract(CAST(state AS TEXT), '$.from')
                    OR json_extract(CAST(state AS TEXT), '$.who') = '')
                """),
        LedgerRule(
            words: "monitors that were heard at a time that cannot be",
            query: "SELECT name FROM monitors WHERE since NOT BETWEEN \(times) OR heard NOT BETWEEN \(times) OR missed NOT BETWEEN \(times)"
        ),
        LedgerRule(words: "alarms at a time that cannot be", query: "SELECT subject FROM alarms WHERE due NOT BETWEEN \(times)"),
    ]
}
