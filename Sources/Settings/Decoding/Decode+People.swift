// `people`, `teams` and `communication_lead`.

import Foundation
import Incidents
import Routing

/// A person of the file.
struct DecodedPerson {
    var person: Person
    var place: Place
    /// Where `via` stands, or else the person.
    var viaPlace: Place
    /// Where each channel of `via` stands.
    var viaPlaces: [String: Place] = [:]
    /// Something of it could not be read: then nothing is said about how they can be reached.
    var isBroken: Bool
}

/// A team of the file.
struct DecodedTeam {
    var name: String
    var place: Place
    var members: [Given]
    var isBroken: Bool
}

extension ConfigurationReader {
    func people(_ top: Section, channels: [DecodedChannel]) -> [DecodedPerson] {
        named(top, "people").compactMap { member in
            guard let section = section(member.value, "people.*", "person `\(member.key.shortened)`") else {
                return DecodedPerson(person: Person(id: member.key), place: member.place, viaPlace: member.place, isBroken: true)
            }
            var addresses: [ChannelKind: String] = [:]
            for kind in ChannelKind.allCases { addresses[kind] = section.text(kind.rawValue) }
            if let name = section.first("name"), AddressText.holdsControls(name.text) {
                findings.error("`name` holds control characters", at: name.place)
            }
            let quietHours = quietHours(section, of: member.key)
            // Without `via`, every channel that can reach them counts, in the order of the file.
            let usual = channels.filter { $0.facts?.takesAddresses ?? false && addresses[$0.kind ?? .teams] != nil }.map(\.name)
            let person = Person(
                id: member.key, displayName: section.text("name"), addresses: addresses,
                via: section.has("via") ? section.texts("via") : usual,
                timezone: section.text("timezone"), language: section.text("language"), quietHours: quietHours,
                limits: limits(section, of: member.key, addresses))
            return DecodedPerson(
                person: person, place: member.place, viaPlace: section.given["via"]?.node.place ?? member.place,
                viaPlaces: Dictionary(section.all("via").map { ($0.text, $0.place) }, uniquingKeysWith: { first, _ in first }),
                isBroken: section.isBroken)
        }
    }

    /// Midnight at the end of a day is the beginning of the next.
    private func quietHours(_ section: Section, of person: String) -> QuietHours? {
        guard let given = section.first("quiet_hours"), case .hours(let from, let until) = given.value else { return nil }
        let hours = QuietHours(from: from, until: until % 1_440)
        if hours.from == hours.until {
            findings.warning(
                "`quiet_hours` of `\(person.shortened)` are the whole day: what is not urgent is always held for them", at: given.place)
        }
        return hours
    }

    private func limits(_ person: Section, of name: String, _ addresses: [ChannelKind: String]) -> [ChannelKind: ThrottleRule] {
        guard let node = person.node("limits"), let section = section(node, "people.*.limits", "`limits`") else { return [:] }
        var limits: [ChannelKind: ThrottleRule] = [:]
        for kind in ChannelKind.allCases {
            guard let given = section.first(kind.rawValue), case .throttle(let rule) = given.value else { continue }
            limits[kind] = rule
            if addresses[kind] == nil, !person.has(kind.rawValue) {
                findings.warning(
                    "`\(name.shortened)` has no `\(kind.rawValue)`, and a limit for it: it limits nothing", at: given.place)
            }
        }
        return limits
    }

    func teams(_ top: Section) -> [DecodedTeam] {
        (top.given["teams"]?.named ?? []).map { team in
            let node = top.node("teams")?[team.name]
            if case .list(let nodes)? = node?.content, nodes.isEmpty {
                findings.warning("team `\(team.name.shortened)` is empty: nobody is told", at: team.place)
            }
            let written = node.map { if case .list(let nodes) = $0.content { nodes.count } else { 1 } } ?? 0
            return DecodedTeam(name: team.name, place: team.place, members: team.values, isBroken: written != team.values.count)
        }
    }

    func communicationLeads(_ top: Section) -> [String: [String]] {
        var leads: [String: [String]] = [:]
        for lead in top.given["communication_lead"]?.named ?? [] {
            guard let severity = scale.severity(lead.name) else { continue }
            if leads[severity.name] != nil {
                findings.error("`\(lead.name)` means `\(severity.name)`, which is there already", at: lead.place)
            }
            leads[severity.name] = lead.values.map(\.text)
        }
        return leads
    }
}
