// What can be changed on somebody's own page. Each change is an event; whatever does not stand on the page is refused.

import Foundation
import Incidents
import JSON
import Ledger
import Router
import Routing

extension OwnPage {
    /// Does what the form asks for, and says so.
    func change(_ form: FormFields, of who: Subscription.Who, _ words: AnswerWords) async throws -> AnswerPage {
        var done: String?
        switch form["action"] {
        case "leave":
            if let wish = try await wish(form["id"], of: who),
                let payload = Links.Deed.leave(subscription: wish.id).payload(ending: wish, reason: "on their own page")
            {
                try await desk.drop(AnswerDesk.subscription(payload))
                done = words(.changedLeft, ("what", desk.what(wish, words)))
            }
        case "change":
            if let wish = try await wish(form["id"], of: who), wish.isConfirmed, let changed = changed(wish, form) {
                try await desk.drop(AnswerDesk.subscription(changed.document))
                done = words(.changedSaved, ("what", desk.what(wish, words)))
            }
        case "snooze":
            if let pause = form["until"].flatMap(OwnPause.init(rawValue:)) {
                let zone = TimeZone(identifier: desk.zone(of: who)) ?? .gmt
                let end = pause.end(after: desk.now, in: zone)
                try await desk.drop(
                    AnswerDesk.subscription(["action": "snooze", "who": who.document, "until": .string(Timestamp.format(end))]))
                done = words(.changedSnoozed, ("time", time(end, of: who)))
            }
        case "wake":
            try await desk.drop(AnswerDesk.subscription(["action": "wake", "who": who.document]))
            done = words(.changedAwake)
        default: break
        }
        guard let done else {
            return AnswerPage(
                status: .badRequest, language: words.language, title: words(.changedWrong), parts: [.link(words(.ownBack), to: "")])
        }
        return AnswerPage(
            language: words.language, title: words(.ownChanged), parts: [.text(done), .link(words(.ownBack), to: "")])
    }

    /// Theirs, and nobody else's.
    private func wish(_ id: String?, of who: Subscription.Who) async throws -> Subscription? {
        guard let id, let wish = try await desk.house.ledger.subscription(id), wish.who.compared == who.compared,
            wish.state(at: desk.now) != .ended
        else { return nil }
        return wish
    }

    /// With what was chosen; nil where that was no choice.
    private func changed(_ wish: Subscription, _ form: FormFields) -> Subscription? {
        var wish = wish
        guard let cadence = form["deliver"].flatMap(Cadence.init), let via = form["via"] else { return nil }
        guard via.isEmpty || via == wish.via || desk.channels(for: wish.who).contains(via) else { return nil }
        wish.cadence = cadence
        wish.via = via.isEmpty ? nil : via
        return wish
    }
}

extension Subscription {
    /// As an event that asks for it.
    var document: JSONValue {
        var members: [String: JSONValue] = [
            "action": "subscribe", "id": .string(id), "who": who.document, "match": .object(match), "deliver": .string(cadence.text),
        ]
        members["via"] = via.map(JSONValue.string)
        members["from"] = from.map { .string(Timestamp.format($0)) }
        members["until"] = until.map { .string(Timestamp.format($0)) } ?? follows.map { _ in .string(EventParser.untilResolved) }
        members["limit"] = limit.map { .string("\($0.count) per \(Int($0.window))s") }
        return .object(members)
    }
}
