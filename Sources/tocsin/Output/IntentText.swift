// What is to become of a planned delivery, as `explain` says it.

import Foundation
import Incidents
import JSON
import Routing

struct IntentText {
    private let intent: Intent
    private let now: Date

    /// - Parameter now: the time of the decision.
    init(_ intent: Intent, now: Date) {
        self.intent = intent
        self.now = now
    }

    /// As in the timeline of `tocsin test`: `send`, `hold`, `suppress`, `supersede`.
    var action: String {
        switch intent {
        case .send: "send"
        case .hold: "hold"
        case .suppress: "suppress"
        case .supersede: "supersede"
        }
    }

    var colour: Terminal.Colour? {
        switch intent {
        case .send: .green
        case .hold: .yellow
        case .suppress, .supersede: .grey
        }
    }

    /// `held until 2026-11-24T07:00:00Z (in 3 h 2 min): quiet hours of duty-engineer`; nil for what is sent.
    var why: String? {
        switch intent {
        case .send: nil
        case .hold(let hold): "held until \(Timestamp.format(hold.until)) (\(Moment.relative(hold.until, now: now))): \(hold.reason)"
        case .suppress(let suppression): "suppressed: \(suppression.reason)"
        case .supersede(let reason): "not sent: \(reason)"
        }
    }

    /// `action`, and where it applies `reason`, `hold` and `silence`.
    func add(to line: inout JSONLine) {
        line.add("action", .string(action))
        switch intent {
        case .send: line.add("reason", .null)
        case .hold(let hold):
            line.add("reason", .string(hold.reason))
            line.add(
                "hold", ["kind": .string(hold.kind.rawValue), "key": .string(hold.key), "until": .string(Timestamp.format(hold.until))])
        case .suppress(let suppression):
            line.add("reason", .string(suppression.reason))
            line.add("silence", suppression.silence.map(JSONValue.string) ?? .null)
        case .supersede(let reason): line.add("reason", .string(reason))
        }
    }
}
