// One delivery: why it was made, what became of it, each attempt, and the message as it looks where it arrives.

import Foundation
import Incidents
import Ledger
import Rendering
import Router
import Routing

struct DeliveryView {
    let request: PageRequest
    let row: DeliveryRow
    private var words: Words { request.words }

    static func add(to pages: PagesToAdd) {
        pages.page("/deliveries/{id}") { request in
            let text = request.parameter("id")
            guard let id = Int64(text), let row = try await request.ledger.delivery(id) else {
                throw PageFault(.notFound, request.words("delivery.unknown", ["id": String(text.prefix(30))]))
            }
            return try await DeliveryView(request: request, row: row).page()
        }
    }

    func page() async throws -> Page {
        let stored = try await request.ledger.storedEvent(sequence: row.sequence)
        let body: HTML = [
            .element(.p, [.class: "row"], request.state(row.state), request.marks(row), request.why(row)), facts, attempts,
            try await message(stored),
        ]
        return Page(title: words("delivery.title", ["id": String(row.id)]), body: body)
    }

    private var facts: HTML {
        let entry = row.for == row.recipient ? "" : " " + words("delivery.for", ["entry": row.for])
        return .facts([
            (words("delivery.recipient"), HTML(request.person(row.recipient) + entry)),
            (words("delivery.channel"), HTML(row.channel)), (words("delivery.address"), HTML(row.address)),
            (words("delivery.because"), HTML(row.routes.joined(separator: ", ") + (row.isUrgent ? " " + words("delivery.urgent") : ""))),
            (words("delivery.origin"), HTML(words.word("origin", row.origin.rawValue))),
            (words("delivery.incident"), row.incident.map { request.incidentLink($0) }),
            (
                words("delivery.event"),
                HTML(words("delivery.event-from", ["type": request.type(row.type), "id": row.event, "source": row.source]))
            ),
            (words("delivery.template"), HTML(row.template)),
            (words("delivery.made"), request.time(row.createdAt) + HTML(" " + words("delivery.by-config", ["version": row.config]))),
            (words("delivery.held"), row.hold.map { HTML(words.word("hold", $0.rawValue)) }),
            (words("delivery.released"), request.time(row.releasedAt)),
            (
                words("delivery.due"),
                row.state.isUnfinished ? request.time(row.dueAt) + HTML(row.isBlocked ? " " + words("delivery.blocked") : "") : nil
            ),
            (words("delivery.not-after"), request.time(row.expiresAt)), (words("delivery.delivered"), request.time(row.deliveredAt)),
            (words("delivery.silence"), row.silence.map { HTML($0) }),
            (words("delivery.degraded"), row.degraded.map { HTML($0) }),
            (words("delivery.replaces"), links(row.replaced)),
            (words("delivery.instead-of"), row.insteadOf.map(related)),
            (
                words("delivery.fallbacks"),
                row.fallbacks.isEmpty ? nil : HTML(row.fallbacks.flatMap { other -> [HTML] in [related(other), " "] })
            ),
            (words("delivery.contents"), links(row.contains)),
        ])
    }

    private func related(_ other: RelatedDelivery) -> HTML { [request.deliveryLink(other.id), HTML(" (\(other.channel))")] }

    private func links(_ ids: [Int64]) -> HTML? {
        if ids.isEmpty { return nil }
        let shown = ids.prefix(20).flatMap { id -> [HTML] in [request.deliveryLink(id), " "] }
        return HTML(shown + (ids.count > 20 ? ["…"] : []))
    }

    private var attempts: HTML {
        let columns = ["attempt", "outcome", "code", "took", "seen"].map { words("delivery.\($0)") }
        let rows = row.attempts.map { attempt -> [HTML] in
            let seen = [attempt.reason, attempt.detail].compactMap { $0 }.joined(separator: ": ")
            return [
                request.moment(attempt.at), .badge(words.word("outcome", attempt.outcome), Self.tone(attempt.outcome)),
                HTML(attempt.code ?? ""), HTML(words("delivery.ms", ["n": String(attempt.milliseconds)])),
                HTML(seen.isEmpty ? attempt.remoteID ?? "" : seen),
            ]
        }
        return .section(
            words("delivery.attempts"), id: "attempts",
            .table(caption: words("delivery.attempts"), columns: columns, rows: rows, none: words("delivery.not-tried")))
    }

    private static func tone(_ outcome: String) -> HTML.Tone {
        switch outcome {
        case "accepted": .good
        case "refused": .bad
        default: .warn
        }
    }

    /// Rendered from the recorded event with the templates as they are now.
    private func message(_ stored: StoredEvent?) async throws -> HTML {
        guard let stored else { return .empty }
        let now = row.deliveredAt ?? row.attempts.last?.at ?? request.now
        var rendering = request.setup.configuration.request(for: row, id: String(row.id), about: Story(stored), now: now)
        rendering.replaces = row.replaced.count
        rendering.insteadOf = row.insteadOf?.channel
        rendering.origin = row.origin.rawValue
        if !row.contains.isEmpty { rendering.digest = try await request.ledger.digest(of: row.id, now: now).items }
        let configuration = request.setup.configuration
        rendering.acknowledging = configuration.acknowledging(shown: row, about: stored, now: now)
        let message = request.setup.templates.render(rendering)
        return .section(
            words("message.title"), id: "message", .paragraph(words("message.as-now"), class: "hint"),
            configuration.carriedLinks(row, about: stored) ? .paragraph(words("message.no-links"), class: "hint") : .empty,
            MessagePreview(words: words).html(message))
    }
}
