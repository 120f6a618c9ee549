// The list of incidents, with its filters.

import Foundation
import Incidents
import Ledger

struct IncidentsPage {
    let request: PageRequest
    private var words: Words { request.words }

    static func add(to pages: PagesToAdd) {
        pages.page("/incidents") { request in try await IncidentsPage(request: request).page() }
    }

    func page() async throws -> Page {
        try request.checkFilters(["show", "severity", "service", "q", "after"])
        let scale = request.setup.configuration.scale
        var search = IncidentSearch()
        search.openOnly = try request.choice("show", among: ["open", "all"]) { ["open": true, "all": false][$0.lowercased()] } ?? true
        search.severity = try request.choice("severity", among: scale.steps.map(\.name)) { scale.severity($0)?.name }
        search.service = request.asked("service")
        search.text = request.asked("q")
        search.after = try request.place("after") { IncidentSearch.Cursor($0) }
        // Going on is a wish to find more, and may take its time.
        if search.after != nil { search.patience = 0.5 }
        let found = try await request.ledger.search(search)
        let body: HTML = [filters(search), table(found, search), more(found, search)]
        return Page(title: words("nav.incidents"), body: body)
    }

    private func filters(_ search: IncidentSearch) -> HTML {
        let severities = [("", words("filter.any"))] + request.setup.configuration.scale.steps.map { ($0.name, $0.name) }
        return .search(
            "/incidents",
            .choice(
                words("filter.show"), name: "show", options: [("open", words("filter.open")), ("all", words("filter.all"))],
                chosen: search.openOnly ? "open" : "all"),
            .choice(words("incident.severity"), name: "severity", options: severities, chosen: search.severity ?? ""),
            .field(words("incident.service"), name: "service", value: search.service, type: "search"),
            .field(words("filter.text"), name: "q", value: search.text, type: "search", placeholder: words("incidents.text-hint")),
            .button(words("filter.apply")))
    }

    private func table(_ found: IncidentPage, _ search: IncidentSearch) -> HTML {
        let columns = ["incident", "severity", "status", "since", "owner", "service", "clocks", "next"].map { words("incident.\($0)") }
        let rows = found.incidents.map { incident -> [HTML] in
            let next = request.table.agenda(of: incident, now: request.now).first
            let title = incident.text("title").map { HTML.element(.small, [:], HTML($0)) } ?? .empty
            return [
                [request.incidentLink(incident.id), title], request.severity(of: incident), request.status(of: incident),
                request.time(incident.openedAt), request.owner(of: incident),
                request.known("service", of: incident).map { HTML($0) } ?? .empty, request.clocks(of: incident, all: false),
                next.map(request.next) ?? .empty,
            ]
        }
        return .table(
            caption: words("nav.incidents"), columns: columns, rows: rows,
            none: words(found.isCutShort ? "filter.none-so-far" : search.openOnly ? "incidents.none-open" : "incidents.none"))
    }

    private func more(_ found: IncidentPage, _ search: IncidentSearch) -> HTML {
        guard let next = found.next else { return .empty }
        let members: [(String, String?)] = [
            ("show", search.openOnly ? nil : "all"), ("severity", search.severity), ("service", search.service), ("q", search.text),
            ("after", next.description),
        ]
        return .olderLink(words(found.isCutShort ? "filter.look-further" : "filter.older"), "/incidents", members)
    }
}

extension HTML {
    /// To the next page of a list, with its filters.
    static func olderLink(_ text: String, _ path: String, _ members: [(String, String?)]) -> HTML {
        let query = members.compactMap { name, value in value.map { "\(name)=\(Page.encoded($0))" } }.joined(separator: "&")
        return element(.p, [.class: "pages"], link(text, to: "\(path)?\(query)"))
    }
}
