// What an event does to subscriptions.

import Foundation
import Incidents
import JSON
import Ledger
import Routing

extension Pipeline {
    static func subscriptionEffects(
        _ event: Event, _ surroundings: any Surroundings, _ setup: Setup, _ now: Date
    ) throws -> Result<Effects, Rejection> {
        let table = setup.configuration.table
        let payload = event.payload ?? [:]
        guard let who = payload["who"].flatMap(Subscription.Who.init) else { return .success(Effects()) }
        if let effects = try stopEffects(event, who, surroundings, setup, now) { return effects }
        let id = payload["id"]?.string
        guard (payload["action"]?.string?.lowercased() ?? "subscribe") == "subscribe" else {
            let ended = try surroundings.subscriptions.elements.filter { $0.who == who && (id == nil || $0.id == id) }.map(\.id)
            return .success(Effects(changes: ended.isEmpty ? [] : [.unsubscribe(ids: ended)]))
        }
        let match = payload["match"]?.object ?? [:]
        if let rejection = fault(in: match, of: "subscription", table) { return .failure(rejection) }
        let subscription = Subscription(
            id: id ?? event.id, who: who, match: match, via: payload["via"]?.string,
            cadence: payload["deliver"]?.string.flatMap(Cadence.init) ?? .immediate,
            from: payload["from"]?.string.flatMap(Timestamp.parse), until: payload["until"]?.string.flatMap(Timestamp.parse))
        return .success(Effects(changes: [.subscribe(subscription)]))
    }
}

extension Subscription.Who {
    /// As in the event: a person's name, or `{"email": …}`, `{"sms": …}`.
    init?(_ json: JSONValue) {
        if let name = json.string {
            self = .person(name)
        } else if let email = json["email"]?.string {
            self = .email(email)
        } else if let sms = json["sms"]?.string {
            self = .sms(sms)
        } else {
            return nil
        }
    }
}
