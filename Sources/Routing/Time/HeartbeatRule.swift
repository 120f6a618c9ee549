// The heartbeat: Tocsin's own sign of life to people, at fixed times, so that none is made up for. Pure.

import Foundation
import Incidents
import JSON

/// Who gets a sign of life, and how often.
public struct HeartbeatRule: Sendable, Equatable {
    /// Seconds between two.
    public var every: TimeInterval
    public var to: [RecipientEntry]

    public init(every: TimeInterval, to: [RecipientEntry]) {
        self.every = every
        self.to = to
    }

    /// The last moment, at or before `now`, at which one is due: multiples of `every` since 1970.
    func beat(at now: Date) -> Date {
        let every = max(1, every)
        return Date(timeIntervalSince1970: (now.timeIntervalSince1970 / every).rounded(.down) * every)
    }
}

/// How Tocsin is, in figures.
public struct VitalSigns: Sendable, Equatable {
    public var openIncidents = 0
    /// Given up, or of unknown outcome.
    public var dead = 0
    /// Due for more than a minute, and not delivered.
    public var overdue = 0
    /// Seconds after which what is due counts as that.
    public static let patience: TimeInterval = 60
    /// Files in the queue; nil: not known.
    public var queued: Int?

    public init(openIncidents: Int = 0, dead: Int = 0, overdue: Int = 0, queued: Int? = nil) {
        self.openIncidents = openIncidents
        self.dead = dead
        self.overdue = overdue
        self.queued = queued
    }

    /// The member of an event's document that holds them.
    public static let member = "signs"

    var document: JSONValue {
        var out: [String: JSONValue] = ["open": .integer(openIncidents), "dead": .integer(dead), "overdue": .integer(overdue)]
        out["queued"] = queued.map { .integer($0) }
        return .object(out)
    }

    /// `2 incidents are open, the queue is empty, nothing is dead.`
    public var words: String {
        var parts = [
            openIncidents == 0 ? "no incident is open" : openIncidents == 1 ? "1 incident is open" : "\(openIncidents) incidents are open"
        ]
        if let queued { parts.append(queued == 0 ? "the queue is empty" : queued == 1 ? "1 file is queued" : "\(queued) files are queued") }
        if overdue > 0 { parts.append(overdue == 1 ? "1 message is overdue" : "\(overdue) messages are overdue") }
        parts.append(dead == 0 ? "nothing is dead" : dead == 1 ? "1 message was given up" : "\(dead) messages were given up")
        let text = parts.joined(separator: ", ")
        return text.prefix(1).uppercased() + text.dropFirst() + "."
    }
}

extension RoutingTable {
    /// Stands among a delivery's routes for `heartbeat`.
    public static let heartbeatName = "heartbeat"

    /// The next moment of the heartbeat after `now`; nil: nobody gets one.
    public func heartbeatAlarm(now: Date) -> Alarm? {
        heartbeat.map { Alarm(subject: .heartbeat, due: $0.beat(at: now).addingTimeInterval(max(1, $0.every)), what: "sign of life") }
    }

    /// The sign of life that is due now: of several that were missed, the last alone. It is worth nothing once the next is due.
    public func heartbeat(_ signs: VitalSigns, now: Date) -> DueEvent? {
        guard let heartbeat else { return nil }
        let beat = heartbeat.beat(at: now)
        let event = Event.raised(
            .heartbeat, id: ["heartbeat", Timestamp.format(beat)], time: beat, incident: nil, message: "Tocsin is alive. \(signs.words)",
            extra: [VitalSigns.member: signs.document])
        let directed = heartbeat.to.map {
            Directed(.entry($0), origin: .reminder, name: Self.heartbeatName, template: "heartbeat", expire: heartbeat.every)
        }
        return DueEvent(event: event, directed: directed)
    }
}
