// What a message brings along so that it can be answered: a link that acknowledges, and where its gateway reports back. Both are
// there only where something answers: `http`, and an address of ours that people, or the gateway, reach.

import Foundation
import Incidents
import Ledger
import Rendering
import Routing
import Settings

extension Setup {
    /// Nil where nothing waits for somebody to acknowledge it, or nobody could.
    func acknowledging(for delivery: QueuedDelivery, now: Date) -> Acknowledging? {
        guard delivery.ended == nil, let incident = delivery.event.incident else { return nil }
        return configuration.acknowledging(
            incident, delivery.event.event.type, delivery.origin, subscription: delivery.subscription, delivery, id: delivery.id,
            links: links, now: now)
    }

    /// The same for a message that is only shown.
    func acknowledging(for planned: PlannedDelivery, about request: RenderRequest, now: Date) -> Acknowledging? {
        guard let incident = request.incident else { return nil }
        return configuration.acknowledging(
            incident, request.event.type, planned.origin, subscription: planned.subscription, planned, id: 0, links: links, now: now)
    }

    /// Where the gateway of a text message reports what became of it; nil where it cannot.
    func receipt(for delivery: QueuedDelivery) -> Secret? {
        guard delivery.kind == .sms, let base = configuration.callbackURL(of: delivery.channel) else { return nil }
        return Secret(links.url(.receipt(Links.Receipt(delivery: delivery.id, token: delivery.token)), at: base))
    }

    /// The page on which somebody changes what they subscribed to; nil where nothing answers. The same for a day, so that what
    /// carries it stays the same.
    public func ownPage(of who: Subscription.Who, now: Date) -> String? {
        guard configuration.answersLinks else { return nil }
        let day = (now.timeIntervalSince1970 / 86_400).rounded(.up)
        return links.url(.manage(who: who, expires: Date(timeIntervalSince1970: (day + Self.ownPageDays) * 86_400)))
    }

    /// Days for which a link to somebody's own page works, at least.
    private static let ownPageDays: TimeInterval = 30
}

extension RouterConfiguration {
    /// Whether the message of a delivery carried links of its reader's own, to acknowledge or to leave: who has one can use it, so
    /// nobody else is shown the real ones.
    ///
    /// - Parameter stored: the event that it is about.
    public func carriedLinks(_ row: DeliveryRow, about stored: StoredEvent) -> Bool {
        guard answersLinks else { return false }
        if row.origin == .confirmation || row.routes.contains(where: { Subscription.id(ofRoute: $0) != nil }) { return true }
        return acknowledging(shown: row, about: stored, now: .distantPast) != nil
    }

    /// How the message of a delivery could be acknowledged, for whoever looks at it: its link looks like the real one, and opens nothing.
    public func acknowledging(shown row: DeliveryRow, about stored: StoredEvent, now: Date) -> Acknowledging? {
        guard let incident = stored.incident else { return nil }
        let subscription = row.routes.lazy.compactMap { Subscription.id(ofRoute: $0) }.first
        return acknowledging(
            incident, row.type, row.origin, subscription: subscription, row, id: row.id, links: .preview(publicURL: router.publicURL),
            now: now)
    }

    fileprivate func acknowledging(
        _ incident: Incident, _ type: EventType, _ origin: Origin, subscription: String?, _ delivery: some Addressed, id: Int64,
        links: Links, now: Date
    ) -> Acknowledging? {
        guard answersLinks, incident.isOpen, !incident.acknowledged, type.asksSomebody, origin.asksSomebody, let http else { return nil }
        // Who only asked to be told, and is nobody's colleague, does not decide that somebody has it.
        if subscription != nil, table.directory.people[delivery.recipient] == nil { return nil }
        let deed = Links.Deed.acknowledge(
            Links.Acknowledge(
                incident: incident.id, by: delivery.recipient, delivery: id, expires: now.addingTimeInterval(http.linksWork)))
        guard let url = links.url(deed) else { return nil }
        let hasButton = delivery.kind == .slack && http.slackSigningSecret != nil
        let isAnswered = delivery.kind == .sms && isAnswered(delivery.channel)
        return Acknowledging(
            url: url, button: hasButton ? Links.token(in: url) : nil, answer: isAnswered ? "ACK \(incident.id)" : nil)
    }

    /// Links in messages lead somewhere.
    var answersLinks: Bool { http != nil && router.publicURL != nil }

    /// Where the gateway of a channel reaches us, without a slash at the end. Twilio calls from outside: it is told the public URL
    /// alone, and only one that it takes, unless what speaks its API is on this machine.
    func callbackURL(of channel: String) -> String? {
        guard let http, let settings = channels.first(where: { $0.name == channel }) else { return nil }
        switch settings.way {
        case .twilio(let twilio):
            guard let url = router.publicURL else { return nil }
            return Self.isOnThisMachine(twilio.baseURL) || url.lowercased().hasPrefix("https://") && !Self.isOnThisMachine(url) ? url : nil
        case .gateway: return http.callbackURL ?? router.publicURL
        case .slackWebhook, .slackBot, .teams, .email: return nil
        }
    }

    private static func isOnThisMachine(_ url: String) -> Bool {
        guard let host = URLComponents(string: url)?.host?.lowercased() else { return false }
        let bare = host.trimmingCharacters(in: CharacterSet(charactersIn: "[]."))
        return bare == "localhost" || bare.hasSuffix(".localhost") || bare == "::1" || bare.hasPrefix("127.")
    }

    /// Answers to the messages of a channel reach Tocsin.
    func isAnswered(_ channel: String) -> Bool { channels.first { $0.name == channel }?.options.answers ?? false }
}

extension EventType {
    /// Its messages concern whoever may have to act, of an incident; not stakeholders.
    fileprivate var asksSomebody: Bool {
        switch self {
        case .broadcast, .approval, .subscription, .silence, .absence, .statusReport, .operations: false
        default: true
        }
    }
}

extension Origin {
    fileprivate var asksSomebody: Bool {
        switch self {
        case .digest, .broadcast, .confirmation, .report: false
        default: true
        }
    }
}
