// Twilio's Messages resource: https://www.twilio.com/docs/messaging/api/message-resource
// Error codes: https://www.twilio.com/docs/api/errors; the magic numbers are those of Twilio's test credentials.

import Foundation
import JSON
import Rendering

struct Twilio {
    var isStrict: Bool
    var optedOut: Set<String>

    private struct Failure: Error {
        var status: Int
        var code: Int
        var message: String
    }

    func verdict(_ request: Request, account: String) -> Verdict {
        let form = Form(String(decoding: request.body, as: UTF8.self))
        let to = form["To"] ?? ""
        let body = form["Body"] ?? ""
        var message = ReceivedMessage(
            request, .twilio, channel: to, to: to, title: SMSReading.title(body), text: SMSReading.text(body))
        message.from = form["From"] ?? form["MessagingServiceSid"]
        do throws(Failure) {
            if isStrict { try check(request, account, form) }
        } catch {
            let answer: JSONValue = [
                "code": .integer(error.code), "message": .string(error.message), "status": .integer(error.status),
                "more_info": .string("https://www.twilio.com/docs/errors/\(error.code)"),
            ]
            return Verdict(
                answer: .json(error.status, answer), message: message, refused: "\(error.status)/\(error.code): \(error.message)")
        }
        let sid = Self.sid()
        message.id = sid
        let answer: JSONValue = [
            "sid": .string(sid), "account_sid": .string(account), "status": form["MessagingServiceSid"] == nil ? "queued" : "accepted",
            "to": .string(to), "from": form["From"].map(JSONValue.string) ?? .null, "body": .string(body), "direction": "outbound-api",
            "num_segments": .string(String(max(1, SMSText.segments(body).count))), "error_code": .null, "error_message": .null,
            "uri": .string("/2010-04-01/Accounts/\(account)/Messages/\(sid).json"),
        ]
        return Verdict(answer: .json(201, answer), message: message)
    }

    private func check(_ request: Request, _ account: String, _ form: Form) throws(Failure) {
        guard request.method == .POST else { throw Failure(status: 405, code: 20004, message: "Method not allowed") }
        try authenticate(request, account)
        guard request.contentType == "application/x-www-form-urlencoded" else {
            throw Failure(status: 400, code: 21604, message: "A 'To' phone number is required: the body is not a form.")
        }
        guard let to = form["To"], !to.isEmpty else { throw Failure(status: 400, code: 21604, message: "A 'To' phone number is required.") }
        guard Self.isE164(to), to != "+15005550001" else {
            throw Failure(status: 400, code: 21211, message: "The 'To' number \(to) is not a valid phone number.")
        }
        if let from = form["From"], !from.isEmpty {
            guard Self.isSender(from), from != "+15005550001" else {
                throw Failure(
                    status: 400, code: 21212, message: "The 'From' number \(from) is not a valid phone number, shortcode, or sender.")
            }
            if from == "+15005550007" {
                throw Failure(status: 400, code: 21606, message: "The 'From' phone number \(from) is not a valid, SMS-capable number.")
            }
        } else if !(form["MessagingServiceSid"] ?? "").hasPrefix("MG") {
            throw Failure(status: 400, code: 21603, message: "A 'From' phone number is required.")
        }
        guard let body = form["Body"], !body.isEmpty else { throw Failure(status: 400, code: 21602, message: "Message body is required.") }
        if body.utf16.count > ChannelLimits.SMS.twilioBody {
            throw Failure(status: 400, code: 21617, message: "The concatenated message body exceeds the 1600 character limit.")
        }
        try checkReach(to)
    }

    private func authenticate(_ request: Request, _ account: String) throws(Failure) {
        let failure = Failure(status: 401, code: 20003, message: "Authenticate")
        guard let header = request.headers.first(name: "authorization"), header.lowercased().hasPrefix("basic "),
            let data = Data(base64Encoded: header.dropFirst(6).trimmingCharacters(in: .whitespaces))
        else { throw failure }
        let parts = String(decoding: data, as: UTF8.self).split(separator: ":", maxSplits: 1).map(String.init)
        // An API key (`SK…`) may stand for the account.
        guard parts.count == 2, !parts[1].isEmpty, parts[0] == account || parts[0].hasPrefix("SK") else { throw failure }
        guard account.hasPrefix("AC") else {
            throw Failure(status: 404, code: 20404, message: "The requested resource /2010-04-01/Accounts/\(account) was not found")
        }
    }

    private func checkReach(_ to: String) throws(Failure) {
        if optedOut.contains(to) || to == "+15005550004" {
            throw Failure(status: 400, code: 21610, message: "Attempt to send to unsubscribed recipient")
        }
        switch to {
        case "+15005550002":
            throw Failure(status: 400, code: 21612, message: "Message cannot be sent with the current combination of 'To' and 'From'.")
        case "+15005550003":
            throw Failure(status: 400, code: 21408, message: "Permission to send an SMS has not been enabled for the region.")
        case "+15005550009": throw Failure(status: 400, code: 21614, message: "'To' number is not a valid mobile number")
        default: break
        }
    }

    /// `+`, a digit that is not 0, 6 to 14 more digits.
    static func isE164(_ number: String) -> Bool {
        let digits = number.utf8.dropFirst()
        return number.hasPrefix("+") && (7...15).contains(digits.count) && digits.first != UInt8(ascii: "0")
            && digits.allSatisfy { (48...57).contains($0) }
    }

    /// A number, a short code of 3 to 8 digits, or an alphanumeric sender of up to 11 characters with a letter.
    private static func isSender(_ sender: String) -> Bool {
        if isE164(sender) { return true }
        let isPlain = sender.utf8.allSatisfy { $0 < 0x80 } && sender.allSatisfy { $0.isLetter || $0.isNumber || $0 == " " }
        if sender.allSatisfy(\.isNumber) { return (3...8).contains(sender.count) }
        return isPlain && sender.count <= 11
    }

    /// `SM` and 32 hexadecimal digits.
    static func sid() -> String {
        let digits = String(UInt64.random(in: .min ... .max), radix: 16) + String(UInt64.random(in: .min ... .max), radix: 16)
        return "SM" + String(repeating: "0", count: 32 - digits.count) + digits
    }
}

/// A text message on a telephone.
enum SMSReading {
    static func title(_ body: String) -> String { body.split(separator: "\n").first.map(String.init) ?? "" }

    /// The text, and how many messages the network makes of it.
    static func text(_ body: String) -> String {
        let segments = SMSText.segments(body)
        let alphabet = segments.encoding == .gsm7 ? "GSM-7" : "UCS-2"
        return "\(body)\n(\(segments.count) \(segments.count == 1 ? "segment" : "segments"), \(alphabet))"
    }
}
