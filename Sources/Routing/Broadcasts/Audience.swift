// Whom a broadcast reaches, page by page: first those who are named, then the subscribers in the order in which they
// subscribed; or, of a correction, exactly those whom the original reached. The command's preview, the count for an
// approval and the parts that go out all walk this one way. Pure.

import Foundation
import Incidents

/// A walk through the audience of one broadcast.
public struct Audience {
    /// With how far the walk has come.
    public private(set) var broadcast: Broadcast
    let news: BroadcastNews
    let table: RoutingTable
    let surroundings: any Surroundings
    let facts: MatchFacts
    private var holds: Holds
    private let named: NamedAudience
    private let meant: MeantSubscribers
    private let routed: Set<DestinationKey>

    public init(
        of broadcast: Broadcast, _ news: BroadcastNews, _ table: RoutingTable, _ surroundings: any Surroundings, now: Date
    ) throws {
        self.broadcast = broadcast
        self.news = news
        self.table = table
        self.surroundings = surroundings
        var facts = MatchFacts(
            event: news.event, incident: news.incident,
            severity: news.incident?.severity(on: table.scale, assumed: table.assumedSeverity), now: now)
        facts.presence = try table.presence(surroundings, now: now)
        self.facts = facts
        holds = try Holds(table, facts, nil, surroundings, isExplaining: false)
        let isCorrection = broadcast.corrects != nil
        named = isCorrection ? NamedAudience() : table.named(in: broadcast, facts)
        meant = MeantSubscribers(broadcast, table, facts)
        routed = Set(broadcast.routed.map { table.destination(of: $0) })
        // Those who are named have changed (a reload, an absence): from the start; who has it already is passed over.
        if broadcast.step == .named, broadcast.namedDigest != named.digest {
            self.broadcast.cursor = 0
            self.broadcast.namedDigest = named.digest
        }
        if isCorrection, broadcast.step == .named || broadcast.step == .subscribers { self.broadcast.turn(to: .correcting) }
    }

    /// Entries that reach nobody.
    public var unreached: [Unreached] { named.unreached }

    public var isOver: Bool { broadcast.step == .done }

    /// The next addresses, at least one page of them: about `limit`, none where what was looked at reaches nobody.
    ///
    /// - Parameter looks: subscriptions, or deliveries of the original, to look at.
    public mutating func next(_ limit: Int, looking looks: Int) throws -> [PlannedDelivery] {
        switch broadcast.step {
        case .withdrawing, .done:
            broadcast.turn(to: broadcast.step == .withdrawing ? .correcting : .done)
            return []
        case .correcting: return try nextToCorrect(looks)
        case .named:
            let start = min(max(0, Int(broadcast.cursor)), named.reached.count)
            let page = named.reached[start...].prefix(limit)
            broadcast.cursor = Int64(start + page.count)
            if start + page.count >= named.reached.count { broadcast.turn(to: named.hasSubscribers ? .subscribers : .done) }
            return try plan(page.map { ($0.entry, $0.resolved, nil) })
        case .subscribers: return try nextSubscribers(looks)
        }
    }

    private mutating func nextSubscribers(_ looks: Int) throws -> [PlannedDelivery] {
        let page = try surroundings.subscriptions(after: broadcast.cursor, limit: looks).filter { $0.place <= broadcast.lastSubscription }
        if let last = page.last { broadcast.cursor = last.place }
        if page.count < looks { broadcast.turn(to: .done) }
        return try plan(meant.reached(among: page.map(\.subscription)))
    }

    private mutating func nextToCorrect(_ looks: Int) throws -> [PlannedDelivery] {
        let original = broadcast.level < broadcast.chain.count ? try surroundings.broadcast(broadcast.chain[broadcast.level]) : nil
        let page = try original.map { try surroundings.deliveries(of: $0, after: broadcast.cursor, limit: looks) } ?? []
        if let last = page.last { broadcast.cursor = last.id }
        if page.count < looks {
            broadcast.cursor = 0
            broadcast.level += 1
            if broadcast.level >= broadcast.chain.count { broadcast.turn(to: .done) }
        }
        return try plan(corrected: page.filter(\.isReached).map(\.address))
    }

    private var draft: PlanDraft {
        PlanDraft(event: news.event, now: facts.now, priority: broadcast.priority(on: table.scale), keepsTerms: true)
    }

    private var route: Route {
        Route(
            name: broadcast.routeName, match: Match(), to: [], isUrgent: broadcast.isUrgent,
            template: broadcast.template ?? (broadcast.corrects == nil ? nil : Self.correctionTemplate))
    }

    /// The template of corrections that name none.
    public static let correctionTemplate = "correction"

    private mutating func plan(_ reached: [(entry: String, resolved: Resolved, subscription: String?)]) throws -> [PlannedDelivery] {
        var draft = draft
        let route = route
        var subscriptions: [DestinationKey: String] = [:]
        for one in reached where !routed.contains(one.resolved.key) {
            if let id = one.subscription, subscriptions[one.resolved.key] == nil { subscriptions[one.resolved.key] = id }
            draft.add(one.resolved, one.resolved.key, for: one.entry, of: route, origin: .broadcast)
        }
        try draft.settle { try holds.settle(&$0, $1) }
        return draft.deliveries.map { delivery in
            var delivery = delivery
            delivery.subscription = subscriptions[delivery.destination]
            return delivery
        }
    }

    /// What is owed goes out whatever its reader has wished for since, but for the night's rest; nothing goes to where
    /// nothing arrives.
    private mutating func plan(corrected: [ToldAddress]) throws -> [PlannedDelivery] {
        var draft = draft
        let route = route
        for told in corrected {
            guard let resolved = table.way(to: told) else { continue }
            draft.add(told, as: resolved, of: route, origin: .broadcast)
        }
        try draft.settle { delivery, terms in
            if let block = try surroundings.block(kind: delivery.kind, address: delivery.address), block.since != nil,
                block.cause == .bounces
            {
                delivery.intent = .suppress(Suppression(reason: "nothing arrives at \(quoted(delivery.address)) any more"))
            } else if let quiet = holds.quietHours(delivery, terms) {
                delivery.intent = .hold(quiet)
            }
        }
        return draft.deliveries
    }
}

extension RoutingTable {
    func destination(of way: Way) -> DestinationKey {
        let isMail = directory.channels[way.channel]?.kind == .email
        return DestinationKey(channel: way.channel, address: isMail ? way.address.lowercased() : way.address)
    }
}
