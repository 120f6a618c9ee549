// One rejected file: why, where, and what it says, to be mended here and put back.

import Foundation
import Hummingbird
import Router
import Spool

enum RejectedPage {
    /// Bytes that are shown, and can be mended here.
    static let shown = 256 * 1_024

    static func page(_ request: PageRequest) async throws -> Page {
        let queue = request.setup.configuration.router.queue
        guard let (file, content) = try await read(request.parameter("name"), queue: queue) else {
            throw PageFault(.notFound, request.words("mending.gone"))
        }
        let text = content.map { String(decoding: $0, as: UTF8.self) } ?? ""
        let view = RejectedView(
            file: file, text: text, isWhole: content.map { $0.count >= file.size } ?? false, words: request.words,
            mayOperate: request.mayOperate)
        return view.page(.empty)
    }

    static func read(_ name: String, queue: String) async throws -> (file: RejectedFile, content: [UInt8]?)? {
        try await Blocking.run { () -> Result<(file: RejectedFile, content: [UInt8]?)?, SpoolError> in
            do throws(SpoolError) {
                return .success(try RejectedFiles.read(queue: queue, name: name, limit: shown))
            } catch {
                return error.code == .notFound ? .success(nil) : .failure(error)
            }
        }.get()
    }
}

/// A rejected file as the page shows it.
struct RejectedView {
    let file: RejectedFile
    let text: String
    /// The text is all that the file says.
    let isWhole: Bool
    let words: Words
    let mayOperate: Bool

    func page(_ result: HTML, status: HTTPResponse.Status = .ok) -> Page {
        let isLines = file.name.contains(".ndjson")
        return Page(
            title: file.name,
            body: [
                .facts([
                    (words("mending.code"), file.code.map { .element(.code, [:], HTML($0)) }),
                    (words("mending.why"), HTML(file.message ?? words("mending.no-reason"))),
                    (words("mending.where"), HTML(MendingPage.place(file, words))),
                    (words("mending.size"), HTML(MendingPage.size(file.size))),
                ]),
                // The reason's line is one of the file that was dropped; of lines, only the bad ones are kept.
                isLines || !result.isEmpty ? .empty : ExplainPage.excerpt(text, line: file.line, column: file.column),
                result,
                content(isLines),
                .element(.p, [:], .link(words("mending.back"), to: "/mending")),
            ], status: status, isLive: false)
    }

    private func content(_ isLines: Bool) -> HTML {
        guard mayOperate else { return .element(.pre, [:], HTML(text)) }
        let buttons: HTML = [
            file.isConflictStill
                ? .paragraph(words("mending.conflict"), class: "hint")
                : .form("/mending/requeue", .hidden("name", file.name), .button(words("mending.requeue-as-is"))),
            .form(
                "/mending/discard", confirm: words("mending.discard.ask", ["name": file.name]), .hidden("name", file.name),
                .button(words("mending.discard"), tone: .bad)),
        ]
        guard isWhole else {
            return [
                .paragraph(words("mending.too-large", ["size": MendingPage.size(RejectedPage.shown)]), class: "hint"),
                .element(.pre, [:], HTML(text)), buttons,
            ]
        }
        return [
            .form(
                "/mending/rejected/\(Page.encoded(file.name))",
                .area(
                    words(isLines ? "mending.text.lines" : "mending.text"), name: "text", value: text, rows: 16, isRequired: true,
                    limit: RejectedPage.shown),
                .button(words("mending.put-back"), tone: .good)),
            buttons,
        ]
    }
}
