// `http`, `heartbeat` and `dead_man`.

import Foundation
import Glibc
import Incidents
import Routing

extension ConfigurationReader {
    /// Nil where there is none, or where it listens cannot be read.
    func http(_ top: Section) -> HTTPSettings? {
        guard let node = top.node("http"), let section = section(node, "http", "`http`") else { return nil }
        guard let (host, port) = Self.listen(section.text("listen") ?? section.standard("listen") ?? "") else { return nil }
        var http = HTTPSettings(host: host, port: port)
        http.tls = tls(section)
        http.trustedProxies = section.texts("trusted_proxies")
        http.userHeader = userHeader(section) ?? http.userHeader
        http.operators = section.texts("operators")
        http.session = section.seconds("session") ?? http.session
        http.linksWork = section.seconds("acknowledge_within") ?? http.linksWork
        http.rate = section.has("rate") ? rates(section) : [Rate(count: 1_000, seconds: 1)]
        http.maximumQueue = section.integer("max_queue") ?? http.maximumQueue
        http.connectionsPerAddress = section.integer("connections_per_address")
        http.callbackURL = callbackURL(section)
        http.slackSigningSecret = section.secret("slack_signing_secret")
        if http.slackSigningSecret != nil, root["router"]?["public_url"] == nil {
            findings.warning(
                "`slack_signing_secret`: Slack calls PUBLIC_URL/v1/slack/actions when a button is pressed, and messages have the button "
                    + "only with `router.public_url`; add it", at: section.place(of: "slack_signing_secret"))
        }
        for member in section.node("intake")?.members ?? [] {
            guard let entry = self.section(member.value, "http.intake.*", "intake `\(member.key)`") else { continue }
            http.intake[member.key] = intake(member, entry)
        }
        if !Self.isLoopback(host), http.tls == nil, http.trustedProxies.isEmpty {
            findings.warning(
                "`listen`: tokens and sessions cross the network in clear; listen on 127.0.0.1 behind a proxy, or give `certificate` and `key`",
                at: section.place(of: "listen"))
        }
        for name in ["user_header", "operators"] where section.has(name) && http.trustedProxies.isEmpty {
            findings.warning(
                "`\(name)` counts for nobody: it is about users of `trusted_proxies`, and there are none", at: section.place(of: name))
        }
        return http
    }

    /// Without a slash at the end.
    private func callbackURL(_ section: Section) -> String? {
        guard let given = section.first("callback_url") else { return nil }
        if let parts = try? URLText(given.text), parts.user != nil || parts.rest.contains(where: { "?#{".contains($0) }) {
            findings.error("`callback_url` must be scheme, host and path alone, such as http://127.0.0.1:8080", at: given.place)
            return nil
        }
        return Self.withoutSlash(given.text)
    }

    /// An address, or a bracketed IPv6 address, and a port.
    static func listen(_ text: String) -> (host: String, port: Int)? {
        guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]), (0...65_535).contains(port)
        else { return nil }
        let host = String(text[..<colon]).trimmingCharacters(in: CharacterSet(charactersIn: "[]"))
        return host.isEmpty ? nil : (host, port)
    }

    static func isLoopback(_ host: String) -> Bool { host == "localhost" || host == "::1" || host.hasPrefix("127.") }

    private static func withoutSlash(_ text: String) -> String {
        var text = text
        while text.hasSuffix("/") { text.removeLast() }
        return text
    }

    private func rates(_ section: Section) -> [Rate] {
        section.all("rate").compactMap { given in
            if case .rate(let rate) = given.value { return rate }
            return nil
        }
    }

    private func tls(_ section: Section) -> HTTPSettings.TLSFiles? {
        let files = ["certificate", "key"].map { name in section.text(name).map { FilePath.resolve($0, against: directory) } }
        for (name, file) in zip(["certificate", "key"], files) {
            guard let file, section.first(name)?.isPlaceholder == false else { continue }
            if let fault = Self.fault(ofFile: file) { findings.error("`\(name)`: \(file.shortened) \(fault)", at: section.place(of: name)) }
        }
        warnOfMode(files[1], section)
        if let certificate = files[0], let key = files[1] { return .init(certificate: certificate, key: key) }
        for (name, other) in [("certificate", "key"), ("key", "certificate")] where section.has(name) && !section.has(other) {
            findings.error("`\(name)` needs `\(other)` beside it", at: section.place(of: name))
        }
        return nil
    }

    /// Why a file cannot be read; nil: it can.
    private static func fault(ofFile path: String) -> String? {
        var status = stat()
        guard stat(path, &status) == 0 else { return "cannot be read: \(String(cString: strerror(errno)).lowercased())" }
        if status.st_mode & S_IFMT != S_IFREG { return "is no file" }
        return access(path, R_OK) == 0 ? nil : "cannot be read: \(String(cString: strerror(errno)).lowercased())"
    }

    /// A private key that others may read.
    private func warnOfMode(_ file: String?, _ section: Section) {
        var status = stat()
        guard let file, stat(file, &status) == 0, status.st_mode & 0o007 != 0 else { return }
        findings.warning("`key`: everybody on this machine can read \(file.shortened); `chmod o-rwx` it", at: section.place(of: "key"))
    }

    private func userHeader(_ section: Section) -> String? {
        guard let given = section.first("user_header") else { return nil }
        // RFC 9110, section 5.6.2: a token.
        let isToken =
            !given.text.isEmpty && given.text.utf8.allSatisfy { $0 == 0x2D || $0 == 0x5F || AddressText.isWordByte($0) }
        if !isToken { findings.error("`user_header` is no name of a header: letters, digits and `-`", at: given.place) }
        return isToken ? given.text : nil
    }

    private func intake(_ member: YAMLMember, _ entry: Section) -> IntakeSettings {
        let isName = !member.key.isEmpty && member.key.utf8.allSatisfy { $0 == 0x2D || AddressText.isWordByte($0) }
        if !isName {
            findings.error("`\(member.key.shortened)` cannot stand in a URL: use letters, digits, `-` and `_`", at: member.place)
        }
        var adapter = entry.text("adapter") ?? member.key
        if adapter.contains("/") || adapter.hasSuffix(".yaml") {
            adapter = FilePath.resolve(adapter, against: directory)
            if let fault = Self.fault(ofFile: adapter) {
                findings.error("`adapter`: \(adapter.shortened) \(fault)", at: entry.place(of: "adapter"))
            }
        }
        return IntakeSettings(adapter: adapter, secret: entry.secret("secret"))
    }

    func heartbeat(_ top: Section) -> Heartbeat? {
        guard let node = top.node("heartbeat"), let section = section(node, "heartbeat", "`heartbeat`") else { return nil }
        let to = section.recipients("to")
        checkIsNotEmpty(section, "to")
        if !section.has("to"), !section.has("url"), !section.isBroken {
            findings.error("`heartbeat` reaches nobody: name `to`, `url`, or both", at: section.place)
        }
        guard let every = section.seconds("every") else { return nil }
        return Heartbeat(every: every, to: to, url: section.secret("url"))
    }

    func deadMen(_ top: Section) -> [DeadManRule] {
        var incidents: [String: String] = [:]
        return named(top, "dead_man").compactMap { member in
            let isName =
                (1...100).contains(member.key.utf8.count)
                && member.key.utf8.allSatisfy { "-.".utf8.contains($0) || AddressText.isWordByte($0) }
            if !isName {
                findings.error(
                    "`\(member.key.shortened)` cannot be a dead man's name, which is part of its incident's id: use up to 100 letters, "
                        + "digits, `-`, `_` and `.`", at: member.place)
            } else if let other = incidents.updateValue(member.key, forKey: member.key.lowercased()) {
                findings.error(
                    "`\(member.key)` and `\(other)` are too alike: their incidents would be taken for one another", at: member.place)
            }
            guard let section = section(member.value, "dead_man.*", "dead man `\(member.key)`"),
                let match = match(section.node("match")), let after = section.seconds("after"), !section.isBroken
            else { return nil }
            if match.conditions.isEmpty {
                findings.error(
                    "`match` of dead man `\(member.key)` is empty: every event of anybody would be its sign of life; say what the monitor sends, "
                        + "for instance `{source: \(member.key)}`", at: section.place(of: "match"))
            }
            var severity: Severity?
            if case .severity(let given)? = section.first("severity")?.value { severity = given }
            return DeadManRule(name: member.key, match: match, after: after, severity: severity, service: section.text("service"))
        }
    }
}
