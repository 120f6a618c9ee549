// Whoever has a standing wish that an event or an incident fits: people of the configuration, and addresses that have
// confirmed that they want to hear.

import Foundation
import Incidents

/// A wish to hear later: what is gathered until then is one message.
struct Gathering: Sendable, Equatable {
    var until: Date
    /// As in `Hold.reason`.
    var reason: String
}

/// The subscriptions that may count for one event.
struct Subscribers {
    let book: SubscriptionBook
    let scale: SeverityScale
    let facts: MatchFacts
    /// For people without a zone of their own.
    let timeZone: TimeZone
    /// Those that are not confirmed are named, with that as the reason why nobody is told by them.
    let isExplaining: Bool

    /// Those whose match holds for the event.
    ///
    /// - Parameter unconfirmed: also those that nobody is told by.
    func ofEvent(unconfirmed: Bool = false) -> [Subscription] { counting(book.matching(facts, scale: scale), unconfirmed) }

    /// Those whose match fits the incident: who `subscribers` are.
    func ofIncident(unconfirmed: Bool = false) -> [Subscription] { counting(book.fitting(facts, scale: scale), unconfirmed) }

    private func counting(_ found: [Subscription], _ unconfirmed: Bool) -> [Subscription] {
        found.filter { $0.isActive(at: facts.now) && (unconfirmed || $0.isConfirmed) }
    }

    /// Those that cannot be understood, and why.
    func problems() -> [(subscription: Subscription, problem: String)] {
        book.problems(scale: scale).filter { $0.subscription.isActive(at: facts.now) }
    }

    /// When somebody hears who asked for a cadence; nil: at once.
    ///
    /// - Parameters:
    ///   - name: who hears, for people.
    ///   - timezone: their own, IANA name.
    func gathering(_ cadence: Cadence, for name: String, timezone: String?) -> Gathering? {
        if cadence == .immediate { return nil }
        let zone = timezone.flatMap(TimeZone.init(identifier:)) ?? timeZone
        guard let until = cadence.next(after: facts.now, in: zone) else { return nil }
        let moment = Moment.text(until, now: facts.now, in: zone, isNamed: true)
        return Gathering(until: until, reason: "\(cadence.word) digest of \(name), until \(moment)")
    }
}

extension Subscription {
    /// Stands among a delivery's routes.
    public static func routeName(_ id: String) -> String { routePrefix + quoted(id) }

    public static let routePrefix = "subscription "

    /// The id in a route's name; nil: it is no subscription's, or of an id that was cut short to be fit to read.
    public static func id(ofRoute name: String) -> String? {
        guard name.hasPrefix(routePrefix) else { return nil }
        let id = String(name.dropFirst(routePrefix.count))
        return id.utf8.count <= 60 && id.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F } ? id : nil
    }

    var routeName: String { Self.routeName(id) }
}

extension Cadence {
    fileprivate var word: String {
        switch self {
        case .immediate: "immediate"
        case .hourly: "hourly"
        case .daily: "daily"
        case .weekly: "weekly"
        }
    }
}

extension Person {
    /// Where they are.
    func zone(else standard: TimeZone) -> TimeZone { timezone.flatMap(TimeZone.init(identifier:)) ?? standard }
}

extension Directory {
    /// By which channel an address is reached: the named one, or else the first configured one of its kind.
    ///
    /// - Throws: why it cannot be, in words.
    public func channel(to who: Subscription.Who, via: String?) throws(MatchError) -> ChannelFacts {
        guard let kind = who.kind else { throw MatchError(message: "\(quoted(who.text)) is no address") }
        if let via {
            guard let channel = channels[via] else {
                throw MatchError(message: "there is no channel `\(quoted(via))`\(suggestion(forChannel: via))")
            }
            guard channel.kind == kind, channel.takesAddresses else {
                throw MatchError(message: "`\(via)` cannot reach \(quoted(who.text)): it takes no \(kind.rawValue) addresses")
            }
            return channel
        }
        let able = channels.values.filter { $0.kind == kind && $0.takesAddresses }
        guard let channel = able.min(by: { ($0.place, $0.name) < ($1.place, $1.name) }) else {
            throw MatchError(message: "no channel takes \(kind.rawValue) addresses, so \(quoted(who.text)) cannot be reached")
        }
        return channel
    }
}

extension Directory {
    /// Why somebody cannot be reached by a channel, in words; nil: they can.
    public func obstacle(to person: Person, via channel: String) -> String? {
        var search = RecipientSearch(directory: self, incident: nil, severity: nil)
        search.add(person: person, via: channel)
        return search.reached.isEmpty ? search.reasons.first ?? "\(person.id) cannot be reached by `\(channel)`" : nil
    }
}

extension RecipientSearch {
    /// Everyone whose subscription fits the incident, by their own way and at their own times.
    mutating func addSubscribers() {
        guard let subscribers else { return reasons.append("nobody has subscribed") }
        let fitting = subscribers.ofIncident(unconfirmed: subscribers.isExplaining)
        if fitting.isEmpty { return reasons.append("nobody's subscription fits the incident") }
        for subscription in fitting { add(subscription, of: subscribers) }
    }

    /// Whoever has the subscription, by the channel that it names or their own `via`.
    mutating func add(_ subscription: Subscription, of subscribers: Subscribers) {
        let name = subscription.who.text
        guard subscription.isConfirmed else {
            return reasons.append("\(subscription.routeName) is for \(quoted(name)), which is not in `people` and has not been confirmed")
        }
        self.subscription = subscription
        defer { (self.subscription, gathering) = (nil, nil) }
        if case .person = subscription.who {
            guard let person = directory.people[name] else {
                return reasons.append("\(subscription.routeName) is for `\(quoted(name))`, who is nobody in `people`")
            }
            gathering = subscribers.gathering(subscription.cadence, for: person.id, timezone: person.timezone)
            return add(person: person, via: subscription.via)
        }
        gathering = subscribers.gathering(subscription.cadence, for: name, timezone: nil)
        do throws(MatchError) {
            let channel = try directory.channel(to: subscription.who, via: subscription.via)
            add(Resolved(channel: channel, address: name, recipient: name))
        } catch {
            reasons.append(error.message)
        }
    }
}
