// The hand-over of a rotation: when the clock looks at it, and what is said to those who hand over and take over. Pure.

import Foundation
import Incidents
import JSON

extension RoutingTable {
    /// Open incidents that a hand-over names, at most.
    static let handoverIncidents = 50

    /// When the clock is to look at each rotation: at its next hand-over. Those that never change hands have none.
    public func rotationAlarms(now: Date) -> [Alarm] {
        people.rotations.keys.sorted().compactMap { alarm(ofRotation: $0, now: now) }
    }

    /// Nil: never, or there is no such rotation.
    public func alarm(ofRotation name: String, now: Date) -> Alarm? {
        guard let rotation = people.rotations[name], rotation.shifts != nil || Set(rotation.people).count > 1,
            let due = rotation.nextChange(after: now)
        else { return nil }
        let next = rotation.turn(at: due).map { "hand-over to \($0.person)" } ?? "the turn ends"
        return Alarm(subject: .rotation(name), due: due, what: next)
    }

    /// The event that announces the present turn of a rotation to whoever had the last one and to whoever has this one, deputies
    /// counted; nil where the same person goes on, or it is nobody's turn. Of several turns that were missed only the present one
    /// is announced, and it is always the same event: nobody is told twice.
    public func handover(of name: String, _ surroundings: any Surroundings, now: Date) throws -> DueEvent? {
        guard let rotation = people.rotations[name], let turn = rotation.turn(at: now) else { return nil }
        let before = turn.from.addingTimeInterval(-1)
        let presence = try presence(surroundings, now: now)
        let last = try rotation.turn(at: before).flatMap { try self.presence(surroundings, now: before).standIn(for: $0.person) }
        let next = presence.standIn(for: turn.person)
        if next == last, next != nil { return nil }
        var change = Change(from: last, to: next)
        change.reason = next == turn.person ? nil : presence.note(of: turn.person) ?? presence.whyNobody(for: turn.person)
        let open = try surroundings.openIncidents(limit: Self.handoverIncidents)
        let event = Event.raised(
            .handover(rotation: name), id: ["handover", name, Timestamp.format(turn.from), turn.person, next ?? ""], time: turn.from,
            incident: nil, change: change, message: words(rotation, turn, change, open.count, now: now),
            extra: [
                "rotation": .string(name), "incidents": .array(open.map(document)),
                "turn": ["person": .string(turn.person), "from": time(turn.from), "until": time(turn.until)],
            ])
        func directed(_ entry: RecipientEntry, isUrgent: Bool = false) -> Directed {
            Directed(.entry(entry), origin: .responsibility, name: "rotation.\(name)", isUrgent: isUrgent)
        }
        var whom = [next, last].compactMap { $0.map { directed(RecipientEntry(subject: .name($0), text: name)) } }
        // That nobody is on duty must not stay unknown.
        if next == nil { whom += operators.map { directed($0, isUrgent: true) } }
        return DueEvent(event: event, directed: whom)
    }

    /// `Ben is on duty for primary until 2026-12-07 09:00 (Europe/London), after Ana. 2 incidents are open.`
    private func words(_ rotation: Rotation, _ turn: Rotation.Turn, _ change: Change, _ open: Int, now: Date) -> String {
        func name(_ id: String) -> String { directory.people[id]?.displayName ?? id }
        let until = Moment.text(turn.until, now: now, in: rotation.timeZone, isNamed: true)
        let after = change.from.map { ", after \(name($0))" } ?? ""
        let reason = change.reason.map { " \($0.prefix(1).uppercased())\($0.dropFirst())." } ?? ""
        let count = open < Self.handoverIncidents ? "\(open)" : "\(open) or more"
        let rest = open == 0 ? " No incident is open." : open == 1 ? " 1 incident is open." : " \(count) incidents are open."
        let head =
            change.to.map { "\(name($0)) is on duty for \(rotation.name) until \(until)\(after)." }
            ?? "Nobody is on duty for \(rotation.name) until \(until)\(after)."
        return head + reason + rest
    }

    private func document(_ incident: Incident) -> JSONValue {
        var out: [String: JSONValue] = [
            "id": .string(incident.id), "status": .string(incident.status.rawValue),
            "severity": .string(incident.severity(on: scale, assumed: assumedSeverity).name),
        ]
        out["title"] = incident.text("title").map(JSONValue.string)
        return .object(out)
    }

    private func time(_ date: Date) -> JSONValue { .string(Timestamp.format(date)) }
}
