// `responses` and `incident_channel`.

import Foundation
import Incidents
import Routing

/// A response of the file; `response` is nil where it could not be read.
struct DecodedResponse {
    var place: Place
    var response: Response?
}

extension ConfigurationReader {
    /// Members of an incident that are no roles.
    private static let noRoles: Set<String> = [
        "id", "title", "description", "severity", "status", "service", "category", "impact", "next_steps", "eta", "next_update_at",
        "root_cause", "resolution", "url", "runbook", "opened_at", "labels", "checklist",
    ]

    func responses(_ top: Section) -> [DecodedResponse] {
        entries(top, "responses").enumerated().map { index, node in
            var decoded = DecodedResponse(place: node.place)
            guard let section = section(node, "responses[]", "response \(index + 1)") else { return decoded }
            let roles = roles(section)
            if !section.isBroken, !["team", "assignee", "roles", "checklist"].contains(where: section.has) {
                findings.warning("\(section.title) does nothing: name `team`, `assignee`, `roles` or `checklist`", at: node.place)
            }
            guard let match = match(section.node("match")), !section.isBroken else { return decoded }
            decoded.response = Response(
                number: index + 1, match: match, team: section.text("team"), assignee: section.text("assignee"), roles: roles,
                checklist: section.texts("checklist"))
            return decoded
        }
    }

    private func roles(_ response: Section) -> [String: String] {
        var roles: [String: String] = [:]
        for role in response.given["roles"]?.named ?? [] {
            let isWord =
                !role.name.isEmpty && role.name.count <= 60
                && role.name.utf8.allSatisfy { AddressText.isWordByte($0) || $0 == UInt8(ascii: "-") }
            if role.name == "team" || role.name == "assignee" {
                findings.error("`\(role.name)` stands beside `roles`, not in it", at: role.place)
            } else if Self.noRoles.contains(role.name) {
                findings.error("`\(role.name)` is no role: an incident has it already, and it means something else", at: role.place)
            } else if !isWord {
                findings.error("`\(role.name.shortened)` cannot be a role's name: use letters, digits, `-` and `_`", at: role.place)
            }
            roles[role.name] = role.values.first?.text
        }
        return roles
    }

    func incidentChannel(_ top: Section, channels: [DecodedChannel]) -> IncidentChannelRule? {
        guard let node = top.node("incident_channel"), let section = section(node, "incident_channel", "`incident_channel`") else {
            return nil
        }
        let channel = botChannel(section, channels)
        let name = section.text("name") ?? section.standard("name") ?? ""
        if section.has("name") { checkTemplate(name, section) }
        guard let condition = severities(section), let channel, !section.isBroken else { return nil }
        return IncidentChannelRule(condition: condition, channel: channel, name: name, invite: section.recipients("invite"))
    }

    private func severities(_ section: Section) -> Condition? {
        guard let given = section.first("severity") else { return nil }
        do {
            return try Condition(member: "severity", values: section.texts("severity"), scale: scale)
        } catch {
            findings.error(given.holdsSecret ? "the value of `severity` cannot be understood" : error.message, at: given.place)
            return nil
        }
    }

    /// Two incidents must not have one channel, and Slack takes 80 characters.
    private func checkTemplate(_ name: String, _ section: Section) {
        if !name.contains("{{") {
            findings.error(
                "`name` is the same for every incident: write `inc-{{incident.id}}`, so that each has a channel of its own",
                at: section.place(of: "name"))
        } else if name.count > 200 || AddressText.holdsControls(name) {
            findings.error("`name` is no channel's name: at most 200 characters, on one line", at: section.place(of: "name"))
        }
    }

    /// The one that is named, or else the only one with a token.
    private func botChannel(_ section: Section, _ channels: [DecodedChannel]) -> String? {
        let bots = channels.filter { $0.facts.map { $0.kind == .slack && $0.takesAddresses } ?? false }.map(\.name)
        if let given = section.first("channel") {
            // One that is not known has a finding of its own.
            if bots.contains(given.text) { return given.text }
            if let channel = channels.first(where: { $0.name == given.text }), channel.facts != nil {
                findings.error(
                    "`\(given.raw.shortened)` is no channel of type `slack` with a `token`: only a bot can make channels", at: given.place)
            }
            return nil
        }
        if bots.count == 1 { return bots[0] }
        if bots.isEmpty {
            if !channels.contains(where: { $0.kind == .slack && $0.facts == nil }) {
                findings.error(
                    "`incident_channel` needs a channel of type `slack` with a `token`: only a bot can make channels", at: section.place)
            }
        } else {
            let names = bots.map { "`\($0.shortened)`" }.joined(separator: ", ")
            findings.error("`incident_channel` needs `channel`: which of \(names) makes the channels?", at: section.place)
        }
        return nil
    }
}
