// What waits is taken back: its address is suppressed, or its reader has left the subscription that it is sent by.

import Foundation
import GRDB
import Incidents
import Routing

extension OutcomeTransaction {
    /// A delivery that has not gone out, and is taken back.
    struct Unsent {
        var id: Int64
        /// Another way to its recipient is looked for, once.
        var isAstray = false
    }

    /// What waits for an address that is suppressed now.
    ///
    /// - Parameter reached: people to whom what is urgent goes all the same.
    mutating func takeBack(allTo block: AddressBlock, sparing reached: Set<String>, tally: inout Tally) throws {
        if !block.isSuppressed { return }
        let unsent = try BlockTable.waiting(for: block, sparing: reached, database)
        try takeBack(unsent, why: block.explanation, tally: &tally)
    }

    /// What waits only because of a subscription that is left, and stands no longer. What another one of theirs asks for as well
    /// goes on because of that one.
    mutating func takeBack(allBy subscription: String, tally: inout Tally) throws {
        let name = Subscription.routeName(subscription)
        var rows: [(id: Int64, others: [String])] = []
        try database.each(Self.bySubscription, [subscription]) { row in
            let routes = (try? row.words(1)) ?? []
            if let id = row.int64(0) { rows.append((id, routes.filter { $0 != name && $0.hasPrefix(Subscription.routePrefix) })) }
            return true
        }
        var unsent: [Unsent] = []
        for (id, others) in rows {
            // A name that says no id is somebody's very long one: rather told than lost.
            let standing = try others.first { name in
                guard let other = Subscription.id(ofRoute: name) else { return true }
                return try StandingTables.subscription(other, database).map { $0.leftAt == nil } ?? false
            }
            guard let standing else {
                unsent.append(Unsent(id: id))
                continue
            }
            if let other = Subscription.id(ofRoute: standing) { try database.run(Self.keep, [other, id]) }
        }
        try takeBack(unsent, why: "they left \(name)", tally: &tally)
    }

    private mutating func takeBack(_ unsent: [Unsent], why: String, tally: inout Tally) throws {
        var heads: [Known] = []
        var steps: [String: Known] = [:]
        for one in unsent {
            guard let known = try find(one.id), known.state.isUnfinished else { continue }
            try database.run(Self.suppress, [why.storable, one.isAstray ? max(1, now.microseconds) : nil, one.id])
            tally.move(channel: known.channel, from: known.state.rawValue, to: DeliveryState.suppressed.rawValue)
            promoted.removeAll { $0 == one.id }
            if known.state != .held { withdrawn.append(one.id) }
            if known.isHead { heads.append(known) }
            if known.origin == .step, let incident = known.incident { steps[incident] = known }
            if !one.isAstray { try follow(known, tally: &tally) }
        }
        // Only now: what is behind them may have been taken back as well.
        for head in heads { try promoteNext(head, tally: &tally) }
        for known in steps.values { try wakeIfStepFailed(known) }
    }

    /// Another way for what was taken back because of its address; nil: there is none.
    mutating func reroute(_ known: Known, to plan: FallbackPlan?, tally: inout Tally) throws {
        guard let row = try database.first(Self.astray, [known.id], { (reason: $0.text(0), hold: Self.hold($0)) }) else { return }
        if var plan {
            if let hold = row.hold, hold.until > now { plan.planned.intent = .hold(hold) }
            try fallBack(known, to: plan, reason: row.reason, tally: &tally)
        } else {
            try noteNoWay(of: known)
        }
        try follow(known, tally: &tally)
        try wakeIfStepFailed(known)
    }

    private func follow(_ known: Known, tally: inout Tally) throws {
        guard known.contains > 0 || known.root != nil else { return }
        try DigestContents(holder: known.root ?? known.id).follow(database, now: now, tally: &tally)
    }

    /// Why it waited on purpose, and for how long; nil: it did not.
    private static func hold(_ row: Columns) -> Hold? {
        guard let kind = row.text(1).flatMap(Hold.Kind.init(rawValue:)), let until = row.date(3) else { return nil }
        return Hold(kind: kind, key: row.text(2) ?? "", until: until, reason: "waits as it did by `\(row.text(4) ?? "")`")
    }

    private static let bySubscription = """
        SELECT id, routes FROM deliveries INDEXED BY deliveries_subscribed
        WHERE subscription = ? AND subscription IS NOT NULL AND \(LedgerSchema.waits) ORDER BY id
        """
    private static let keep = "UPDATE deliveries SET subscription = ? WHERE id = ?"
    private static let suppress = "UPDATE deliveries SET state = 'suppressed', reason = ?, blocked = 0, fallback_at = ? WHERE id = ?"
    /// Of one that had left its hold there is none.
    private static let astray = """
        SELECT reason, iif(released IS NULL, hold, NULL), hold_key, due, channel FROM deliveries WHERE id = ? AND \(LedgerSchema.astray)
        """
}
