// What must hold between deliveries: successors, what they stand for, and other ways.

extension LedgerRule {
    /// A delivery replaces those of its conversation that name it as successor, and those that they replaced. One that was
    /// superseded because another way got through has its successor in another conversation.
    static let relations = [
        LedgerRule(
            words: "superseded deliveries without a successor or a reason",
            query:
                "SELECT id FROM deliveries WHERE state = 'superseded' AND \(LedgerSchema.uncommon) AND successor IS NULL AND reason IS NULL"
        ),
        LedgerRule(
            words: "deliveries that stand in for one that is not there",
            query: """
                SELECT id FROM deliveries d WHERE fallback_root IS NOT NULL AND (fallback_of IS NULL
                    OR NOT EXISTS (SELECT 1 FROM deliveries WHERE id = d.fallback_of)
                    OR NOT EXISTS (SELECT 1 FROM deliveries WHERE id = d.fallback_root))
                OR fallback_root IS NULL AND fallback_of IS NOT NULL
                """),
        LedgerRule(
            words: "conversations (incident) of incidents that are not there",
            query: "SELECT DISTINCT incident FROM threads t WHERE NOT EXISTS (SELECT 1 FROM incidents WHERE id = t.incident)"),
        LedgerRule(
            words: "conversations (incident) that say neither where they began nor their subject",
            query: "SELECT DISTINCT incident FROM threads WHERE root IS NULL AND subject IS NULL"),
        LedgerRule(
            words: "deliveries whose next way was taken twice",
            query: """
                SELECT fallback_of FROM deliveries WHERE fallback_root IS NOT NULL AND state <> 'superseded'
                GROUP BY fallback_of HAVING count(*) > 1
                """),
        LedgerRule(
            words: "deliveries that do not replace as many as name them as successor",
            query: """
                SELECT id FROM deliveries d WHERE replaces <> (
                    SELECT ifnull(sum(1 + o.replaces), 0) FROM deliveries o INDEXED BY deliveries_successor WHERE o.successor = d.id
                    AND o.state = 'superseded' AND o.incident = d.incident AND o.channel = d.channel AND o.address = d.address)
                """),
    ]
}
