// Text messages that come back: from Twilio, which signs them, and from any other gateway, which has a token. What they say, and what
// is answered, is the same.

import Cryptography
import Foundation
import Hummingbird
import Incidents
import JSON
import Ledger
import NIOCore
import Router
import Routing
import Settings

struct TextAnswers: Sendable {
    let desk: AnswerDesk

    func add(to router: Hummingbird.Router<WebContext>) {
        router.post("/v1/sms/twilio") { request, context in
            let body = try await request.smallBody()
            return try await fromTwilio(request, request.form(body), context)
        }
        for method in [HTTPRequest.Method.get, .post] {
            router.on("/v1/sms/inbound/:channel", method: method) { request, context in
                let body = method == .post ? try await request.smallBody() : []
                return try await fromGateway(request, body, context)
            }
        }
    }

    private func fromTwilio(_ request: Request, _ form: FormFields, _ context: WebContext) async throws -> Response {
        guard let (channel, twilio) = desk.twilio(account: form["AccountSid"] ?? "") else {
            desk.refused("a text message", "no channel has its account", from: context)
            throw HTTPError(.forbidden, message: "no channel of gateway `twilio` has this account")
        }
        if let fault = desk.fault(of: request, form, by: twilio) {
            desk.refused("a text message", fault, from: context, ["channel": "\(channel)"])
            throw HTTPError(.forbidden, message: fault)
        }
        try desk.house.checkRate("sms \(channel)")
        guard let number = form["From"].flatMap(TextNumber.plain) else { return Self.twiML(nil) }
        let message = TextMessage(channel: channel, number: number, text: form["Body"] ?? "", id: form["MessageSid"])
        let answer = try await answer(message, context)
        // Twilio says goodbye itself, and lets nothing else through.
        let isTwilios = form["OptOutType"] != nil || TextCommand(message.text) == .stop
        return Self.twiML(isTwilios ? nil : answer)
    }

    private func fromGateway(_ request: Request, _ body: [UInt8], _ context: WebContext) async throws -> Response {
        let form = FormFields([request.uri.query ?? "", String(decoding: body, as: UTF8.self)].joined(separator: "&"))
        try authorize(form, context)
        let channel = context.parameters.get("channel") ?? ""
        guard desk.configuration.channels.contains(where: { $0.name == channel && $0.kind == .sms }) else {
            throw HTTPError(.notFound, message: "there is no channel of type sms of this name")
        }
        let from = form.first(of: ["from", "sender", "msisdn", "From"])
        guard let number = from.flatMap(TextNumber.plain) else {
            throw HTTPError(.badRequest, message: "`from` must be the sender's number, as in +447700900123")
        }
        guard let text = form.first(of: ["text", "message", "body", "Body"]) else {
            throw HTTPError(.badRequest, message: "`text` is missing: what the message says")
        }
        let id = form.first(of: ["id", "message_id", "MessageSid"]).flatMap { $0.isEmpty ? nil : $0 }
        let answer = try await answer(TextMessage(channel: channel, number: number, text: text, id: id), context)
        return Self.plain(answer ?? "")
    }

    /// A token in the usual header, or in the query: Kannel's `get-url` has no other place for it.
    private func authorize(_ form: FormFields, _ context: WebContext) throws {
        if context.identity?.may(.intake) ?? false { return }
        if let text = form["token"] {
            if let token = desk.house.tokens.token(text, now: desk.now) {
                try desk.house.checkRate(token.id)
                if token.scopes.contains(where: { $0.allows(.intake) }) { return }
                throw HTTPError(.forbidden, message: "this token has not the scope `intake`")
            }
        } else if let refusal = context.refusal(wanting: .intake), context.identity != nil {
            throw refusal
        }
        desk.refused("a text message", "its token is missing or wrong", from: context)
        throw HTTPError(.unauthorized, message: "a token of scope `intake` is needed: in `Authorization: Bearer …`, or as `token=`")
    }

    /// What is answered; nil: nothing.
    private func answer(_ message: TextMessage, _ context: WebContext) async throws -> String? {
        try await desk.house.checkRoom()
        if let id = message.eventID, !desk.isFirst("text \(id)") { try refuseAgain(message, context) }
        do {
            return try await TextReply(desk: desk, message: message, context: context).make()
        } catch is TextReply.CameBefore {
            try refuseAgain(message, context)
        } catch {
            if let id = message.eventID { desk.forget("text \(id)") }
            desk.house.logger.error("a text message could not be taken", metadata: ["error": "\(error)"])
            throw HTTPError(.serviceUnavailable, message: "it cannot be taken now; send it again in a minute")
        }
    }

    private func refuseAgain(_ message: TextMessage, _ context: WebContext) throws -> Never {
        desk.refused("a text message", "this very message came before", from: context, ["channel": "\(message.channel)"])
        throw HTTPError(.conflict, message: "this very message came before")
    }

    private static func plain(_ text: String) -> Response {
        Response(
            status: .ok, headers: [.contentType: "text/plain; charset=utf-8", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }

    private static func twiML(_ text: String?) -> Response {
        let inner = text.map { "<Message>\(AnswerPage.escaped($0))</Message>" } ?? ""
        return Response(
            status: .ok, headers: [.contentType: "text/xml; charset=utf-8", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response>\(inner)</Response>")))
    }
}

/// One text message that came in.
struct TextMessage: Sendable {
    var channel: String
    /// E.164.
    var number: String
    var text: String
    /// As its gateway names it; nil: it does not.
    var id: String?

    /// The event that it makes; nil where the same message cannot be told from another.
    var eventID: String? { id.map { "t-" + SHA256.hex(Array("\(channel)\u{0}\($0)".utf8)).prefix(32) } }
}
