// A delivery for programs: `tocsin deliveries --json` and `GET /v1/deliveries` say the same.

import Foundation
import Incidents
import JSON
import Ledger
import Routing

/// Deliveries as programs read them (interfaces, section 4).
public enum DeliveryFacts {
    /// One delivery, with its attempts.
    public static func line(_ row: DeliveryRow) -> JSONLine {
        func time(_ date: Date?) -> JSONValue { date.map { .string(Timestamp.format($0)) } ?? .null }
        func text(_ value: String?) -> JSONValue { value.map(JSONValue.string) ?? .null }
        return JSONLine([
            "id": .string(String(row.id)), "event": .string(row.event), "incident": text(row.incident), "type": .string(row.type.rawValue),
            "routes": .array(row.routes.map(JSONValue.string)), "recipient": .string(row.recipient), "for": .string(row.for),
            "channel": .string(row.channel), "address": .string(row.address), "template": .string(row.template),
            "state": .string(row.state.rawValue), "reason": text(row.reason), "degraded": text(row.degraded),
            "created_at": time(row.createdAt), "due_at": time(row.dueAt), "delivered_at": time(row.deliveredAt),
            "attempts": .array(row.attempts.map(attempt)), "successor": text(row.successor.map(String.init)), "digest": text(row.digest),
            "receipt": text(row.receipt), "config": .string(row.config),
            "replaces": .array(row.replaced.map { .string(String($0)) }), "instead_of": row.insteadOf.map(related) ?? .null,
            "fallbacks": .array(row.fallbacks.map(related)), "origin": .string(row.origin.rawValue),
            "hold": row.hold.map { ["kind": .string($0.rawValue), "key": text(row.holdKey), "released_at": time(row.releasedAt)] } ?? .null,
            "silence": text(row.silence),
            "contains": .array(row.contains.map { .string(String($0)) }),
        ])
    }

    private static func related(_ other: RelatedDelivery) -> JSONValue {
        ["id": .string(String(other.id)), "channel": .string(other.channel)]
    }

    private static func attempt(_ attempt: AttemptRow) -> JSONValue {
        [
            "at": .string(Timestamp.format(attempt.at)), "outcome": .string(attempt.outcome),
            "code": attempt.code.map(JSONValue.string) ?? .null, "reason": reason(attempt).map(JSONValue.string) ?? .null,
            "ms": .integer(attempt.milliseconds), "remote_id": attempt.remoteID.map(JSONValue.string) ?? .null,
        ]
    }

    /// What was seen at an attempt.
    public static func reason(_ attempt: AttemptRow) -> String? {
        let words = [attempt.reason, attempt.detail].compactMap { $0 }
        return words.isEmpty ? nil : words.joined(separator: ": ")
    }
}
