// What must hold of broadcasts and their deliveries.

import Routing

extension LedgerRule {
    static let ofBroadcasts = [
        LedgerRule(
            words: "broadcasts whose event is not there",
            query: "SELECT id FROM broadcasts b WHERE NOT EXISTS (SELECT 1 FROM events WHERE sequence = b.event AND type = 'broadcast')"),
        LedgerRule(
            words: "broadcasts in a state that there is not",
            query: """
                SELECT id || ' (' || status || ')' FROM broadcasts
                WHERE status NOT IN (\(Broadcast.State.allCases.map { "'\($0.rawValue)'" }.joined(separator: ", ")))
                """),
        LedgerRule(
            words: "broadcasts that are to go on, and have no alarm",
            query: """
                SELECT id FROM broadcasts b WHERE status IN ('waiting', 'cooling', 'sending')
                AND NOT EXISTS (SELECT 1 FROM alarms WHERE subject = 'broadcast/' || b.id)
                """),
        LedgerRule(
            words: "broadcasts that have gone out, and name no beginning of it",
            query: "SELECT id FROM broadcasts WHERE status IN ('sending', 'sent') AND started IS NULL"),
        LedgerRule(
            words: "addresses that have two deliveries of one broadcast (the newer one)",
            query: """
                SELECT max(id) FROM deliveries WHERE \(LedgerSchema.broadcast) AND fallback_of IS NULL
                GROUP BY event, channel, address COLLATE NOCASE HAVING count(*) > 1
                """),
        LedgerRule(
            words: "deliveries of a broadcast that is not there",
            query: """
                SELECT id FROM deliveries d WHERE \(LedgerSchema.broadcast)
                AND NOT EXISTS (SELECT 1 FROM broadcasts WHERE event = d.event)
                """),
    ]
}
