// Entries of `to`: whether whom they name exists, and can be reached that way.

import Incidents
import Routing

extension Validation {
    func check(_ use: RecipientUse) {
        let place = use.given.place
        switch use.entry.subject {
        case .subscribers where use.path == "channels.*.fallback":
            findings.error("`subscribers` means nobody in `fallback`: a message that fails needs one other way", at: place)
        case .role where use.path == "heartbeat.to", .subscribers where use.path == "heartbeat.to":
            findings.error("`\(use.entry.text.shortened)` means nobody in `heartbeat`: a sign of life has no incident", at: place)
        case .role where use.path == "router.operators", .subscribers where use.path == "router.operators":
            findings.error("`\(use.entry.text.shortened)` means nobody in `operators`: Tocsin's own troubles have no incident", at: place)
        case .subscribers where use.path == Self.invitePath, .address where use.path == Self.invitePath:
            findings.error(
                "`\(use.entry.text.shortened)` cannot be invited: name people with a `slack` id, teams, rotations or roles", at: place)
        case .name(let name) where use.path == Self.invitePath && reader.isDeclared(name, .channel):
            findings.error("`\(name.shortened)` is a channel, and cannot be invited into another one: name people", at: place)
        case .subscribers: break
        case .role:
            if let via = use.entry.via { _ = addressable(via, use, "`\(use.entry.text.shortened)`") }
        case .address(let channel, let address): check(address, of: channel, use)
        case .name(let name):
            if let via = use.entry.via {
                check(name, via: via, use)
            } else if reader.isDeclared(name, .channel) {
                checkAlone(name, at: place)
            } else if ![Namespace.person, .team, .rotation].contains(where: { reader.isDeclared(name, $0) }) {
                unknownName(name, use)
            }
        }
    }

    private func unknownName(_ name: String, _ use: RecipientUse) {
        let names = [Namespace.channel, .person, .team, .rotation].flatMap(reader.declaredNames)
        if use.given.holdsSecret {
            findings.error("what the entry names is no channel, person or team", at: use.given.place)
            return
        }
        var hint = suggestion(for: name, among: names + Self.roleWords)
        if hint.isEmpty, name.contains("@"), let mail = decoded.channels.first(where: { $0.kind == .email }) {
            hint = "; an address needs its channel: `\(mail.name):\(name.shortened)`"
        }
        findings.error("`\(name.shortened)` is no channel, person or team\(hint)", at: use.given.place)
    }

    /// A channel that is told itself.
    private func checkAlone(_ name: String, at place: Place) {
        guard let facts = channels[name]?.facts, facts.ownAddress == nil else { return }
        let example = facts.kind == .email ? "ops@example.com" : "+447700900123"
        findings.error("`\(name)` needs an address: write `\(name):\(example)`, or name a person or a team", at: place)
    }

    private func check(_ address: String, of channel: String, _ use: RecipientUse) {
        guard let facts = channels[channel]?.facts else { return }
        let place = use.given.place
        guard facts.takesAddresses else {
            findings.error("`\(channel)` is a webhook, whose messages go where it points; write `\(channel)` alone", at: place)
            return
        }
        let type: OptionType =
            switch facts.kind {
            case .email: .emailAddress
            case .sms: .phoneNumber
            case .slack, .teams: .slackChannel
            }
        if (try? type.read(address, reader.context)) == nil {
            let shown = use.given.holdsSecret ? "the address" : "`\(address.shortened)`"
            findings.error("\(shown) after `\(channel):` must be \(type.phrase)", at: place)
        }
    }

    /// The facts of the channel after `via`, where it exists and can be sent to an address; findings say why not.
    private func addressable(_ via: String, _ use: RecipientUse, _ shown: String) -> ChannelFacts? {
        guard reader.isDeclared(via, .channel) else {
            findings.error("\(shown): \(unknown(via, .channel, isHidden: use.given.holdsSecret))", at: use.given.place)
            return nil
        }
        guard let facts = channels[via]?.facts else { return nil }
        guard facts.takesAddresses else {
            findings.error("\(shown): `\(via)` is a webhook and reaches nobody else; write `\(via)` alone", at: use.given.place)
            return nil
        }
        return facts
    }

    private func check(_ name: String, via: String, _ use: RecipientUse) {
        let place = use.given.place
        let shown = "`\(use.entry.text.shortened)`"
        let facts = addressable(via, use, shown)
        if reader.isDeclared(name, .person) {
            guard let facts, let person = people[name], !person.isBroken, person.person.addresses[facts.kind] == nil else { return }
            findings.error("\(shown): `\(name)` has no `\(facts.kind.rawValue)` address", at: place)
        } else if reader.isDeclared(name, .team) || reader.isDeclared(name, .rotation) {
            guard let facts else { return }
            check(team: name, facts, use)
        } else if reader.isDeclared(name, .channel) {
            findings.error("\(shown): `\(name)` is a channel itself; write `\(name)` alone", at: place)
        } else {
            unknownName(name, use)
        }
    }

    private func check(team name: String, _ facts: ChannelFacts, _ use: RecipientUse) {
        let members = members(of: name)
        guard !members.isBroken else { return }
        let without = members.people.filter { person in !person.isBroken && person.person.addresses[facts.kind] == nil }
        let shown = "`\(use.entry.text.shortened)`"
        let isReached = without.count < members.people.count || members.hasRole || members.addresses.contains(facts.name)
        if !isReached {
            findings.warning(
                "\(shown) reaches nobody: nobody in `\(name)` has \(facts.kind.article) `\(facts.kind.rawValue)` address",
                at: use.given.place)
        } else if !without.isEmpty {
            let names = without.map { "`\($0.person.id)`" }.joined(separator: ", ")
            findings.warning(
                "\(shown) does not reach \(names): no `\(facts.kind.rawValue)` address", at: use.given.place)
        }
    }

    private static let invitePath = "incident_channel.invite"

    /// Everybody in a team, other teams included; of a rotation, everybody who takes turns.
    struct Members {
        var people: [DecodedPerson] = []
        /// Channels of `CHANNEL:ADDRESS` entries, and those named alone.
        var addresses: Set<String> = []
        var hasRole = false
        var isBroken = false
    }

    func members(of team: String) -> Members {
        var members = Members()
        var opened: Set<String> = []
        func add(_ person: DecodedPerson) {
            if !members.people.contains(where: { $0.person.id == person.person.id }) { members.people.append(person) }
        }
        func open(_ name: String) {
            guard opened.insert(name).inserted else { return }
            if let rotation = rotations[name] {
                if rotation.people == nil { members.isBroken = true }
                for person in (rotation.people ?? []).compactMap({ people[$0] }) { add(person) }
            }
            guard let team = teams[name] else { return }
            if team.isBroken { members.isBroken = true }
            for entry in team.members.compactMap(\.recipient) {
                switch entry.subject {
                case .address(let channel, _): members.addresses.insert(channel)
                case .role, .subscribers: members.hasRole = true
                case .name(let name):
                    if let person = people[name] {
                        add(person)
                    } else if teams[name] != nil || rotations[name] != nil {
                        open(name)
                    } else {
                        members.addresses.insert(name)
                    }
                }
            }
        }
        open(team)
        return members
    }

    /// Everybody can be reached by something that their `via` names.
    func checkPeople() {
        for decoded in decoded.people where !decoded.isBroken {
            let person = decoded.person
            let known = person.via.compactMap { channels[$0] }
            for channel in known where channel.facts.map({ !$0.takesAddresses }) ?? false {
                findings.error(
                    "`\(channel.name)` is a webhook and cannot reach `\(person.id)`; `via` names channels that send to addresses",
                    at: decoded.viaPlace)
            }
            // A channel whose kind is unknown may be the one that reaches them; unknown names have findings of their own.
            guard known.count == person.via.count, known.allSatisfy({ $0.facts != nil }) else { continue }
            if known.contains(where: { $0.facts.map { $0.takesAddresses && person.addresses[$0.kind] != nil } ?? false }) { continue }
            if person.addresses.isEmpty {
                findings.error("`\(person.id)` cannot be reached: give them `email`, `sms` or `slack`", at: decoded.place)
            } else if person.via.isEmpty {
                let kinds = person.addresses.keys.map { "`\($0.rawValue)`" }.sorted().joined(separator: ", ")
                findings.error(
                    "`\(person.id)` cannot be reached: no channel sends to the addresses that they have (\(kinds))", at: decoded.place)
            } else {
                let names = person.via.map { "`\($0)`" }.joined(separator: ", ")
                findings.error("`\(person.id)` cannot be reached: they have no address for \(names)", at: decoded.viaPlace)
            }
        }
    }
}

extension ChannelKind {
    var article: String { self == .email || self == .sms ? "an" : "a" }
}
