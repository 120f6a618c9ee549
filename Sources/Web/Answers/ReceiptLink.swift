// `/r/TOKEN`: a gateway reports what became of a text message that it had accepted.

import Foundation
import Hummingbird
import Ledger
import Router
import Settings

struct ReceiptLink: Sendable {
    let desk: AnswerDesk

    func add(to router: Hummingbird.Router<WebContext>) {
        for method in [HTTPRequest.Method.get, .post] {
            router.on("/r/:token", method: method) { request, context in
                let body = method == .post ? try await request.smallBody() : []
                return try await take(request, body, context)
            }
        }
    }

    private func take(_ request: Request, _ body: [UInt8], _ context: WebContext) async throws -> Response {
        guard case .receipt(let deed)? = desk.setup.links.deed(context.parameters.get("token") ?? "") else {
            desk.refused("a report on a text message", "its link was not made here", from: context)
            throw HTTPError(.notFound, message: "this link was not made here")
        }
        let posted = request.form(body)
        do {
            // Of a delivery that history has forgotten nothing needs to be known.
            guard let delivery = try await desk.house.ledger.delivery(deed.delivery) else { return Response(status: .ok) }
            if let twilio = desk.twilio(channel: delivery.channel), let fault = desk.fault(of: request, posted, by: twilio) {
                desk.refused("a report on a text message", fault, from: context, ["delivery": "\(deed.delivery)"])
                throw HTTPError(.forbidden, message: fault)
            }
            let all = FormFields([request.uri.query ?? "", String(decoding: body, as: UTF8.self)].joined(separator: "&"))
            guard let report = ReportedStatus(all) else { return Response(status: .ok) }
            let effect = try await desk.house.ledger.take(
                DeliveryReceipt(delivery: deed.delivery, mark: deed.mark, outcome: report.outcome, reason: report.reason))
            if effect == .taken, report.outcome == .failed {
                desk.house.logger.notice(
                    "a text message did not arrive", metadata: ["delivery": "\(deed.delivery)", "why": "\(report.reason ?? "")"])
            }
            return Response(status: .ok)
        } catch let error as LedgerError {
            desk.house.logger.error("a report on a text message could not be taken", metadata: ["error": "\(error)"])
            throw HTTPError(.serviceUnavailable, message: "it cannot be taken now; report it again in a minute")
        }
    }
}

extension AnswerDesk {
    func twilio(channel: String) -> TwilioSettings? {
        guard case .twilio(let settings)? = configuration.channels.first(where: { $0.name == channel })?.way else { return nil }
        return settings
    }
}

/// A report in the words of its gateway, understood; what is only on its way is none.
struct ReportedStatus: Sendable, Equatable {
    var outcome: DeliveryReceipt.Outcome
    var reason: String?

    private static let arrived: Set<String> = ["delivered", "read", "confirmed", "success", "delivrd", "1"]
    /// Kannel's 2 is the network's no, 16 that of its centre.
    private static let lost: Set<String> = [
        "undelivered", "failed", "rejected", "expired", "canceled", "undeliverable", "undeliv", "rejectd", "deleted", "2", "16",
    ]

    init?(_ form: FormFields) {
        guard let word = form.first(of: ["MessageStatus", "SmsStatus", "status"])?.lowercased() else { return nil }
        if Self.arrived.contains(word) {
            outcome = .confirmed
        } else if Self.lost.contains(word) {
            outcome = .failed
            let code = form.first(of: ["ErrorCode", "error", "code"]).map {
                $0.filter { $0.isASCII && ($0.isLetter || $0.isNumber) }.prefix(20)
            }
            let words = code.flatMap { Self.meanings[String($0)] }
            let why = [code.map(String.init), words].compactMap { $0.flatMap { $0.isEmpty ? nil : $0 } }.joined(separator: ": ")
            reason = "its gateway reports that it did not arrive" + (why.isEmpty ? "" : " (\(why))")
        } else {
            return nil
        }
    }

    /// Twilio's (twilio.com/docs/api/errors).
    private static let meanings = [
        "30001": "the queue is full", "30002": "the account is suspended", "30003": "the telephone cannot be reached",
        "30004": "the message was blocked", "30005": "the number is not in service",
        "30006": "a landline, or the carrier cannot be reached", "30007": "the carrier took it for spam", "30008": "no cause is known",
        "30010": "it costs more than allowed",
    ]
}
