// Twilio's Messages resource, and what is compatible with it (twilio.com/docs/messaging/api/message-resource).
// Acceptance is a 2xx with the message's sid; errors carry a documented code.

import Foundation
import Incidents
import JSON
import Rendering
import Settings
import Transport

/// SMS by Twilio.
struct TwilioChannel: Channel {
    let name: String
    let kind = ChannelKind.sms
    let destination: String
    private let settings: TwilioSettings
    private let url: Secret
    private let exchange: HTTPExchange

    init(name: String, settings: TwilioSettings, options: ChannelOptions, http: any HTTPSending) {
        self.name = name
        self.settings = settings
        let account = PercentEncoding.encode(settings.account)
        url = Secret("\(settings.baseURL)/2010-04-01/Accounts/\(account)/Messages.json")
        destination = "twilio:\(Destination.origin(settings.baseURL)):\(settings.account)"
        let credentials = Secret(Self.credentials(settings))
        exchange = HTTPExchange(http: http, destination: destination, options: options, secrets: [settings.token, credentials])
    }

    func deliver(_ parcel: Parcel) async -> AttemptReport {
        if let refusal = parcel.refusal { return refusal }
        guard case .sms(let text) = parcel.message.content else { return parcel.mismatch(kind) }
        guard PhoneNumber.isE164(parcel.address) else { return PhoneNumber.refusal }
        let body = SMSLength.fitted(text, segments: settings.maximumSegments)
        if body.isEmpty { return AttemptReport(.refused(.badContent), detail: "the text is empty") }
        let sender: (String, String) =
            switch settings.sender {
            case .number(let number): ("From", number)
            case .messagingService(let service): ("MessagingServiceSid", service)
            }
        let headers = [
            (name: "Content-Type", value: "application/x-www-form-urlencoded"),
            (name: "Authorization", value: "Basic " + Data(Self.credentials(settings).utf8).base64EncodedString()),
        ]
        let fields = [("To", parcel.address), sender, ("Body", body)]
        func send(_ more: [(String, String)]) async -> HTTPResult {
            await exchange.send(url, headers: headers, body: Array(PercentEncoding.form(fields + more).utf8), token: parcel.token)
        }
        let callback = parcel.receipt.map { [("StatusCallback", $0.reveal())] } ?? []
        var result = await send(callback)
        // It does not like our address: the message matters more than the report on it.
        if !callback.isEmpty, Self.refusesCallback(result) { result = await send([]) }
        let shortened = body == text ? nil : SMSLength.words(settings.maximumSegments)
        return report(result).degraded(by: [parcel.message.degraded, shortened])
    }

    private func report(_ result: HTTPResult) -> AttemptReport {
        switch result {
        case .failed(let failure):
            return exchange.report(failure)
        case .answered(let response):
            let answer = try? JSONValue.parse(bytes: response.body)
            let failed = ["failed", "undelivered"].contains(answer?["status"]?.string)
            let sid = (200..<300).contains(response.status) ? answer?["sid"]?.string.flatMap { Self.isSID($0) ? $0 : nil } : nil
            if !failed, let sid { return exchange.report(.accepted(remoteID: exchange.redactor.detail(sid)), response) }
            let code = (answer?["code"] ?? answer?["error_code"])?.integer
            let judge = sid == nil ? OutcomePolicy.twilio : OutcomePolicy.twilioFailed
            let outcome = judge(code, response.status, response.retryAfter)
            return exchange.report(outcome, response, code: code.map { "\(response.status) \($0)" })
        }
    }

    /// 21609: the callback's URL is not valid; nothing was sent.
    private static func refusesCallback(_ result: HTTPResult) -> Bool {
        guard case .answered(let response) = result, response.status == 400 else { return false }
        return (try? JSONValue.parse(bytes: response.body))?["code"]?.integer == 21609
    }

    private static func credentials(_ settings: TwilioSettings) -> String { "\(settings.account):\(settings.token.reveal())" }

    /// Twilio's are `SM` or `MM` and 32 hexadecimal digits; what is compatible may use others, of the same characters.
    private static func isSID(_ text: String) -> Bool {
        guard (1...64).contains(text.utf8.count) else { return false }
        return text.utf8.allSatisfy { (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0) || $0 == 45 }
    }
}
