// A clock that rings when it should, for one incident: what the router does, without the router.

import Foundation
import Incidents
import JSON

@testable import Routing

/// One incident in virtual time. Minutes count from noon; the log says what was raised, and at which minute.
struct VirtualTime {
    var table: RoutingTable
    var now = noon
    var incident: Incident?
    var log: [String] = []
    var raised: [DueEvent] = []
    /// Of each that was raised, what the escalation policy counted from then.
    var since: [Date?] = []
    /// The promises; nil: as the table has them.
    var promises: SLAPolicy?
    /// Which steps, from 0, reach nobody.
    var unheard: Set<Int> = []
    /// Every state is written and read back.
    var isStored = true

    init(_ table: RoutingTable, promises: SLAPolicy? = nil) {
        self.table = table
        self.promises = promises
    }

    var minute: Double { now.timeIntervalSince(noon) / 60 }

    func agenda(_ incident: Incident) -> IncidentAgenda {
        IncidentAgenda(table, incident, now: now, clocks: promises.map { plainClocks($0, incident, now) })
    }

    var alarm: Date? { incident.flatMap { incident in agenda(incident).items.first.map(agenda(incident).alarm) } }

    /// Lets time pass, and everything happen that it brings about.
    mutating func pass(to minute: Double) {
        let end = noon.addingTimeInterval(minute * 60)
        while let alarm, alarm <= end {
            now = max(now, alarm)
            let before = log.count
            ring()
            // An alarm for nothing would ring for ever.
            if log.count == before { log.append("\(text(now)) rang for nothing") }
            if log.count == before { break }
            if log.count > 10_000 { return }
        }
        now = end
    }

    /// Nobody looks at the clock until then.
    mutating func sleep(to minute: Double) {
        let alarm = alarm
        incident?.alarm = alarm
        now = noon.addingTimeInterval(minute * 60)
        ring()
    }

    mutating func say(
        at minute: Double, _ type: EventType, _ members: [String: JSONValue] = [:], by source: String = "a", change: Change = Change()
    ) {
        pass(to: minute)
        hear(
            Event(
                id: "e", source: source, type: type, time: now, incident: IncidentPatch(id: "INC1", members: members), change: change))
        ring()
    }

    mutating func hear(_ event: Event) {
        incident = Incident.apply(event, to: incident, now: now)?.incident
        store()
    }

    /// Raises what is due.
    mutating func ring() {
        for _ in 0..<32 {
            guard let known = incident, let due = agenda(known).due.map(agenda(known).event) else { break }
            hear(due.event)
            if case .step(_, let step, _)? = due.event.raised, unheard.contains(step) { incident?.course.escalation?.isUnheard = true }
            raised.append(due)
            since.append(incident?.course.escalation?.since)
            if let what = due.event.raised { log.append("\(text(now)) \(Self.text(what))") }
        }
        let alarm = alarm
        incident?.alarm = alarm
        store()
    }

    private mutating func store() {
        if isStored, let json = incident?.json { incident = Incident(json: json) }
    }

    func text(_ date: Date) -> String {
        let minute = date.timeIntervalSince(noon) / 60
        return minute == minute.rounded() ? "+\(Int(minute))" : "+\(minute)"
    }

    static func text(_ raised: Raised) -> String {
        switch raised {
        case .step(_, let step, let repeats): "step \(step + 1)\(repeats > 0 ? " again \(repeats)" : "")"
        case .warning(let target): "warning \(target.rawValue)"
        case .missedWarning(let target): "missed warning \(target.rawValue)"
        case .breach(let target): "breach \(target.rawValue)"
        case .unanswered: "unanswered"
        case .gap(let number): "gap \(number)"
        case .gapIgnored: "gap ignored"
        case .report: "report"
        case .again(let route): "again \(route)"
        case .flapping: "flapping"
        case .calm: "calm"
        case .stillOpen: "still open"
        case .silenceEnding: "silence ending"
        case .silenceEnded: "silence ended"
        case .lead: "lead"
        case .response: "response"
        case .handover(let rotation): "handover \(rotation)"
        case .approvalWanted: "approval wanted"
        case .broadcastOver: "broadcast over"
        case .addressLost: "address lost"
        case .heartbeat: "heartbeat"
        case .neglected: "neglected"
        }
    }
}

/// Promises around the clock, as plainly as can be.
func plainClocks(_ policy: SLAPolicy, _ incident: Incident, _ now: Date) -> SLAClocks {
    let course = incident.course
    return SLAClocks(
        SLATarget.allCases.compactMap { target in
            guard let length = policy.length(target) else { return nil }
            let start = target == .update ? course.lastWord ?? course.started : course.started
            let met = target == .acknowledge ? course.acknowledgedAt ?? course.endedAt : course.endedAt
            let warnsAt = course.date(after: length * policy.warnAt, from: start)
            let breachesAt = course.date(after: length, from: start)
            let state: SLAState =
                breachesAt.map { $0 <= met ?? now } ?? false
                ? .breached : met == nil && warnsAt.map { $0 <= now } ?? false ? .atRisk : .ok
            return SLAClock(
                target: target, state: state, start: start, length: length, warnsAt: warnsAt, breachesAt: breachesAt, metAt: met,
                isPaused: met == nil && course.isPaused)
        })
}

let minute: TimeInterval = 60
let hour: TimeInterval = 3_600

/// After so many minutes, by severity rank.
func step(_ after: [Int: Double], to: [String] = ["duty-engineer"], isUrgent: Bool = true) throws -> EscalationStep {
    EscalationStep(after: after.mapValues { $0 * minute }, to: try to.map(entry), isUrgent: isUrgent)
}

func step(_ after: Double, to: [String] = ["duty-engineer"]) throws -> EscalationStep {
    try step(Dictionary(uniqueKeysWithValues: (0..<4).map { ($0, after) }), to: to)
}

func timed(
    _ policies: [EscalationPolicy] = [], flap: FlapRule? = nil, reports: [Int: ReportRule] = [:], routes: [Route] = []
) throws -> RoutingTable {
    var table = try table(routes, operators: ["ops-slack"])
    table.rules = TimeRules(policies: policies, flap: flap, reports: reports)
    return table
}
