// From a request to the answer: who may, the frame, and what went wrong as a page of its own.

import Foundation
import Hummingbird
import Ledger
import Spool

/// Answers one request for a page.
struct PageAnswer {
    let house: House
    let request: Request
    let context: WebContext
    private let words: Words
    /// Bytes: an event of 1 MiB, each of them written as `%XX`.
    private static let maximumForm = 3 << 20 + 1 << 16

    init(_ house: House, _ request: Request, _ context: WebContext) {
        self.house = house
        self.request = request
        self.context = context
        words = Words.of(context.language)
    }

    func page() async -> Response {
        if let refused = refused(wanting: .read) { return refused }
        let asked = PageRequest(house: house, path: request.uri.path, query: query, words: words, mayOperate: mayOperate, by: by)
        do {
            return response(try await house.pages.page(asked))
        } catch {
            return fault(error)
        }
    }

    func form(
        _ parameters: [String: String], for scope: Scope = .operate, _ act: @escaping @Sendable (FormRequest) async throws -> FormOutcome
    ) async -> Response {
        if let refused = refused(wanting: scope) { return refused }
        guard let identity = context.identity else { return fault(PageFault(.unauthorized, words("fault.sign-in"))) }
        do {
            let fields = try await checkedFields(identity)
            let form = FormRequest(
                house: house, identity: identity, words: words, parameters: parameters, fields: fields, now: house.clock())
            let sent = house.sessions.formToken(identity).map { SentForms.Key($0, path: request.uri.path, fields) }
            switch try await house.sentForms.outcome(of: sent, now: form.now, { try await act(form) }) {
            case .see(let path, let said):
                let mark = said.map { (path.contains("?") ? "&" : "?") + "said=\($0)" } ?? ""
                return Response(status: .seeOther, headers: [.location: path + mark])
            case .page(let page): return response(page)
            }
        } catch {
            return fault(error)
        }
    }

    /// The fields of a form that was sent from one of our pages.
    func checkedFields(_ identity: Identity?) async throws -> [String: String] {
        guard FormOrigin.isOurs(request, house: house) else { throw PageFault(.forbidden, words("fault.foreign-form")) }
        guard request.headers[.contentType]?.hasPrefix("application/x-www-form-urlencoded") ?? false else {
            throw PageFault(.unsupportedMediaType, words("fault.no-form"))
        }
        let (limit, budget) =
            context.identity == nil ? (BodyLimits.signIn, house.strangers) : (Self.maximumForm, house.bodies)
        let fields: [String: String]
        do {
            fields = try await request.withBody(upTo: limit, budget: budget) { FormText.members(String(decoding: $0, as: UTF8.self)) }
        } catch let refused as RefusedRequest where refused.status != .contentTooLarge {
            throw PageFault(refused.status, words("fault.form-not-read"))
        } catch {
            throw PageFault(.contentTooLarge, words("fault.form-too-large"))
        }
        if let identity, !house.sessions.isFormToken(FormToken.bare(fields[FormToken.field] ?? ""), of: identity) {
            throw PageFault(.forbidden, words("fault.old-form"))
        }
        return fields
    }

    /// Nil where they may; else the answer. Who is nobody yet is asked to sign in, and led back afterwards.
    private func refused(wanting scope: Scope) -> Response? {
        guard let identity = context.identity else {
            if request.method == .get || request.method == .head {
                let next = request.uri.path == "/" && request.uri.query == nil ? "" : "?next=\(Page.encoded(request.uri.string))"
                return Response(status: .seeOther, headers: [.location: "/sign-in\(next)"])
            }
            return fault(PageFault(.unauthorized, words("fault.sign-in")))
        }
        if identity.may(scope) { return nil }
        return fault(PageFault(.forbidden, words(scope == .operate ? "fault.read-only" : "fault.no-right")))
    }

    private var mayOperate: Bool { context.identity?.may(.operate) ?? false }

    private var by: String? { context.identity.map(house.setup.value.configuration.person) }

    private var query: [String: String] { FormText.members(request.uri.query ?? "") }

    /// The page in its frame.
    func response(_ page: Page) -> Response {
        var live: String?
        if page.isLive, page.status == .ok, request.method == .get, context.identity != nil, Live.isKept(query) {
            let kept = (request.uri.query ?? "").split(separator: "&").filter { !$0.hasPrefix("said=") && !$0.hasPrefix("lang=") }
            live = request.uri.path + (kept.isEmpty ? "" : "?" + kept.joined(separator: "&"))
        }
        let zone = TimeZone(identifier: house.setup.value.configuration.router.timezone) ?? .gmt
        let frame = PageFrame(
            title: page.title, path: request.uri.path, live: live, zone: zone,
            said: query["said"].flatMap { words.has("said.\($0)") ? words("said.\($0)") : nil })
        let document = HTML.document(page.layout(context, frame))
        let token = context.identity.flatMap(house.sessions.formToken)
        var headers: HTTPFields = [.contentType: "text/html; charset=utf-8"]
        headers[.contentLanguage] = words.language
        return Response(
            status: page.status, headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(string: FormToken.filled(document, token))))
    }

    /// What went wrong, in the frame. Faults of ours are logged, and their texts are not shown.
    func fault(_ error: any Error) -> Response {
        let fault = Self.fault(error, words)
        if fault.status == .internalServerError {
            house.logger.error("a page could not be made", metadata: ["path": "\(request.uri.path.prefix(200))", "error": "\(error)"])
        }
        let back = fault.back.map { HTML.element(.p, [:], .link(words("filter.without"), to: $0)) } ?? .empty
        return response(
            Page(title: words("fault.title"), body: .notice(.bad, HTML.paragraph(fault.message), back), status: fault.status, isLive: false)
        )
    }

    private static func fault(_ error: any Error, _ words: Words) -> PageFault {
        switch error {
        case let fault as PageFault: return fault
        case is LedgerError: return PageFault(.serviceUnavailable, words("fault.ledger"))
        case is SpoolError: return PageFault(.serviceUnavailable, words("fault.queue"))
        default: return PageFault(.internalServerError, words("fault.ours"))
        }
    }
}
