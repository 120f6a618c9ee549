// An explanation as a person reads it on the page.

import Foundation
import Incidents
import Rendering
import Router
import Routing

struct ExplanationView {
    private let explanation: Explanation
    /// As of the time of the decision.
    private let request: PageRequest
    private var words: Words { request.words }
    /// Deliveries and entries of the agenda that are listed.
    private static let listed = 200
    private static let ahead = 20

    init(_ explanation: Explanation, _ request: PageRequest) {
        self.explanation = explanation
        self.request = request
    }

    var html: HTML {
        var parts = [head]
        if let rejection = explanation.rejection {
            parts.append(
                .notice(.bad, .element(.p, [:], .element(.code, [:], HTML(rejection.code.rawValue)), " ", HTML(rejection.message))))
            return .element(.div, [.id: "explanation"], all: parts)
        }
        if let reason = explanation.plan.notRouted {
            parts.append(.notice(.quiet, .paragraph(words("explain.not-routed", ["why": reason]))))
        }
        parts += [deliveries, verdicts, silences, times, messages]
        return .element(.div, [.id: "explanation"], all: parts)
    }

    private var head: HTML {
        var facts: [(name: String, value: HTML?)] = [(words("explain.type"), HTML(request.type(explanation.event.type)))]
        if let incident = explanation.incident {
            let title = incident.text("title").map { " “\($0)”" } ?? ""
            let known = explanation.isKnown ? words("explain.known") : words("explain.new")
            facts.append(
                (
                    words("explain.incident"),
                    [
                        explanation.isKnown ? .link(incident.id, to: Page.path("incidents", incident.id)) : HTML(incident.id),
                        HTML("\(title) (\(known))"),
                    ]
                ))
            facts.append(
                (
                    words("explain.severity"),
                    explanation.severity.map { severity in
                        [
                            .badge(severity.name, .severity(severity.rank)),
                            HTML(explanation.isSeverityAssumed ? " \(words("explain.assumed"))" : ""),
                        ]
                    }
                ))
            facts.append((words("explain.status"), request.status(of: incident)))
        }
        facts.append((words("explain.moment"), request.moment(explanation.now)))
        return .facts(facts)
    }

    // MARK: Who is told

    private var deliveries: HTML {
        let plan = explanation.plan
        var parts: [HTML] = []
        if plan.fellThrough { parts.append(.notice(.warn, .paragraph(words("explain.fell-through")))) }
        let rows = plan.deliveries.prefix(Self.listed).map { delivery -> [HTML] in
            let urgent = delivery.isUrgent ? [HTML(" "), .badge(words("explain.urgent"), .bad)] : []
            return [
                [.element(.strong, [:], HTML(delivery.recipient)), .element(.small, [:], HTML(delivery.for))],
                [HTML(delivery.channel), .element(.small, [:], HTML(delivery.address))],
                action(delivery.intent), HTML(delivery.template),
                HTML([HTML(delivery.routes.joined(separator: ", "))] + urgent),
            ]
        }
        parts.append(
            .table(
                caption: words("explain.told"),
                columns: [
                    words("explain.recipient"), words("explain.by"), words("explain.action"), words("explain.template"),
                    words("explain.because"),
                ], rows: Array(rows), none: words("explain.nobody")))
        if plan.deliveries.count > Self.listed { parts.append(more(plan.deliveries.count - Self.listed)) }
        return .section(words("explain.told"), id: "told", HTML(parts))
    }

    private func action(_ intent: Intent) -> HTML {
        switch intent {
        case .send: return .badge(words("explain.send"), .good)
        case .hold(let hold):
            let relative = words.relative(hold.until, now: explanation.now)
            return [
                .badge(words("explain.hold"), .warn),
                .element(
                    .small, [:], HTML("\(words("delivery.until")) "), request.moment(hold.until), HTML(" (\(relative)): \(hold.reason)")),
            ]
        case .suppress(let suppression):
            return [.badge(words("explain.suppress"), .quiet), .element(.small, [:], HTML(suppression.reason))]
        case .supersede(let why): return [.badge(words("explain.supersede"), .quiet), .element(.small, [:], HTML(why))]
        }
    }

    // MARK: Why

    private var verdicts: HTML {
        let rows = explanation.plan.verdicts.map { verdict -> [HTML] in
            let unreached = verdict.unreached.map {
                HTML.element(.small, [:], HTML("\(words("explain.not-reached")) \($0.entry): \($0.reason)"))
            }
            return [
                request.table.routes.contains { $0.name == verdict.route }
                    ? .link(verdict.route, to: "/routes#\(RoutesPage.anchor(verdict.route))") : HTML(verdict.route),
                answer(verdict.result, yes: .good), HTML([why(verdict.result)] + unreached),
            ]
        }
        if rows.isEmpty { return .empty }
        return .section(
            words("explain.routes"), id: "verdicts",
            .table(
                caption: words("explain.routes"), columns: [words("explain.route"), words("explain.counts"), words("explain.why")],
                rows: rows, none: ""),
            notes)
    }

    private var notes: HTML {
        explanation.plan.notes.isEmpty
            ? .empty : .element(.ul, [:], all: explanation.plan.notes.map { .element(.li, [:], HTML($0)) })
    }

    private var silences: HTML {
        let rows = explanation.plan.silences.map { verdict in
            [HTML(verdict.silence), answer(verdict.result, yes: .warn), why(verdict.result)]
        }
        if rows.isEmpty { return .empty }
        return .section(
            words("explain.silences"), id: "silenced",
            .table(
                caption: words("explain.silences"), columns: [words("explain.silence"), words("explain.counts"), words("explain.why")],
                rows: rows, none: ""))
    }

    private func answer(_ result: RouteVerdict.Result, yes: HTML.Tone) -> HTML {
        if case .matched = result { return .badge(words("explain.yes"), yes) }
        return .badge(words("explain.no"), .quiet)
    }

    private func why(_ result: RouteVerdict.Result) -> HTML {
        switch result {
        case .matched: .empty
        case .failed(let condition, let found):
            [.element(.code, [:], HTML(condition)), HTML(" \(words("explain.but", ["found": found]))")]
        case .stopped(let by): HTML(words("explain.stopped", ["by": by]))
        }
    }

    // MARK: What time will do

    private var times: HTML {
        let clocks = explanation.incident.map { request.clocks(of: $0, all: true) } ?? .empty
        let agenda = explanation.agenda.prefix(Self.ahead).map { entry in
            [request.moment(entry.at), HTML(words.relative(entry.at, now: explanation.now)), HTML(request.what(entry))]
        }
        if clocks.isEmpty, agenda.isEmpty { return .empty }
        return .section(
            words("explain.times"), id: "times",
            clocks,
            agenda.isEmpty
                ? .empty
                : .table(
                    caption: words("explain.times"), columns: [words("explain.at-time"), words("explain.when"), words("explain.what")],
                    rows: Array(agenda), none: ""))
    }

    // MARK: What they read

    /// Of messages that are alike, the first.
    private var messages: HTML {
        var seen: [Message.Content] = []
        var shown: [HTML] = []
        for (delivery, message) in zip(explanation.plan.deliveries, explanation.messages) where !seen.contains(message.content) {
            seen.append(message.content)
            shown.append(
                .element(
                    .article, [:],
                    .element(.h3, [:], HTML(words("explain.reads", ["who": delivery.recipient, "channel": delivery.channel]))),
                    MessagePreview(words: words).html(message)))
        }
        if shown.isEmpty { return .empty }
        return .section(words("explain.messages"), id: "messages", .element(.div, [.class: "looks"], all: shown))
    }

    private func more(_ count: Int) -> HTML { .paragraph(words("explain.more", ["n": "\(count)"]), class: "hint") }
}
