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
        guard var subscription = found else {
            return wrong("this code confirms nothing: it was mistyped, or its subscription was left or was not confirmed in time")
        }
        // Twice is as good as once.
        if subscription.isConfirmed { return .success(Effects()) }
        if subscription.state(at: now) == .ended {
            return wrong("the subscription `\(excerpt(subscription.id))` was left, or not confirmed in time: subscribe again")
        }
        subscription.isConfirmed = true
        subscription.asked = []
        return .success(Effects(changes: [.subscribe(subscription)]))
    }

    private func wrong(_ message: String, pointer: String = "/subscription/code") -> Result<Effects, Rejection> {
        .failure(Rejection(.wrongCode, message, pointer: pointer))
    }
}

extension Links {
    /// The subscription that a code, a token or a link confirms; nil: none.
    public func subscription(confirmedBy text: String, in book: SubscriptionBook) -> Subscription? {
        let token = Self.token(in: text)
        if case .confirm(let id) = deed(token) { return book[id] }
        // Those that wait are few; whoever confirms twice is looked for among the others.
        let all = book.elements.filter { !$0.who.isPerson }
        return all.first { !$0.isConfirmed && confirms($0, text) } ?? all.first { $0.isConfirmed && confirms($0, text) }
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
