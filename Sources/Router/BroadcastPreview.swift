// What a broadcast would do, before it does anything: whom it reaches, who is quiet, whether somebody must approve it, and
// what each kind of channel shows. The same walk through the audience that the router makes.

import Foundation
import Incidents
import Ledger
import Rendering
import Routing
import Settings

/// A broadcast as it would be if it were dropped now.
public struct BroadcastPreview: Sendable {
    /// One of the messages: of several that look alike, the first.
    public struct Sample: Sendable {
        public var kind: ChannelKind
        public var language: String?
        public var channel: String
        public var recipient: String
        public var message: Message
    }

    /// Why it would be refused; nil: it would not.
    public var rejection: Rejection?
    /// As it would be kept; nil where it would be refused.
    public var broadcast: Broadcast?
    /// Each address once, with what would become of it.
    public var deliveries: [PlannedDelivery]
    /// Entries that reach nobody.
    public var unreached: [Unreached]
    /// Who would be asked to approve it; empty: nobody need, or nobody can.
    public var approvers: [String]
    public var samples: [Sample]
    public var now: Date

    /// - Parameters:
    ///   - known: the incident as the ledger has it.
    ///   - surroundings: good for this one call.
    public init(_ event: Event, known: Incident?, surroundings: any Surroundings, setup: Setup, now: Date) throws {
        self.now = now
        (deliveries, unreached, approvers, samples) = ([], [], [], [])
        let table = setup.configuration.table
        let decision = try Pipeline.decide(event, incident: known, surroundings: surroundings, setup: setup, now: now)
        rejection = decision.rejection
        guard decision.rejection == nil, case .broadcast(let broadcast, _)? = decision.changes.last else { return }
        self.broadcast = broadcast
        let news = BroadcastNews(event: event, incident: decision.application?.incident)
        var seen: Set<String> = []
        func isNew(_ delivery: PlannedDelivery) -> Bool {
            seen.insert("\(delivery.channel)\n\(delivery.kind == .email ? delivery.address.lowercased() : delivery.address)").inserted
        }
        // What waits for an approval or a cooldown waits with what routes tell of it.
        let routed = broadcast.routesWait ? try table.routed(news, surroundings, now: now) : decision.plan.deliveries
        deliveries = routed.filter(isNew)
        var audience = try Audience(of: broadcast, news, table, surroundings, now: now)
        unreached = audience.unreached
        while !audience.isOver { deliveries += try audience.next(1_024, looking: 1_024).filter(isNew) }
        if broadcast.state == .waiting { approvers = try Approvers(of: broadcast, table, surroundings, now: now).asked }

        var correction: Correction?
        if let id = broadcast.corrects, let original = try surroundings.broadcast(id), let news = try surroundings.news(of: original) {
            correction = Correction(news.event, at: original.created)
        }
        let story = Story(event, decision)
        var shown: Set<String> = []
        for delivery in deliveries where shown.insert("\(delivery.kind.rawValue) \(delivery.language ?? "") \(delivery.template)").inserted
        {
            var request = setup.configuration.request(for: delivery, id: "(none yet)", about: story, now: now)
            request.origin = delivery.origin.rawValue
            request.correction = correction
            samples.append(
                Sample(
                    kind: delivery.kind, language: delivery.language, channel: delivery.channel, recipient: delivery.recipient,
                    message: setup.templates.render(request)))
        }
    }

    /// Of each channel, how many addresses.
    public var channels: [(channel: String, count: Int)] {
        var counts: [String: Int] = [:]
        for delivery in deliveries { counts[delivery.channel, default: 0] += 1 }
        return counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { ($0.key, $0.value) }
    }

    /// People, each counted once; addresses of nobody in routes.yaml count as one each, channels do not.
    public var people: Int { Set(deliveries.filter { $0.recipient != $0.channel }.map(\.recipient)).count }
}
