// What programs may look at: the same members as `--json` of the commands.

import Foundation
import Hummingbird
import Incidents
import JSON
import Ledger
import Router
import Settings
import Spool

struct ReadAPI: Sendable {
    let house: House
    /// Seconds after which a page of deliveries is answered as it is.
    private static let patience = 0.25

    init(_ house: House) { self.house = house }

    func add(to router: Hummingbird.Router<WebContext>) {
        router.get("/v1/status") { try await status($0, $1) }
        router.get("/v1/incidents") { try await incidents($0, $1) }
        router.get("/v1/incidents/{id}") { try await incident($0, $1) }
        router.get("/v1/deliveries") { try await deliveries($0, $1) }
        router.get("/v1/deliveries/{id}") { try await delivery($0, $1) }
    }

    private func status(_ request: Request, _ context: WebContext) async throws -> Response {
        _ = try query(request, context, known: [])
        let configuration = house.setup.value.configuration
        let now = house.clock()
        let counts = await Blocking.run {
            (try? SpoolCounts.of(queue: configuration.router.queue, limit: 100_000, inspecting: StatusFacts.filesLookedInto))
                ?? SpoolCounts()
        }
        let known = try await StatusFacts.Known(house.ledger, configuration, isRunning: true, now: now)
        return Self.answer(StatusFacts.line(counts, known, isRunning: true, configuration, now: now).text)
    }

    private func incidents(_ request: Request, _ context: WebContext) async throws -> Response {
        let query = try query(request, context, known: ["all", "severity", "limit"])
        let configuration = house.setup.value.configuration
        var filter = IncidentFilter(openOnly: !(try query.flag("all") ?? false), limit: try query.limit())
        if let word = query["severity"] {
            guard let severity = configuration.scale.severity(word) else {
                throw Query.wrong("severity", word, among: configuration.scale.steps.map(\.name))
            }
            filter.severity = severity.name
        }
        let now = house.clock()
        let lines = try await house.ledger.incidents(filter).map { IncidentFacts.line($0, configuration, now: now).text }
        return Self.answer("{\"incidents\":[\(lines.joined(separator: ","))]}")
    }

    private func incident(_ request: Request, _ context: WebContext) async throws -> Response {
        _ = try query(request, context, known: [])
        let id = Self.parameter("id", context)
        guard let incident = try await house.ledger.incident(id) else {
            throw RefusedRequest(.notFound, "unknown_incident", "nobody has heard of incident `\(excerpt(id))`")
        }
        return Self.answer(IncidentFacts.line(incident, house.setup.value.configuration, now: house.clock()).text)
    }

    private func deliveries(_ request: Request, _ context: WebContext) async throws -> Response {
        let query = try query(request, context, known: ["incident", "state", "since", "channel", "order", "limit", "after"])
        var search = DeliverySearch()
        (search.incident, search.channel, search.limit) = (query["incident"], query["channel"], try query.limit())
        search.patience = Self.patience
        if let word = query["state"] {
            guard let state = DeliveryState(rawValue: word.lowercased()) else {
                throw Query.wrong("state", word, among: DeliveryState.allCases.map(\.rawValue))
            }
            search.state = state
        }
        if let text = query["since"] {
            guard let since = Timestamp.parse(text) ?? DurationText.parse(text).map({ house.clock().addingTimeInterval(-$0) }) else {
                throw RefusedRequest(
                    .badRequest, "bad_parameter",
                    "`since` takes an RFC 3339 time or a duration, for instance 2h; this is `\(excerpt(text))`")
            }
            search.since = since
        }
        if let order = query["order"] {
            guard ["newest", "oldest"].contains(order) else { throw Query.wrong("order", order, among: ["newest", "oldest"]) }
        }
        let after = try query.number("after")
        let page: DeliveryPage
        if query["order"] == "oldest" {
            page = try await house.ledger.searchOldest(search, after: after)
        } else {
            search.before = after
            page = try await house.ledger.search(search)
        }
        let next = page.next.map { "\"\($0)\"" } ?? "null"
        return Self.answer("{\"deliveries\":[\(page.rows.map { DeliveryFacts.line($0).text }.joined(separator: ","))],\"next\":\(next)}")
    }

    private func delivery(_ request: Request, _ context: WebContext) async throws -> Response {
        _ = try query(request, context, known: [])
        let id = Self.parameter("id", context)
        guard let number = Int64(id), let row = try await house.ledger.delivery(number) else {
            throw RefusedRequest(.notFound, "unknown_delivery", "there is no delivery `\(excerpt(id))`")
        }
        return Self.answer(DeliveryFacts.line(row).text)
    }

    /// Checks the right to look, and that no parameter is misspelt: a filter that is passed over would show too much.
    private func query(_ request: Request, _ context: WebContext, known: [String]) throws -> Query {
        if let refusal = context.refusal(wanting: .read) { throw refusal }
        var values: [String: String] = [:]
        for (name, value) in request.uri.queryParameters {
            let name = String(name)
            guard known.contains(name) else {
                throw RefusedRequest(
                    .badRequest, "unknown_parameter",
                    "there is no parameter `\(excerpt(name))` here\(Suggestion.clause(for: name, among: known))")
            }
            values[name] = String(value)
        }
        return Query(values: values)
    }

    private static func parameter(_ name: String, _ context: WebContext) -> String {
        let text = context.parameters.get(name) ?? ""
        return text.removingPercentEncoding ?? text
    }

    private static func answer(_ json: String) -> Response { .json(bytes: Array(json.utf8)) }
}

/// The parameters of a request, read with checks.
private struct Query {
    var values: [String: String]

    subscript(name: String) -> String? { values[name] }

    static func wrong(_ name: String, _ word: String, among words: [String]) -> RefusedRequest {
        RefusedRequest(
            .badRequest, "bad_parameter",
            "`\(name)` cannot be `\(excerpt(word))`\(Suggestion.clause(for: word, among: words)) (known: \(words.joined(separator: ", ")))")
    }

    func flag(_ name: String) throws(RefusedRequest) -> Bool? {
        guard let word = values[name] else { return nil }
        guard ["true", "false"].contains(word) else { throw Self.wrong(name, word, among: ["true", "false"]) }
        return word == "true"
    }

    func number(_ name: String) throws(RefusedRequest) -> Int64? {
        guard let word = values[name] else { return nil }
        guard let number = Int64(word), number >= 0 else {
            throw RefusedRequest(.badRequest, "bad_parameter", "`\(name)` is a number, and this is `\(excerpt(word))`")
        }
        return number
    }

    /// 1 to 1,000; 100 where it is not given.
    func limit() throws(RefusedRequest) -> Int {
        guard let number = try number("limit") else { return 100 }
        guard (1...1_000).contains(number) else { throw RefusedRequest(.badRequest, "bad_parameter", "`limit` is 1 to 1000") }
        return Int(number)
    }
}
