// Whether a request is Twilio's: a code over the URL that Twilio called and the fields of the form, by the account's token
// (twilio.com/docs/usage/security, "Validating requests").

import Cryptography
import Foundation
import Hummingbird
import Settings

enum TwilioSignature {
    /// In base 64.
    static func code(url: String, _ form: FormFields, token: Secret) -> String {
        let fields = form.fields.sorted { ($0.name, $0.value) < ($1.name, $1.value) }
        let signed = url + fields.map { $0.name + $0.value }.joined()
        return Data(HMAC.sha1(Array(signed.utf8), key: Array(token.reveal().utf8))).base64EncodedString()
    }
}

extension AnswerDesk {
    /// The channel of a Twilio account.
    func twilio(account: String) -> (channel: String, settings: TwilioSettings)? {
        for channel in configuration.channels {
            if case .twilio(let settings) = channel.way, settings.account == account { return (channel.name, settings) }
        }
        return nil
    }

    /// Why a request is not Twilio's; nil where it is. What it called is our public address, or that for reports.
    func fault(of request: Request, _ form: FormFields, by twilio: TwilioSettings) -> String? {
        let bases = [configuration.router.publicURL, configuration.http?.callbackURL].compactMap { $0 }
        if bases.isEmpty { return "it cannot be checked: `router.public_url` is missing" }
        guard let given = FieldName("X-Twilio-Signature").flatMap({ request.headers[$0] }) else { return "it is not signed" }
        let isTwilios = bases.contains { base in
            let code = TwilioSignature.code(url: base + request.uri.string, form, token: twilio.token)
            return HMAC.isEqual(Array(code.utf8), Array(given.utf8))
        }
        return isTwilios ? nil : "its signature is wrong"
    }
}
