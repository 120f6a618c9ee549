// Broadcasts: the list, and one with what has become of it.

import Foundation
import Hummingbird
import Incidents
import JSON
import Ledger
import Router
import Routing

struct BroadcastsPage {
    let request: PageRequest
    private var words: Words { request.words }
    private static let listed = 50

    static func add(to router: Hummingbird.Router<WebContext>, _ house: House) {
        house.pages.page("/broadcasts", to: router, house) { try await BroadcastsPage(request: $0).list() }
        house.pages.page("/broadcasts/new", to: router, house) { try await BroadcastForms.compose($0) }
        house.pages.page("/broadcasts/{id}", to: router, house) { try await BroadcastsPage(request: $0).one() }
        BroadcastForms.add(to: router, house)
    }

    private func list() async throws -> Page {
        let rows = try await request.ledger.broadcasts(limit: Self.listed, mayLag: true).map { row -> [HTML] in
            let broadcast = row.broadcast
            return [
                [
                    .link(row.subject ?? Self.firstLine(row.message), to: Page.path("broadcasts", broadcast.id)),
                    .element(.small, [:], HTML(broadcast.id)),
                ],
                .badge(words.word("broadcast.state", broadcast.state.rawValue), Self.tone(broadcast.state)),
                request.time(broadcast.started ?? broadcast.created), HTML(broadcast.by ?? "–"), audience(broadcast), progress(row),
            ]
        }
        return Page(
            title: words("nav.broadcasts"),
            body: [
                request.mayOperate ? .element(.p, [:], .link(words("broadcasts.new"), to: "/broadcasts/new")) : .empty,
                .table(
                    caption: words("nav.broadcasts"),
                    columns: [
                        words("broadcasts.what"), words("broadcasts.state"), words("broadcasts.since"), words("broadcasts.by"),
                        words("broadcasts.audience"), words("broadcasts.progress"),
                    ], rows: rows, none: words("broadcasts.none")),
            ])
    }

    /// How far it has come: a bar and words.
    private func progress(_ row: BroadcastRow) -> HTML {
        let total = row.total.values.reduce(0, +)
        if total == 0 { return HTML("–") }
        let delivered = row.count(.delivered)
        let waiting = row.count(.pending, .retrying, .held)
        let failed = row.count(.dead, .unknown, .expired)
        var said = [words("broadcasts.delivered", ["n": "\(delivered)"])]
        if waiting > 0 { said.append(words("broadcasts.waiting", ["n": "\(waiting)"])) }
        if failed > 0 { said.append(words("broadcasts.failed", ["n": "\(failed)"])) }
        let text = said.joined(separator: ", ")
        return [
            .element(.progress, [.value: "\(total - waiting)", .max: "\(total)", .ariaLabel: text], HTML(text)),
            .element(.small, [:], HTML(text)),
        ]
    }

    private func audience(_ broadcast: Broadcast) -> HTML {
        if let corrects = broadcast.corrects {
            return [HTML(words("broadcasts.whom")), " ", .link(corrects, to: Page.path("broadcasts", corrects))]
        }
        let match: HTML = broadcast.match.isEmpty ? .empty : .element(.small, [:], HTML(MatchText.words(broadcast.match)))
        return [HTML(broadcast.audience.joined(separator: ", ")), match]
    }

    static func tone(_ state: Broadcast.State) -> HTML.Tone {
        switch state {
        case .waiting, .cooling: .warn
        case .sending: .plain
        case .sent: .good
        case .refused, .expired, .stopped: .quiet
        }
    }

    static func firstLine(_ text: String) -> String { String((text.split(separator: "\n").first ?? "–").prefix(120)) }

    // MARK: One

    private func one() async throws -> Page {
        let id = request.parameter("id")
        guard let row = try await request.ledger.broadcast(id, mayLag: true) else {
            throw PageFault(.notFound, words("broadcasts.unknown", ["id": id]))
        }
        let failures = try await request.ledger.failures(of: id, limit: 20)
        let broadcast = row.broadcast
        var approvers: [String] = []
        var reach: BroadcastReach?
        var mayDecide = false
        if broadcast.state == .waiting {
            let (table, now, by) = (request.setup.configuration.table, request.now, request.by)
            (approvers, mayDecide, reach) = try await request.ledger.surroundings { surroundings in
                let who = try Approvers(of: broadcast, table, surroundings, now: now)
                return (who.asked, by.map { who.objection(to: $0) == nil } ?? false, try table.reach(of: broadcast, surroundings, now: now))
            }
        }
        return Page(
            title: row.subject ?? words("broadcasts.title", ["id": id]),
            body: [
                facts(row, reach), waiting(broadcast, approvers), .element(.div, [.class: "message"], HTML(row.message)), counts(row),
                failed(failures), request.mayOperate ? buttons(row, mayDecide: mayDecide, approvers) : .empty,
            ])
    }

    private func facts(_ row: BroadcastRow, _ reach: BroadcastReach?) -> HTML {
        let broadcast = row.broadcast
        let decided = broadcast.decidedBy.map { broadcast.reason == nil ? $0 : "\($0): \(broadcast.reason ?? "")" }
        return .facts([
            (words("broadcasts.state"), .badge(words.word("broadcast.state", broadcast.state.rawValue), Self.tone(broadcast.state))),
            (words("broadcasts.by"), broadcast.by.map { HTML($0) }),
            (words("broadcasts.audience"), audience(broadcast)),
            (words("broadcasts.incident"), broadcast.incident.map { .link($0, to: Page.path("incidents", $0)) }),
            (words("broadcasts.made"), request.time(broadcast.created)),
            (words("broadcasts.began"), broadcast.started.map { request.time($0) }),
            (words("broadcasts.decided"), decided.map { HTML($0) }),
            (words("broadcasts.addresses"), HTML(reach.map { "\($0.count)\($0.isMore ? "+" : "")" } ?? "\(row.total.values.reduce(0, +))")),
            (words("broadcasts.progress"), progress(row)),
        ])
    }

    private func waiting(_ broadcast: Broadcast, _ approvers: [String]) -> HTML {
        switch broadcast.state {
        case .waiting:
            let who = Self.approvers(approvers, request.setup, words)
            return .notice(
                .warn,
                .element(
                    .p, [:], HTML(words("broadcasts.waits", ["who": who])), " ",
                    broadcast.until.map { [HTML(words("broadcasts.expires")), " ", request.time($0)] } ?? .empty))
        case .cooling:
            return .notice(
                .warn,
                .element(.p, [:], HTML(words("broadcasts.cools")), " ", broadcast.until.map { request.time($0) } ?? .empty))
        default: return .empty
        }
    }

    /// Who may approve, in words.
    static func approvers(_ asked: [String], _ setup: Setup, _ words: Words) -> String {
        if !asked.isEmpty { return asked.joined(separator: ", ") }
        return words(setup.configuration.table.people.broadcasts.approvers.isEmpty ? "broadcasts.anybody" : "broadcasts.nobody")
    }

    private func counts(_ row: BroadcastRow) -> HTML {
        let states = DeliveryState.allCases.filter { (row.total[$0] ?? 0) > 0 }
        if states.isEmpty { return .empty }
        let rows = row.counts.sorted { $0.key < $1.key }.map { channel, counts in
            [HTML(channel)] + states.map { HTML("\(counts[$0] ?? 0)") }
        }
        return .section(
            words("broadcasts.counts"), id: "counts",
            .table(
                caption: words("broadcasts.counts"),
                columns: [words("broadcasts.channel")] + states.map { words.word("state", $0.rawValue) }, rows: rows, none: ""))
    }

    private func failed(_ failures: [BroadcastFailure]) -> HTML {
        if failures.isEmpty { return .empty }
        let rows = failures.map { failure in
            [
                HTML("\(failure.count)"), HTML(failure.channel),
                HTML.badge(words.word("state", failure.state.rawValue), .of(failure.state)), HTML(failure.reason),
            ]
        }
        return .section(
            words("broadcasts.failures"), id: "failures",
            .table(
                caption: words("broadcasts.failures"),
                columns: [words("broadcasts.count"), words("broadcasts.channel"), words("broadcasts.state"), words("mending.why")],
                rows: rows, none: ""))
    }

    /// Whether a page differs by who looks: only those who may decide are asked to.
    static func isPersonal(_ path: String) -> Bool { path.hasPrefix("/broadcasts/") }

    private func mayNot(_ broadcast: Broadcast, _ approvers: [String]) -> HTML {
        let name = request.by ?? "–"
        let table = request.setup.configuration.table
        let isOwn = broadcast.by.map { table.person(meantBy: $0) == table.person(meantBy: name) } ?? false
        let who = Self.approvers(approvers, request.setup, words)
        return .paragraph(words(isOwn ? "broadcasts.own" : "broadcasts.not-yours", ["name": name, "who": who]), class: "hint")
    }

    private func buttons(_ row: BroadcastRow, mayDecide: Bool, _ approvers: [String]) -> HTML {
        let broadcast = row.broadcast
        let action = "\(Page.path("broadcasts", broadcast.id))/decide"
        var forms: [HTML] = []
        if broadcast.state == .waiting, mayDecide {
            forms.append(.form(action, id: "approve", .hidden("decision", "approve"), .button(words("broadcasts.approve"), tone: .good)))
            forms.append(
                .form(
                    action, id: "refuse", .hidden("decision", "refuse"),
                    .field(words("broadcasts.why"), name: "reason", isRequired: true), .button(words("broadcasts.refuse"), tone: .bad)))
        }
        if row.isUnderWay || row.count(.held) > 0 {
            forms.append(
                .form(
                    action, id: "stop", confirm: words("broadcasts.stop.ask"), .hidden("decision", "stop"),
                    .field(words("broadcasts.why"), name: "reason"), .button(words("broadcasts.stop"), tone: .bad)))
        }
        var parts: [HTML] = []
        if broadcast.state == .waiting, !mayDecide { parts.append(mayNot(broadcast, approvers)) }
        if !forms.isEmpty { parts.append(.element(.div, [.class: "panels"], all: forms)) }
        if broadcast.started != nil {
            parts.append(
                .element(.p, [:], .link(words("broadcasts.correct"), to: "/broadcasts/new?corrects=\(Page.encoded(broadcast.id))")))
        }
        return HTML(parts)
    }
}
