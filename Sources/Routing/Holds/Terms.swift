// By what a delivery may have to wait: what the routes that ask for it say, and whom it is for. Of several that ask, the
// more urgent one decides: a term counts only if all of them have it.

import Foundation

struct Terms: Sendable {
    /// A person's quiet hours.
    struct Quiet: Sendable {
        var person: String
        var hours: QuietHours
        /// The person's own.
        var timezone: String?
    }

    struct Group: Sendable {
        var route: String
        var rule: GroupRule
    }

    /// Nil for channels and bare addresses.
    var quiet: Quiet?
    /// Who hears it, where that is one person or address: they may have snoozed.
    var who: Subscription.Who?
    /// The most that they want to hear.
    var limit: ThrottleRule?
    var group: Group?
    var throttle: ThrottleRule?
    /// A subscriber's cadence.
    var gathering: Gathering?

    init(_ route: Route, _ resolved: Resolved) {
        quiet = resolved.person.flatMap { person in
            person.quietHours.map { Quiet(person: person.id, hours: $0, timezone: person.timezone) }
        }
        who = resolved.who
        limit = resolved.person?.limits[resolved.channel.kind] ?? resolved.limit
        group = route.group.map { Group(route: route.name, rule: $0) }
        throttle = route.throttle
        gathering = resolved.gathering
    }

    /// Adds the terms of the next that asks.
    mutating func merge(_ other: Terms) {
        if other.quiet == nil { quiet = nil }
        if other.who != who { who = nil }
        limit = limit.flatMap { mine in other.limit.map { $0.isMoreGenerous(than: mine) ? $0 : mine } }
        switch (gathering, other.gathering) {
        case (let mine?, let theirs?):
            if theirs.until < mine.until { gathering = theirs }
        case (_?, nil):
            // Whoever gathers leaves the message to whoever does not, and to their terms.
            gathering = nil
            group = other.group
            throttle = other.throttle
        case (nil, _?): break
        case (nil, nil):
            if other.group == nil { group = nil }
            throttle = throttle.flatMap { mine in other.throttle.map { $0.isMoreGenerous(than: mine) ? $0 : mine } }
        }
    }
}

extension Resolved {
    /// The person, or the address; nil for a channel that is told as itself.
    fileprivate var who: Subscription.Who? {
        if let person { return .person(person.id) }
        if channel.ownAddress != nil { return nil }
        return switch channel.kind {
        case .email: .email(address.lowercased())
        case .sms: .sms(address)
        case .slack, .teams: nil
        }
    }
}

extension ThrottleRule {
    /// Lets through more in the same time; of two that let through as much, the one with the greater number at once.
    func isMoreGenerous(than other: ThrottleRule) -> Bool {
        let (mine, theirs) = (Double(count) * other.window, Double(other.count) * window)
        return mine > theirs || (mine == theirs && count > other.count)
    }
}
