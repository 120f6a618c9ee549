// One way from a delivery to what rendering wants to know, whether it is planned, waiting or long past: so that
// `explain`, the router and `deliveries show` render the same message.

import Foundation
import Incidents
import Ledger
import Rendering
import Routing
import Settings

/// A message to one address, at whatever stage.
public protocol Addressed {
    var channel: String { get }
    var kind: ChannelKind { get }
    var recipient: String { get }
    /// The entry of `to` that it came from.
    var `for`: String { get }
    var routes: [String] { get }
    var template: String { get }
    var language: String? { get }
    var timezone: String? { get }
}

extension PlannedDelivery: Addressed {}
extension QueuedDelivery: Addressed {}
extension DeliveryRow: Addressed {}

/// What a message is about: an event, and what it did to its incident.
public struct Story: Sendable {
    var event: Event
    var incident: Incident?
    /// The severity's name, as it was judged.
    var severity: String?
    var previous: String?
    var reopens: Bool

    public init(_ stored: StoredEvent) {
        event = stored.event
        incident = stored.incident
        severity = stored.severity
        previous = stored.previous
        reopens = stored.reopens
    }

    init(_ event: Event, _ decision: Decision) {
        self.event = event
        incident = decision.application?.incident
        severity = decision.severity
        previous = decision.application?.previous
        reopens = decision.application?.reopens ?? false
    }
}

extension RouterConfiguration {
    /// The facts behind the message of a delivery that goes out now: with what happened to it while it waited.
    func request(for delivery: QueuedDelivery, now: Date) -> RenderRequest {
        var request = request(for: delivery, id: String(delivery.id), about: Story(delivery.event), now: now)
        request.replaces = delivery.replaces
        request.earlier = delivery.earlier.map(\.event)
        request.insteadOf = delivery.tried.last?.channel
        request.endedMeanwhile = delivery.endedMeanwhile
        request.digest = delivery.digest
        request.origin = delivery.origin.rawValue
        request.correction = delivery.corrected.map { Correction($0.event, at: $0.receivedAt) }
        return request
    }

    /// The facts behind one message.
    ///
    /// - Parameter id: the delivery's, for people to quote.
    public func request(for delivery: some Addressed, id: String, about story: Story, now: Date) -> RenderRequest {
        let person = table.directory.people[delivery.recipient]
        let settings = channels.first { $0.name == delivery.channel }
        var request = RenderRequest(
            kind: delivery.kind, template: delivery.template, language: delivery.language, timezone: delivery.timezone ?? router.timezone,
            event: story.event, incident: story.incident, severity: story.severity.flatMap(scale.severity), previous: story.previous,
            reopens: story.reopens, recipient: person?.displayName ?? delivery.recipient, routes: delivery.routes, delivery: id,
            channel: delivery.channel, now: now, maximumSegments: settings?.maximumSegments ?? 3,
            previousSeverity: story.previous.flatMap(scale.severity), lateAfter: router.lateAfter,
            sla: story.incident.flatMap { table.clocks(of: $0, now: now) }, severities: scale)
        request.person = person == nil ? nil : delivery.recipient
        let (directory, rotations) = (table.directory, table.people.rotations)
        request.displayName = { [names = table.names] in names[$0] }
        request.given = person.flatMap {
            directory.given(to: $0.id, as: delivery.for, of: delivery.routes, by: story.event, story.incident, rotations: rotations)
        }
        request.isReadersZone = person?.timezone != nil
        return request
    }
}

extension Correction {
    /// What a broadcast said that is corrected now.
    public init(_ event: Event, at: Date) {
        let news = BroadcastNews(event: event, incident: nil)
        self.init(
            id: event.payload?["id"]?.string ?? event.id, subject: news.subject, message: news.message, at: Timestamp.format(at))
    }
}
