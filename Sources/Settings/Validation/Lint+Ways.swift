// Severities whose every message goes one way: where that fails, nobody hears. Asked of the two most urgent severities; for
// lesser ones it is no matter if a message comes later.

import Incidents
import Routing

extension Validation {
    func lintSingleWays() {
        var single: [(ways: [String], isChannel: Bool, severities: [Severity])] = []
        for severity in reader.scale.all where reader.scale.mustBeHeard(severity) {
            let ways = ways(of: severity)
            let isChannel = ways.count == 1
            guard isChannel || ways.count > 1 && Set(ways.map(provider)).count == 1 else { continue }
            if let place = single.firstIndex(where: { $0.ways == ways }) {
                single[place].severities.append(severity)
            } else {
                single.append((ways, isChannel, [severity]))
            }
        }
        for (ways, isChannel, severities) in single {
            guard let first = ways.first, let channel = channels[first] else { continue }
            let names = severities.map { "`\($0.name)`" }.joined(separator: " and ")
            if isChannel {
                findings.warning(
                    "everything about \(names) goes by `\(first.shortened)` alone: where that fails, nobody hears of it; give it a `fallback`, or tell "
                        + "somebody by another channel as well", at: channel.place)
            } else {
                let list = ways.map { "`\($0.shortened)`" }.joined(separator: ", ")
                findings.warning(
                    "everything about \(names) goes through \(phrase(of: channel)) (\(list)): where that fails, nobody hears of it; add a channel "
                        + "of another kind", at: channel.place)
            }
        }
    }

    /// All channels by which somebody may hear of an incident of this severity, sorted as in the file.
    private func ways(of severity: Severity) -> [String] {
        var entries = decoded.routes.compactMap(\.route).filter { mayMatch($0.match, severity) }.flatMap(\.to)
        for policy in decoded.escalation.compactMap(\.policy) where mayMatch(policy.match, severity) {
            entries += policy.steps.filter { $0.after[severity.rank] != nil }.flatMap(\.to)
        }
        entries += decoded.reports.filter { $0.severity == severity }.flatMap(\.rule.to)
        if decoded.communicationLeads[severity.name] != nil {
            entries.append(RecipientEntry(subject: .role(.communicationLead), text: "communication_lead"))
        }
        let audience = Audience(entries, of: severity, in: self)
        if audience.isUnknown { return [] }
        var found = audience.channels
        // Whom the incident names, or who subscribes, may be anybody.
        if audience.open.contains(where: { !$0.hasPrefix("communication_lead") }) {
            for person in decoded.people { found.formUnion(usable(person.person)) }
        }
        return decoded.channels.map(\.name).filter(found.contains)
    }

    /// What channels have in common that fail together.
    private enum Provider: Hashable {
        case slack
        case teams
        case mail(host: String, port: Int, user: String?)
        case twilio(url: String, account: String)
        case gateway(Secret)
        case unknown(String)
    }

    private func provider(_ name: String) -> Provider {
        switch channels[name]?.settings?.way {
        case .slackWebhook, .slackBot: .slack
        case .teams: .teams
        case .email(let email): .mail(host: email.host.lowercased(), port: email.port, user: email.username)
        case .twilio(let twilio): .twilio(url: twilio.baseURL, account: twilio.account)
        case .gateway(let gateway): .gateway(gateway.url)
        case nil: .unknown(name)
        }
    }

    private func phrase(of channel: DecodedChannel) -> String {
        switch channel.kind {
        case .slack: "Slack alone"
        case .teams: "Microsoft Teams alone"
        case .email: "one mail server"
        case .sms: "one SMS gateway"
        case nil: "one provider"
        }
    }
}
