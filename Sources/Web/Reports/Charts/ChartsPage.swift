// Charts: messages by the hour, how long incidents waited, and which promises were kept.

import Foundation
import Hummingbird
import Incidents
import Ledger

struct ChartsPage {
    let request: PageRequest
    private var words: Words { request.words }

    static func add(to router: Hummingbird.Router<WebContext>, _ house: House) {
        house.pages.page("/charts", to: router, house) { try await ChartsPage(request: $0).page() }
    }

    private func page() async throws -> Page {
        try request.checkFilters(["period", "channel"])
        let period =
            try request.choice("period", among: ChartPeriod.allCases.map(\.rawValue)) { ChartPeriod(rawValue: $0.lowercased()) } ?? .day
        let starts = period.starts(now: request.now)
        let traffic = TrafficFigures(
            try await request.ledger.figures(.hour, since: starts.first ?? request.now, step: period.step), starts: starts,
            step: period.step)
        let days = IncidentFigures.starts(period, now: request.now)
        let incidents = IncidentFigures(
            try await request.ledger.figures(
                [.opened, .reopened, .escalated, .acknowledged, .resolved, .kept, .missed], since: days.first ?? request.now),
            scale: request.setup.configuration.scale, starts: days)
        let known = Set(traffic.byChannel.keys).union(request.setup.configuration.channels.map(\.name)).sorted()
        let channel = try request.choice("channel", among: known) { known.contains($0) ? $0 : nil }
        return Page(
            title: words("nav.charts"),
            body: [
                choices(period, known, channel), messages(traffic, period, channel), channels(traffic),
                times(incidents), promises(incidents), rates(incidents),
            ])
    }

    private func choices(_ period: ChartPeriod, _ known: [String], _ channel: String?) -> HTML {
        .search(
            "/charts",
            .choice(
                words("charts.period"), name: "period", options: ChartPeriod.allCases.map { ($0.rawValue, words("charts.period.\($0)")) },
                chosen: period.rawValue),
            .choice(
                words("charts.channel"), name: "channel",
                options: [("", words("charts.channel.all"))] + known.map { ($0, $0) }, chosen: channel ?? ""),
            .button(words("charts.show")))
    }

    // MARK: Messages

    private func messages(_ traffic: TrafficFigures, _ period: ChartPeriod, _ channel: String?) -> HTML {
        let steps = channel.map { traffic.byChannel[$0] ?? traffic.starts.map { _ in [:] } } ?? traffic.steps
        let total = TrafficFigures.total(steps)
        let columns = zip(traffic.starts, steps).map { start, counts in
            Chart.Column(
                label: label(start, period), title: "\(PageRequest.full(start, in: request.zone)): \(said(counts))",
                parts: ChartOutcome.allCases.map { ($0.series, Double(counts[$0] ?? 0)) })
        }
        let title = words("charts.messages", ["span": words("charts.span.\(period)")])
        let rows = zip(traffic.starts, steps).reversed().filter { !$1.isEmpty }.map { start, counts in
            [request.moment(start)] + ChartOutcome.allCases.map { HTML("\(counts[$0] ?? 0)") }
        }
        return .section(
            title, id: "messages",
            .paragraph(total.isEmpty ? words("charts.messages.none") : said(total), class: "hint"),
            Chart.columns(id: "chart-messages", title: title, about: said(total), columns),
            Chart.legend(ChartOutcome.allCases.map { ($0.series, words($0.key)) }),
            details(
                .table(
                    caption: title, columns: [words("charts.from")] + ChartOutcome.allCases.map { words($0.key) }, rows: rows,
                    none: words("charts.messages.none"))))
    }

    /// `120 delivered, 2 failed`.
    private func said(_ counts: [ChartOutcome: Int]) -> String {
        ChartOutcome.allCases.filter { counts[$0] ?? 0 > 0 || $0 == .delivered }.map { "\(counts[$0] ?? 0) \(words($0.key))" }
            .joined(separator: ", ")
    }

    private func channels(_ traffic: TrafficFigures) -> HTML {
        let rows = traffic.byChannel.sorted { $0.key < $1.key }.map { name, steps -> [HTML] in
            let total = TrafficFigures.total(steps)
            let all = steps.map { counts -> Double? in counts.isEmpty ? nil : Double(counts.values.reduce(0, +)) }
            let latency = traffic.latency[name]
            return [HTML(name), Chart.spark(said(total), all)] + ChartOutcome.allCases.map { HTML("\(total[$0] ?? 0)") }
                + [
                    HTML(latency.map { words("charts.ms", ["n": "\($0.mean)"]) } ?? "–"),
                    HTML(latency.map { words("charts.ms", ["n": "\($0.most)"]) } ?? "–"),
                ]
        }
        return .section(
            words("charts.by-channel"), id: "by-channel",
            .table(
                caption: words("charts.by-channel"),
                columns: [words("charts.channel"), words("charts.course")] + ChartOutcome.allCases.map { words($0.key) }
                    + [words("charts.mean"), words("charts.longest")],
                rows: rows, none: words("charts.messages.none")))
    }

    // MARK: Incidents

    private func times(_ figures: IncidentFigures) -> HTML {
        [
            times("acknowledged", figures, figures.acknowledged), times("resolved", figures, figures.resolved),
        ]
    }

    private func times(_ what: String, _ figures: IncidentFigures, _ spreads: [String: [TimeSpread]]) -> HTML {
        let title = words("charts.\(what)")
        var lines: [Chart.Line] = []
        var rows: [[HTML]] = []
        for severity in figures.severities {
            guard let steps = spreads[severity] else { continue }
            for (share, name) in [(0.5, "p50"), (0.9, "p90")] {
                lines.append(
                    Chart.Line(
                        series: series(severity), isDashed: name == "p90",
                        points: zip(figures.starts, steps).map { start, spread in
                            spread.quantile(share).map { ($0, "\(severity) \(name), \(day(start)): \(words.amount($0))") }
                        }))
            }
            for (start, spread) in zip(figures.starts, steps).reversed() where spread.count > 0 {
                rows.append([
                    HTML(severity), HTML(day(start)), HTML("\(spread.count)"), HTML(spread.quantile(0.5).map(words.amount) ?? "–"),
                    HTML(spread.quantile(0.9).map(words.amount) ?? "–"),
                ])
            }
        }
        if rows.isEmpty { return .section(title, id: what, .paragraph(words("charts.incidents.none"), class: "none")) }
        return .section(
            title, id: what,
            .paragraph(words("charts.spread"), class: "hint"),
            Chart.lines(
                id: "chart-\(what)", title: title, about: words("charts.spread"), labels: figures.starts.map(day), marks: marks, lines),
            Chart.legend(figures.severities.filter { spreads[$0] != nil }.map { (series($0), $0) }),
            details(
                .table(
                    caption: title,
                    columns: [words("charts.severity"), words("charts.from"), words("charts.count"), "p50", "p90"], rows: rows,
                    none: words("charts.incidents.none"))))
    }

    private var marks: [(Double, String)] {
        [1.0, 10, 60, 600, 3_600, 6 * 3_600, 86_400, 7 * 86_400, 30 * 86_400].map { ($0, words.amount($0)) }
    }

    private func promises(_ figures: IncidentFigures) -> HTML {
        let rows = figures.promises.map { promise -> [HTML] in
            let share = percent(promise.share)
            return [
                HTML(words.word("charts.target", promise.target.rawValue)), HTML(promise.severity), HTML("\(promise.kept)"),
                HTML("\(promise.missed)"), [Chart.share(words("charts.kept-share", ["share": share]), promise.share), " ", HTML(share)],
            ]
        }
        return .section(
            words("charts.promises"), id: "promises",
            .table(
                caption: words("charts.promises"),
                columns: [
                    words("charts.target"), words("charts.severity"), words("charts.kept"), words("charts.missed"), words("charts.share"),
                ],
                rows: rows, none: words("charts.promises.none")))
    }

    private func rates(_ figures: IncidentFigures) -> HTML {
        let rows = figures.severities.compactMap { severity -> [HTML]? in
            guard let rates = figures.rates[severity] else { return nil }
            func share(_ count: Int) -> HTML {
                HTML(rates.opened > 0 ? "\(count) (\(percent(Double(count) / Double(rates.opened))))" : "\(count)")
            }
            return [HTML(severity), HTML("\(rates.opened)"), share(rates.escalated), share(rates.reopened)]
        }
        return .section(
            words("charts.rates"), id: "rates",
            .table(
                caption: words("charts.rates"),
                columns: [words("charts.severity"), words("charts.opened"), words("charts.escalated"), words("charts.reopened")],
                rows: rows, none: words("charts.incidents.none")))
    }

    // MARK: Words

    private func percent(_ share: Double) -> String { "\(Int((share * 100).rounded())) %" }

    /// The most urgent is red.
    private func series(_ severity: String) -> Int {
        let rank = request.setup.configuration.scale.severity(severity)?.rank ?? 9
        return [2, 4, 1, 3][min(rank, 3)]
    }

    private func details(_ table: HTML) -> HTML {
        .element(.details, [:], .element(.summary, [:], HTML(words("charts.as-table"))), table)
    }

    /// `03:00`, or `24.11.`.
    private func label(_ start: Date, _ period: ChartPeriod) -> String {
        let full = PageRequest.full(start, in: request.zone)
        return period == .day ? String(full.dropFirst(11).prefix(5)) : String(full.dropFirst(5).prefix(5))
    }

    /// Of days, which are counted by UTC.
    private func day(_ start: Date) -> String { String(PageRequest.full(start, in: .gmt).prefix(10)) }
}
