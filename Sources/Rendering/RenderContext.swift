// The names that templates can use: docs/templates.md lists them. A name whose value is empty is absent, so that a
// section around it disappears.

import Foundation
import Incidents
import JSON

struct RenderContext {
    /// The names at the top, for the check of templates.
    static let names = [
        "event", "incident", "change", "message", "message_lines", "sla", "digest", "recipient", "route", "routes", "delivery", "links",
        "headline",
        "short_headline", "happening",
        "topic", "prefix", "subject", "summary", "change_line", "expected", "expected_short", "owner", "symbol", "color", "card_color",
        "late", "reopened",
        "is_ended", "is_open", "is_test", "severity", "now", "words", "leaving", "confirmation", "correction", "checklist", "headline_id",
        "thread_subject", "lead_line", "checklist_text", "acknowledge", "stage", "stage_line", "broadcast_symbol",
    ]

    let facts: Facts
    var request: RenderRequest { facts.request }

    init(_ facts: Facts) { self.facts = facts }

    var root: TemplateObject {
        TemplateObject { [self] name in
            switch name {
            case "headline": .text(Words.headline(facts))
            case "happening": .text(Words.happening(facts))
            case "topic": .text(Words.topic(facts))
            case "short_headline": .text(Words.headline(facts, topicLimit: 60))
            case "prefix": .text(present(Words.prefix(facts)))
            case "subject": .text(Words.subject(facts))
            case "thread_subject": .text(Words.threadSubject(facts))
            case "headline_id": .text(Words.headlineNamesIncident(facts) ? nil : request.incident.map { facts.name($0.id) })
            case "lead_line": .text(Words.leadLine(facts))
            case "checklist_text": .text(Words.checklist(facts))
            case "stage": .text(facts.stage)
            case "stage_line": .text(facts.stage.flatMap { facts.phrases.label("stage_line_\($0)") })
            case "broadcast_symbol": .text(Tone.symbol(stage: facts.stage))
            case "words": .object(words)
            case "leaving": leaving.map(TemplateValue.object)
            case "acknowledge": acknowledge.map(TemplateValue.object)
            case "confirmation": confirmation.map(TemplateValue.object)
            case "correction": correction.map(TemplateValue.object)
            case "checklist": facts.checklist.isEmpty ? nil : .list(facts.checklist.map { .text($0) })
            case "summary": .text(Words.summary(facts))
            case "change_line": .text(Words.changeLine(facts))
            case "expected": .text(Words.expected(facts))
            case "expected_short": .text(Words.expected(facts, isShort: true))
            case "owner": .text(Words.owner(facts))
            case "message": .text(facts.message)
            case "message_lines":
                facts.message.map { .list($0.split(separator: "\n", omittingEmptySubsequences: false).map { .text(String($0)) }) }
            case "severity": .text(severity)
            case "symbol": .text(Tone(facts).symbol)
            case "color": .text(Tone(facts).hex)
            case "card_color": .text(Tone(facts).cardColor)
            case "late": .text(facts.isLate ? Words.late(request.event.time, clock: facts.clock, now: request.now) : nil)
            case "reopened": flag(request.reopens)
            case "is_ended": flag(request.incident.map { !$0.isOpen } ?? false)
            case "is_open": flag(request.incident?.isOpen ?? false)
            case "is_test": flag(facts.isTest)
            case "now": .text(Words.time(request.now, clock: facts.clock, now: request.now))
            case "event": .object(event)
            case "incident": incident.map(TemplateValue.object)
            case "change": change.map(TemplateValue.object)
            case "recipient": .object(recipient)
            case "route": .text(request.routes.isEmpty ? nil : facts.line(request.routes.joined(separator: ", ")))
            case "routes": request.routes.isEmpty ? nil : .list(request.routes.map { .text(facts.line($0)) })
            case "delivery": .object(delivery)
            case "links": links.map(TemplateValue.object)
            case "sla": sla.map(TemplateValue.object)
            case "digest": digest.map(TemplateValue.object)
            default: nil
            }
        }
    }

    private func present(_ text: String?) -> String? { text.flatMap { $0.isEmpty ? nil : $0 } }

    private func flag(_ value: Bool) -> TemplateValue? { value ? .flag(true) : nil }

    private var severity: String? { present((request.severity?.name ?? request.incident?.text("severity")).map(facts.name)) }

    private func moment(_ text: String?) -> String? {
        guard let text else { return nil }
        guard let date = Timestamp.parse(text) else { return present(facts.line(text)) }
        return Words.moment(date, clock: facts.clock, now: request.now)
    }

    private var event: TemplateObject {
        TemplateObject { [self] name in
            switch name {
            case "id": .text(facts.line(request.event.id))
            case "source": .text(facts.line(request.event.source))
            case "type": .text(request.event.type.rawValue)
            case "type_words": .text(Words.type(request.event.type, facts.phrases))
            case "time": .text(Words.time(request.event.time, clock: facts.clock, now: request.now))
            case "when": .text(Words.moment(min(request.event.time, request.now), clock: facts.clock, now: request.now))
            default: facts.value(facts.named(request.event.document[name]))
            }
        }
    }

    private var incident: TemplateObject? {
        guard let incident = request.incident else { return nil }
        return TemplateObject(text: { facts.name(incident.id) }) { [self] name in
            switch name {
            case "id": .text(facts.name(incident.id))
            case "title": .text(facts.title)
            case "short_title": .text(facts.title.map { Shortening.cut($0, to: 60) })
            case "severity": .text(severity)
            case "status": .text(Words.status(incident.status, facts.phrases))
            case "status_code": .text(incident.status.rawValue)
            case "opened_at": .text(Words.time(incident.openedAt, clock: facts.clock, now: request.now))
            case "since": .text(Words.since(incident.openedAt, facts))
            case "age": .text(Words.duration(request.now.timeIntervalSince(incident.openedAt), facts.phrases))
            case "lasted": .text(Words.duration(facts.lasted, facts.phrases))
            case "eta", "next_update_at": .text(moment(incident.text(name)))
            case "acknowledged": flag(incident.acknowledged)
            case "acknowledged_by": .text(facts.who(incident.acknowledgedBy))
            case "reopened": flag(incident.reopened)
            case "level": incident.level > 0 ? .number(incident.level) : nil
            case "is_ended": flag(!incident.isOpen)
            case "is_open": flag(incident.isOpen)
            case "next_steps":
                facts.value(request.monitorNextSteps(incident.text(name), facts.phrases).map(JSONValue.string) ?? incident.members[name])
            case "url", "runbook": .text(incident.text(name).flatMap(SafeLink.make))
            case "labels": labels(incident)
            case "label": facts.value(incident.members["labels"])
            case "service", "category", "team": .text(facts.line(incident.members[name]))
            case "assignee", "reporter", "communication_lead": .text(facts.who(incident.members[name]))
            default: facts.value(incident.members[name])
            }
        }
    }

    /// Sorted by name; each with `name` and `value`.
    private func labels(_ incident: Incident) -> TemplateValue? {
        guard let labels = incident.members["labels"]?.object, !labels.isEmpty else { return nil }
        let shown = labels.keys.sorted().prefix(TemplateObject.longestList(facts.limit)).compactMap { name -> TemplateValue? in
            guard let value = facts.line(labels[name]) else { return nil }
            let label = facts.line(name)
            return .object(TemplateObject(text: { "\(label): \(value)" }) { .text($0 == "name" ? label : $0 == "value" ? value : nil) })
        }
        return shown.isEmpty ? nil : .list(shown)
    }

    private var change: TemplateObject? {
        let change = facts.change
        guard change.field ?? change.from ?? change.to ?? change.reason ?? change.by != nil else { return nil }
        return TemplateObject { [self] name in
            switch name {
            case "field": .text(change.field)
            case "from": .text(change.from)
            case "to": .text(change.to)
            case "reason": .text(Words.reason(facts))
            case "by": .text(change.by)
            default: facts.value(request.event.document["change"]?[name])
            }
        }
    }

    private var recipient: TemplateObject {
        let name = facts.line(request.recipient)
        return TemplateObject(text: { name }) { [self] member in
            switch member {
            case "name": .text(name)
            case "timezone": .text(request.timezone)
            case "language": .text(request.language)
            default: nil
            }
        }
    }

    private var delivery: TemplateObject {
        let id = facts.name(request.delivery)
        return TemplateObject(text: { id }, isNull: id.isEmpty) { [self] member in
            switch member {
            case "id": .text(id)
            case "channel": .text(facts.line(request.channel))
            case "kind": .text(request.kind.rawValue)
            case "template": .text(facts.line(request.template))
            case "replaces": request.replaces > 0 ? .number(request.replaces) : nil
            case "replaces_line": .text(Words.replaces(facts))
            case "earlier": earlier
            case "instead_of": .text(facts.insteadOf)
            case "instead_of_line": .text(Words.insteadOf(facts))
            case "meanwhile": .text(facts.meanwhile)
            case "why": .text(Words.why(facts))
            default: nil
            }
        }
    }

    private var earlier: TemplateValue? {
        let texts = facts.earlier.map { one in
            TemplateValue.object(
                TemplateObject(text: { "\(one.time): \(one.message)" }) {
                    .text($0 == "time" ? one.time : $0 == "message" ? one.message : nil)
                })
        }
        return texts.isEmpty ? nil : .list(texts)
    }

    private var links: TemplateObject? {
        let url = request.incident?.text("url").flatMap(SafeLink.make)
        let runbook = request.incident?.text("runbook").flatMap(SafeLink.make)
        let acknowledge = request.acknowledging.flatMap { SafeLink.make($0.url) }
        guard url ?? runbook ?? acknowledge != nil else { return nil }
        return TemplateObject { name in
            switch name {
            case "url": .text(url)
            case "runbook": .text(runbook)
            case "acknowledge": .text(acknowledge)
            default: nil
            }
        }
    }
}
