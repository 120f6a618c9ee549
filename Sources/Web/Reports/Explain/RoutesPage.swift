// The routes as configured, in the order in which they are asked.

import Foundation
import Hummingbird
import Incidents
import Routing
import Settings

struct RoutesPage {
    let request: PageRequest
    private var words: Words { request.words }

    static func add(to router: Hummingbird.Router<WebContext>, _ house: House) {
        house.pages.page("/routes", to: router, house) { RoutesPage(request: $0).page() }
    }

    /// Where a route stands on the page: letters and digits only.
    static func anchor(_ route: String) -> String {
        "route-"
            + route.utf8.map { byte in
                (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte) || (0x41...0x5A).contains(byte)
                    ? String(UnicodeScalar(byte)) : "_\(byte)"
            }.joined()
    }

    private func page() -> Page {
        let table = request.setup.configuration.table
        let rows = table.routes.map { route -> [HTML] in
            [
                .element(.strong, [.id: Self.anchor(route.name)], HTML(route.name)), conditions(route.match),
                HTML(route.to.map(\.text).joined(separator: ", ")), HTML(terms(route)),
            ]
        }
        let unrouted = table.unrouted.map(\.text).joined(separator: ", ")
        return Page(
            title: words("nav.routes"),
            body: [
                .element(
                    .p, [.class: "hint"], HTML(words("routes.how")), " ", .link(words("routes.explain"), to: "/explain")),
                .table(
                    caption: words("nav.routes"),
                    columns: [words("routes.name"), words("routes.match"), words("routes.to"), words("routes.terms")], rows: rows,
                    none: words("routes.none")),
                .facts([
                    (words("routes.unrouted"), HTML(unrouted)),
                    (words("routes.operators"), HTML(table.operators.map(\.text).joined(separator: ", "))),
                    (words("routes.version"), .element(.code, [:], HTML(request.setup.configuration.version))),
                ]),
                policies(table),
            ])
    }

    private func conditions(_ match: Match) -> HTML {
        if match.conditions.isEmpty { return HTML(words("routes.everything")) }
        return HTML(match.conditions.map { .element(.div, [:], .element(.code, [:], HTML($0.text))) })
    }

    /// What else the route says, one after the other.
    private func terms(_ route: Route) -> [HTML] {
        var terms: [HTML] = []
        func add(_ key: String, _ value: String? = nil) {
            terms.append(.element(.div, [:], HTML(words("routes.term.\(key)", ["value": value ?? ""]))))
        }
        if route.isUrgent { terms.append(.element(.div, [:], .badge(words("routes.term.urgent"), .bad))) }
        if route.stops { add("stop") }
        if let template = route.template { add("template", template) }
        if route.during != nil { add("during") }
        if route.outside != nil { add("outside") }
        if let expire = route.expire { add("expire", DurationText.text(expire)) }
        if let retry = route.retryFor { add("retry", DurationText.text(retry)) }
        if route.group != nil { add("group") }
        if let throttle = route.throttle { add("throttle", "\(throttle.count) / \(DurationText.text(throttle.window))") }
        if let every = route.repeatEvery { add("repeat", DurationText.text(every)) }
        return terms
    }

    /// `10m`, or `critical 5m, high 15m` where it depends on the severity; a severity that skips the step is not there.
    private static func after(_ step: EscalationStep, _ scale: SeverityScale) -> String {
        let times = scale.steps.indices.compactMap { rank in step.after[rank].map { (rank, DurationText.text($0)) } }
        if let first = times.first?.1, times.count == scale.steps.count, times.allSatisfy({ $0.1 == first }) { return first }
        return times.isEmpty ? "–" : times.map { "\(scale.steps[$0.0].name) \($0.1)" }.joined(separator: ", ")
    }

    private func policies(_ table: RoutingTable) -> HTML {
        let rows = table.rules.policies.map { policy -> [HTML] in
            [
                HTML(policy.name), conditions(policy.match),
                HTML(
                    policy.steps.enumerated().map { index, step in
                        .element(
                            .div, [:],
                            HTML("\(index + 1). \(Self.after(step, table.scale)): \(step.to.map(\.text).joined(separator: ", "))"))
                    }),
            ]
        }
        if rows.isEmpty { return .empty }
        return .section(
            words("routes.escalation"), id: "escalation",
            .table(
                caption: words("routes.escalation"), columns: [words("routes.policy"), words("routes.match"), words("routes.steps")],
                rows: rows, none: ""))
    }
}
