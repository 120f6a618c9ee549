// What is done about what needs mending: the same as `tocsin requeue`, `tocsin dead retry` and `tocsin dead drop`.

import Foundation
import Hummingbird
import Incidents
import JSON
import Ledger
import Router
import Spool

enum MendingForms {
    static func add(to router: Hummingbird.Router<WebContext>, _ house: House) {
        house.pages.form("/mending/requeue", to: router, house) { try await requeue($0) }
        house.pages.form("/mending/deliveries", to: router, house) { try await mend($0) }
        house.pages.form("/mending/rejected/{name}", to: router, house) { try await putBack($0) }
        house.pages.form("/mending/discard", to: router, house) { try await discard($0) }
    }

    private static func requeue(_ form: FormRequest) async throws -> FormOutcome {
        let queue = form.house.setup.value.configuration.router.queue
        let names =
            form.field("all") != nil
            ? try await MendingPage.allNames(queue) : [try form.needed("name", "mending.nothing-chosen")]
        let (done, stay) = try await Blocking.run { () -> Result<([String], [String]), SpoolError> in
            do throws(SpoolError) {
                let stay = try RejectedFiles.conflicting(queue: queue, names: names)
                let wanted = stay.isEmpty ? names : Array(Set(names).subtracting(stay)).sorted()
                _ = try RejectedFiles.requeue(queue: queue, names: wanted)
                return .success((wanted, stay))
            } catch {
                return .failure(error)
            }
        }.mapError { $0.code == .badName ? PageFault(.notFound, form.words("mending.gone")) : $0 as any Error }.get()
        if done.isEmpty { throw PageFault(.conflict, form.words(stay.isEmpty ? "mending.nothing-chosen" : "mending.conflict")) }
        form.note("rejected files were put back on the page", ["files": "\(listed(done))"])
        return .see("/mending", said: stay.isEmpty ? "requeued" : "requeued-some")
    }

    private static func mend(_ form: FormRequest) async throws -> FormOutcome {
        let isAll = form.field("all") != nil
        let ids = form.ticked("id").compactMap { Int64($0) }
        if ids.isEmpty, !isAll { throw PageFault(.unprocessableContent, form.words("mending.nothing-chosen")) }
        switch form.field("do") {
        case "retry":
            let done = try await form.house.ledger.retryDead(isAll ? nil : ids, now: form.now)
            form.note("deliveries are tried again from the page", ["count": "\(done.count)", "chosen": "\(isAll ? "all" : listed(ids))"])
            return .see("/mending", said: done.isEmpty ? "nothing-retried" : "retried")
        case "drop":
            let reason = try form.needed("reason", "mending.reason.needed")
            let text = "\(reason.prefix(500)) (\(form.identity.name))"
            let done = try await form.house.ledger.dropDead(ids, reason: text, now: form.now)
            form.note("deliveries were put aside on the page", ["count": "\(done.count)", "chosen": "\(listed(ids))"])
            return .see("/mending", said: done.isEmpty ? "nothing-dropped" : "put-aside")
        default: throw PageFault(.unprocessableContent, form.words("mending.nothing-chosen"))
        }
    }

    /// What was mended on the page is dropped as new, and the rejected file goes. Where anything is still wrong, nothing is done.
    private static func putBack(_ form: FormRequest) async throws -> FormOutcome {
        let name = form.parameter("name")
        let queue = form.house.setup.value.configuration.router.queue
        guard let known = try await RejectedPage.read(name, queue: queue) else { throw PageFault(.notFound, form.words("mending.gone")) }
        let text = form.fields["text"] ?? ""
        let reader = MendedText(
            text, isLines: name.contains(".ndjson"), setup: form.house.setup.value, now: form.now,
            rights: MendingRights(of: known.file, form))
        switch reader.documents {
        case .failure(let rejection):
            let view = RejectedView(file: known.file, text: text, isWhole: true, words: form.words, mayOperate: true)
            return .page(view.page(ExplainPage.rejection(rejection, text: text, form.words), status: .unprocessableContent))
        case .success(let documents):
            try await form.house.events.drop(documents)
            form.note(
                "a rejected file was mended on the page and dropped as new",
                ["file": "\(name)", "ids": "\(listed(documents.map { $0["id"]?.string ?? "-" }))"])
            _ = try await remove(name, queue: queue)
            return .see("/mending", said: "put-back")
        }
    }

    private static func discard(_ form: FormRequest) async throws -> FormOutcome {
        let name = try form.needed("name", "mending.nothing-chosen")
        let queue = form.house.setup.value.configuration.router.queue
        guard try await remove(name, queue: queue) else { throw PageFault(.notFound, form.words("mending.gone")) }
        form.note("a rejected file was deleted on the page", ["file": "\(name)"])
        return .see("/mending", said: "discarded")
    }

    /// The first of many.
    private static func listed(_ all: [some CustomStringConvertible]) -> String {
        let shown = all.prefix(50).map { String($0.description.prefix(200)) }.joined(separator: ", ")
        return all.count > 50 ? "\(shown) and \(all.count - 50) more" : shown
    }

    private static func remove(_ name: String, queue: String) async throws -> Bool {
        try await Blocking.run { () -> Result<Bool, SpoolError> in
            do throws(SpoolError) {
                return .success(try RejectedFiles.discard(queue: queue, name: name))
            } catch {
                return .failure(error)
            }
        }.get()
    }
}

/// Text that somebody has mended, as events.
struct MendedText {
    /// All of them are right; or what is wrong with the first that is not, by its line in the text.
    let documents: Result<[JSONValue], Rejection>

    /// - Parameter isLines: one event a line.
    init(_ text: String, isLines: Bool, setup: Setup, now: Date, rights: MendingRights) {
        var documents: [JSONValue] = []
        let parts = isLines ? text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) : [text]
        for (index, part) in parts.enumerated() {
            if isLines, part.allSatisfy(\.isWhitespace) { continue }
            do throws(Rejection) {
                let bytes = Array(part.utf8)
                let event = try setup.parser.parse(bytes, origin: EventOrigin(file: "", modified: now, size: bytes.count))
                if let objection = rights.objection(to: event) { throw objection }
                do throws(JSONError) {
                    documents.append(try JSONValue.parse(bytes: bytes, maximumDepth: EventParser.maximumDepth))
                } catch {
                    throw Rejection(error)
                }
            } catch {
                var rejection = error
                if isLines { rejection.line = index + 1 }
                self.documents = .failure(rejection)
                return
            }
        }
        self.documents =
            documents.isEmpty ? .failure(Rejection(.notJSON, "there is no event in it", line: 1, column: 1)) : .success(documents)
    }
}
