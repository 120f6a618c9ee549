// Any HTTP gateway for SMS, Kannel for instance: the request, and what counts as success, are configuration.

import Foundation
import Incidents
import Rendering
import Routing
import Settings
import Transport

/// SMS by an HTTP gateway.
struct GatewayChannel: Channel {
    let name: String
    let kind = ChannelKind.sms
    let destination: String
    private let request: GatewayRequest
    private let successStatuses: Set<Int>
    private let successBody: Pattern?
    private let idPattern: Pattern?
    private let retryStatuses: Set<Int>
    private let maximumSegments: Int
    private let exchange: HTTPExchange

    /// Throws where a pattern is none.
    init(name: String, settings: GatewaySettings, options: ChannelOptions, http: any HTTPSending) throws(MatchError) {
        self.name = name
        destination = Self.destination(settings)
        request = GatewayRequest(settings)
        successStatuses = settings.successStatuses
        successBody = if let text = settings.successBody { try Pattern(text) } else { nil }
        idPattern = if let text = settings.idPattern { try Pattern(text) } else { nil }
        if let idPattern, idPattern.groups != 1 {
            throw MatchError(message: "the pattern `id` must have one group, around the id: `id=([0-9a-f]+)`")
        }
        retryStatuses = settings.retryStatuses
        maximumSegments = settings.maximumSegments
        exchange = HTTPExchange(
            http: http, destination: destination, options: options, secrets: request.secrets + Self.urlSecrets(settings.url),
            urls: [settings.url])
    }

    static func destination(_ settings: GatewaySettings) -> String {
        Destination.text("gateway", url: settings.url.reveal(), secret: Destination.path(settings.url.reveal()))
    }

    /// What is wrong with the settings, in words.
    static func problems(_ settings: GatewaySettings) -> [String] {
        var out = GatewayRequest(settings).problems
        for (option, text) in [("success.body", settings.successBody), ("id", settings.idPattern)] {
            guard let text else { continue }
            do {
                let pattern = try Pattern(text)
                if option == "id", pattern.groups != 1 {
                    out.append("the pattern `id` must have one group, around the id: `id=([0-9a-f]+)`")
                }
            } catch {
                out.append("\(option): \(error.message)")
            }
        }
        return out
    }

    func deliver(_ parcel: Parcel) async -> AttemptReport {
        if let refusal = parcel.refusal { return refusal }
        guard case .sms(let text) = parcel.message.content else { return parcel.mismatch(kind) }
        guard PhoneNumber.isE164(parcel.address) else { return PhoneNumber.refusal }
        let body = SMSLength.fitted(text, segments: maximumSegments)
        if body.isEmpty { return AttemptReport(.refused(.badContent), detail: "the text is empty") }
        let filled = request.filled([
            .address: parcel.address, .text: body, .coding: SMSLength.coding(body), .id: parcel.token,
            .receipt: parcel.receipt?.reveal() ?? "",
        ])
        let result = await exchange.send(
            method: request.method, filled.url, headers: filled.headers, body: filled.body, token: parcel.token)
        let shortened = body == text ? nil : SMSLength.words(maximumSegments)
        return report(result).degraded(by: [parcel.message.degraded, shortened])
    }

    private func report(_ result: HTTPResult) -> AttemptReport {
        switch result {
        case .failed(let failure):
            return exchange.report(failure)
        case .answered(let response):
            let text = String(decoding: response.body, as: UTF8.self)
            let isAccepted = successStatuses.contains(response.status) && successBody?.matches(text) != false
            let id = isAccepted ? idPattern?.firstGroup(in: text).flatMap { exchange.redactor.detail($0) } : nil
            return exchange.report(
                OutcomePolicy.gateway(response, isAccepted: isAccepted, id: id, retry: retryStatuses), response)
        }
    }

    /// The parts of a URL that stand between placeholders.
    private static func urlSecrets(_ url: Secret) -> [Secret] {
        let origin = Destination.origin(url.reveal())
        return GatewayTemplate(Secret(String(url.reveal().dropFirst(origin.count)))).secrets
    }
}
