// A generic SMS gateway over HTTP that answers as Kannel's smsbox does for `sendsms`:
// https://www.kannel.org/download/1.4.5/userguide-1.4.5/userguide.html#AEN4623
// Other paths under /gateway/ take forms and JSON in the usual names, for gateways of another make.

import Foundation
import JSON

struct Gateway {
    var isStrict: Bool

    private struct Failure: Error {
        var status: Int
        var text: String
    }

    func verdict(_ request: Request, path: String) -> Verdict {
        let fields = fields(request)
        let to = fields["to", "recipient", "recipients", "destination", "msisdn", "phone", "number", "To"] ?? ""
        let text = decodedText(fields)
        var message = ReceivedMessage(request, .gateway, channel: to, to: to, title: SMSReading.title(text), text: SMSReading.text(text))
        message.from = fields["from", "sender", "source", "From"]
        do throws(Failure) {
            guard request.method == .GET || request.method == .POST else { throw Failure(status: 405, text: "Method not allowed") }
            if isStrict { try check(fields, to, text, isKannel: path.hasSuffix("sendsms")) }
        } catch {
            return Verdict(answer: .text(error.status, error.text), message: message, refused: "\(error.status): \(error.text)")
        }
        message.id = UUID().uuidString.lowercased()
        return Verdict(answer: .text(202, "0: Accepted for delivery", type: "text/html"), message: message)
    }

    private func check(_ fields: Form, _ to: String, _ text: String, isKannel: Bool) throws(Failure) {
        if isKannel {
            let name = fields["username", "user"] ?? ""
            let password = fields["password", "pass"] ?? ""
            if name.isEmpty || password.isEmpty { throw Failure(status: 403, text: "Authorization failed for sendsms") }
            if let coding = fields["coding"] {
                guard let number = Int(coding), (0...2).contains(number) else {
                    throw Failure(status: 400, text: "Coding field misformed, rejected")
                }
            }
            if let charset = fields["charset"], !Self.charsets.contains(charset.uppercased()) {
                throw Failure(status: 400, text: "Charset or body misformed, rejected")
            }
        }
        if to.isEmpty { throw Failure(status: 400, text: "Missing receiver number, rejected") }
        // Several receivers are separated by spaces.
        guard to.allSatisfy({ $0.isASCII && ($0.isNumber || $0 == "+" || $0 == " ") }) else {
            throw Failure(status: 400, text: "Garbage 'to' field, rejected.")
        }
        if text.isEmpty { throw Failure(status: 400, text: "Empty text not allowed, rejected") }
    }

    private static let charsets: Set<String> = ["UTF-8", "UTF8", "UTF-16BE", "UTF-16", "ISO-8859-1", "LATIN1", "WINDOWS-1252", "US-ASCII"]

    private func fields(_ request: Request) -> Form {
        var form = Form(request.query)
        if request.method == .GET { return form }
        if request.contentType == "application/json", let object = (try? JSONValue.parse(bytes: request.body))?.object {
            for (name, value) in object.sorted(by: { $0.key < $1.key }) {
                let first = value.array?.first?.scalarText
                form.fields.append((name, value.scalarText ?? first ?? "", ""))
            }
        } else {
            form.fields += Form(String(decoding: request.body, as: UTF8.self)).fields
        }
        return form
    }

    /// The text in the charset that was named; `coding=2` without a charset is UTF-16BE, as in Kannel.
    private func decodedText(_ fields: Form) -> String {
        let text = fields["text", "message", "body", "content", "Body"] ?? ""
        guard fields["coding"] == "2", fields["charset"] == nil, let field = fields.fields.first(where: { $0.name == "text" }) else {
            return text
        }
        let bytes = Form.bytes(field.raw)
        let units = stride(from: 0, to: bytes.count - 1, by: 2).map { UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]) }
        return String(decoding: units, as: UTF16.self)
    }
}
