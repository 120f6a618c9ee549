// Now: what is open, how its promises stand, what comes next and who will be told; and above it all, what is wrong with Tocsin.

import Foundation
import Incidents
import Ledger
import Routing

struct NowPage {
    let request: PageRequest
    private var words: Words { request.words }
    private static let limit = 40
    /// Of whom it is said who is told next: each takes a decision.
    private static let decided = 20

    static func add(to pages: PagesToAdd) {
        pages.page("/") { request in try await NowPage(request: request).page() }
    }

    func page() async throws -> Page {
        async let known = request.ledger.summary(now: request.now)
        let open = try await request.ledger.urgentIncidents(limit: Self.limit)
        let summary = try await known
        let incidents = open.sorted { request.urgency(of: $0).rank < request.urgency(of: $1).rank }
        let told = try await told(incidents)
        let troubles = await Troubles(request, summary).html
        let list = incidents.map { card($0, told[$0.id] ?? []) }
        let more =
            summary.openIncidents > incidents.count
            ? HTML.element(.p, [:], .link(words("now.more", ["n": String(summary.openIncidents)]), to: "/incidents")) : .empty
        let body: HTML = [
            troubles,
            .section(
                words("now.open", ["n": String(summary.openIncidents)]), id: "open",
                list.isEmpty ? .paragraph(words("now.none"), class: "none") : .element(.ul, [.class: "incidents"], all: list), more),
            ahead(summary),
        ]
        return Page(title: words("nav.now"), body: body)
    }

    private func card(_ incident: Incident, _ told: [PlannedDelivery]) -> HTML {
        let tone = HTML.Tone.severity(request.urgency(of: incident).rank)
        let next = request.table.agenda(of: incident, now: request.now).first
        let reached = told.isEmpty ? HTML.empty : .element(.small, [:], HTML(words("now.told", ["names": request.names(told)])))
        let facts = HTML.facts([
            (words("incident.since"), request.time(incident.openedAt)),
            (words("incident.owner"), request.owner(of: incident)),
            (words("incident.lead"), request.known("communication_lead", of: incident).map { HTML(request.person($0)) }),
            (words("incident.service"), request.known("service", of: incident).map { HTML($0) }),
        ])
        let coming = next.map { HTML.facts([(words("now.next"), [request.next($0), reached])]) } ?? .empty
        return .element(
            .li, [.class: "incident \(tone.rawValue)", .id: "incident-\(Page.encoded(incident.id))"],
            .element(
                .h3, [:], request.severity(of: incident), " ", request.status(of: incident), " ",
                request.incidentLink(incident.id, incident.text("title").map { "\(incident.id): \($0)" })),
            .element(.div, [:], facts), .element(.div, [:], request.clocks(of: incident, all: false), coming))
    }

    /// What waits, and when the next of it is due.
    private func ahead(_ summary: LedgerSummary) -> HTML {
        let waiting = (summary.deliveries[.pending] ?? 0) + (summary.deliveries[.retrying] ?? 0)
        return .section(
            words("now.deliveries"), id: "ahead",
            .facts([
                (words("now.waiting"), .link(words.count(waiting), to: "/deliveries?state=pending")),
                (words("now.due"), HTML(words.count(summary.undeliveredDue) + (summary.isDueMore ? "+" : ""))),
                (words("now.oldest"), summary.undeliveredDue > 0 ? request.time(summary.oldestDue) : nil),
                (words("now.held"), .link(words.count(summary.deliveries[.held] ?? 0), to: "/deliveries?state=held")),
                (words("now.next-due"), summary.nextDue.flatMap { $0 > request.now ? request.time($0) : nil }),
                (words("now.delivered"), HTML(words.count(summary.deliveries[.delivered] ?? 0))),
            ]))
    }

    private func told(_ incidents: [Incident]) async throws -> [String: [PlannedDelivery]] {
        let (setup, now) = (request.setup, request.now)
        let table = request.table
        return try await request.ledger.surroundings { surroundings in
            var told: [String: [PlannedDelivery]] = [:]
            for incident in incidents.prefix(Self.decided) {
                guard let next = table.agenda(of: incident, now: now).first else { continue }
                told[incident.id] = try setup.toldNext(of: incident, at: next.at, surroundings: surroundings)
            }
            return told
        }
    }
}
