// A subscription is confirmed by what its address was sent: a code to type, or a link. An operator may do it for somebody.

import Foundation
import Incidents
import JSON
import Ledger
import Rendering
import Routing

extension WishEvent {
    func confirm() throws -> Result<Effects, Rejection> {
        let book = try surroundings.subscriptions
        let code = text("code")
        let found: Subscription?
        if let id = text("id") {
            guard let known = book[id] else { return wrong("there is no subscription `\(excerpt(id))`", pointer: "/subscription/id") }
            if let code, !setup.links.confirms(known, code) {
                return wrong("this is not the code of the subscription `\(excerpt(id))`; take it from the newest message about it")
            }
            found = known
        } else {
            found = code.flatMap { setup.links.subscription(confirmedBy: $0, in: book) }
        }
        guard let subscription = found else {
            return wrong("this code confirms nothing: it was mistyped, or its subscription was left or was not confirmed in time")
        }
        // Twice is as good as once.
        if subscription.isConfirmed { return .success(Effects()) }
        if subscription.state(at: now) == .ended {
            return wrong("the subscription `\(excerpt(subscription.id))` was left, or not confirmed in time: subscribe again")
        }
        // Whoever reads at the address has said that they want to hear: what else it asked for meanwhile needs no other question.
        let others = code == nil ? [] : book.waiting(with: subscription, at: now)
        return .success(
            Effects(
                changes: ([subscription] + others).map { subscription in
                    var subscription = subscription
                    subscription.isConfirmed = true
                    subscription.asked = []
                    return .subscribe(subscription)
                }))
    }

    private func wrong(_ message: String, pointer: String = "/subscription/code") -> Result<Effects, Rejection> {
        .failure(Rejection(.wrongCode, message, pointer: pointer))
    }
}

extension SubscriptionBook {
    /// What the address of a subscription asked for beside it, and was not confirmed yet, the oldest first.
    func waiting(with subscription: Subscription, at now: Date) -> [Subscription] {
        of(subscription.who).filter { $0.waits(with: subscription, at: now) }
    }
}

extension Subscription {
    /// Whether the code of another subscription confirms this one as well: it is of the same address, and waits.
    public func waits(with other: Subscription, at now: Date) -> Bool {
        id != other.id && !who.isPerson && who.compared == other.who.compared && !isConfirmed && state(at: now) != .ended
    }
}

extension Links {
    /// The subscription that a code, a token or a link confirms; nil: none.
    public func subscription(confirmedBy text: String, in book: SubscriptionBook) -> Subscription? {
        let token = Self.token(in: text)
        if case .confirm(let id) = deed(token) { return book[id] }
        let found = mark(of: text).map(book.marked)?.filter { confirms($0, text) } ?? []
        return found.first { !$0.isConfirmed } ?? found.first
    }

    /// Whether a code, a token or a link was made for this subscription and its address.
    public func confirms(_ subscription: Subscription, _ text: String) -> Bool {
        if subscription.who.isPerson { return false }
        if case .confirm(let id) = deed(Self.token(in: text)) { return id == subscription.id }
        guard let typed = Self.typed(text) else { return false }
        return typed == code(confirming: subscription.id, to: subscription.who.text)
    }

    /// The token at the end of a link; what is no link is a token itself.
    public static func token(in text: String) -> String {
        let text = text.trimmingCharacters(in: .whitespacesAndNewlines)
        guard text.contains("/") else { return text }
        return text.split(separator: "/").last.map { String($0.prefix { $0 != "?" && $0 != "#" }) } ?? text
    }
}

extension Setup {
    /// The facts behind the message of a delivery that goes out now.
    func request(for delivery: QueuedDelivery, now: Date) -> RenderRequest {
        var request = configuration.request(for: delivery, now: now)
        if delivery.origin == .confirmation { request.confirmation = confirmation(of: delivery.subscription, to: delivery.address) }
        return request
    }

    /// What an address feeds back to confirm a subscription.
    func confirmation(of subscription: String?, to address: String) -> (code: String, url: String?)? {
        subscription.map { (links.code(confirming: $0, to: address), links.url(.confirm(subscription: $0))) }
    }
}
