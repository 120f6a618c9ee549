// What a text message does, and what is answered. Only people in routes.yaml acknowledge; anybody may leave.

import Foundation
import Incidents
import JSON
import Ledger
import Router
import Routing

struct TextReply: Sendable {
    struct CameBefore: Error {}

    let desk: AnswerDesk
    let message: TextMessage
    let context: WebContext

    func make() async throws -> String? {
        let person = desk.person(.sms) { TextNumber.plain($0) == message.number }
        let words = AnswerWords([person.flatMap { desk.configuration.table.directory.people[$0]?.language }])
        switch TextCommand(message.text) {
        case .acknowledge(let id): return try await acknowledge(id, person, words)
        case .stop:
            try await drop(["action": "stop", "who": who, "reason": "texted STOP"])
            return words(.smsStopped)
        case .start:
            try await drop(["action": "start", "who": who, "reason": "texted START"])
            return words(.smsStarted)
        case .confirm(let code): return try await confirm(code, words)
        case .help, .other: return words(.smsHelp)
        }
    }

    private var who: JSONValue { ["sms": .string(message.number)] }

    private func acknowledge(_ typed: String?, _ person: String?, _ words: AnswerWords) async throws -> String {
        guard let person else {
            desk.refused("a text message that acknowledges", "nobody has its number", from: context, ["channel": "\(message.channel)"])
            return words(.smsNobody)
        }
        var wanted = typed
        if wanted == nil { wanted = try await desk.house.ledger.unacknowledged(toldTo: message.number, or: person) }
        guard let wanted else { return words(.smsNothing) }
        guard let incident = try await known(wanted) else { return words(.smsUnknown, ("id", String(wanted.prefix(40)))) }
        guard incident.isOpen else { return words(.smsOver, ("id", incident.id)) }
        if incident.acknowledged {
            let time = incident.course.acknowledgedAt.map(desk.time) ?? "?"
            return words(.smsTaken, ("by", desk.holder(of: incident) ?? "?"), ("id", incident.id), ("time", time))
        }
        let answer: JSONValue = ["by": "sms", "channel": .string(message.channel)]
        try await dropOnce(AnswerDesk.acknowledgement(of: incident.id, by: person, answer: answer))
        return words(.smsAcked, ("id", incident.id))
    }

    /// As it was typed, or else without regard to case.
    private func known(_ id: String) async throws -> Incident? {
        if let incident = try await desk.house.ledger.incident(id) { return incident }
        if let incident = try await desk.house.ledger.incident(id.uppercased()) { return incident }
        let near = try await desk.house.ledger.incidentIDs(near: id, limit: 3).first { $0.lowercased() == id.lowercased() }
        guard let near else { return nil }
        return try await desk.house.ledger.incident(near)
    }

    private func confirm(_ code: String, _ words: AnswerWords) async throws -> String {
        let links = desk.setup.links
        guard let mark = links.mark(of: code) else { return words(.smsHelp) }
        let found = try await desk.house.ledger.subscriptions(marked: mark).first { wish in
            wish.who.compared == Subscription.Who.sms(message.number) && links.confirms(wish, code)
        }
        guard let found, found.state(at: desk.now) != .ended else { return words(.smsHelp) }
        try await drop(["action": "confirm", "id": .string(found.id), "code": .string(code)])
        return words(.smsConfirmed)
    }

    private func drop(_ payload: JSONValue) async throws { try await dropOnce(AnswerDesk.subscription(payload)) }

    private func dropOnce(_ event: JSONValue) async throws {
        guard let id = message.eventID else { return try await desk.drop(event) }
        guard try await desk.dropOnce(event, id: id) else { throw CameBefore() }
    }
}
