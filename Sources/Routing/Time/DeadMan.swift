// Dead men: monitors that must be heard of. What counts as a sign of life, when silence opens an incident, and when that
// incident is over. Pure.

import Foundation
import Incidents
import JSON

/// `dead_man`: a monitor that must be heard of, and an incident where it is not.
public struct DeadManRule: Sendable {
    public var name: String
    /// Which events are its signs of life.
    public var match: Match
    /// Seconds of silence after which the incident is opened.
    public var after: TimeInterval
    /// Nil: what `router.assume_severity` says.
    public var severity: Severity?
    public var service: String?

    public init(name: String, match: Match, after: TimeInterval, severity: Severity? = nil, service: String? = nil) {
        self.name = name
        self.match = match
        self.after = after
        self.severity = severity
        self.service = service
    }

    /// The incident that its silence opens.
    public var incident: String { Self.incidentPrefix + name }

    /// What the ids of such incidents begin with.
    public static let incidentPrefix = "dead-man-"
    /// What the ids of the events begin with that open and end them.
    public static let eventPrefix = "dead_man"
}

/// What is known of a monitor.
public struct Monitor: Sendable, Equatable {
    public var name: String
    /// When its rule was first in force.
    public var since: Date
    /// When it was last heard; nil: never.
    public var heard: Date?
    /// Its silence was told: then `last` as it was at that moment; nil: it is not silent.
    public var missed: Date?

    public init(name: String, since: Date, heard: Date? = nil, missed: Date? = nil) {
        self.name = name
        self.since = since
        self.heard = heard
        self.missed = missed
    }

    /// From when its silence counts.
    public var last: Date { heard ?? since }
    public var isSilent: Bool { missed != nil }
}

/// The dead men of a configuration.
public struct DeadMen: Sendable {
    /// By name.
    public private(set) var rules: [String: DeadManRule] = [:]
    private var inOrder: [DeadManRule] = []
    private var index = MatchIndex([])

    public init(_ rules: [DeadManRule] = []) {
        self.rules = Dictionary(rules.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        inOrder = rules
        index = MatchIndex(rules.lazy.map(\.match))
    }

    public var isEmpty: Bool { inOrder.isEmpty }
    public var names: [String] { inOrder.map(\.name) }
    /// What alarms depend on.
    public var patience: [String: TimeInterval] { rules.mapValues(\.after) }

    /// Whose sign of life an event is. What is said of the incident that a monitor's own silence opened is none.
    func heard(_ facts: MatchFacts) -> [String] {
        if facts.event.source == Event.ownSource { return [] }
        return index.candidates(facts).filter { inOrder[$0].match.holds(facts) && inOrder[$0].incident != facts.incident?.id }
            .map { inOrder[$0].name }
    }
}

extension RoutingTable {
    /// The monitors whose sign of life an event is; duplicates and stale events count as well: whoever repeats itself is alive.
    public func heard(in event: Event, _ application: Application?, now: Date) -> [String] {
        if deadMen.isEmpty { return [] }
        return deadMen.heard(
            MatchFacts(
                event: event, incident: application?.incident, severity: severity(of: application), previous: application?.previous,
                now: now))
    }

    /// When the clock is to look at a monitor; nil: its rule is gone, or its silence has been told.
    public func alarm(of monitor: Monitor) -> Alarm? {
        guard let rule = deadMen.rules[monitor.name] else { return nil }
        let subject = Alarm.Subject.monitor(monitor.name)
        guard let missed = monitor.missed else {
            return Alarm(subject: subject, due: monitor.last.addingTimeInterval(rule.after), what: "silent for too long")
        }
        return missed == monitor.last ? nil : Alarm(subject: subject, due: monitor.last, what: "heard again")
    }

    /// Seconds after a start in which no silence is told: what was said during the stop is still on its way.
    static let startGrace: TimeInterval = 300

    /// The same after a start: who sends by HTTP could not be heard before it, and is given the time to be.
    ///
    /// - Parameter start: nil: there was none.
    public func alarm(of monitor: Monitor, startedAt start: Date?) -> Alarm? {
        guard var alarm = alarm(of: monitor) else { return nil }
        if let start, !monitor.isSilent, let rule = deadMen.rules[monitor.name] {
            alarm.due = max(alarm.due, start.addingTimeInterval(min(rule.after, Self.startGrace)))
        }
        return alarm
    }

    /// What a monitor's silence, or its end, asks for by now, and what is known of the monitor afterwards. Nil: nothing.
    public func dueEvent(of monitor: Monitor, now: Date) -> (event: Event, after: Monitor)? {
        guard let rule = deadMen.rules[monitor.name], let alarm = alarm(of: monitor), alarm.due <= now else { return nil }
        var after = monitor
        if let missed = monitor.missed {
            after.missed = nil
            return (heardAgain(rule, monitor, missed: missed), after)
        }
        after.missed = monitor.last
        return (silent(rule, monitor, now: now), after)
    }

    /// The end of the incident that a monitor's silence opened, where its rule is no more; nil: there is a rule, or no silence.
    public func removal(of monitor: Monitor, now: Date) -> Event? {
        guard deadMen.rules[monitor.name] == nil, let missed = monitor.missed else { return nil }
        let name = monitor.name
        return event(
            DeadManRule(name: name, match: Match(), after: 0), .statusChange,
            id: [Timestamp.format(missed), "removed", Timestamp.format(now)], time: now,
            ["status": .string(IncidentStatus.resolved.rawValue)],
            message: "Tocsin does not watch for \(name) any more: its rule was removed. Whether it runs is not known.",
            said("removed", name, at: now, silence: 0))
    }

    private func silent(_ rule: DeadManRule, _ monitor: Monitor, now: Date) -> Event {
        let last = moment(monitor.last, now: now)
        let age = age(now.timeIntervalSince(monitor.last))
        let heard =
            monitor.heard == nil
            ? "Nothing has been heard of \(rule.name) since Tocsin began to watch for it, at \(last), \(age) ago."
            : "\(rule.name) was last heard at \(last), \(age) ago."
        var members: [String: JSONValue] = [
            "status": .string(IncidentStatus.open.rawValue),
            "title": .string("Nothing heard of \(rule.name) for \(AgeText.text(rule.after))"),
            "description": .string("\(heard) It should be heard at least every \(AgeText.text(rule.after)) (`dead_man.\(rule.name)`)."),
            "next_steps": .string("See whether \(rule.name) runs, and whether its events reach the queue. It resolves by itself."),
        ]
        members["dead_man"] = [
            "name": .string(rule.name), "after": .integer(Int(rule.after)), "title": members["title"] ?? .null,
            "next_steps": members["next_steps"] ?? .null,
        ]
        members["severity"] = rule.severity.map { .string($0.name) }
        members["service"] = rule.service.map { .string($0) }
        let state = said(
            monitor.heard == nil ? "never" : "silent", rule.name, at: monitor.last, silence: now.timeIntervalSince(monitor.last))
        return event(rule, .escalation, id: [Timestamp.format(monitor.last)], time: now, members, message: heard, state)
    }

    private func heardAgain(_ rule: DeadManRule, _ monitor: Monitor, missed: Date) -> Event {
        let silence = age(monitor.last.timeIntervalSince(missed))
        let message = "\(rule.name) is heard again, at \(moment(monitor.last, now: monitor.last)), after \(silence) of silence."
        let members: [String: JSONValue] = ["status": .string(IncidentStatus.resolved.rawValue)]
        return event(
            rule, .statusChange, id: [Timestamp.format(missed), "heard", Timestamp.format(monitor.last)], time: monitor.last, members,
            message: message, said("heard", rule.name, at: monitor.last, silence: monitor.last.timeIntervalSince(missed)))
    }

    /// What an event says of a monitor, for messages in other languages.
    private func said(_ state: String, _ name: String, at: Date, silence: TimeInterval) -> JSONValue {
        [
            "name": .string(name), "state": .string(state), "at": .string(Timestamp.format(at)),
            "silence": .integer(Int(max(0, min(silence, 1e12)))),
        ]
    }

    /// Like a producer's, so that routes and policies take it as they take any other.
    private func event(
        _ rule: DeadManRule, _ type: EventType, id: [String], time: Date, _ members: [String: JSONValue], message: String,
        _ monitor: JSONValue
    ) -> Event {
        let id = Event.ownID([DeadManRule.eventPrefix, rule.name] + id)
        let document: JSONValue = [
            "id": .string(id), "type": .string(type.rawValue), "source": .string(Event.ownSource),
            "time": .string(Timestamp.format(time)), "message": .string(message), "dead_man": .string(rule.name), "monitor": monitor,
            "incident": .object(members.merging(["id": .string(rule.incident)]) { $1 }),
        ]
        return Event(
            id: id, source: Event.ownSource, type: type, time: time, timeIsExplicit: false,
            incident: IncidentPatch(id: rule.incident, members: members), message: message, document: document)
    }

    /// Without seconds, where they are nothing beside it.
    private func age(_ seconds: TimeInterval) -> String {
        AgeText.text(seconds < 600 ? seconds : (seconds / 60).rounded(.down) * 60)
    }

    private func moment(_ date: Date, now: Date) -> String { Moment.text(date, now: now, in: rules.timeZone, isNamed: true) }
}
