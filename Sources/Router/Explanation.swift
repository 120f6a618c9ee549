// Why somebody is told, or is not: the same decision that the router makes, with nothing sent and nothing written.

import Configuration
import Foundation
import Incidents
import Ledger
import Rendering
import Routing

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
    public var plan: Plan
    /// One for each delivery of the plan, where asked for.
    public var messages: [Message]

    /// - Parameters:
    ///   - known: the incident as the ledger has it; nil where it does not.
    ///   - now: the time of the decision.
    public init(_ event: Event, known: Incident?, setup: Setup, now: Date, renders: Bool) {
        let decision = Pipeline.decide(event, incident: known, setup: setup, now: now)
        self.event = event
        incident = decision.application?.incident ?? known
        isKnown = known != nil
        severity = decision.severity.flatMap(setup.configuration.scale.severity)
        isSeverityAssumed = severity != nil && incident?.text("severity") == nil
        isStale = decision.application?.isStale ?? false
        rejection = decision.rejection
        plan = decision.plan
        guard renders else {
            messages = []
            return
        }
        let application = decision.application
        messages = decision.plan.deliveries.map { planned in
            let person = setup.configuration.table.directory.people[planned.recipient]
            return setup.templates.render(
                RenderRequest(
                    kind: planned.kind, template: planned.template, language: planned.language,
                    timezone: planned.timezone ?? setup.configuration.router.timezone, event: event,
                    incident: application?.incident, severity: decision.severity.flatMap(setup.configuration.scale.severity),
                    previous: application?.previous, reopens: application?.reopens ?? false,
                    recipient: person?.displayName ?? planned.recipient, routes: planned.routes, delivery: "0",
                    channel: planned.channel, now: now, maximumSegments: setup.segments[planned.channel] ?? 3))
        }
    }
}
