// What a token says, as the bytes that are sealed in it: a letter for the deed, and what it is about. Numbers are in base 128,
// so that a token is short enough for a text message.

import Foundation
import Routing

extension Links {
    /// What a token does when it is fed back. Each is for one thing alone.
    public enum Deed: Sendable, Equatable {
        /// Ends one subscription.
        case leave(subscription: String)
        /// Confirms a subscription.
        case confirm(subscription: String)
        /// Acknowledges an incident, once.
        case acknowledge(Acknowledge)
        /// Shows and changes the subscriptions of a person or an address, until a time.
        case manage(who: Subscription.Who, expires: Date)
        /// What a gateway reports of one delivery.
        case receipt(Receipt)
    }

    /// Whom a link to acknowledge was sent to.
    public struct Acknowledge: Sendable, Equatable {
        public var incident: String
        /// As the delivery names its recipient: a person, a channel, or an address.
        public var by: String
        /// The delivery that carried it; 0 in what leaves no trace.
        public var delivery: Int64
        /// To the second.
        public var expires: Date

        public init(incident: String, by: String, delivery: Int64, expires: Date) {
            self.incident = incident
            self.by = by
            self.delivery = delivery
            self.expires = Date(timeIntervalSince1970: expires.timeIntervalSince1970.rounded(.down))
        }
    }

    /// Which delivery a report is about.
    public struct Receipt: Sendable, Equatable {
        public var delivery: Int64
        /// The beginning of the delivery's own token, 8 hexadecimal digits: a ledger that was restored may have given the number
        /// to another one.
        public var mark: String

        public init(delivery: Int64, token: String) {
            self.delivery = delivery
            mark = String(token.prefix(8))
        }
    }
}

extension Links.Deed {
    var bytes: [UInt8] {
        switch self {
        case .leave(let id): Array("l".utf8) + Array(id.utf8)
        case .confirm(let id): Array("c".utf8) + Array(id.utf8)
        case .acknowledge(let deed):
            Array("a".utf8) + Number.bytes(deed.expires) + Number.bytes(deed.delivery) + Number.bytes(Int64(deed.incident.utf8.count))
                + Array(deed.incident.utf8) + Array(deed.by.utf8)
        case .manage(let who, let expires): Array("m".utf8) + Number.bytes(expires) + Array(who.sealed.utf8)
        case .receipt(let deed): Array("r".utf8) + Number.bytes(deed.delivery) + Array(deed.mark.utf8)
        }
    }

    init?(bytes: [UInt8]) {
        guard let first = bytes.first else { return nil }
        var rest = bytes.dropFirst()
        switch first {
        case UInt8(ascii: "l"), UInt8(ascii: "c"):
            guard let id = Self.text(rest) else { return nil }
            self = first == UInt8(ascii: "l") ? .leave(subscription: id) : .confirm(subscription: id)
        case UInt8(ascii: "a"):
            guard let expires = Number.read(&rest), let delivery = Number.read(&rest), let count = Number.read(&rest),
                count <= Int64(rest.count), let incident = Self.text(rest.prefix(Int(count))),
                let by = Self.text(rest.dropFirst(Int(count)))
            else { return nil }
            let end = Date(timeIntervalSince1970: TimeInterval(expires))
            self = .acknowledge(Links.Acknowledge(incident: incident, by: by, delivery: delivery, expires: end))
        case UInt8(ascii: "m"):
            guard let expires = Number.read(&rest), let who = Self.text(rest).flatMap(Subscription.Who.init(sealed:)) else { return nil }
            self = .manage(who: who, expires: Date(timeIntervalSince1970: TimeInterval(expires)))
        case UInt8(ascii: "r"):
            guard let delivery = Number.read(&rest), let mark = Self.text(rest) else { return nil }
            self = .receipt(Links.Receipt(delivery: delivery, token: mark))
        default: return nil
        }
    }

    private static func text(_ bytes: ArraySlice<UInt8>) -> String? {
        String(validating: bytes, as: UTF8.self).flatMap { $0.isEmpty ? nil : $0 }
    }
}

extension Subscription.Who {
    /// A letter, and the name or the address.
    fileprivate var sealed: String {
        switch self {
        case .person(let name): "p\(name)"
        case .email(let address): "e\(address)"
        case .sms(let number): "s\(number)"
        }
    }

    fileprivate init?(sealed: String) {
        let text = String(sealed.dropFirst())
        if text.isEmpty { return nil }
        switch sealed.first {
        case "p": self = .person(text)
        case "e": self = .email(text)
        case "s": self = .sms(text)
        default: return nil
        }
    }
}

/// Numbers that are not negative, seven bits to a byte, the lowest first; the eighth bit says that more follow.
private enum Number {
    static func bytes(_ date: Date) -> [UInt8] { bytes(Int64(max(0, date.timeIntervalSince1970.rounded(.down)))) }

    static func bytes(_ value: Int64) -> [UInt8] {
        var rest = UInt64(max(0, value))
        var out: [UInt8] = []
        repeat {
            out.append(UInt8(rest & 0x7F) | (rest > 0x7F ? 0x80 : 0))
            rest >>= 7
        } while rest > 0
        return out
    }

    static func read(_ bytes: inout ArraySlice<UInt8>) -> Int64? {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 63, by: 7) {
            guard let byte = bytes.popFirst() else { return nil }
            value |= UInt64(byte & 0x7F) << shift
            if byte & 0x80 == 0 { return Int64(value) }
        }
        return nil
    }
}
