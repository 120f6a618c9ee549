// Links, buttons, text messages and receipts that come back. None of these takes a session: what each may do is sealed in its
// link, or signed by who sends it.

import Hummingbird
import NIOCore

extension WebServer {
    static func addAnswers(to router: Hummingbird.Router<WebContext>, _ house: House) {
        let desk = AnswerDesk(house)
        AcknowledgeLink(desk: desk).add(to: router)
        LeaveLink(desk: desk).add(to: router)
        OwnPage(desk: desk).add(to: router)
        SlackActions(desk: desk).add(to: router)
        TextAnswers(desk: desk).add(to: router)
        ReceiptLink(desk: desk).add(to: router)
    }
}

extension Request {
    /// The body as a form; what is longer than any of ours is an error 413.
    func form(_ body: [UInt8]) -> FormFields { FormFields(String(decoding: body, as: UTF8.self)) }

    /// The whole body, up to 64 KiB, within the time and the room that bodies have.
    func smallBody() async throws -> [UInt8] { try await withBody(upTo: BodyLimits.small, budget: .small) { $0 } }
}

/// The name of a header field.
typealias FieldName = HTTPFields.Element.Name
