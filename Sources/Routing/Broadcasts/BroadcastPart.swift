// One small part of a broadcast, and what it is made from: a broadcast to many addresses is never one long transaction.

import Foundation
import Incidents

/// The event that brought a broadcast, as it was recorded.
public struct BroadcastNews: Sendable {
    public var event: Event
    /// As it was right after the event; nil where the broadcast is about none.
    public var incident: Incident?

    public init(event: Event, incident: Incident?) {
        self.event = event
        self.incident = incident
    }

    public var subject: String? { event.payload?["subject"]?.string.flatMap { $0.isEmpty ? nil : $0 } }
    public var message: String { event.payload?["message"]?.string ?? event.message ?? "" }
}

/// A delivery of a broadcast's event.
public struct BroadcastDelivery: Sendable, Equatable {
    public var id: Int64
    public var address: ToldAddress
    /// They have it, or may have it, or a digest that is on its way says it.
    public var isReached: Bool
    /// It has not gone out, and need not.
    public var mayBeWithdrawn: Bool

    public init(id: Int64, address: ToldAddress, isReached: Bool, mayBeWithdrawn: Bool) {
        self.id = id
        self.address = address
        self.isReached = isReached
        self.mayBeWithdrawn = mayBeWithdrawn
    }
}

/// What one ring of a broadcast's alarm does.
public struct BroadcastPart: Sendable, Equatable {
    /// As it is afterwards; `reached` does not count this part yet.
    public var broadcast: Broadcast
    /// Of the broadcast's own event. An address that has one already gets no second one.
    public var deliveries: [PlannedDelivery]
    /// Deliveries that are taken back, where they have not gone out.
    public var withdrawn: [Int64]
    /// Why, in words.
    public var why: String

    public init(broadcast: Broadcast, deliveries: [PlannedDelivery] = [], withdrawn: [Int64] = [], why: String = "") {
        self.broadcast = broadcast
        self.deliveries = deliveries
        self.withdrawn = withdrawn
        self.why = why
    }
}

extension RoutingTable {
    /// Addresses to a part, about; and subscriptions, or deliveries, that a part looks at.
    public static let addressesToAPart = 16
    static let looksToAPart = 128

    /// The next part of a broadcast that goes out, or is taken back; nil: there is nothing to do for it now.
    public func part(
        of broadcast: Broadcast, news: BroadcastNews?, surroundings: any Surroundings, now: Date
    ) throws -> BroadcastPart? {
        guard broadcast.step != .done, broadcast.state == .sending || broadcast.state.isOver else { return nil }
        var part = BroadcastPart(broadcast: broadcast)
        guard let news else {
            // Its event is not kept any more: nothing can be said of it.
            part.broadcast.turn(to: .done)
            if broadcast.state == .sending { part.broadcast.state = .sent }
            return part
        }
        if broadcast.step == .withdrawing {
            try withdraw(&part, surroundings)
        } else {
            var audience = try Audience(of: broadcast, news, self, surroundings, now: now)
            part.deliveries = try audience.next(Self.addressesToAPart, looking: Self.looksToAPart)
            part.broadcast = audience.broadcast
        }
        if part.broadcast.step == .done, part.broadcast.state == .sending { part.broadcast.state = .sent }
        return part
    }

    /// Takes back what has not gone out: of a correction, of all that it corrects; of one that was stopped, or waits to be
    /// corrected, its own as well.
    private func withdraw(_ part: inout BroadcastPart, _ surroundings: any Surroundings) throws {
        let broadcast = part.broadcast
        let isStopped = broadcast.state != .sending
        part.why =
            switch broadcast.state {
            case .sending: "corrected by broadcast \(quoted(broadcast.id))"
            case .sent: "withdrawn: it is to be corrected"
            default: broadcast.ending
            }
        let ids = (isStopped ? [broadcast.id] : []) + broadcast.chain
        let subject = broadcast.level < ids.count ? try surroundings.broadcast(ids[broadcast.level]) : nil
        let page = try subject.map { try surroundings.deliveries(of: $0, after: broadcast.cursor, limit: Self.looksToAPart) } ?? []
        part.withdrawn = page.filter(\.mayBeWithdrawn).map(\.id)
        if let last = page.last { part.broadcast.cursor = last.id }
        if page.count == Self.looksToAPart { return }
        part.broadcast.cursor = 0
        part.broadcast.level += 1
        if part.broadcast.level >= ids.count { part.broadcast.turn(to: isStopped ? .done : .correcting) }
    }
}

extension Broadcast {
    /// `stopped by ana: wrong list`.
    public var ending: String {
        let by = decidedBy.map { " by \(quoted($0))" } ?? ""
        return "\(state.rawValue)\(by)\(reason.map { ": \(quoted($0))" } ?? "")"
    }
}
