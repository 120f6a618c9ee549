// From a token that came back to the event that does what it says.

import Foundation
import Incidents
import JSON
import Routing

extension Links.Deed {
    /// The payload of the `subscription` event that does it; nil where there is nothing to do any more, because the
    /// subscription is gone, and for confirmations, which are not made here.
    ///
    /// - Parameters:
    ///   - subscription: the one that it is about, where it stands.
    ///   - reason: how it came, for people: `by the link in a mail`.
    public func payload(ending subscription: Subscription?, reason: String) -> JSONValue? {
        switch self {
        case .leave(let id):
            guard let subscription, subscription.id == id else { return nil }
            return ["action": "unsubscribe", "id": .string(id), "who": subscription.who.document, "reason": .string(reason)]
        case .confirm, .acknowledge, .manage, .receipt: return nil
        }
    }
}

extension Subscription.Who {
    /// As in an event.
    public var document: JSONValue {
        switch self {
        case .person(let name): .string(name)
        case .email(let address): ["email": .string(address)]
        case .sms(let number): ["sms": .string(number)]
        }
    }
}
