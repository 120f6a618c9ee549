// An explanation as a person reads it, and as a program does.

import Foundation
import Incidents
import JSON
import Rendering
import Router
import Routing

enum ExplanationText {
    static func print(_ explanation: Explanation, file: String) {
        Terminal.say(head(explanation))
        if let rejection = explanation.rejection {
            Terminal.say(Terminal.coloured("rejected: \(Terminal.clean("\(rejection)"))", .red))
            return
        }
        Terminal.say("")
        if let reason = explanation.plan.notRouted {
            Terminal.say("Not routed: \(reason)")
        } else {
            for verdict in explanation.plan.verdicts { show(verdict) }
            for verdict in explanation.plan.silences { show(verdict) }
            for note in explanation.plan.notes { Terminal.say("\(Terminal.coloured("also", .yellow)) \(Terminal.clean(note))") }
        }
        Terminal.say("")
        showDeliveries(explanation)
        showTimes(explanation)
        showMessages(explanation)
    }

    private static func head(_ explanation: Explanation) -> String {
        var words = [Terminal.coloured(explanation.event.type.rawValue, .bold)]
        if let incident = explanation.incident {
            words.append("about \(Terminal.clean(incident.id))")
            if let title = incident.text("title") { words.append("“\(Terminal.clean(title))”") }
            words.append(explanation.isKnown ? "(known)" : "(new)")
            if let severity = explanation.severity {
                words.append("severity \(severity.name)\(explanation.isSeverityAssumed ? " (assumed: it has none)" : "")")
            }
            words.append("status \(incident.status.rawValue)")
        }
        return words.joined(separator: " ")
    }

    private static func show(_ verdict: RouteVerdict) {
        let name = Terminal.clean(verdict.route)
        switch verdict.result {
        case .matched: Terminal.say("\(Terminal.coloured("yes", .green))  \(name)")
        case .failed(let condition, let found):
            Terminal.say("\(Terminal.coloured("no ", .grey))  \(name): \(condition), but \(Terminal.clean(found))")
        case .stopped(let by):
            Terminal.say("\(Terminal.coloured("no ", .grey))  \(name): not looked at, `\(by)` ended the search (stop: true)")
        }
        for unreached in verdict.unreached {
            Terminal.say("       \(Terminal.coloured("not reached", .yellow)): \(unreached.entry): \(Terminal.clean(unreached.reason))")
        }
    }

    private static func show(_ verdict: SilenceVerdict) {
        let name = "silence \(Terminal.clean(verdict.silence))"
        switch verdict.result {
        case .matched: Terminal.say("\(Terminal.coloured("yes", .yellow))  \(name): keeps back what is sent because of this")
        case .failed(let condition, let found):
            Terminal.say("\(Terminal.coloured("no ", .grey))  \(name): \(Terminal.clean(condition)), but \(Terminal.clean(found))")
        case .stopped(let by): Terminal.say("\(Terminal.coloured("no ", .grey))  \(name): `\(Terminal.clean(by))` comes first")
        }
    }

    private static func showDeliveries(_ explanation: Explanation) {
        let plan = explanation.plan
        if plan.deliveries.isEmpty {
            Terminal.say(Terminal.coloured("Nobody would be told.", .yellow))
            return
        }
        if plan.fellThrough { Terminal.say(Terminal.coloured("The routes reach nobody, so `router.unrouted` is told:", .yellow)) }
        var table = Table([
            .init("RECIPIENT"), .init("FOR", shrinks: true), .init("CHANNEL"), .name("ADDRESS", shrinks: true), .init("TEMPLATE"),
            .init("ACTION"), .init("ROUTES", shrinks: true),
        ])
        for delivery in plan.deliveries {
            let intent = IntentText(delivery.intent, now: explanation.now)
            table.add(
                [
                    .init(delivery.recipient), .init(delivery.for), .init(delivery.channel), .init(delivery.address),
                    .init(delivery.template), .init(intent.action, intent.colour),
                    .init(delivery.routes.joined(separator: ", ") + (delivery.isUrgent ? " (urgent)" : "")),
                ], note: intent.why)
        }
        table.show()
    }

    /// The promises, and what time alone will do.
    private static func showTimes(_ explanation: Explanation) {
        let clocks = explanation.clocks?.clocks ?? []
        if !clocks.isEmpty { Terminal.say("") }
        for (number, clock) in clocks.enumerated() {
            Terminal.say((number == 0 ? "clocks  " : "        ") + IncidentClocks.line(clock, now: explanation.now))
        }
        if !explanation.agenda.isEmpty { Terminal.say("\nIf nothing else happens:") }
        for entry in explanation.agenda.prefix(agendaLimit) {
            let when = Moment.relative(entry.at, now: explanation.now)
            Terminal.say("  \(Timestamp.format(entry.at))  \(when), \(Terminal.clean(entry.what))")
        }
        if explanation.agenda.count > agendaLimit { Terminal.say("  and \(explanation.agenda.count - agendaLimit) more") }
    }

    private static let agendaLimit = 20

    private static func showMessages(_ explanation: Explanation) {
        for (delivery, message) in zip(explanation.plan.deliveries, explanation.messages) {
            Terminal.say("\n\(Terminal.coloured("── \(delivery.recipient) by \(delivery.channel)", .bold))")
            if let degraded = message.degraded { Terminal.say(Terminal.coloured("degraded: \(degraded)", .yellow)) }
            Terminal.say(Terminal.clean(message.preview, keepLines: true))
        }
    }

    /// First one object for the event, then one for each route, one for each silence in force, and one for each delivery.
    static func printJSON(_ explanation: Explanation) {
        var event = JSONLine([
            "event": .string(explanation.event.id), "type": .string(explanation.event.type.rawValue),
            "incident": explanation.incident.map { .string($0.id) } ?? .null, "known": .bool(explanation.isKnown),
            "severity": explanation.severity.map { .string($0.name) } ?? .null, "stale": .bool(explanation.isStale),
            "duplicate": .bool(explanation.isDuplicate),
        ])
        event.add("not_routed", explanation.plan.notRouted.map(JSONValue.string) ?? .null)
        event.add("unrouted", .bool(explanation.plan.fellThrough))
        event.add("sla", IncidentFacts.json(explanation.clocks))
        event.add("next", IncidentFacts.json(explanation.agenda))
        event.add("notes", .array(explanation.plan.notes.map(JSONValue.string)))
        event.add("at", .string(Timestamp.format(explanation.now)))
        if let rejection = explanation.rejection {
            event.add("code", .string(rejection.code.rawValue))
            event.add("message", .string(rejection.message))
        }
        Terminal.say(event.text)
        for verdict in explanation.plan.verdicts { Terminal.say(line(verdict).text) }
        for verdict in explanation.plan.silences {
            var line = JSONLine(["silence": .string(verdict.silence)])
            add(verdict.result, to: &line)
            Terminal.say(line.text)
        }
        for (index, delivery) in explanation.plan.deliveries.enumerated() {
            var line = JSONLine([
                "recipient": .string(delivery.recipient), "for": .string(delivery.for), "channel": .string(delivery.channel),
                "address": .string(delivery.address), "template": .string(delivery.template),
                "routes": .array(delivery.routes.map(JSONValue.string)), "urgent": .bool(delivery.isUrgent),
                "due_at": .string(Timestamp.format(delivery.due)), "origin": .string(delivery.origin.rawValue),
            ])
            IntentText(delivery.intent, now: explanation.now).add(to: &line)
            if explanation.messages.indices.contains(index) {
                line.add("degraded", explanation.messages[index].degraded.map(JSONValue.string) ?? .null)
                line.add("message", explanation.messages[index].json)
                line.add("preview", .string(explanation.messages[index].preview))
            }
            Terminal.say(line.text)
        }
    }

    private static func line(_ verdict: RouteVerdict) -> JSONLine {
        var line = JSONLine(["route": .string(verdict.route)])
        add(verdict.result, to: &line)
        line.add(
            "unreached", .array(verdict.unreached.map { ["entry": .string($0.entry), "reason": .string($0.reason)] }))
        return line
    }

    private static func add(_ result: RouteVerdict.Result, to line: inout JSONLine) {
        switch result {
        case .matched: line.add("matched", true)
        case .failed(let condition, let found):
            line.add("matched", false)
            line.add("condition", .string(condition))
            line.add("found", .string(found))
        case .stopped(let by):
            line.add("matched", false)
            line.add("stopped_by", .string(by))
        }
    }
}
