// Templates and data: whatever they hold, a message comes out that its channel takes, and nobody is mentioned in it.

import Foundation
import Incidents
import JSON
import Rendering

extension FuzzTarget {
    private static let kinds: [ChannelKind] = [.slack, .teams, .email, .sms]

    /// The templates that Tocsin comes with, on hostile events.
    static let render = FuzzTarget(
        "render", share: 30, few: 60,
        Mutator(
            corpus: Corpus.samples("event") + Corpus.samples(inCheckout: "examples/demo/events", ending: ".json"), tokens: Tokens.json)
    ) { input in
        guard let event = try? parser.parse(input.bytes, origin: EventOrigin(file: "x.json", modified: now, size: 1)) else {
            // Most texts are no events any more: they become the texts of one.
            return check(TemplateLibrary.builtIn, request(hostile(input.text), &input), isOurs: true, &input)
        }
        input.wasTaken = true
        check(TemplateLibrary.builtIn, request(event, &input), isOurs: true, &input)
    }

    /// Hostile templates: they compile or say where they are wrong, and a message comes out in either case.
    static let template = FuzzTarget(
        "template", share: 10, few: 30,
        Mutator(
            corpus: Corpus.templates().map(\.bytes) + Corpus.samples("template"), tokens: ["{{incident.title}}", "\"text\":", "\"type\":"])
    ) { input in
        let files = ["slack.json", "teams.json", "email.subject.txt", "email.html", "email.txt", "sms.txt"]
        let looksJSON = input.bytes.first { $0 > 0x20 } == UInt8(ascii: "{") && !input.chance.once(in: 16)
        let file = looksJSON ? files[input.chance.below(2)] : input.chance.pick(files, or: "sms.txt")
        let text = input.text
        let (library, problems) = TemplateLibrary.compile(["hostile/\(file)": text])
        let isBroken = problems.contains(where: \.isError)
        input.wasTaken = !isBroken
        for problem in problems {
            input.check(!problem.message.isEmpty && problem.file == "hostile/\(file)", "a problem of another file: \(problem)")
            if let line = problem.line { input.check(line >= 1 && (problem.column ?? 1) >= 1, "a place before the file: \(problem)") }
        }
        var request = request(hostile("<!here> <@UDATA> {{evil}} ]] \r\n x"), &input)
        request.template = "hostile"
        request.kind = file.hasPrefix("slack") ? .slack : file.hasPrefix("teams") ? .teams : file.hasPrefix("sms") ? .sms : .email
        // Whoever writes `{{{x}}}` has taken the escaping upon himself.
        let isRaw = text.contains("{{{") || text.contains("{{&") || text.contains("{{%") || text.contains("{{=")
        check(library, request, isOurs: false, mayBeRaw: isRaw || text.contains("<!here>") || text.contains("<@UDATA"), &input)
    }

    /// An event all of whose texts are the given one.
    private static func hostile(_ text: String) -> Event {
        let value = JSONValue.string(text)
        let members = ["title", "description", "service", "impact", "next_steps", "url", "runbook", "team", "assignee", "eta"]
        var patch = Dictionary(uniqueKeysWithValues: members.map { ($0, value) })
        patch["labels"] = [text: value]
        return Event(
            id: "e1", source: text, type: .escalation, time: now, timeIsExplicit: true, incident: IncidentPatch(id: "INC1", members: patch),
            change: Change(field: text, from: text, to: text, reason: text, by: text), message: text, payload: nil,
            document: ["extra": value])
    }

    private static func request(_ event: Event, _ input: inout FuzzInput) -> RenderRequest {
        let incident = Incident.apply(event, to: nil, now: now)?.incident
        return RenderRequest(
            kind: kinds[input.chance.below(kinds.count)], template: event.type.rawValue, timezone: "Europe/London", event: event,
            incident: incident, severity: incident?.severity(on: .standard, assumed: SeverityScale.standard.mostUrgent),
            recipient: event.change.by ?? "Duty", routes: [event.source], delivery: "42", channel: "ops", now: now,
            maximumSegments: 1 + input.chance.below(4))
    }

    private static func check(
        _ library: TemplateLibrary, _ request: RenderRequest, isOurs: Bool, mayBeRaw: Bool = false, _ input: inout FuzzInput
    ) {
        let message = library.render(request)
        if isOurs { input.check(message.degraded == nil, "degraded: \(message.degraded ?? "")") }
        switch message.content {
        case .slack(let payload):
            input.check((try? JSONValue.parse(bytes: payload.bytes)) == payload, "Slack's payload is no JSON")
            input.check(payload.text.utf16.count <= ChannelLimits.Slack.message, "Slack: \(payload.text.utf16.count) units")
            input.check(!(payload["text"]?.string ?? "").isEmpty, "Slack: no text")
            input.check((payload["blocks"]?.array?.count ?? 1) <= ChannelLimits.Slack.blocks, "Slack: too many blocks")
            if !mayBeRaw { input.check(!mentions(payload, isOurs: isOurs), "Slack: a mention") }
        case .teams(let payload):
            input.check((try? JSONValue.parse(bytes: payload.bytes)) == payload, "Teams' payload is no JSON")
            input.check(payload.bytes.count <= ChannelLimits.Teams.message, "Teams: \(payload.bytes.count) bytes")
            if isOurs { input.check(!payload.text.contains("<at>"), "Teams: a mention") }
        case .email(let subject, let text, let html):
            input.check((1...ChannelLimits.Email.subject).contains(subject.utf16.count), "a subject of \(subject.utf16.count)")
            input.check(!subject.unicodeScalars.contains { $0.value < 0x20 }, "control characters in a subject")
            input.check(max(text.utf8.count, html.utf8.count) <= ChannelLimits.Email.body, "a mail that is too long")
            if isOurs { input.check(!html.contains("<script") && !html.contains("\"javascript:"), "a script in a mail") }
        case .sms(let text):
            input.check((1...request.maximumSegments).contains(SMSText.segments(text).count), "\(SMSText.segments(text).count) segments")
        }
    }

    /// What Slack would take for a mention of everybody or of somebody, or for a link: none of it is in our templates.
    private static func mentions(_ payload: JSONValue, isOurs: Bool) -> Bool {
        let active = isOurs ? ["<!", "<@", "<#", "<http"] : ["<!here", "<@UDATA"]
        return shown(payload, isRoot: true).contains { text in active.contains { text.contains($0) } }
    }

    /// The texts of a payload that Slack reads as markup: not those of `rich_text`, and not members that it does not know.
    private static func shown(_ value: JSONValue, isRoot: Bool = false) -> [String] {
        if let elements = value.array { return elements.flatMap { shown($0) } }
        guard let members = value.object else { return [] }
        let isLiteral = !isRoot && ["text", "link"].contains(members["type"]?.string)
        let names = ["text", "fallback", "pretext", "footer", "author_name"]
        let own = isLiteral ? [] : names.compactMap { members[$0]?.string }
        return own + members.values.flatMap { shown($0) }
    }
}
