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
    /// counted; nil where the same person goes on. Where the turns leave a gap, whoever had the last one and the operators hear that
    /// nobody has it now. Of several turns that were missed only the present one
    /// is announced, and it is always the same event: nobody is told twice.
    public func handover(of name: String, _ surroundings: any Surroundings, now: Date) throws -> DueEvent? {
        guard let rotation = people.rotations[name] else { return nil }
        guard let turn = rotation.turn(at: now) else { return try gap(in: rotation, surroundings, now: now) }
        let before = turn.from.addingTimeInterval(-1)
        let presence = try presence(surroundings, now: now)
        let last = try rotation.turn(at: before).flatMap { try self.presence(surroundings, now: before).standIn(for: $0.person) }
        let next = presence.standIn(for: turn.person)
        if next == last, next != nil { return nil }
        var change = Change(from: last, to: next)
        change.reason = next == turn.person ? nil : presence.note(of: turn.person) ?? presence.whyNobody(for: turn.person)
        let ground = next == turn.person ? nil : presence.ground(of: turn.person)
        let open = try surroundings.openIncidents(limit: Self.handoverIncidents)
        let event = Event.raised(
            .handover(rotation: name), id: ["handover", name, Timestamp.format(turn.from), turn.person, next ?? ""], time: turn.from,
            incident: nil, change: change, message: words(rotation, turn, change, open.count, now: now),
            extra: [
                "rotation": .string(name), "incidents": .array(open.map(document)),
                "turn": ["person": .string(turn.person), "from": time(turn.from), "until": time(turn.until)],
            ].merging(ground.map { [Ground.member: .array([$0.json])] } ?? [:]) { $1 })
        return DueEvent(event: event, directed: told(of: name, next, last))
    }

    /// The event that announces that nobody is on duty: always the same for the same gap. Nil where there never was a turn.
    private func gap(in rotation: Rotation, _ surroundings: any Surroundings, now: Date) throws -> DueEvent? {
        guard let turn = rotation.turn(beforeGapAt: now) else { return nil }
        let last = try presence(surroundings, now: turn.until.addingTimeInterval(-1)).standIn(for: turn.person)
        let open = try surroundings.openIncidents(limit: Self.handoverIncidents)
        let after = last.map { ", after \(displayName($0))" } ?? ""
        let head =
            rotation.turn(after: now).map { next in
                let until = Moment.text(next.from, now: now, in: rotation.timeZone, isNamed: true)
                return "Nobody is on duty for \(rotation.name) until \(until)\(after). The next turn is \(displayName(next.person))'s."
            } ?? "Nobody is on duty for \(rotation.name)\(after), and nobody will be: the calendar ends."
        let event = Event.raised(
            .handover(rotation: rotation.name), id: ["handover", rotation.name, Timestamp.format(turn.until), "gap"], time: turn.until,
            incident: nil, change: Change(from: last), message: head + count(open.count),
            extra: ["rotation": .string(rotation.name), "incidents": .array(open.map(document))])
        return DueEvent(event: event, directed: told(of: rotation.name, nil, last))
    }

    /// Whoever takes over and whoever hands over. That nobody is on duty must not stay unknown.
    private func told(of rotation: String, _ next: String?, _ last: String?) -> [Directed] {
        func directed(_ entry: RecipientEntry, isUrgent: Bool = false) -> Directed {
            Directed(.entry(entry), origin: .responsibility, name: "rotation.\(rotation)", isUrgent: isUrgent)
        }
        let people = [next, last].compactMap { $0.map { directed(RecipientEntry(subject: .name($0), text: rotation)) } }
        return next == nil ? people + operators.map { directed($0, isUrgent: true) } : people
    }

    private func displayName(_ id: String) -> String { directory.people[id]?.displayName ?? id }

    private func count(_ open: Int) -> String {
        let count = open < Self.handoverIncidents ? "\(open)" : "\(open) or more"
        return open == 0 ? " No incident is open." : open == 1 ? " 1 incident is open." : " \(count) incidents are open."
    }

    /// `Ben is on duty for primary until 2026-12-07 09:00 (Europe/London), after Ana. 2 incidents are open.`
    private func words(_ rotation: Rotation, _ turn: Rotation.Turn, _ change: Change, _ open: Int, now: Date) -> String {
        let until = Moment.text(turn.until, now: now, in: rotation.timeZone, isNamed: true)
        let after = change.from.map { ", after \(displayName($0))" } ?? ""
        let reason = change.reason.map { " \($0.prefix(1).uppercased())\($0.dropFirst())." } ?? ""
        let head =
            change.to.map { "\(displayName($0)) is on duty for \(rotation.name) until \(until)\(after)." }
            ?? "Nobody is on duty for \(rotation.name) until \(until)\(after)."
        return head + reason + count(open)
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
