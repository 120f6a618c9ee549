// What somebody has to look at: files that could not be accepted, and deliveries that were given up.

import Foundation
import Hummingbird
import Incidents
import Ledger
import Router
import Spool

struct MendingPage {
    let request: PageRequest
    private var words: Words { request.words }
    /// Rows of each list.
    static let listed = 200

    static func add(to router: Hummingbird.Router<WebContext>, _ house: House) {
        house.pages.page("/mending", to: router, house) { try await MendingPage(request: $0).page() }
        house.pages.page("/mending/rejected/{name}", to: router, house) { try await RejectedPage.page($0) }
        MendingForms.add(to: router, house)
    }

    private func page() async throws -> Page {
        let queue = request.setup.configuration.router.queue
        let (files, many) = try await Self.rejected(queue)
        let rows = try await request.ledger.deliveries(DeliveryFilter(needsMending: true, limit: Self.listed, newestFirst: true))
        let dead = try await request.ledger.summary(now: request.now).needsMending
        return Page(title: words("nav.mending"), body: [rejected(files, of: many), given(up: rows, of: dead)])
    }

    /// None where the router has not run yet.
    private static func rejected(_ queue: String) async throws -> (files: [RejectedFile], count: Int) {
        try await Blocking.run { () -> Result<(files: [RejectedFile], count: Int), SpoolError> in
            do throws(SpoolError) {
                return .success(try RejectedFiles.first(listed, queue: queue))
            } catch {
                return error.code == .notFound ? .success(([], 0)) : .failure(error)
            }
        }.get()
    }

    /// Of all that can be put back.
    static func allNames(_ queue: String) async throws -> [String] {
        try await Blocking.run { () -> Result<[String], SpoolError> in
            do throws(SpoolError) {
                return .success(try RejectedFiles.names(queue: queue))
            } catch {
                return error.code == .notFound ? .success([]) : .failure(error)
            }
        }.get()
    }

    // MARK: Files

    private func rejected(_ files: [RejectedFile], of count: Int) -> HTML {
        let rows = files.map { file -> [HTML] in
            var cells: [HTML] = [
                [
                    .link(file.name, to: "/mending/rejected/\(Page.encoded(file.name))"),
                    .element(.small, [:], HTML(Self.size(file.size))),
                ],
                request.time(file.at),
                [
                    file.code.map { .element(.code, [:], HTML($0)) } ?? .empty,
                    .element(.small, [:], HTML(file.message ?? words("mending.no-reason"))),
                ],
                HTML(Self.place(file, words)),
            ]
            if request.mayOperate {
                cells.append(
                    file.isConflictStill
                        ? .element(.small, [:], HTML(words("mending.conflict.short")))
                        : .form("/mending/requeue", .hidden("name", file.name), .button(words("mending.requeue"))))
            }
            return cells
        }
        var parts: [HTML] = [
            .table(
                caption: words("mending.rejected"),
                columns: [words("mending.file"), words("mending.when"), words("mending.why"), words("mending.where")]
                    + (request.mayOperate ? [words("mending.do")] : []),
                rows: rows, none: words("mending.rejected.none"))
        ]
        if count > Self.listed {
            parts.append(.paragraph(words("mending.more", ["n": "\(count - Self.listed)"]), class: "hint"))
        }
        if request.mayOperate, count > 1 {
            parts.append(
                .form(
                    "/mending/requeue", confirm: words("mending.requeue-all.ask", ["n": "\(count)"]), .hidden("all", "yes"),
                    .button(words("mending.requeue-all", ["n": "\(count)"]))))
        }
        return .section(words("mending.rejected"), id: "rejected", .paragraph(words("mending.rejected.how"), class: "hint"), HTML(parts))
    }

    /// `line 3, column 7`, or a pointer.
    static func place(_ file: RejectedFile, _ words: Words) -> String {
        var text = file.line.map { words("explain.line", ["line": "\($0)", "column": "\(file.column ?? 1)"]) } ?? file.pointer ?? ""
        if file.reasons > 1 { text += " " + words("mending.reasons", ["n": "\(file.reasons)"]) }
        return text
    }

    static func size(_ bytes: Int) -> String {
        bytes < 10_000 ? "\(bytes) B" : bytes < 10_000_000 ? "\(bytes / 1_000) kB" : "\(bytes / 1_000_000) MB"
    }

    // MARK: Deliveries

    private func given(up rows: [DeliveryRow], of count: Int) -> HTML {
        let table = HTML.table(
            caption: words("mending.dead"),
            columns: (request.mayOperate ? [words("mending.choose")] : []) + [
                words("mending.delivery"), words("mending.recipient"), words("mending.channel"), words("mending.state"),
                words("mending.why"),
            ],
            rows: rows.map(row), none: words("mending.dead.none"))
        var parts: [HTML] = [.paragraph(words("mending.dead.how"), class: "hint")]
        if request.mayOperate, !rows.isEmpty {
            parts.append(
                .form(
                    "/mending/deliveries", id: "mend", table,
                    .element(
                        .div, [.class: "panel"],
                        .button(words("mending.retry"), name: "do", value: "retry", tone: .good),
                        .field(words("mending.reason"), name: "reason", placeholder: words("mending.reason.example")),
                        .button(words("mending.drop"), name: "do", value: "drop", tone: .bad))))
            parts.append(
                .form(
                    "/mending/deliveries", confirm: words("mending.retry-all.ask", ["n": "\(count)"]), .hidden("all", "yes"),
                    .button(words("mending.retry-all", ["n": "\(count)"]), name: "do", value: "retry")))
        } else {
            parts.append(table)
        }
        if count > rows.count { parts.append(.paragraph(words("mending.more", ["n": "\(count - rows.count)"]), class: "hint")) }
        return .section(words("mending.dead"), id: "dead", HTML(parts))
    }

    private func row(_ row: DeliveryRow) -> [HTML] {
        let last = row.attempts.last.map { "\($0.code.map { "\($0) " } ?? "")\($0.detail ?? "")" } ?? ""
        var cells: [HTML] = [
            [
                .link("\(row.id)", to: "/deliveries/\(row.id)"), " ", HTML(row.type.rawValue),
                row.incident.map { [.element(.br), .link($0, to: Page.path("incidents", $0))] } ?? .empty,
            ],
            [HTML(row.recipient), .element(.small, [:], HTML(row.address))],
            HTML(row.channel),
            [.badge(words.word("state", row.state.rawValue), .of(row.state)), " ", request.time(row.createdAt)],
            [HTML(row.reason ?? ""), last.isEmpty ? .empty : .element(.small, [:], HTML(last))],
        ]
        if request.mayOperate {
            cells.insert(
                .element(
                    .input,
                    [.type: "checkbox", .name: "id-\(row.id)", .value: "on", .ariaLabel: words("mending.choose.one", ["id": "\(row.id)"])]),
                at: 0)
        }
        return cells
    }
}
