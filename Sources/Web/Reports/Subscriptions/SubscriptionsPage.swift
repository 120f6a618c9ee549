// Who has asked to hear of what, and to whom nothing is sent any more: looked up by a person or an address.

import Foundation
import Hummingbird
import Incidents
import Ledger
import Router
import Routing

struct SubscriptionsPage {
    let request: PageRequest
    private var words: Words { request.words }
    private static let listed = 100

    static func add(to router: Hummingbird.Router<WebContext>, _ house: House) {
        house.pages.page("/subscriptions", to: router, house) { try await SubscriptionsPage(request: $0).page() }
        house.pages.page("/subscriptions/{id}", to: router, house) { try await SubscriptionsPage(request: $0).one() }
        SubscriptionForms.add(to: router, house)
    }

    private func page() async throws -> Page {
        try request.checkFilters(["who"])
        let asked = request.asked("who")
        let body: HTML = if let asked { try await found(asked) } else { try await latest() }
        return Page(
            title: words("nav.subscriptions"),
            body: [
                .search(
                    "/subscriptions",
                    .field(words("subscriptions.who"), name: "who", value: asked, placeholder: "ana, x@example.com, +447…"),
                    .button(words("subscriptions.search"))),
                body, try await blocks(asked),
            ])
    }

    /// Somebody in `people`, by id, name or address, or an address.
    static func who(_ text: String, _ table: RoutingTable) -> Subscription.Who {
        let person = table.person(meantBy: text)
        if table.directory.people[person] != nil { return .person(person) }
        if let address = Subscription.Who(address: text) { return address }
        return Subscription.Who(address: EventParser.plainNumber(text)) ?? .person(text)
    }

    private func latest() async throws -> HTML {
        let wishes = try await request.ledger.subscriptions(limit: Self.listed)
        let isAll = wishes.count < Self.listed
        return .section(
            words("subscriptions.latest"), id: "latest",
            isAll ? .empty : .paragraph(words("subscriptions.only", ["n": "\(Self.listed)"]), class: "hint"), table(wishes))
    }

    private func found(_ text: String) async throws -> HTML {
        let table = request.setup.configuration.table
        let who = Self.who(text, table)
        let wishes = try await request.ledger.subscriptions(of: who)
        let snooze = try await request.ledger.snoozes().first { $0.who.compared == who.compared && $0.until > request.now }
        var parts: [HTML] = []
        if case .person(let id) = who, let person = table.directory.people[id] {
            let addresses = person.addresses.sorted { $0.key.rawValue < $1.key.rawValue }.map { "\($0.key.rawValue) \($0.value)" }
            parts.append(
                .facts([
                    (words("subscriptions.person"), HTML(person.displayName)),
                    (words("subscriptions.addresses"), HTML(addresses.joined(separator: ", "))),
                ]))
        }
        if let snooze {
            parts.append(.notice(.warn, .element(.p, [:], HTML(words("subscriptions.snoozed")), " ", request.time(snooze.until))))
        }
        parts.append(self.table(wishes))
        if request.mayOperate { parts.append(snoozing(who, isSnoozed: snooze != nil)) }
        return .section(who.text, id: "found", HTML(parts))
    }

    private func snoozing(_ who: Subscription.Who, isSnoozed: Bool) -> HTML {
        let key = [HTML.hidden("who", who.text)]
        let snooze = HTML.form(
            "/subscriptions/snooze", id: "snooze", HTML(key),
            .field(words("subscriptions.snooze.until"), name: "until", placeholder: "4h, mon 08:00", isRequired: true),
            .button(words("subscriptions.snooze")))
        if !isSnoozed { return .element(.div, [.class: "panel"], snooze) }
        return .element(
            .div, [.class: "panel"], snooze, .form("/subscriptions/wake", HTML(key), .button(words("subscriptions.wake"), tone: .good)))
    }

    private func table(_ wishes: [Subscription]) -> HTML {
        let rows = wishes.map { wish -> [HTML] in
            var cells: [HTML] = [
                .link(wish.who.text, to: "/subscriptions?who=\(Page.encoded(wish.who.text))"),
                .element(.code, [:], HTML(wish.match.isEmpty ? words("routes.everything") : MatchText.words(wish.match))),
                HTML(wish.via ?? words("subscriptions.own-way")),
                HTML(cadence(wish.cadence)), state(wish),
            ]
            if request.mayOperate {
                cells.append(
                    wish.state(at: request.now) == .ended
                        ? .empty
                        : [
                            .link(words("subscriptions.change"), to: Page.path("subscriptions", wish.id)), " ",
                            .form(
                                "/subscriptions/leave", confirm: words("subscriptions.leave.ask", ["who": wish.who.text]),
                                .hidden("id", wish.id), .button(words("subscriptions.leave"), tone: .bad)),
                        ])
            }
            return cells
        }
        return .table(
            caption: words("nav.subscriptions"),
            columns: [
                words("subscriptions.who"), words("subscriptions.what"), words("subscriptions.by"), words("subscriptions.when"),
                words("subscriptions.state"),
            ] + (request.mayOperate ? [words("mending.do")] : []), rows: rows, none: words("subscriptions.none"))
    }

    private func cadence(_ cadence: Cadence) -> String {
        cadence == .immediate ? words("subscriptions.at-once") : CadenceText.words(cadence)
    }

    private func state(_ wish: Subscription) -> HTML {
        let state = wish.state(at: request.now)
        let tone: HTML.Tone =
            switch state {
            case .active: .good
            case .unconfirmed: .warn
            case .planned: .plain
            case .ended: .quiet
            }
        let until: HTML =
            state == .ended ? .empty : wish.until.map { [HTML(" \(words("subscriptions.until")) "), request.time($0)] } ?? .empty
        return [.badge(words.word("subscription.state", state.rawValue), tone), until]
    }

    // MARK: Addresses to which nothing is sent

    private func blocks(_ asked: String?) async throws -> HTML {
        let prefix = asked.map { $0.lowercased() } ?? ""
        let found = try await request.ledger.blocks(prefix: prefix, limit: Self.listed)
        let rows = found.map { block -> [HTML] in
            var cells: [HTML] = [
                HTML(block.address),
                block.since.map { request.time($0) } ?? HTML(words("suppressions.not-yet")),
                [
                    HTML(words.word("suppressions.cause", block.cause.rawValue)), HTML(block.by.map { " (\($0))" } ?? ""),
                    .element(.small, [:], HTML(block.reason ?? "")),
                ],
                HTML("\(block.bounces.count)"),
            ]
            if request.mayOperate {
                cells.append(
                    .form(
                        "/suppressions/lift", .hidden("address", block.address),
                        .field(words("suppressions.reason"), name: "reason", isRequired: true), .button(words("suppressions.lift"))))
            }
            return cells
        }
        let add: HTML =
            request.mayOperate
            ? .form(
                "/suppressions/add", id: "suppress", .field(words("suppressions.address"), name: "address", isRequired: true),
                .field(words("suppressions.reason"), name: "reason", isRequired: true), .button(words("suppressions.add"), tone: .bad))
            : .empty
        return .section(
            words("suppressions.title"), id: "suppressions", .paragraph(words("suppressions.how"), class: "hint"),
            .table(
                caption: words("suppressions.title"),
                columns: [
                    words("suppressions.address"), words("suppressions.since"), words("suppressions.cause"), words("suppressions.bounces"),
                ] + (request.mayOperate ? [words("mending.do")] : []), rows: rows, none: words("suppressions.none")),
            .element(.div, [.class: "panel"], add))
    }

    // MARK: One

    private func one() async throws -> Page {
        guard request.mayOperate else { throw PageFault(.forbidden, words("fault.read-only")) }
        guard let wish = try await request.ledger.subscription(request.parameter("id")) else {
            throw PageFault(.notFound, words("subscriptions.unknown"))
        }
        let channels = request.setup.configuration.channels.map(\.name)
        return Page(
            title: words("subscriptions.change-of", ["who": wish.who.text]),
            body: [
                .facts([
                    (words("subscriptions.what"), .element(.code, [:], HTML(MatchText.words(wish.match)))),
                    (words("subscriptions.state"), state(wish)),
                ]),
                .form(
                    "/subscriptions/change", id: "change", .hidden("id", wish.id),
                    .field(
                        words("subscriptions.match"), name: "match", value: wish.match.isEmpty ? "" : MatchText.words(wish.match),
                        limit: 2_000),
                    .choice(
                        words("subscriptions.by"), name: "via",
                        options: [("", words("subscriptions.own-way"))] + channels.map { ($0, $0) }, chosen: wish.via ?? ""),
                    .field(
                        words("subscriptions.when"), name: "deliver", value: CadenceText.words(wish.cadence),
                        placeholder: "immediate, hourly, daily 08:00, weekly mon 08:00", isRequired: true),
                    .button(words("subscriptions.save"), tone: .good)),
            ], isLive: false)
    }
}
