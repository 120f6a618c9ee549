// The course of an incident as JSON: only what differs from what anybody would presume from the rest of the incident. So
// most incidents have nothing to write, and states from before there were courses have one as well.

import Foundation
import JSON

extension Course {
    /// The course of an incident of which only the rest is known.
    init(presumedOf incident: Incident) {
        self.init(started: incident.openedAt)
        lastNews = incident.updated
        if incident.acknowledged { acknowledgedAt = max(incident.updated, started) }
        switch incident.status {
        case .resolved, .closed:
            endedAt = max(incident.updated, started)
            turns = [incident.updated]
        case .onHold: pauses = [Pause(from: max(incident.updated, started))]
        default: break
        }
    }

    /// - Parameter presumed: see `init(presumedOf:)`.
    /// - Returns: nil where there is nothing to write.
    func json(beside presumed: Course) -> JSONValue? {
        if self == presumed { return nil }
        var out: [String: JSONValue] = [:]
        func add(_ name: String, _ value: Date?, _ other: Date?) {
            if value != other { out[name] = .some(value.map(Incident.number) ?? .null) }
        }
        add("started", started, presumed.started)
        add("acknowledged", acknowledgedAt, presumed.acknowledgedAt)
        add("ended", endedAt, presumed.endedAt)
        add("word", lastWord, presumed.lastWord)
        add("report", lastReport, presumed.lastReport)
        add("news", lastNews, presumed.lastNews)
        add("reminded", remindedAt, presumed.remindedAt)
        add("flapping", flappingSince, presumed.flappingSince)
        if pauses != presumed.pauses {
            out["pauses"] = .array(pauses.map { .array([$0.from, $0.until].compactMap { $0.map(Incident.number) }) })
        }
        if turns != presumed.turns { out["turns"] = .array(turns.map(Incident.number)) }
        if !raised.isEmpty { out["raised"] = .array(raised.sorted().map(JSONValue.string)) }
        if reminders != 0 { out["reminders"] = .integer(reminders) }
        if !repeats.isEmpty { out["repeats"] = .object(repeats.mapValues(Incident.number)) }
        if let escalation { out["escalation"] = escalation.json }
        if let lead { out["lead"] = lead.json }
        if let response { out["response"] = response.json }
        if let policy { out["policy"] = policy.json }
        return .object(out)
    }

    /// The course that `json` wrote beside the same presumption. What cannot be read is as presumed.
    init(_ json: JSONValue, beside presumed: Course) {
        self = presumed
        func date(_ name: String, _ other: Date?) -> Date? { json[name].map { Incident.date($0) } ?? other }
        started = date("started", started) ?? started
        acknowledgedAt = date("acknowledged", acknowledgedAt)
        endedAt = date("ended", endedAt)
        lastWord = date("word", lastWord)
        lastReport = date("report", lastReport)
        lastNews = date("news", lastNews)
        remindedAt = date("reminded", remindedAt)
        flappingSince = date("flapping", flappingSince)
        if let written = json["pauses"]?.array {
            pauses = written.compactMap { pause in
                guard let times = pause.array?.map({ Incident.date($0) }), let from = times.first ?? nil else { return nil }
                return Pause(from: from, until: times.count > 1 ? times[1] : nil)
            }
        }
        if let written = json["turns"]?.array { turns = written.compactMap { Incident.date($0) } }
        raised = Set((json["raised"]?.array ?? []).compactMap(\.string))
        reminders = json["reminders"]?.integer ?? 0
        repeats = (json["repeats"]?.object ?? [:]).compactMapValues { Incident.date($0) }
        escalation = json["escalation"].flatMap(Escalation.init(json:))
        lead = json["lead"].flatMap(Lead.init(json:))
        response = json["response"].flatMap(Response.init(json:))
        policy = json["policy"].flatMap(ChosenPolicy.init(json:))
    }
}

extension Course.Escalation {
    fileprivate var json: JSONValue {
        var out: [String: JSONValue] = ["policy": .string(policy), "since": Incident.number(since)]
        if steps != 0 { out["steps"] = .integer(steps) }
        if repeats != 0 { out["repeats"] = .integer(repeats) }
        if let lastAt { out["last"] = Incident.number(lastAt) }
        if isUnheard { out["unheard"] = true }
        if isOver { out["over"] = true }
        return .object(out)
    }

    fileprivate init?(json: JSONValue) {
        guard let policy = json["policy"]?.string, let since = Incident.date(json["since"]) else { return nil }
        self.init(
            policy: policy, since: since, steps: json["steps"]?.integer ?? 0, repeats: json["repeats"]?.integer ?? 0,
            lastAt: Incident.date(json["last"]), isUnheard: json["unheard"]?.bool ?? false, isOver: json["over"]?.bool ?? false)
    }
}
