// Why somebody is told, or is not: the same decision that the router makes, with nothing sent and nothing written.

import Foundation
import Incidents
import Ledger
import Rendering
import Routing
import Settings

/// What the router would do with one event.
public struct Explanation: Sendable {
    public var event: Event
    /// After the event.
    public var incident: Incident?
    /// The incident was known before.
    public var isKnown: Bool
    public var severity: Severity?
    /// The severity is `assume_severity`, because the incident has none.
    public var isSeverityAssumed: Bool
    public var isStale: Bool
    public var rejection: Rejection?
    /// The event is recorded already, with the same content: without effect.
    public var isDuplicate: Bool
    public var plan: Plan
    /// The promises of the incident after the event, at that time; nil where nothing is promised.
    public var clocks: SLAClocks?
    /// What time alone will do to the incident after the event, if nothing else happens; ascending.
    public var agenda: [AgendaEntry]
    /// The time of the decision.
    public var now: Date
    /// One for each delivery of the plan, where asked for.
    public var messages: [Message]

    /// - Parameters:
    ///   - known: the incident as the ledger has it; nil where it does not.
    ///   - recorded: the digest of the event that the ledger has under this source and id, if any.
    ///   - surroundings: what is known beside the incident: silences, subscriptions, what is held, who was told.
    ///   - now: the time of the decision.
    ///   - most: messages that are rendered, at most: those of the first deliveries.
    public init(
        _ event: Event, known: Incident?, recorded: String? = nil, surroundings: any Surroundings = NoSurroundings(), setup: Setup,
        now: Date, renders: Bool, most: Int = .max
    ) throws {
        let decision = try Pipeline.decide(
            event, incident: known, surroundings: surroundings, setup: setup, now: now, explaining: true)
        self.event = event
        incident = decision.application?.incident ?? known
        isKnown = known != nil
        severity = decision.severity.flatMap(setup.configuration.scale.severity)
        isSeverityAssumed = severity != nil && incident?.text("severity") == nil
        isStale = decision.application?.isStale ?? false
        isDuplicate = recorded == event.digest
        rejection = recorded != nil && !isDuplicate ? .idConflict(event) : decision.rejection
        plan = isDuplicate ? Plan(notRouted: "this very event is recorded already: a duplicate, without effect") : decision.plan
        let table = setup.configuration.table
        let after = incident
        clocks = after.flatMap { table.clocks(of: $0, now: now) }
        agenda = after.map { table.agenda(of: $0, now: now) } ?? []
        self.now = now
        guard renders, !isDuplicate else {
            messages = []
            return
        }
        messages = decision.plan.deliveries.prefix(most).map { planned in
            var request = setup.configuration.request(for: planned, id: "(none yet)", about: Story(event, decision), now: now)
            request.origin = planned.origin.rawValue
            if planned.origin == .confirmation { request.confirmation = setup.confirmation(of: planned.subscription, to: planned.address) }
            request.leaving = planned.subscription.map {
                setup.leaving($0, of: planned, address: planned.address, now: now)
            }
            request.acknowledging = setup.acknowledging(for: planned, about: request, now: now)
            return setup.templates.render(request)
        }
    }
}

extension Rejection {
    /// The same words as the ledger's.
    static func idConflict(_ event: Event) -> Rejection {
        Rejection(
            .idConflict,
            "the id `\(event.id)` of source `\(event.source)` was seen before, with other content; give every event its own id",
            pointer: "/id")
    }
}
