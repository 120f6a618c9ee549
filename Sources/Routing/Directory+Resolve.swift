// From an entry of `to` to addresses. Whoever cannot be reached is named, with the reason.

import Incidents

/// One address that an entry of `to` leads to.
public struct Resolved: Sendable, Equatable {
    public var channel: ChannelFacts
    /// For a channel addressed as itself, its `ownAddress`.
    public var address: String
    /// A person's id, a channel's name, or the address.
    public var recipient: String
    public var person: Person?
    /// The subscription that led to it; nil where it was named.
    var subscription: String?
    /// The person's own wish to hear later; nil: at once.
    var gathering: Gathering?
    /// Why the entry led here and not to somebody else, for `explain`: whose turn it is, for whom somebody stands in.
    var notes: [String] = []
    /// The most that an address wants to hear; of a person, see `Person.limits`.
    var limit: ThrottleRule?

    public init(channel: ChannelFacts, address: String, recipient: String, person: Person? = nil) {
        self.channel = channel
        self.address = address
        self.recipient = recipient
        self.person = person
    }

    /// What makes two of them one message: mail addresses are compared without regard to case.
    var key: DestinationKey {
        DestinationKey(channel: channel.name, address: channel.kind == .email ? address.lowercased() : address)
    }
}

/// One address through one channel.
struct DestinationKey: Hashable {
    var channel: String
    var address: String
}

extension Directory {
    /// Whom an entry of `to` leads to.
    ///
    /// A team is its members, each once, however teams contain one another. Several reasons may come from one entry;
    /// each carries the entry's text.
    ///
    /// - Parameters:
    ///   - incident: gives the roles; nil for an event without one.
    ///   - severity: chooses the communication lead, where the incident names nobody.
    ///   - presence: who is on duty, and who is away.
    public func resolve(
        _ entry: RecipientEntry, incident: Incident?, severity: Severity?, presence: Presence = .everybody
    ) -> (reached: [Resolved], unreached: [Unreached]) {
        resolve(entry, incident: incident, severity: severity, subscribers: nil, presence: presence)
    }

    /// - Parameter subscribers: who `subscribers` are; nil: nobody.
    func resolve(
        _ entry: RecipientEntry, incident: Incident?, severity: Severity?, subscribers: Subscribers?, presence: Presence
    ) -> (reached: [Resolved], unreached: [Unreached]) {
        var search = RecipientSearch(
            directory: self, incident: incident, severity: severity, subscribers: subscribers, presence: presence)
        search.add(entry, via: entry.via)
        if search.reached.isEmpty, search.reasons.isEmpty { search.reasons = ["nobody is in `\(quoted(entry.text))`"] }
        return (search.reached, search.reasons.map { Unreached(entry: entry.text, reason: $0) })
    }
}

/// The walk from one entry through teams and roles.
struct RecipientSearch {
    let directory: Directory
    let incident: Incident?
    let severity: Severity?
    let subscribers: Subscribers?
    let presence: Presence
    private(set) var reached: [Resolved] = []
    var reasons: [String] = []
    /// Of whoever is added just now.
    var gathering: Gathering?
    /// What led to whoever is added just now.
    var because: [String] = []
    /// By which whoever is added just now is there.
    var subscription: Subscription?
    private var seen: Set<DestinationKey> = []
    private var openedTeams: Set<String> = []

    init(
        directory: Directory, incident: Incident?, severity: Severity?, subscribers: Subscribers? = nil, presence: Presence = .everybody
    ) {
        self.directory = directory
        self.incident = incident
        self.severity = severity
        self.subscribers = subscribers
        self.presence = presence
    }

    /// - Parameter via: the channel that the entry, or the entry that led to it, asks for.
    mutating func add(_ entry: RecipientEntry, via: String?) {
        switch entry.subject {
        case .name(let name): add(name: name, via: via)
        case .address(let channel, let address): add(address: address, channel: channel, via: via)
        case .role(let role): add(role: role, via: via)
        case .subscribers: addSubscribers()
        }
    }

    /// A name is a channel, a person, a team or a rotation; where `via` is given, a channel comes last.
    mutating func add(name: String, via: String?) {
        if via == nil, let channel = directory.channels[name] {
            add(channel: channel)
        } else if let person = directory.people[name] {
            add(present: person, via: via)
        } else if directory.teams[name] != nil {
            add(team: name, via: via)
        } else if let rotation = presence.rotations[name] {
            add(rotation: rotation, via: via)
        } else if let channel = directory.channels[name] {
            if via == name {
                add(channel: channel)
            } else {
                reasons.append("`\(name)` is a channel itself, and is not told via `\(via ?? name)`")
            }
        } else {
            let hint = directory.suggestion(forName: name, rotations: presence.rotations.keys)
            let kinds = presence.rotations.isEmpty ? "channel, person or team" : "channel, person, team or rotation"
            reasons.append("`\(quoted(name))` is no \(kinds)\(hint)")
        }
    }

    mutating func add(team: String, via: String?) {
        guard openedTeams.insert(team).inserted else { return }
        for member in directory.teams[team] ?? [] { add(member, via: via ?? member.via) }
    }

    /// The person themselves, be they away or not.
    mutating func add(person: Person, via: String?) {
        if let via {
            guard let channel = directory.channels[via] else {
                reasons.append(
                    "there is no channel `\(quoted(via))` to reach \(person.id) by\(directory.suggestion(forChannel: via))")
                return
            }
            guard channel.takesAddresses else {
                reasons.append("`\(via)` takes no addresses, so \(person.id) cannot be told through it")
                return
            }
            guard let address = person.addresses[channel.kind] else {
                reasons.append("\(person.id) has no \(channel.kind.rawValue) address for `\(via)`")
                return
            }
            add(Resolved(channel: channel, address: address, recipient: person.id, person: person))
            return
        }
        for name in person.via {
            guard let channel = directory.channels[name], channel.takesAddresses, let address = person.addresses[channel.kind]
            else { continue }
            add(Resolved(channel: channel, address: address, recipient: person.id, person: person))
            return
        }
        let channels = person.via.map { "`\($0)`" }.joined(separator: ", ")
        reasons.append(
            person.via.isEmpty ? "\(person.id) names no channel in `via`" : "\(person.id) has no address for any of \(channels)")
    }

    private mutating func add(channel: ChannelFacts) {
        guard let address = channel.ownAddress else {
            reasons.append("`\(channel.name)` needs an address: write `\(channel.name):ADDRESS`, or name a person")
            return
        }
        add(Resolved(channel: channel, address: address, recipient: channel.name))
    }

    private mutating func add(address: String, channel name: String, via: String?) {
        guard let channel = directory.channels[name] else {
            reasons.append("there is no channel `\(quoted(name))`\(directory.suggestion(forChannel: name))")
            return
        }
        if let via, via != name {
            reasons.append("`\(quoted(name)):\(quoted(address))` is an address for `\(name)`, and is not told via `\(via)`")
            return
        }
        guard channel.takesAddresses else {
            reasons.append("`\(name)` takes no addresses, so \(quoted(address)) cannot be told through it")
            return
        }
        add(Resolved(channel: channel, address: address, recipient: address))
    }

    /// Whoever is there already hears at the earlier of both times.
    mutating func add(_ resolved: Resolved) {
        if seen.insert(resolved.key).inserted {
            reached.append(resolved)
            if !because.isEmpty { reached[reached.count - 1].notes = because }
            if let subscription {
                reached[reached.count - 1].gathering = gathering
                reached[reached.count - 1].subscription = subscription.id
                reached[reached.count - 1].limit = subscription.limit
            }
            return
        }
        if !because.isEmpty, let place = reached.firstIndex(where: { $0.key == resolved.key }) { reached[place].notes += because }
        if subscription == nil, let place = reached.firstIndex(where: { $0.subscription != nil && $0.key == resolved.key }) {
            (reached[place].subscription, reached[place].limit) = (nil, nil)
        }
        guard let place = reached.firstIndex(where: { $0.gathering != nil && $0.key == resolved.key }),
            let known = reached[place].gathering, gathering.map({ $0.until < known.until }) ?? true
        else { return }
        reached[place].gathering = gathering
    }
}
