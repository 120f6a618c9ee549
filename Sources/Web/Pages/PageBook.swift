// All pages, by the patterns of their paths. A page is registered once, and then answers GET and is kept up to date live.

import Foundation
import Hummingbird
import Ledger
import Synchronization

/// The pages and forms of one server.
///
///     house.pages.page("/channels", to: router, house) { request in Page(title: request.words("nav.channels"), body: …) }
///     house.pages.form("/mending/{id}/retry", to: router, house) { form in … return .see("/mending", said: "retried") }
final class PageBook: Sendable {
    typealias Maker = @Sendable (PageRequest) async throws -> Page

    private struct Entry {
        var pattern: [String]
        var make: Maker
    }

    private let entries = Mutex<[Entry]>([])

    /// Makes the page for a path that has a pattern; throws `PageFault` with 404 where none has.
    func page(_ request: PageRequest) async throws -> Page {
        let segments = Self.segments(request.path)
        let found = entries.withLock { entries in
            entries.lazy.compactMap { entry in Self.match(entry.pattern, segments).map { (entry.make, $0) } }.first
        }
        guard let (make, parameters) = found else { throw PageFault(.notFound, request.words("fault.no-page")) }
        var request = request
        request.parameters = parameters
        return try await make(request)
    }

    /// Adds a page that everybody with the scope `read` may see. `{name}` stands for one segment, whatever it holds.
    ///
    /// - Parameter make: throws `PageFault` where there is no such thing; everything else that it throws is a fault of ours.
    func page(_ pattern: String, to router: Hummingbird.Router<WebContext>, _ house: House, _ make: @escaping Maker) {
        entries.withLock { $0.append(Entry(pattern: pattern.split(separator: "/").map(String.init), make: make)) }
        router.get(RouterPath(pattern)) { request, context in await PageAnswer(house, request, context).page() }
    }

    /// Adds a form that whoever has the scope `operate` may send. It has been checked that it was sent from a page of ours.
    ///
    /// - Parameter scope: `read` for what only asks, and changes nothing.
    func form(
        _ pattern: String, to router: Hummingbird.Router<WebContext>, _ house: House, for scope: Scope = .operate,
        _ act: @escaping @Sendable (FormRequest) async throws -> FormOutcome
    ) {
        let segments = pattern.split(separator: "/").map(String.init)
        router.post(RouterPath(pattern)) { request, context in
            let parameters = Self.match(segments, Self.segments(request.uri.path)) ?? [:]
            return await PageAnswer(house, request, context).form(parameters, for: scope, act)
        }
    }

    private static func segments(_ path: String) -> [String] { path.split(separator: "/").map(String.init) }

    /// What the places of the pattern stand for; nil where it does not fit.
    private static func match(_ pattern: [String], _ segments: [String]) -> [String: String]? {
        guard pattern.count == segments.count else { return nil }
        var parameters: [String: String] = [:]
        for (wanted, segment) in zip(pattern, segments) {
            if wanted.hasPrefix("{"), wanted.hasSuffix("}") {
                guard let text = segment.removingPercentEncoding, !text.isEmpty else { return nil }
                parameters[String(wanted.dropFirst().dropLast())] = text
            } else if wanted != segment {
                return nil
            }
        }
        return parameters
    }
}

/// Where pages of one part are added.
struct PagesToAdd {
    let router: Hummingbird.Router<WebContext>
    let house: House

    /// See `PageBook.page`.
    func page(_ pattern: String, _ make: @escaping PageBook.Maker) { house.pages.page(pattern, to: router, house, make) }

    /// See `PageBook.form`.
    func form(_ pattern: String, _ act: @escaping @Sendable (FormRequest) async throws -> FormOutcome) {
        house.pages.form(pattern, to: router, house, act)
    }
}

/// A form that somebody sent.
struct FormRequest: Sendable {
    let house: House
    let identity: Identity
    let words: Words
    let parameters: [String: String]
    /// Of members that are given twice, the first.
    let fields: [String: String]
    let now: Date

    func parameter(_ name: String) -> String { parameters[name] ?? "" }

    /// A field without blanks around it; nil where it is empty or not there.
    func field(_ name: String) -> String? {
        guard let text = fields[name]?.trimmingCharacters(in: .whitespacesAndNewlines), !text.isEmpty else { return nil }
        return text
    }

    /// A person's own name, where they have one.
    func person(_ name: String) -> String { house.setup.value.configuration.table.names[name] ?? name }
}

/// What becomes of a form.
enum FormOutcome: Sendable {
    /// Another page is shown. `said` is the end of a key of `Words`, `said.…`: what that page says once.
    case see(String, said: String? = nil)
    /// A page is shown in answer, for instance the form again with what is wrong.
    case page(Page)
}

/// Members of a query or a form.
enum FormText {
    /// More are not read: every row of the longest list can be ticked.
    private static let maximumMembers = 1_000

    /// Decodes `application/x-www-form-urlencoded`. What is no UTF-8 after decoding is left out.
    static func members(_ text: String) -> [String: String] {
        var members: [String: String] = [:]
        for pair in text.split(separator: "&").prefix(maximumMembers) {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = decoded(parts.first ?? ""), let value = decoded(parts.count > 1 ? parts[1] : "") else { continue }
            if members[name] == nil { members[name] = value }
        }
        return members
    }

    private static func decoded(_ text: Substring) -> String? {
        String(text).replacing("+", with: " ").removingPercentEncoding?.replacing("\r\n", with: "\n")
    }
}
