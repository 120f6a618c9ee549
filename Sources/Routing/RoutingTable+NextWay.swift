// Where a message goes that one way could not deliver. Ways never repeat, so every chain of them ends. Pure.

import Incidents

extension RoutingTable {
    /// The next way for a message after `way`: the person's next channel in `via`, or else what `fallback` of the channel
    /// says, or of a channel that was tried before it, the latest first.
    ///
    /// A person's `via` is gone through in its order, from behind the present channel; from the beginning where a route
    /// chose a channel that is not in it.
    ///
    /// - Parameters:
    ///   - recipient: whom the delivery is for: a person's id, a channel's name or an address.
    ///   - way: what the delivery went by.
    ///   - tried: the ways before it, in their order.
    ///   - incident: gives the roles that a fallback may name; nil for an event without one.
    ///   - severity: chooses the communication lead, where the incident names nobody.
    ///   - presence: who is on duty, and who is away: whoever stands in for the recipient by now comes before their own other ways.
    /// - Returns: the first way that was not tried; nil where there is none.
    public func nextWay(
        recipient: String, way: Way, tried: [Way], incident: Incident?, severity: Severity?, presence: Presence = .everybody
    ) -> Resolved? {
        let past = tried + [way]
        let used = Set(past.map(key))
        if let person = directory.people[recipient] {
            if presence.isAway(recipient), let other = presence.standIn(for: recipient).flatMap({ directory.people[$0] }),
                let next = nextVia(of: other, after: nil, used)
            {
                return next
            }
            if let next = nextVia(of: person, after: way.channel, used) { return next }
        }
        for channel in past.reversed().map(\.channel) {
            guard let entry = fallbacks[channel] else { continue }
            let reached = directory.resolve(entry, incident: incident, severity: severity, presence: presence).reached
            if let next = reached.first(where: { !used.contains($0.key) }) { return next }
            // Everybody was tried by their first way: perhaps somebody has another one.
            if entry.via != nil { continue }
            for case let person? in reached.map(\.person) {
                if let next = nextVia(of: person, after: nil, used) { return next }
            }
        }
        return nil
    }

    private func nextVia(of person: Person, after channel: String?, _ used: Set<DestinationKey>) -> Resolved? {
        let start = channel.flatMap(person.via.firstIndex).map { $0 + 1 } ?? 0
        for name in person.via[start...] {
            guard let facts = directory.channels[name], facts.takesAddresses, let address = person.addresses[facts.kind] else { continue }
            let resolved = Resolved(channel: facts, address: address, recipient: person.id, person: person)
            if !used.contains(resolved.key) { return resolved }
        }
        return nil
    }

    /// A channel that is gone meanwhile has no kind; its addresses are compared as they are.
    private func key(_ way: Way) -> DestinationKey {
        let isMail = directory.channels[way.channel]?.kind == .email
        return DestinationKey(channel: way.channel, address: isMail ? way.address.lowercased() : way.address)
    }
}
