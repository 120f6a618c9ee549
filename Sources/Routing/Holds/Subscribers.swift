// Whoever has a standing wish that an event or an incident fits. Only people of the configuration are told so far:
// addresses from elsewhere would have to be confirmed first.

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
    let compiled: CompiledStanding<Subscription>
    let facts: MatchFacts
    /// For people without a zone of their own.
    let timeZone: TimeZone

    /// Those whose match holds for the event.
    func ofEvent() -> [Subscription] { compiled.matching(facts).filter { $0.isActive(at: facts.now) } }

    /// Those whose match fits the incident: who `subscribers` are.
    func ofIncident() -> [Subscription] { compiled.fitting(facts).filter { $0.isActive(at: facts.now) } }

    /// Those that cannot be understood, and why.
    func problems() -> [(subscription: Subscription, problem: String)] {
        compiled.problems.sorted { $0.key < $1.key }.compactMap { place, problem in
            let subscription = compiled.source.elements[place]
            return subscription.isActive(at: facts.now) ? (subscription, problem) : nil
        }
    }

    /// When a person hears who asked for a cadence; nil: at once.
    func gathering(_ cadence: Cadence, for person: Person) -> Gathering? {
        if cadence == .immediate { return nil }
        let zone = person.zone(else: timeZone)
        guard let until = cadence.next(after: facts.now, in: zone) else { return nil }
        let moment = Moment.text(until, now: facts.now, in: zone, isNamed: true)
        return Gathering(until: until, reason: "\(cadence.word) digest of \(person.id), until \(moment)")
    }
}

extension Subscription {
    /// Stands among a delivery's routes.
    var routeName: String { "subscription \(quoted(id))" }
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

extension RecipientSearch {
    /// Everyone whose subscription fits the incident, by their own way and at their own times.
    mutating func addSubscribers() {
        guard let subscribers else { return reasons.append("nobody has subscribed") }
        let fitting = subscribers.ofIncident()
        if fitting.isEmpty { return reasons.append("nobody's subscription fits the incident") }
        for subscription in fitting { add(subscription, of: subscribers) }
    }

    /// The person of a subscription, by the channel that it names or their own `via`.
    mutating func add(_ subscription: Subscription, of subscribers: Subscribers) {
        switch subscription.who {
        case .person(let name):
            guard let person = directory.people[name] else {
                return reasons.append("\(subscription.routeName) is for `\(quoted(name))`, who is nobody in `people`")
            }
            gathering = subscribers.gathering(subscription.cadence, for: person)
            add(person: person, via: subscription.via)
            gathering = nil
        case .email(let address), .sms(let address):
            reasons.append("\(subscription.routeName) is for \(quoted(address)), which is not in `people` and has not been confirmed")
        }
    }
}
