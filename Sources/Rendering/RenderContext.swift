// The names that templates can use: docs/templates.md lists them. A name whose value is empty is absent, so that a
// section around it disappears.

import Foundation
import Incidents
import JSON

struct RenderContext {
    /// The names at the top, for the check of templates.
    static let names = [
        "event", "incident", "change", "message", "message_lines", "sla", "recipient", "route", "routes", "delivery", "links", "headline",
        "short_headline", "happening",
        "topic", "prefix", "subject", "summary", "change_line", "expected", "expected_short", "owner", "symbol", "color", "card_color",
        "late", "reopened",
        "is_ended", "is_open", "is_test", "severity", "now",
    ]

    private let facts: Facts
    private let request: RenderRequest

    init(_ facts: Facts) {
        self.facts = facts
        request = facts.request
    }

    var root: TemplateObject {
        TemplateObject { [self] name in
            switch name {
            case "headline": Words.headline(facts)
            case "happening": Words.happening(facts)
            case "topic": Words.topic(facts)
            case "short_headline": Words.headline(facts, topicLimit: 60)
            case "prefix": present(Words.prefix(facts))
            case "subject": Words.subject(facts)
            case "summary": Words.summary(facts)
            case "change_line": Words.changeLine(facts)
            case "expected": Words.expected(facts)
            case "expected_short": Words.expected(facts, isShort: true)
            case "owner": Words.owner(facts)
            case "message": facts.message
            case "message_lines": facts.message?.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
            case "severity": severity
            case "symbol": Tone(facts).symbol
            case "color": Tone(facts).hex
            case "card_color": Tone(facts).cardColor
            case "late": facts.isLate ? Words.late(request.event.time, clock: facts.clock, now: request.now) : nil
            case "reopened": flag(request.reopens)
            case "is_ended": flag(request.incident.map { !$0.isOpen } ?? false)
            case "is_open": flag(request.incident?.isOpen ?? false)
            case "is_test": flag(facts.isTest)
            case "now": Words.time(request.now, clock: facts.clock, now: request.now)
            case "event": event
            case "incident": incident
            case "change": change
            case "recipient": recipient
            case "route": request.routes.isEmpty ? nil : facts.line(request.routes.joined(separator: ", "))
            case "routes": request.routes.isEmpty ? nil : request.routes.map(facts.line)
            case "delivery": delivery
            case "links": links
            default: nil
            }
        }
    }

    private func present(_ text: String?) -> String? { text.flatMap { $0.isEmpty ? nil : $0 } }

    private func flag(_ value: Bool) -> Any? { value ? true : nil }

    private var severity: String? { present((request.severity?.name ?? request.incident?.text("severity")).map(facts.name)) }

    private func moment(_ text: String?) -> String? {
        guard let text else { return nil }
        guard let date = Timestamp.parse(text) else { return present(facts.line(text)) }
        return Words.moment(date, clock: facts.clock, now: request.now)
    }

    private var event: TemplateObject {
        TemplateObject { [facts, request] name in
            switch name {
            case "id": facts.line(request.event.id)
            case "source": facts.line(request.event.source)
            case "type": request.event.type.rawValue
            case "type_words": Words.type(request.event.type)
            case "time": Words.time(request.event.time, clock: facts.clock, now: request.now)
            case "when": Words.moment(request.event.time, clock: facts.clock, now: request.now)
            default: TemplateObject.value(of: request.event.document[name], limit: facts.limit)
            }
        }
    }

    private var incident: TemplateObject? {
        guard let incident = request.incident else { return nil }
        return TemplateObject(text: { facts.name(incident.id) }) { [self] name in
            switch name {
            case "id": facts.name(incident.id)
            case "title": facts.title
            case "short_title": facts.title.map { Shortening.cut($0, to: 60) }
            case "severity": severity
            case "status": Words.status(incident.status)
            case "status_code": incident.status.rawValue
            case "opened_at": Words.time(incident.openedAt, clock: facts.clock, now: request.now)
            case "since": Words.moment(incident.openedAt, clock: facts.clock, now: request.now)
            case "age": Words.duration(request.now.timeIntervalSince(incident.openedAt))
            case "lasted": Words.duration(facts.lasted)
            case "eta", "next_update_at": moment(incident.text(name))
            case "acknowledged": flag(incident.acknowledged)
            case "acknowledged_by": present(incident.acknowledgedBy.map(facts.line))
            case "reopened": flag(incident.reopened)
            case "level": incident.level > 0 ? incident.level : nil
            case "is_ended": flag(!incident.isOpen)
            case "is_open": flag(incident.isOpen)
            case "url", "runbook": incident.text(name).flatMap(SafeLink.make)
            case "labels": labels(incident)
            case "label": TemplateObject.value(of: incident.members["labels"], limit: facts.limit)
            case "service", "category", "team", "assignee", "reporter", "communication_lead": facts.line(incident.members[name])
            default: TemplateObject.value(of: incident.members[name], limit: facts.limit)
            }
        }
    }

    /// Sorted by name; each with `name` and `value`.
    private func labels(_ incident: Incident) -> [TemplateObject]? {
        guard let labels = incident.members["labels"]?.object, !labels.isEmpty else { return nil }
        let shown = labels.keys.sorted().prefix(TemplateObject.longestList(facts.limit)).compactMap { name -> TemplateObject? in
            guard let value = facts.line(labels[name]) else { return nil }
            let label = facts.line(name)
            return TemplateObject(text: { "\(label): \(value)" }) { $0 == "name" ? label : $0 == "value" ? value : nil }
        }
        return shown.isEmpty ? nil : shown
    }

    private var change: TemplateObject? {
        let change = facts.change
        guard change.field ?? change.from ?? change.to ?? change.reason ?? change.by != nil else { return nil }
        return TemplateObject { name in
            switch name {
            case "field": change.field
            case "from": change.from
            case "to": change.to
            case "reason": change.reason
            case "by": change.by
            default: TemplateObject.value(of: request.event.document["change"]?[name], limit: facts.limit)
            }
        }
    }

    private var recipient: TemplateObject {
        let name = facts.line(request.recipient)
        return TemplateObject(text: { name }) { [request] member in
            switch member {
            case "name": name
            case "timezone": request.timezone
            case "language": request.language
            default: nil
            }
        }
    }

    private var delivery: TemplateObject {
        let id = facts.name(request.delivery)
        return TemplateObject(text: { id }, isNull: id.isEmpty) { [self] member in
            switch member {
            case "id": id
            case "channel": facts.line(request.channel)
            case "kind": request.kind.rawValue
            case "template": facts.line(request.template)
            case "replaces": request.replaces > 0 ? request.replaces : nil
            case "replaces_line": Words.replaces(facts)
            case "earlier": earlier
            case "instead_of": facts.insteadOf
            case "instead_of_line": Words.insteadOf(facts)
            case "meanwhile": facts.meanwhile
            default: nil
            }
        }
    }

    private var earlier: [TemplateObject]? {
        let texts = facts.earlier
        return texts.isEmpty
            ? nil
            : texts.map { one in
                TemplateObject(text: { "\(one.time): \(one.message)" }) {
                    $0 == "time" ? one.time : $0 == "message" ? one.message : nil
                }
            }
    }

    private var links: TemplateObject? {
        let url = request.incident?.text("url").flatMap(SafeLink.make)
        let runbook = request.incident?.text("runbook").flatMap(SafeLink.make)
        guard url ?? runbook != nil else { return nil }
        return TemplateObject { $0 == "url" ? url : $0 == "runbook" ? runbook : nil }
    }
}
