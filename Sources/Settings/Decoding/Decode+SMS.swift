// Channels of type sms.

import Foundation
import JSON

extension ConfigurationReader {
    func twilio(_ section: Section) -> ChannelSettings.Way? {
        var sender: TwilioSettings.Sender?
        if let from = section.text("from") { sender = .number(from) }
        if let service = section.text("messaging_service") {
            if section.has("from") {
                findings.error("`from` and `messaging_service` exclude each other; keep one", at: section.place(of: "messaging_service"))
                return nil
            }
            sender = .messagingService(service)
        }
        if !section.has("from"), !section.has("messaging_service"), section.misspelt.isDisjoint(with: ["from", "messaging_service"]) {
            findings.error("\(section.title) needs `from`, or `messaging_service`", at: section.place)
            return nil
        }
        checkSID("account", "AC", section)
        checkSID("messaging_service", "MG", section)
        guard let account = section.text("account"), let token = section.secret("token"), let sender else { return nil }
        return .twilio(
            TwilioSettings(
                account: account, token: token, sender: sender, baseURL: baseURL(section),
                maximumSegments: section.integer("max_segments") ?? 3))
    }

    /// A warning, for services that imitate Twilio have SIDs of their own.
    private func checkSID(_ name: String, _ prefix: String, _ section: Section) {
        guard let given = section.first(name), !given.isPlaceholder else { return }
        if given.text.isEmpty || given.text.contains(where: { $0.isWhitespace || "/?#".contains($0) })
            || AddressText.holdsControls(given.text)
        {
            findings.error("`\(name)` is no SID: it is empty, or holds white space or one of `/?#`", at: given.place)
        } else if !given.text.hasPrefix(prefix) || given.text.count != 34 || !given.text.dropFirst(2).allSatisfy(\.isHexDigit) {
            findings.warning("`\(name)` does not look like a SID: `\(prefix)` and 32 hexadecimal digits", at: given.place)
        }
    }

    /// Whether messages ask for an answer: only where one could arrive.
    func answers(_ section: Section) -> Bool {
        guard section.flag("answers") ?? false else { return false }
        if root["http"] == nil {
            findings.warning("`answers`: no answer can reach Tocsin without `http`; add it", at: section.place(of: "answers"))
            return false
        }
        if section.has("account"), root["router"]?["public_url"] == nil {
            findings.warning(
                "`answers`: Twilio signs what it sends over the public URL, so without `router.public_url` answers are refused",
                at: section.place(of: "answers"))
            return false
        }
        return true
    }

    func gateway(_ section: Section) -> ChannelSettings.Way? {
        guard let node = section.node("request"), let request = self.section(node, "channels.*.request", "`request`") else { return nil }
        let query = fields(request, "query")
        let headers = fields(request, "headers")
        for field in headers ?? [] where !isHeaderName(field.name) || AddressText.holdsControls(field.value.reveal()) {
            findings.error(
                "header `\(field.name.shortened)` cannot be sent: its name or value holds characters that headers do not have",
                at: request.place(of: "headers"))
        }
        for field in headers ?? [] where Self.headersOfTheTransport.contains(field.name.lowercased()) {
            findings.error(
                "header `\(field.name.shortened)` cannot be given: it is set by the connection itself; remove it",
                at: request.place(of: "headers"))
        }
        let bodies = ["form", "json", "body"].filter(request.has)
        if bodies.count > 1 {
            findings.error("`\(bodies[0])` and `\(bodies[1])` exclude each other; keep one", at: request.place(of: bodies[1]))
            return nil
        }
        let body = body(request)
        let method = request.word("method") ?? (bodies.isEmpty ? "GET" : "POST")
        if method == "GET", let name = bodies.first {
            findings.error("`method: GET` sends no `\(name)`; use POST", at: request.place(of: name))
        }
        var settings = GatewaySettings(
            method: method, url: request.secret("url") ?? Secret(""), query: query ?? [], headers: headers ?? [], body: body ?? nil,
            idPattern: section.text("id"), maximumSegments: section.integer("max_segments") ?? 3)
        if query != nil, headers != nil, body != nil { warnOfMissing(settings, request) }
        if let node = section.node("success"), let success = self.section(node, "channels.*.success", "`success`") {
            let statuses = success.integers("status")
            if !statuses.isEmpty { settings.successStatuses = Set(statuses) }
            settings.successBody = success.text("body")
            if success.isBroken { return nil }
        }
        if section.has("retry") { settings.retryStatuses = Set(section.integers("retry")) }
        if let clash = settings.retryStatuses.intersection(settings.successStatuses).min(), section.has("retry") {
            findings.error("`retry` names \(clash), which is a status of success", at: section.place(of: "retry"))
        }
        guard !request.isBroken, request.text("url") != nil, query != nil, headers != nil, body != nil else { return nil }
        return .gateway(settings)
    }

    /// What would change the request's framing or its connection; the transport refuses them, too.
    private static let headersOfTheTransport: Set<String> = [
        "content-length", "transfer-encoding", "connection", "upgrade", "expect", "te", "trailer",
    ]

    private func warnOfMissing(_ settings: GatewaySettings, _ request: Section) {
        var all = [settings.url.reveal()] + (settings.query + settings.headers).map { $0.value.reveal() }
        switch settings.body {
        case .form(let fields): all += fields.map { $0.value.reveal() }
        case .json(let text), .text(let text): all.append(text.reveal())
        case nil: break
        }
        for name in ["{{address}}", "{{text}}"]
        where !request.isBroken && !all.contains(where: { $0.replacing(" ", with: "").contains(name) }) {
            findings.warning(
                "`request` uses `\(name)` nowhere: the gateway cannot know \(name == "{{text}}" ? "what to send" : "whom to send it to")",
                at: request.place)
        }
        let asksForReceipts = all.contains { $0.replacing(" ", with: "").contains("{{receipt}}") }
        let hasAddress = root["router"]?["public_url"] != nil || root["http"]?["callback_url"] != nil
        if asksForReceipts, root["http"] == nil || !hasAddress {
            findings.warning(
                "`request` uses `{{receipt}}`, which is empty: the gateway can report back only with `http`, and `http.callback_url` or "
                    + "`router.public_url`", at: request.place)
        }
    }

    /// The outer nil is a broken body, the inner one none.
    private func body(_ request: Section) -> GatewaySettings.Body?? {
        if request.has("form") { return fields(request, "form").map { .some(.form($0)) } }
        if request.has("body") { return request.text("body").map { .some(.text(Secret($0))) } }
        guard let node = request.node("json") else { return .some(nil) }
        return json(node).map { .some(.json(Secret($0))) }
    }

    private func isHeaderName(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.allSatisfy { AddressText.isWordByte($0) || $0 == UInt8(ascii: "-") }
    }

    /// A map from names to texts; nil where it is broken.
    private func fields(_ section: Section, _ name: String) -> [GatewaySettings.Field]? {
        guard let given = section.given[name] else { return [] }
        if given.isBroken { return nil }
        var fields: [GatewaySettings.Field] = []
        for member in given.node.members ?? [] {
            guard let text = member.value.text else {
                findings.error("`\(member.key.shortened)` must be a text, and is \(member.value.kind)", at: member.value.place)
                return nil
            }
            let expanded = secrets.expand(text, at: member.value.place, findings)
            if expanded.isUnresolved { return nil }
            if !expanded.holdsSecret, Self.soundsSecret(member.key), !text.contains("{{"), !text.isEmpty {
                warnWritten(member.key.shortened, at: member.value.place)
            }
            fields.append(GatewaySettings.Field(name: member.key, value: Secret(expanded.text)))
        }
        return fields
    }

    /// Whether a field of this name usually carries a secret.
    static func soundsSecret(_ name: String) -> Bool {
        let name = name.lowercased()
        return ["password", "passwd", "pass", "token", "secret", "authorization"].contains { name.contains($0) } || name == "key"
            || name.hasSuffix("key")
    }
}
