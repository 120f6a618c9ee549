// Explain: an event is pasted, and the page says who would be told, and why; as `tocsin explain` does. Nothing is sent.

import Foundation
import Hummingbird
import Incidents
import JSON
import Ledger
import Router

/// The form, and its answer.
struct ExplainPage {
    let words: Words
    var text = ""
    var at = ""

    /// Bytes of an event.
    static let longest = 1 << 20
    /// Deliveries whose messages are shown.
    static let rendered = 60

    static func add(to router: Hummingbird.Router<WebContext>, _ house: House) {
        house.pages.page("/explain", to: router, house) { request in
            let text = request.query["event"].map { String($0.prefix(8_000)) } ?? ExplainPage.sample
            return ExplainPage(words: request.words, text: text).page(.empty)
        }
        house.pages.form("/explain", to: router, house, for: .read) { form in
            .page(try await ExplainPage(words: form.words, text: form.fields["event"] ?? "", at: form.field("at") ?? "").answer(form))
        }
    }

    private static let sample = """
        {
          "type": "escalation",
          "source": "escalation-monitor",
          "incident": {"id": "INC0012345", "title": "Payments API failing", "severity": "critical", "service": "payments"}
        }
        """

    /// The form with what it led to.
    func page(_ result: HTML, status: HTTPResponse.Status = .ok) -> Page {
        Page(
            title: words("explain.title"),
            body: [
                .paragraph(words("explain.how"), class: "hint"),
                .form(
                    "/explain", id: "explain",
                    .area(words("explain.event"), name: "event", value: text, rows: 10, isRequired: true, limit: Self.longest),
                    .field(words("explain.at"), name: "at", value: at, placeholder: "2026-11-24T03:58:00Z"),
                    .button(words("explain.do"), tone: .good)),
                result,
            ], status: status, isLive: false)
    }

    private func answer(_ form: FormRequest) async throws -> Page {
        let setup = form.house.setup.value
        var now = form.now
        if !at.isEmpty {
            guard let time = Timestamp.parse(at) else { return page(fault(words("explain.bad-time")), status: .unprocessableContent) }
            now = time
        }
        let bytes = Array(text.utf8)
        if bytes.count > Self.longest {
            return page(fault(words("explain.too-large")), status: .contentTooLarge)
        }
        let event: Event
        do {
            event = try EventParser(scale: setup.configuration.scale, allowsReservedTypes: true).parse(
                bytes, origin: EventOrigin(file: "", modified: now, size: bytes.count))
        } catch {
            return page(Self.rejection(error, text: text, words), status: .unprocessableContent)
        }
        let explanation = try await Self.explain(event, form.house.ledger, setup.withoutKeys, now: now)
        let request = PageRequest(
            house: form.house, path: "/explain", query: [:], words: words, mayOperate: form.identity.may(.operate), now: now)
        return page(ExplanationView(explanation, request).html)
    }

    private static func explain(_ event: Event, _ ledger: LedgerStore, _ setup: Setup, now: Date) async throws -> Explanation {
        var incident: Incident?
        if let id = event.incident?.id { incident = try await ledger.incident(id) }
        let digest = try await ledger.digest(source: event.source, id: event.id)
        return try await ledger.surroundings { [incident] surroundings in
            try Explanation(
                event, known: incident, recorded: digest, surroundings: surroundings, setup: setup, now: now, renders: true, most: rendered)
        }
    }

    private func fault(_ text: String) -> HTML { .notice(.bad, .paragraph(text)) }

    /// Why a text is no event: the code, the place, and the line itself.
    static func rejection(_ rejection: Rejection, text: String, _ words: Words) -> HTML {
        var place: [String] = []
        if let line = rejection.line { place.append(words("explain.line", ["line": "\(line)", "column": "\(rejection.column ?? 1)"])) }
        if let pointer = rejection.pointer { place.append(pointer.isEmpty ? words("explain.whole") : pointer) }
        return .notice(
            .bad, .element(.p, [:], .element(.code, [:], HTML(rejection.code.rawValue)), " ", HTML(rejection.message)),
            place.isEmpty ? .empty : .paragraph(place.joined(separator: ", "), class: "place"),
            excerpt(text, line: rejection.line, column: rejection.column))
    }

    /// The line at fault with a mark under the place, cut to what is near it.
    static func excerpt(_ text: String, line: Int?, column: Int?) -> HTML {
        guard let line, line > 0 else { return .empty }
        let lines = text.split(separator: "\n", maxSplits: line, omittingEmptySubsequences: false)
        guard lines.indices.contains(line - 1) else { return .empty }
        let scalars = Array(lines[line - 1].unicodeScalars)
        let place = min(max(0, (column ?? 1) - 1), scalars.count)
        let from = max(0, place - 60)
        var shown = String.UnicodeScalarView()
        shown.append(contentsOf: scalars[from..<min(scalars.count, place + 60)].map { $0 == "\t" ? " " : $0 })
        let number = "\(line) | "
        let mark = String(repeating: " ", count: number.count + place - from) + "^"
        return .element(.pre, [:], HTML("\(number)\(String(shown))\n\(mark)"))
    }
}

extension Setup {
    /// The same, but for the key of links: what is made for a look must not open anything.
    var withoutKeys: Setup {
        Setup(
            configuration: configuration, templates: templates, channels: channels,
            links: .preview(publicURL: configuration.router.publicURL))
    }
}
