// What an event does to subscriptions: they begin, change, end, and are confirmed. Addresses that are not in routes.yaml are
// asked first whether they want to hear (double opt-in), and not often: who may drop events must not become a way to
// flood somebody.

import Foundation
import Incidents
import JSON
import Ledger
import Routing
import Settings

extension Pipeline {
    static func subscriptionEffects(
        _ event: Event, _ surroundings: any Surroundings, _ setup: Setup, _ now: Date
    ) throws -> Result<Effects, Rejection> {
        if let who = event.payload?["who"].flatMap(Subscription.Who.init),
            let effects = try stopEffects(event, who, surroundings, setup, now)
        {
            return effects
        }
        let wish = WishEvent(event, surroundings, setup, now)
        return switch event.payload?["action"]?.string?.lowercased() ?? "subscribe" {
        case "subscribe": try wish.subscribe()
        case "confirm": try wish.confirm()
        case "snooze", "wake": wish.snooze()
        default: try wish.leave()
        }
    }

    /// The subscriptions that end with their incident, which is told.
    static func followedEnds(
        of application: Application?, _ surroundings: any Surroundings
    ) throws -> [StandingChange] {
        guard let application, application.ends else { return [] }
        let ended = try surroundings.subscriptions.following(application.incident.id).map(\.id)
        return ended.isEmpty ? [] : [.followed(ids: ended)]
    }
}

/// A `subscription` event, and what is known when it is looked at.
struct WishEvent {
    let event: Event
    let payload: [String: JSONValue]
    let surroundings: any Surroundings
    let setup: Setup
    let now: Date

    init(_ event: Event, _ surroundings: any Surroundings, _ setup: Setup, _ now: Date) {
        self.event = event
        payload = event.payload ?? [:]
        self.surroundings = surroundings
        self.setup = setup
        self.now = now
    }

    var table: RoutingTable { setup.configuration.table }
    var who: Subscription.Who? { payload["who"].flatMap(Subscription.Who.init) }
    func text(_ name: String) -> String? { payload[name]?.string.flatMap { $0.isEmpty ? nil : $0 } }
    func time(_ name: String) -> Date? { payload[name]?.string.flatMap(Timestamp.parse) }

    func subscribe() throws -> Result<Effects, Rejection> {
        guard let who else { return .success(Effects()) }
        let match = payload["match"]?.object ?? [:]
        if let rejection = Pipeline.fault(in: match, of: "subscription", table) { return .failure(rejection) }
        var limit: ThrottleRule?
        if let text = text("limit") {
            guard let rule = ThrottleRule(text: text) else {
                return .failure(
                    Rejection(.wrongType, "`limit` is a number in a time, such as \"5 per 1d\"", pointer: "/subscription/limit"))
            }
            limit = rule
        }
        let book = try surroundings.subscriptions
        guard let id = freeID(for: who, in: book) else {
            return .failure(
                Rejection(
                    .idConflict, "the subscription `\(excerpt(text("id") ?? event.id))` is somebody else's; take another id",
                    pointer: "/subscription/id"))
        }
        let until = payload["until"]?.string
        var subscription = Subscription(
            id: id, who: who, match: match, via: text("via"),
            cadence: payload["deliver"]?.string.flatMap(Cadence.init) ?? .immediate, from: time("from"), until: time("until"),
            follows: until?.lowercased() == EventParser.untilResolved ? EventParser.followed(by: payload) : nil, limit: limit, made: now)
        if case .person(let name) = who {
            guard let person = table.directory.people[name] else { return .failure(.nobody(name, table.directory)) }
            if let via = subscription.via, let obstacle = table.directory.obstacle(to: person, via: via) {
                return .failure(Rejection(.wrongType, obstacle, pointer: "/subscription/via"))
            }
            return .success(Effects(changes: [.subscribe(subscription)]))
        }
        if let known = book[id] { (subscription.isConfirmed, subscription.asked) = (known.isConfirmed, known.asked) }
        subscription.mark = setup.links.mark(of: setup.links.code(confirming: id, to: who.text))
        let channel: ChannelFacts
        do throws(MatchError) {
            channel = try table.directory.channel(to: who, via: subscription.via)
        } catch {
            return .failure(
                Rejection(.wrongType, error.message, pointer: subscription.via == nil ? "/subscription/who" : "/subscription/via"))
        }
        guard !subscription.isConfirmed, mayAsk(book.of(who)) else {
            if !subscription.isConfirmed { subscription.made = book[subscription.id]?.made ?? now }
            return .success(Effects(changes: [.subscribe(subscription)]))
        }
        subscription.asked.append(now)
        return .success(Effects(changes: [.subscribe(subscription)], directed: [question(subscription, channel)]))
    }

    /// Whoever is asked is asked by its id, and people hear by it: it is never made somebody else's. Two producers may call
    /// their events alike. Nil: it is taken.
    private func freeID(for who: Subscription.Who, in book: SubscriptionBook) -> String? {
        func isFree(_ id: String) -> Bool { book[id].map { $0.who.compared == who.compared } ?? true }
        // The parser names what has no name after the event.
        if let id = text("id"), id != event.id { return isFree(id) ? id : nil }
        return [event.id, "\(event.source)/\(event.id)"].first(where: isFree)
    }

    /// Whether an address may be asked now: not again within ten minutes, and three times without an answer.
    private func mayAsk(_ theirs: [Subscription]) -> Bool {
        let asked = theirs.filter { !$0.isConfirmed }.flatMap(\.asked)
        let last = asked.max() ?? .distantPast
        return asked.count < Subscription.askLimit && now.timeIntervalSince(last) >= Subscription.askPause
    }

    private func question(_ subscription: Subscription, _ channel: ChannelFacts) -> Directed {
        let address = subscription.who.text
        let entry = RecipientEntry(subject: .address(channel: channel.name, address: address), text: address)
        return Directed(
            .entry(entry), origin: .confirmation, name: Subscription.routeName(subscription.id), template: "subscription",
            subscription: subscription.id)
    }

    /// Those that are named by id, by whose they are, or both. One that was not confirmed is kept for a while, so that the
    /// times at which its address was asked are not forgotten.
    func leave() throws -> Result<Effects, Rejection> {
        let book = try surroundings.subscriptions
        let id = text("id")
        var ended: [Subscription] = []
        if let id {
            ended = book[id].map { [$0] } ?? []
            if let who { ended = ended.filter { $0.who.compared == who.compared } }
        } else if let who {
            ended = book.of(who)
        }
        let (settled, asked) = (ended.filter { $0.isConfirmed || $0.asked.isEmpty }, ended.filter { !$0.isConfirmed && !$0.asked.isEmpty })
        var changes: [StandingChange] = settled.isEmpty ? [] : [.unsubscribe(ids: settled.map(\.id))]
        for var subscription in asked where subscription.leftAt == nil {
            subscription.leftAt = now
            changes.append(.subscribe(subscription))
        }
        return .success(Effects(changes: changes))
    }

    /// Not until then; or again from now on.
    func snooze() -> Result<Effects, Rejection> {
        guard let who else { return .success(Effects()) }
        if case .person(let name) = who, table.directory.people[name] == nil {
            return .failure(.nobody(name, table.directory))
        }
        guard payload["action"]?.string?.lowercased() == "snooze", let until = time("until") else {
            return .success(Effects(changes: [.endSnooze(who)]))
        }
        return .success(Effects(changes: [.snooze(Snooze(who: who, until: until, made: now))]))
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
            self = .sms(EventParser.plainNumber(sms))
        } else {
            return nil
        }
    }
}
