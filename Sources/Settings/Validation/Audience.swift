// Whom an entry of `to` may reach, and by which channels, whatever the event: what the checks of reachability ask.

import Incidents
import Routing

/// Whoever may hear of something.
struct Audience {
    /// People with an address, each once.
    private(set) var people: [DecodedPerson] = []
    /// Channels that carry it: those that are tried first, those that come next, and their fallbacks.
    private(set) var channels: Set<String> = []
    /// A channel itself or an address: nobody's quiet hours hold it.
    private(set) var hasPlace = false
    /// The incident, or whoever subscribes, decides who it is: words of `to`, as written.
    private(set) var open: [String] = []
    /// Something of it cannot be known here.
    private(set) var isUnknown = false

    /// Nobody at all, and surely.
    var isEmpty: Bool { people.isEmpty && !hasPlace && open.isEmpty && !isUnknown }
    /// Somebody, whatever the incident says.
    var isSure: Bool { !people.isEmpty || hasPlace || isUnknown }

    private let validation: Validation
    private let severity: Severity?
    private var opened: Set<String> = []
    private var ids: Set<String> = []
    /// Whoever asks wants to know no more than whether there is anybody.
    private let stopsAtFirst: Bool

    /// - Parameters:
    ///   - severity: chooses the communication lead; nil: any.
    ///   - stopsAtFirst: the first who is found is enough: only `isEmpty` is whole then.
    init(_ entries: [RecipientEntry], of severity: Severity? = nil, in validation: Validation, stopsAtFirst: Bool = false) {
        self.validation = validation
        self.severity = severity
        self.stopsAtFirst = stopsAtFirst
        for entry in entries { add(entry, via: entry.via) }
    }

    private mutating func add(_ entry: RecipientEntry, via: String?) {
        if stopsAtFirst, !isEmpty { return }
        switch entry.subject {
        case .address(let channel, _):
            hasPlace = true
            add(channel: channel)
        case .subscribers: open.append(entry.text)
        case .role(let role):
            if role == .communicationLead { addLeads(via) }
            open.append(entry.text)
        case .name(let name): add(name: name, via: via)
        }
    }

    private mutating func add(name: String, via: String?) {
        if let person = validation.people[name] { return add(person, via: via) }
        if let rotation = validation.rotations[name] {
            guard let people = rotation.people else {
                isUnknown = true
                return
            }
            for person in people.compactMap({ validation.people[$0] }) { add(person, via: via) }
        } else if let team = validation.teams[name] {
            // By another way it is opened again: its members have other channels then.
            guard opened.insert("\(via ?? "")\u{0}\(name)").inserted else { return }
            for member in team.members {
                if stopsAtFirst, !isEmpty { return }
                if let entry = member.recipient { add(entry, via: via ?? entry.via) }
            }
        } else if via == nil || via == name, let facts = validation.channels[name]?.facts, facts.ownAddress != nil {
            hasPlace = true
            add(channel: name)
        }
    }

    private mutating func addLeads(_ via: String?) {
        let leads = validation.decoded.communicationLeads
        for name in severity.map({ leads[$0.name] ?? [] }) ?? leads.values.flatMap(\.self) { add(name: name, via: via) }
    }

    private mutating func add(_ person: DecodedPerson, via: String?) {
        let usable = validation.usable(person.person)
        var ways = usable
        if let via {
            guard let kind = validation.channels[via]?.facts?.kind, person.person.addresses[kind] != nil else { return }
            ways = [via] + usable
        }
        if ways.isEmpty { return }
        if ids.insert(person.person.id).inserted { people.append(person) }
        for channel in ways { add(channel: channel) }
    }

    /// The channel, and where its messages go when it cannot deliver them.
    private mutating func add(channel: String) {
        guard channels.insert(channel).inserted, let fallback = validation.channels[channel]?.fallback else { return }
        channels.formUnion(Audience([fallback], in: validation, without: channels).channels)
    }

    /// Of a fallback: channels that are known already are not followed again.
    private init(_ entries: [RecipientEntry], in validation: Validation, without known: Set<String>) {
        self.validation = validation
        severity = nil
        stopsAtFirst = false
        channels = known
        for entry in entries { add(entry, via: entry.via) }
    }
}

extension Validation {
    /// The channels of a person's `via` that can reach them, in its order.
    func usable(_ person: Person) -> [String] {
        person.via.filter { name in channels[name]?.facts.map { $0.takesAddresses && person.addresses[$0.kind] != nil } ?? false }
    }
}
