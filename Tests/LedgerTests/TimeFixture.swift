// Arrivals that time has a part in.

import Cryptography
import Foundation
import Incidents
import JSON
import Routing

@testable import Ledger

/// One that is held for so many seconds after `start`.
func held(
    _ seconds: TimeInterval, key: String = "", kind: Hold.Kind = .quietHours, channel: String = "ops-slack", address: String = "C1",
    priority: Int = 2, urgent: Bool = false
) -> PlannedDelivery {
    var planned = delivery(channel, address, priority: priority, due: start, urgent: urgent)
    planned.expires = nil
    planned.intent = .hold(Hold(kind: kind, key: key, until: after(seconds), reason: "held until \(Int(seconds)) s"))
    return planned
}

func planned(_ intent: Intent, _ channel: String = "ops-slack", _ address: String = "C1", throttled: Bool = false) -> PlannedDelivery {
    var planned = delivery(channel, address)
    planned.intent = intent
    planned.isThrottled = throttled
    return planned
}

/// As `arrival`, with what a decision may say of time.
func timed(
    _ event: Event, _ deliveries: [PlannedDelivery] = [], alarm: TimeInterval? = nil, changes: [StandingChange] = [],
    severity: Severity? = nil, isVoid: Bool = false, at now: Date = start
) -> Arrival {
    var arrival = arrival(event, deliveries, at: now)
    let decide = arrival.decide
    let id = event.incident?.id ?? ""
    arrival.decide = { incident, surroundings in
        var decision = try decide(incident, surroundings)
        decision.alarm = alarm.map { Alarm(subject: .incident(id), due: after($0), what: "look at \(id)") }
        decision.changes = changes
        decision.severity = severity?.name
        decision.severityRank = severity?.rank
        decision.isVoid = isVoid
        return decision
    }
    return arrival
}

func silence(_ id: String = "x1", until: TimeInterval = 3_600, endedAt: Date? = nil, by: String? = "owner") -> Silence {
    Silence(
        id: id, match: ["service": "search"], from: start, until: after(until), reason: "maintenance", by: by, endedAt: endedAt,
        announcedAt: nil, isSettled: endedAt != nil)
}

func suppressed(_ silence: String = "x1", address: String = "C1") -> PlannedDelivery {
    planned(.suppress(Suppression(reason: "silence \(silence)", silence: silence)), "ops-slack", address)
}

extension LedgerStore {
    func states() async throws -> [DeliveryState] { try await deliveries().map(\.state) }

    /// One entry a table row: subject and seconds after `start`.
    func alarms() async throws -> [String: TimeInterval] {
        Dictionary(uniqueKeysWithValues: try await nextAlarms(limit: 1_000).map { ($0.subject.stored, $0.due.timeIntervalSince(start)) })
    }
}
