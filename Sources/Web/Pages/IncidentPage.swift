// One incident: what is known, how its promises stand, what to do; and its story, the newest first.

import Foundation
import Incidents
import JSON
import Ledger
import Routing

struct IncidentView {
    let request: PageRequest
    let incident: Incident
    private var words: Words { request.words }

    static func add(to pages: PagesToAdd) {
        pages.page("/incidents/{id}") { request in
            let id = request.parameter("id")
            guard let incident = try await request.ledger.incident(id) else { throw await unknown(id, request) }
            return try await IncidentView(request: request, incident: incident).page()
        }
    }

    /// With the nearest of those that there are.
    private static func unknown(_ id: String, _ request: PageRequest) async -> PageFault {
        let near = (try? await request.ledger.incidentIDs(near: id, limit: 3)) ?? []
        let hint = near.isEmpty ? "" : " " + request.words("incident.near", ["ids": near.joined(separator: ", ")])
        return PageFault(.notFound, request.words("incident.unknown", ["id": String(id.prefix(100))]) + hint)
    }

    func page() async throws -> Page {
        try request.checkFilters(["before"])
        let before = try request.place("before") { Int64($0) }
        let story = try await request.ledger.story(of: incident.id, before: before)
        let told = try await told()
        let title = incident.text("title").map { "\(incident.id): \($0)" } ?? incident.id
        let facts: HTML =
            before == nil
            ? [head, known, checklist, ahead(told), IncidentActions(request: request, incident: incident).html] : [head]
        let body: HTML = [
            facts,
            .section(
                words("story.title"), id: "story",
                before == nil ? .empty : .element(.p, [:], request.incidentLink(incident.id, words("story.newest"))),
                StoryView(request: request, incident: incident).list(story.events),
                story.next.map { .olderLink(words("filter.older"), Page.path("incidents", incident.id), [("before", String($0))]) }
                    ?? .empty),
        ]
        return Page(title: title, body: body)
    }

    private var head: HTML {
        .element(.p, [.class: "row"], request.severity(of: incident), request.status(of: incident), request.owner(of: incident))
    }

    private var known: HTML {
        func text(_ member: String) -> HTML? { request.known(member, of: incident).map { HTML($0) } }
        func address(_ member: String) -> HTML? { request.known(member, of: incident).map { HTML.link($0, to: $0) } }
        let labels = (incident.members["labels"]?.object ?? [:]).sorted { $0.key < $1.key }.compactMap { name, value in
            value.scalarText.map { "\(name)=\($0)" }
        }
        let ended = incident.isOpen ? nil : incident.course.endedAt
        return [
            .facts([
                (words("incident.opened"), request.time(incident.openedAt)), (words("incident.ended"), request.time(ended)),
                (words("incident.acknowledged-at"), incident.acknowledged ? request.time(incident.course.acknowledgedAt) : nil),
                (words("incident.updated"), request.time(incident.updated)),
                (words("incident.level"), incident.level > 0 ? HTML(String(incident.level)) : nil),
                (words("incident.service"), text("service")), (words("incident.category"), text("category")),
                (words("incident.team"), text("team")),
                (words("incident.assignee"), request.known("assignee", of: incident).map { HTML(request.person($0)) }),
                (words("incident.lead"), request.known("communication_lead", of: incident).map { HTML(request.person($0)) }),
                (words("incident.reporter"), request.known("reporter", of: incident).map { HTML(request.person($0)) }),
                (words("incident.impact"), text("impact")),
                (words("incident.next-steps"), text("next_steps")), (words("incident.eta"), request.time(incident.time("eta"))),
                (words("incident.next-update"), request.time(incident.time("next_update_at"))),
                (words("incident.cause"), text("root_cause")), (words("incident.resolution"), text("resolution")),
                (words("incident.url"), address("url")), (words("incident.runbook"), address("runbook")),
                (words("incident.labels"), labels.isEmpty ? nil : HTML(labels.joined(separator: ", "))),
            ]),
            text("description").map { .element(.pre, [:], $0) } ?? .empty,
        ]
    }

    private var checklist: HTML {
        let steps = (incident.members["checklist"]?.array ?? []).prefix(50).compactMap { step in
            step.scalarText ?? step["text"]?.scalarText ?? step["title"]?.scalarText
        }
        if steps.isEmpty { return .empty }
        return .section(words("incident.checklist"), id: "checklist", .element(.ul, all: steps.map { .element(.li, [:], HTML($0)) }))
    }

    private func ahead(_ told: [PlannedDelivery]) -> HTML {
        let agenda = request.table.agenda(of: incident, now: request.now).prefix(5)
        let clocks = request.clocks(of: incident, all: true)
        let next = agenda.enumerated().map { number, entry -> HTML in
            let names =
                number == 0 && !told.isEmpty
                ? HTML.element(.small, [:], HTML(words("now.told", ["names": request.names(told)]))) : .empty
            return .element(.li, [:], request.next(entry), names)
        }
        if clocks.isEmpty, next.isEmpty { return .empty }
        return .section(
            words("incident.time"), id: "time",
            .facts([(words("incident.clocks"), clocks), (words("now.next"), next.isEmpty ? nil : .element(.ul, all: next))]))
    }

    private func told() async throws -> [PlannedDelivery] {
        guard let next = request.table.agenda(of: incident, now: request.now).first else { return [] }
        let (setup, incident) = (request.setup, incident)
        return try await request.ledger.surroundings { try setup.toldNext(of: incident, at: next.at, surroundings: $0) }
    }
}
