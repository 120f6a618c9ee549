// The same configuration with every way out turned to local receivers: names, routes and people stay as they are, and
// no secret of the real peers goes along.

extension RouterConfiguration {
    /// This configuration with all channels turned to the sandbox.
    public func redirected(to endpoints: SandboxEndpoints) -> RouterConfiguration {
        var copy = self
        copy.channels = channels.map { $0.redirected(to: endpoints) }
        copy.heartbeat?.url = nil
        return copy
    }
}

extension ChannelSettings {
    private static let standIn = Secret("sandbox")

    func redirected(to endpoints: SandboxEndpoints) -> ChannelSettings {
        var copy = self
        copy.options.proxy = nil
        copy.options.ca = endpoints.ca
        switch way {
        case .slackWebhook:
            copy.way = .slackWebhook(url: url(endpoints.slackWebhook))
        case .slackBot(var settings):
            settings.token = Secret("xoxb-sandbox")
            settings.baseURL = endpoints.slackAPI
            copy.way = .slackBot(settings)
        case .teams:
            copy.way = .teams(webhook: url(endpoints.teams))
        case .email(var settings):
            settings.implicitTLS = settings.implicitTLS && endpoints.smtpsPort > 0
            settings.host = endpoints.smtpHost
            settings.port = settings.implicitTLS ? endpoints.smtpsPort : endpoints.smtpPort
            settings.tls = endpoints.ca == nil ? .off : .required
            settings.authentication = nil
            if settings.username != nil { settings.password = Self.standIn }
            copy.way = .email(settings)
        case .twilio(var settings):
            // A placeholder for a missing secret is no SID.
            if !settings.account.hasPrefix("AC") { settings.account = "AC" + String(repeating: "0", count: 32) }
            if case .messagingService(let service) = settings.sender, !service.hasPrefix("MG") {
                settings.sender = .messagingService("MG" + String(repeating: "0", count: 32))
            }
            settings.token = Self.standIn
            settings.baseURL = endpoints.twilio
            copy.way = .twilio(settings)
        case .gateway(var settings):
            settings = GatewaySettings(
                url: Secret(endpoints.gateway), query: Self.sandboxQuery, retryStatuses: GatewaySettings.defaultRetryStatuses,
                maximumSegments: settings.maximumSegments)
            copy.way = .gateway(settings)
        }
        return copy
    }

    /// Names may hold anything; what is no plain character of a path is percent-encoded.
    private func url(_ base: String) -> Secret {
        var path = ""
        for byte in name.utf8 {
            if AddressText.isWordByte(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".") {
                path.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                path += "%" + String(byte >> 4, radix: 16, uppercase: true) + String(byte & 15, radix: 16, uppercase: true)
            }
        }
        return Secret("\(base)/\(path)")
    }

    /// The names that the sandbox's gateway knows (Kannel's): those of the real one mean nothing to it.
    private static let sandboxQuery = [
        ("username", "sandbox"), ("password", "sandbox"), ("to", "{{address}}"), ("text", "{{text}}"), ("coding", "{{coding}}"),
        ("charset", "UTF-8"),
    ].map { GatewaySettings.Field(name: $0.0, value: Secret($0.1)) }
}
