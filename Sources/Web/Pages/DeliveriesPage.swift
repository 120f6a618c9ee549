// The list of deliveries, with its filters: who was told, when, and by which route.

import Foundation
import Incidents
import Ledger
import Settings

struct DeliveriesPage {
    let request: PageRequest
    private var words: Words { request.words }

    static func add(to pages: PagesToAdd) {
        pages.page("/deliveries") { request in try await DeliveriesPage(request: request).page() }
    }

    /// How far back, as the filter offers it.
    private static let spans: [(value: String, seconds: TimeInterval)] = [
        ("1h", 3_600), ("1d", 86_400), ("7d", 7 * 86_400), ("30d", 30 * 86_400),
    ]

    func page() async throws -> Page {
        try request.checkFilters(["q", "recipient", "incident", "channel", "state", "type", "since", "before"])
        var search = DeliverySearch()
        search.incident = request.asked("incident")
        search.recipient = request.asked("recipient")
        search.text = request.asked("q")
        search.channel = request.asked("channel")
        search.state = try request.choice("state", among: DeliveryState.allCases.map(\.rawValue)) {
            DeliveryState(rawValue: $0.lowercased())
        }
        search.type = try request.choice("type", among: EventType.allCases.map(\.rawValue)) { EventType(rawValue: $0.lowercased()) }
        let span = request.asked("since")
        search.since = try request.choice("since", among: Self.spans.map(\.value) + ["2026-11-24T03:58:00Z"]) { text in
            DurationText.parse(text).map { request.now.addingTimeInterval(-$0) } ?? Timestamp.parse(text)
        }
        search.before = try request.place("before") { Int64($0) }
        // Going on is a wish to find more, and may take its time.
        if search.before != nil { search.patience = 1 }
        let found = try await request.ledger.search(search)
        let body: HTML = [filters(search, span), reached(found), table(found), more(found, search, span)]
        return Page(title: words("nav.deliveries"), body: body)
    }

    private func filters(_ search: DeliverySearch, _ span: String?) -> HTML {
        let any = ("", words("filter.any"))
        var channels = request.setup.configuration.channels.map { ($0.name, $0.name) }
        // One that is configured no more, but told somebody once.
        if let asked = search.channel, !channels.contains(where: { $0.0 == asked }) { channels.append((asked, asked)) }
        let states = DeliveryState.allCases.map { ($0.rawValue, words.word("state", $0.rawValue)) }
        let types = EventType.allCases.map { ($0.rawValue, request.type($0)) }
        var spans = Self.spans.map { ($0.value, words("filter.last", ["t": words.amount($0.seconds)])) }
        if let span, !spans.contains(where: { $0.0 == span }) { spans.append((span, span)) }
        return .search(
            "/deliveries",
            .field(words("filter.text"), name: "q", value: search.text, type: "search", placeholder: words("deliveries.text-hint")),
            .field(words("delivery.recipient"), name: "recipient", value: search.recipient, type: "search"),
            .field(words("delivery.incident"), name: "incident", value: search.incident, type: "search"),
            .choice(words("delivery.channel"), name: "channel", options: [any] + channels, chosen: search.channel ?? ""),
            .choice(words("delivery.state"), name: "state", options: [any] + states, chosen: search.state?.rawValue ?? ""),
            .choice(words("delivery.type"), name: "type", options: [any] + types, chosen: search.type?.rawValue ?? ""),
            .choice(words("filter.since"), name: "since", options: [any] + spans, chosen: span ?? ""),
            .button(words("filter.apply")))
    }

    /// That it has not looked through everything, where it has not.
    private func reached(_ found: DeliveryPage) -> HTML {
        guard found.isCutShort else { return .empty }
        return .notice(.quiet, .element(.p, [:], HTML(words("filter.looked-back")), " ", request.moment(found.reached)))
    }

    private func table(_ found: DeliveryPage) -> HTML {
        let columns = ["id", "made", "incident", "type", "recipient", "channel", "state", "why"].map { words("delivery.\($0)") }
        let rows = found.rows.map { row -> [HTML] in
            let address = row.address == row.recipient ? HTML.empty : .element(.small, [:], HTML(row.address))
            return [
                request.deliveryLink(row.id), request.time(row.createdAt), row.incident.map { request.incidentLink($0) } ?? .empty,
                HTML(request.type(row.type)), [HTML(request.person(row.recipient)), address], HTML(row.channel),
                [request.state(row.state), request.marks(row)], request.why(row),
            ]
        }
        return .table(
            caption: words("nav.deliveries"), columns: columns, rows: rows,
            none: words(found.isCutShort ? "filter.none-so-far" : "deliveries.none"))
    }

    private func more(_ found: DeliveryPage, _ search: DeliverySearch, _ span: String?) -> HTML {
        guard let next = found.next else { return .empty }
        let members: [(String, String?)] = [
            ("q", search.text), ("recipient", search.recipient), ("incident", search.incident), ("channel", search.channel),
            ("state", search.state?.rawValue), ("type", search.type?.rawValue), ("since", span), ("before", String(next)),
        ]
        return .olderLink(words(found.isCutShort ? "filter.look-further" : "filter.older"), "/deliveries", members)
    }
}
