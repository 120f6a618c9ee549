// Whoever heard that it broke hears that it ended, and that it began again, whatever the routes say (interfaces, section
// 8). Nobody is owed the end of what they never heard of; whoever has it in a digest to come reads it there. Whoever has left,
// or cannot be reached where they heard of it, is owed nothing any more; a silence changes nothing of that.

import Foundation
import Incidents

/// What an event owes to those who heard of its incident.
struct Debt {
    enum Kind: Sendable {
        case end, reopening
        /// It comes and goes, or has stopped doing so: told once instead of every end and reopening.
        case flapping, calm

        /// Stands among a delivery's routes.
        var name: String {
            switch self {
            case .end: "owed.end"
            case .reopening: "owed.reopening"
            case .flapping: "owed.flapping"
            case .calm: "owed.calm"
            }
        }
    }

    let kind: Kind
    /// Those who heard, or are about to, by the present way to them.
    let heard: [(told: ToldAddress, way: Resolved)]
    /// Those who heard, and cannot be reached any more.
    let lost: [ToldAddress]
    private let keys: Set<DestinationKey>

    /// Nil where the event owes nothing.
    init?(_ event: Event, _ application: Application?, _ table: RoutingTable, _ surroundings: any Surroundings) throws {
        guard let application, let kind = Self.kind(event, application) else { return nil }
        self.kind = kind
        var heard: [(told: ToldAddress, way: Resolved)] = []
        var lost: [ToldAddress] = []
        for told in try surroundings.told(of: application.incident.id) where told.state != .held {
            if try told.hasLeft(surroundings) { continue }
            if var way = table.way(to: told) {
                way.subscription = try told.standingSubscription(surroundings)
                heard.append((told, way))
            } else {
                lost.append(told)
            }
        }
        self.heard = heard
        self.lost = lost
        keys = Set(heard.map(\.way.key))
    }

    private static func kind(_ event: Event, _ application: Application) -> Kind? {
        // No `switch` over what is raised: Swift 6.3's optimizer crashes on it here.
        guard let raised = event.raised else { return application.reopens ? .reopening : application.ends ? .end : nil }
        return raised == .flapping ? .flapping : raised == .calm ? .calm : nil
    }

    /// Whether the event ends the incident or opens it again.
    var isTurn: Bool { kind == .end || kind == .reopening }

    /// Whether an address is among those who heard.
    func isOwed(to key: DestinationKey) -> Bool { keys.contains(key) }
}

extension ToldAddress {
    /// The subscriptions by which alone they heard are gone, or nothing is sent to their address any more.
    func hasLeft(_ surroundings: any Surroundings) throws -> Bool {
        if try surroundings.block(kind: kind, address: AddressBlock.compared(address, kind))?.isSuppressed ?? false { return true }
        return try !subscriptions.isEmpty && standingSubscription(surroundings) == nil
    }

    /// The one that they can leave in order to hear no more; nil: they were named.
    func standingSubscription(_ surroundings: any Surroundings) throws -> String? {
        try subscriptions.first { try surroundings.isStanding(subscription: $0) }
    }
}

extension RoutingTable {
    /// Plans what is owed to whoever is not told already.
    func pay(_ debt: Debt, _ draft: inout PlanDraft) {
        let route = Route(name: debt.kind.name, match: Match(), to: [])
        for (told, way) in debt.heard where !draft.has(way.key) { draft.add(told, as: way, of: route, origin: .owed) }
    }
}

extension Incident {
    /// Whether ends and reopenings are not told one by one, because it comes and goes.
    /// From the turn on that is one too many: what the clock says of it then stands for that one, too, also where a whole
    /// backlog is read before the clock comes to look.
    func isMuted(_ event: Event, by rule: FlapRule?) -> Bool {
        guard [.statusChange, .severityChange, .escalation].contains(event.type), event.raised == nil else { return false }
        if course.flappingSince != nil { return true }
        guard let rule, let last = course.turns.last else { return false }
        return course.turns.count { last.timeIntervalSince($0) <= rule.window } > rule.turns
    }
}
