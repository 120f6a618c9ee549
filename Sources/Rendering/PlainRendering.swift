// The rendering without templates: it stands in where a template cannot be used, so it depends on none, and every part
// of it is within the limits by itself.

import Incidents
import JSON

enum PlainRendering {
    /// A message with the facts and nothing else.
    ///
    /// - Parameter phrases: nil: those that Tocsin comes with, in the reader's language.
    static func content(_ request: RenderRequest, _ phrases: Phrases? = nil) -> Message.Content {
        switch request.kind {
        case .slack: .slack(slack(Facts(request, limit: 1_000, earlier: 400, phrases)))
        case .teams: .teams(teams(Facts(request, limit: 1_000, earlier: 400, phrases)))
        case .email: email(Facts(request, limit: 20_000, earlier: 5_000, phrases))
        case .sms: .sms(sms(Facts(request, limit: 300, phrases), segments: request.maximumSegments))
        }
    }

    /// Labels and values, in the order of their weight; those without a label are sentences.
    private static func lines(_ facts: Facts) -> [(label: String, text: String)] {
        let context = RenderContext(facts).root
        let incident = context.child(named: "incident") as? TemplateObject
        let links = context.child(named: "links") as? TemplateObject
        func text(_ object: TemplateObject?, _ name: String) -> String? { object?.child(named: name) as? String }
        func label(_ name: String) -> String { facts.phrases.label(name) ?? "" }
        if facts.isDigest, let digest = facts.digest {
            let shown = digest.shown.map { "\(Words.digestSymbol($0)) \(Words.digestLine($0))" }
            let texts =
                [facts.meanwhile, Words.summary(facts)] + shown + [
                    Words.more(digest, facts.phrases), Words.expected(facts), Words.insteadOf(facts), Words.leaving(facts),
                ]
            return texts.compactMap { $0.map { ("", $0) } }
        }
        let before: [(String, String?)] = [
            ("", facts.meanwhile), ("", text(context, "late")), ("", text(context, "summary")), ("", text(context, "change_line")),
            ("", facts.message), ("", Words.replaces(facts)),
        ]
        let earlier = facts.earlier.map { ($0.time, Optional($0.message)) }
        let after: [(String, String?)] = [
            ("", Words.original(facts)), ("", Words.checklist(facts)),
            (label("who_has_it"), text(context, "owner")), (label("impact"), text(incident, "impact")),
            (label("next_steps"), text(incident, "next_steps")), (label("expected_end"), text(incident, "eta")),
            (label("resolution"), text(incident, "resolution")), ("", Words.expected(facts)),
            (label("acknowledge"), facts.request.kind == .sms ? nil : text(links, "acknowledge")), (label("open"), text(links, "url")),
            (label("runbook"), text(links, "runbook")), ("", Words.alsoAffected(facts)), ("", Words.insteadOf(facts)),
            ("", Words.leaving(facts)),
        ]
        return (before + earlier + after).compactMap { label, text in text.map { (label, $0) } }
    }

    private static func joined(_ facts: Facts) -> String {
        lines(facts).map { $0.label.isEmpty ? $0.text : "\($0.label): \($0.text)" }.joined(separator: "\n")
    }

    private static func slack(_ facts: Facts) -> JSONValue {
        let escape = Destination.slack.escapeText
        let subject = escape(Words.subject(facts))
        let body = "*\(subject)*\n\(escape(joined(facts)))"
        return [
            "text": .string(Shortening.cutMarkup(subject, to: ChannelLimits.Slack.text)),
            "blocks": [
                [
                    "type": "section",
                    "text": ["type": "mrkdwn", "text": .string(Shortening.cutMarkup(body, to: ChannelLimits.Slack.sectionText))],
                ]
            ],
        ]
    }

    private static func teams(_ facts: Facts) -> JSONValue {
        let escape = Destination.markdown.escapeText
        // A thousand units of text are at most 12,000 bytes as escaped JSON, even if all of them are beyond ASCII.
        let title = Shortening.cut(Words.subject(facts), to: 300)
        let body = Shortening.cut(joined(facts), to: 1_500)
        return TeamsPayload.message([
            "type": "AdaptiveCard", "version": .string(ChannelLimits.Teams.cardVersion),
            "body": [
                ["type": "TextBlock", "text": .string(escape(title)), "weight": "Bolder", "wrap": true],
                ["type": "TextBlock", "text": .string(escape(body)), "wrap": true],
            ],
        ])
    }

    private static func email(_ facts: Facts) -> Message.Content {
        let subject = EmailBody.subject(Words.threadSubject(facts))
        // Escaping makes at most six bytes of one, and a unit has at most three.
        let text = "\(Words.subject(facts))\n\n\(Shortening.cut(joined(facts), to: 40_000))\n"
        let html = """
            <!DOCTYPE html><html><head><meta charset="utf-8"><meta name="color-scheme" content="light dark"></head>\
            <body><pre style="font-family:inherit;white-space:pre-wrap">\(Destination.html.escapeText(text))</pre></body></html>
            """
        return .email(subject: subject, text: text, html: html)
    }

    private static func sms(_ facts: Facts, segments: Int) -> String {
        if facts.isDigest, let digest = facts.digest {
            let text = "Tocsin: \(Words.digestShort(digest, limit: 100, facts.phrases))\(Words.insteadOfShort(facts))."
            return SMSText.shortened(SMSText.transliterated(text), segments: segments)
        }
        let message = facts.message.map { " \($0)" } ?? ""
        let prefix = Words.prefix(facts)
        let meanwhile = facts.meanwhile.map { "\($0) " } ?? ""
        let replaces = facts.request.replaces > 0 ? " " + facts.phrases.earlierCount(facts.request.replaces) : ""
        let text =
            "\(prefix.isEmpty ? "" : "\(prefix) ")\(meanwhile)\(Words.headline(facts))\(replaces)\(Words.insteadOfShort(facts))."
            + "\(message) \(Words.expected(facts))"
        return SMSText.shortened(SMSText.transliterated(Shortening.cut(text, to: ChannelLimits.SMS.twilioBody - 3)), segments: segments)
    }
}
