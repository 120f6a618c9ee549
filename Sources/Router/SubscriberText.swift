// Whose a subscription is, as people write it, and as it stands in an event.

import Incidents
import JSON
import Routing

extension Subscription.Who {
    /// As it stands in an event.
    public var json: JSONValue {
        switch self {
        case .person(let name): .string(name)
        case .email(let address): ["email": .string(address)]
        case .sms(let number): ["sms": .string(number)]
        }
    }

    /// A mail address or a number; nil for everything else.
    public init?(address text: String) {
        if EventParser.isMailAddress(text) {
            self = .email(text)
        } else if EventParser.isPhoneNumber(text) {
            self = .sms(text)
        } else {
            return nil
        }
    }
}
