// The story of an incident: what happened, what it changed and why, and who was told of it or was not, the newest first.

import Foundation
import Incidents
import Ledger

struct StoryView {
    let request: PageRequest
    let incident: Incident
    private var words: Words { request.words }
    /// Seconds between what was due and what was done that are worth no word.
    private static let lag: TimeInterval = 60

    func list(_ events: [StoryEvent]) -> HTML {
        if events.isEmpty { return .paragraph(words("story.none"), class: "none") }
        return .element(.ol, [.class: "story"], all: events.map(entry))
    }

    private func entry(_ entry: StoryEvent) -> HTML {
        let tone = entry.counts[.dead] ?? 0 > 0 ? " bad" : entry.counts[.unknown] ?? 0 > 0 ? " warn" : ""
        return .element(
            .li, [.class: "event\(tone)", .id: "event-\(entry.stored.sequence)"],
            .element(
                .div, [.class: "row"], .element(.strong, [:], HTML(headline(entry))),
                .element(.span, [.class: "when"], when(entry.stored))),
            says(entry), told(entry))
    }

    /// When it happened, or was due; and where it came to be acted on much later (the router was down, the producer slow), that too.
    private func when(_ stored: StoredEvent) -> HTML {
        let event = stored.event
        if abs(stored.receivedAt.timeIntervalSince(event.time)) <= Self.lag { return request.time(event.time) }
        let (first, second) = event.source == Event.ownSource ? ("story.due", "story.done") : ("story.happened", "story.received")
        return [
            HTML(words(first)), " ", request.time(event.time), ", ", HTML(words(second)), " ", request.time(stored.receivedAt),
        ]
    }

    private func headline(_ entry: StoryEvent) -> String {
        let event = entry.stored.event
        let type = entry.stored.reopens ? words("story.reopened") : request.type(event.type)
        let (from, to) = change(entry)
        let moved: String
        switch (from, to) {
        case (let from?, let to?): moved = words("story.from-to", ["from": from, "to": to])
        case (nil, let to?): moved = to
        default: moved = ""
        }
        let stale = entry.isStale ? " " + words("story.stale") : ""
        return (moved.isEmpty ? type : "\(type): \(moved)") + stale
    }

    /// What it changed. Statuses in words of the page, everything else as it was said.
    private func change(_ entry: StoryEvent) -> (String?, String?) {
        let event = entry.stored.event
        func said(_ text: String?) -> String? {
            text.flatMap { text in
                if text.isEmpty { return nil }
                return IncidentStatus(word: text).map { words.word("status", $0.rawValue) } ?? text
            }
        }
        switch event.type {
        case .statusChange: return (said(entry.stored.previous), said(event.incident?.members["status"]?.string ?? event.change.to))
        case .severityChange:
            return (entry.stored.previous, event.incident?.members["severity"]?.string ?? event.change.to)
        case .assignment:
            let names = ["assignee", "team", "communication_lead"].compactMap { event.incident?.members[$0]?.string }
            return (
                event.change.from.map(request.person),
                names.isEmpty ? event.change.to.map(request.person) : names.map(request.person).joined(separator: ", ")
            )
        case .slaWarning, .slaBreach: return (nil, event.change.field.map { words.word("target", $0) })
        case .reminder where event.change.field == "rotation":
            return (event.change.from.map(request.person), event.change.to.map(request.person))
        default: return (event.change.from, event.change.to)
        }
    }

    private func says(_ entry: StoryEvent) -> HTML {
        let event = entry.stored.event
        let source = event.source == Event.ownSource ? words("story.by-time") : words("story.from", ["source": event.source])
        let by = event.change.by.map { words("story.by", ["who": request.person($0)]) } ?? source
        var lines: [HTML] = [.element(.p, [.class: "hint"], HTML(by))]
        if let reason = event.change.reason, !reason.isEmpty {
            lines.append(.paragraph(words("story.reason", ["reason": reason])))
        }
        if let message = event.message, !message.isEmpty { lines.append(.element(.p, [.class: "message-text"], HTML(message))) }
        let title = event.payload?["subject"]?.string
        let text = event.payload?["message"]?.string
        for line in [title, text].compactMap({ $0 }) { lines.append(.paragraph(line)) }
        for stranger in request.table.strangers(in: event) {
            let near = stranger.near.map { " " + words("story.stranger-near", ["name": $0]) } ?? ""
            lines.append(.paragraph(words("story.stranger", ["name": stranger.word]) + near, class: "warn"))
        }
        return HTML(lines)
    }

    /// Who was told, by which way, and what became of it.
    private func told(_ entry: StoryEvent) -> HTML {
        if entry.total == 0 { return .paragraph(words("story.nobody"), class: "hint") }
        let rows = entry.deliveries.map { row -> [HTML] in
            [
                request.deliveryLink(row.id), HTML(request.person(row.recipient)), HTML(row.channel),
                [request.state(row.state), request.marks(row)],
                row.deliveredAt.map { request.time($0) } ?? request.why(row),
            ]
        }
        let columns = ["id", "recipient", "channel", "state", "outcome"].map { words("delivery.\($0)") }
        let table = HTML.table(caption: words("nav.deliveries"), columns: columns, rows: rows, none: words("story.nobody"))
        let isLong = rows.count > 5
        let summary = words(
            entry.total >= LedgerStore.storyCount ? "story.told-many" : "story.told", ["n": String(entry.total), "states": states(entry)])
        let more =
            entry.total > rows.count
            ? HTML.element(.p, [:], .link(words("story.all"), to: "/deliveries?incident=\(Page.encoded(incident.id))")) : .empty
        return .element(
            .details, [.open: isLong ? nil : ""], .element(.summary, [:], HTML(summary)), table, more)
    }

    private func states(_ entry: StoryEvent) -> String {
        DeliveryState.allCases.compactMap { state in
            entry.counts[state].map { "\($0) \(words.word("state", state.rawValue))" }
        }.joined(separator: ", ")
    }
}
