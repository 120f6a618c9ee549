// What must hold of addresses that are suppressed.

import Routing

extension LedgerRule {
    static let ofAddresses = [
        LedgerRule(
            words: "addresses of which it cannot be read what is known against them",
            query: """
                SELECT kind || ' ' || address FROM blocks WHERE NOT json_valid(CAST(state AS TEXT))
                OR cause NOT IN (\(AddressBlock.Cause.allCases.map { "'\($0.rawValue)'" }.joined(separator: ", ")))
                OR since IS NOT NULL AND since NOT BETWEEN \(times)
                """),
        LedgerRule(
            // What is urgent goes to whoever is on duty all the same, and a correction is owed wherever mail arrives.
            words: "deliveries that are still to be made to an address that is suppressed",
            query: """
                SELECT d.id FROM deliveries d JOIN blocks b ON b.kind = d.kind
                    AND b.address = iif(d.kind = 'email', lower(d.address), d.address)
                WHERE d.state IN ('pending', 'retrying', 'held') AND d.digest IS NULL AND d.urgent = 0 AND b.since IS NOT NULL
                AND NOT (d.origin = 'broadcast' AND b.cause <> 'bounces' AND EXISTS (
                    SELECT 1 FROM broadcasts c INDEXED BY broadcasts_event WHERE c.event = d.event AND c.corrects IS NOT NULL))
                """),
    ]
}
