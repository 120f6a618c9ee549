// `channels`: which kind each is, what all have, and the way out for Slack and Teams.

import Foundation
import Incidents
import Routing

/// A channel of the file; `settings` is nil where it could not be read.
struct DecodedChannel {
    var name: String
    var place: Place
    var kind: ChannelKind?
    /// Nil where that is not known.
    var facts: ChannelFacts?
    var settings: ChannelSettings?
    var fallback: RecipientEntry?
}

extension ConfigurationReader {
    func channels(_ top: Section) -> [DecodedChannel] {
        if let given = top.given["channels"], given.node.isNothing || given.node.members?.isEmpty ?? false {
            findings.warning("`channels` is empty: nothing can be sent", at: given.place)
        } else if !top.has("channels"), !top.misspelt.contains("channels") {
            findings.warning("there are no `channels`: nothing can be sent", at: root.place)
        }
        return named(top, "channels").map(channel)
    }

    private func channel(_ member: YAMLMember) -> DecodedChannel {
        let title = "channel `\(member.key.shortened)`"
        var channel = DecodedChannel(name: member.key, place: member.place)
        let kind = word(member.value["type"]).flatMap { ChannelKind(rawValue: $0.lowercased()) }
        channel.kind = kind
        guard let variant = variant(kind, member, title) else { return channel }
        guard let section = section(member.value, "channels.*", title, variant: variant) else { return channel }
        channel.fallback = section.recipients("fallback").first
        let way: ChannelSettings.Way? =
            switch variant {
            case .slack: slack(section)
            case .teams: section.secret("webhook").map { .teams(webhook: $0) }
            case .email: email(section)
            case .twilio: twilio(section)
            case .gateway: gateway(section)
            }
        channel.facts = facts(member.key, variant, way, section)
        if let seconds = section.seconds("retry_for") { channel.facts?.retryFor = seconds }
        guard let way, !section.isBroken else { return channel }
        channel.settings = ChannelSettings(name: member.key, options: options(section, variant), way: way, fallback: channel.fallback)
        return channel
    }

    private func word(_ node: YAMLNode?) -> String? { node?.text }

    /// The kind of channel; nil where it cannot be told, after a finding.
    private func variant(_ kind: ChannelKind?, _ member: YAMLMember, _ title: String) -> ChannelVariant? {
        guard member.value.members != nil else {
            findings.error("\(title) must be a map (`name: value`), and is \(member.value.kind)", at: member.value.place)
            return nil
        }
        switch kind {
        case .slack: return .slack
        case .teams: return .teams
        case .email: return .email
        case .sms:
            guard let gateway = member.value["gateway"] else {
                findings.error("\(title) needs `gateway`: `twilio`, or `http` for any other gateway", at: member.value.place)
                return nil
            }
            switch word(gateway)?.lowercased() {
            case "twilio": return .twilio
            case "http": return .gateway
            default:
                let hint = Suggestion.clause(for: word(gateway) ?? "", among: ["twilio", "http"])
                findings.error("`gateway` must be `twilio`, or `http` for any other gateway\(hint)", at: gateway.place)
                return nil
            }
        case nil:
            let kinds = ChannelKind.allCases.map(\.rawValue)
            let list = kinds.map { "`\($0)`" }.joined(separator: ", ")
            guard let type = member.value["type"] else {
                findings.error("\(title) needs `type`, one of \(list)", at: member.value.place)
                return nil
            }
            let shown = type.text.map { "is `\($0.shortened)`" } ?? "is \(type.kind)"
            findings.error(
                "`type` \(shown), and must be one of \(list)\(Suggestion.clause(for: type.text ?? "", among: kinds))", at: type.place)
            return nil
        }
    }

    private func options(_ section: Section, _ variant: ChannelVariant) -> ChannelOptions {
        var options = ChannelOptions()
        options.concurrency = section.integer("concurrency") ?? options.concurrency
        options.timeout = section.seconds("timeout") ?? options.timeout
        options.retryFor = section.seconds("retry_for") ?? options.retryFor
        options.onUnknown = section.word("on_unknown").flatMap(UnknownPolicy.init) ?? options.onUnknown
        let isSMS = variant == .twilio || variant == .gateway
        options.unknownResends = section.integer("unknown_resends") ?? (isSMS ? 1 : 3)
        options.ca = section.text("ca").map { FilePath.resolve($0, against: directory) }
        options.proxy = section.secret("proxy")
        if isSMS { options.answers = answers(section) }
        options.rate = rate(section, variant)
        options.fallbackAfter = section.durations("fallback_after", scale) ?? options.fallbackAfter
        if let ca = options.ca, let place = section.first("ca")?.place { checkCertificates(ca, at: place) }
        return options
    }

    private func rate(_ section: Section, _ variant: ChannelVariant) -> [Rate] {
        guard section.has("rate") else { return variant == .slack ? Rate.slack : variant == .teams ? Rate.teams : [] }
        let given = section.all("rate").compactMap { given -> Rate?? in
            if case .rate(let rate) = given.value { return rate }
            return nil
        }
        let rates = given.compactMap(\.self)
        if rates.count < given.count, !rates.isEmpty {
            findings.error("`rate` is `unlimited` and has limits: leave one of them out", at: section.place(of: "rate"))
        }
        return rates
    }

    private func checkCertificates(_ path: String, at place: Place) {
        switch FileText.read(path, limit: 16 << 20) {
        case .success(let bytes):
            if !String(decoding: bytes, as: UTF8.self).contains("-----BEGIN ") {
                findings.error("the file of `ca` holds no certificate in PEM (`-----BEGIN CERTIFICATE-----`)", at: place)
            }
        case .failure(let fault):
            if !(secrets.placeholders && fault == .missing) { findings.error("the file of `ca` \(fault.phrase): \(path)", at: place) }
        }
    }

    private func facts(_ name: String, _ variant: ChannelVariant, _ way: ChannelSettings.Way?, _ section: Section) -> ChannelFacts? {
        func webhook(_ kind: ChannelKind) -> ChannelFacts {
            let url = section.text("webhook").flatMap { try? URLText($0) }
            // What stands for a missing secret is no address that anybody should read.
            let isMissing = section.first("webhook")?.isPlaceholder ?? false
            let shown = isMissing ? "(secret not set)" : url?.redacted ?? "https://…"
            return ChannelFacts(name: name, kind: kind, ownAddress: shown, takesAddresses: false)
        }
        switch variant {
        case .slack:
            if section.has("token") || section.has("channel") {
                return ChannelFacts(name: name, kind: .slack, ownAddress: section.text("channel") ?? name, takesAddresses: true)
            }
            return section.has("webhook") ? webhook(.slack) : nil
        case .teams: return webhook(.teams)
        case .email: return ChannelFacts(name: name, kind: .email, ownAddress: nil, takesAddresses: true)
        case .twilio, .gateway: return ChannelFacts(name: name, kind: .sms, ownAddress: nil, takesAddresses: true)
        }
    }

    private func slack(_ section: Section) -> ChannelSettings.Way? {
        if section.has("webhook") {
            for name in ["token", "channel"] where section.has(name) {
                findings.error(
                    "`webhook` and `\(name)` exclude each other: a webhook alone, or `token` and `channel`", at: section.place(of: name))
                return nil
            }
            for name in ["updates", "base_url"] where section.has(name) {
                findings.error("`\(name)` needs `token` and `channel`: a webhook cannot do that", at: section.place(of: name))
                return nil
            }
            return section.secret("webhook").map { .slackWebhook(url: $0) }
        }
        guard section.has("token"), section.has("channel") else {
            if section.misspelt.isDisjoint(with: ["webhook", "token", "channel"]) {
                let missing =
                    section.has("token") ? "`channel`" : section.has("channel") ? "`token`" : "`webhook`, or `token` and `channel`"
                findings.error("\(section.title) needs \(missing)", at: section.place)
            }
            return nil
        }
        guard let token = section.secret("token"), let channel = section.text("channel") else { return nil }
        let updates = section.word("updates").flatMap(SlackUpdates.init) ?? .thread
        return .slackBot(SlackBotSettings(token: token, channel: channel, updates: updates, baseURL: baseURL(section)))
    }

    /// Without a slash at the end.
    func baseURL(_ section: Section) -> String {
        var url = section.text("base_url") ?? ""
        if url.isEmpty {
            let variant: ChannelVariant = section.has("account") || section.has("gateway") ? .twilio : .slack
            url = OptionTable.option("channels.*.base_url", variant: variant)?.standard ?? ""
        }
        while url.hasSuffix("/") { url.removeLast() }
        return url
    }
}
