// Whether a request is Slack's: a code over its time and its body, by a secret that Slack and we share
// (docs.slack.dev, "Verifying requests from Slack").

import Cryptography
import Foundation
import Settings

enum SlackSignature {
    /// Seconds that a request's time may differ from ours.
    static let skew: TimeInterval = 300

    /// Why a request is not Slack's, or is too old; nil where nothing is wrong with it.
    static func fault(_ body: [UInt8], timestamp: String?, signature: String?, secret: Secret, now: Date) -> String? {
        guard let timestamp, let signature, let seconds = Int(timestamp) else { return "it is not signed" }
        guard HMAC.isEqual(Array(signature.utf8), Array(code(body, timestamp: timestamp, secret: secret).utf8)) else {
            return "its signature is wrong"
        }
        return abs(now.timeIntervalSince1970 - TimeInterval(seconds)) > skew ? "it is too old, or the clock is wrong" : nil
    }

    /// `v0=` and the code in hexadecimal.
    static func code(_ body: [UInt8], timestamp: String, secret: Secret) -> String {
        let code = HMAC.sha256(Array("v0:\(timestamp):".utf8) + body, key: Array(secret.reveal().utf8))
        let digits = Array("0123456789abcdef")
        return "v0=" + String(code.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
    }
}
