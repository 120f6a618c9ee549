// POST /v1/intake/NAME: what another tool sends by webhook, made into events by its adapter.

import Foundation
import HTTPTypes
import Hummingbird
import Incidents
import JSON
import Router
import Settings
import Synchronization

/// Makes events of what one tool sends.
public protocol ToolAdapter: Sendable {
    /// - Parameter headers: by their names in lower case.
    /// - Returns: documents that the parser accepts, none where there is nothing to tell; and what is worth knowing about them.
    func events(from body: JSONValue, headers: [String: String], scale: SeverityScale) throws(ToolFault) -> (
        events: [JSONValue], notes: [String]
    )

    /// Checks the tool's signature.
    ///
    /// - Parameter body: exactly as it was received.
    /// - Throws: what is wrong with it, in words that hold no secret.
    func verify(headers: [String: String], body: [UInt8], secret: String, now: Date) throws(ToolFault)
}

/// What is wrong with what a tool sent.
public struct ToolFault: Error, Sendable, Equatable {
    /// As in `rejected/`.
    public var code: String
    public var message: String
    /// A JSON Pointer into the body.
    public var pointer: String?

    public init(code: String, message: String, pointer: String? = nil) {
        self.code = code
        self.message = message
        self.pointer = pointer
    }
}

/// Where adapters come from.
public struct ToolAdapters: Sendable {
    /// Those that need no entry in routes.yaml.
    public var shipped: [String]
    /// The adapter of a shipped name or of a file; nil, with the reason, where it cannot be read. May block.
    public var load: @Sendable (_ adapter: String) -> Result<any ToolAdapter, ToolFault>

    public init(shipped: [String], load: @escaping @Sendable (_ adapter: String) -> Result<any ToolAdapter, ToolFault>) {
        self.shipped = shipped
        self.load = load
    }

    /// None at all.
    public static let none = ToolAdapters(shipped: []) { name in
        .failure(ToolFault(code: "unknown_adapter", message: "there is no adapter `\(name)`"))
    }
}

struct ToolIntake: Sendable {
    let intake: EventIntake
    let adapters: ToolAdapters
    /// A reload reads files again.
    private let loaded = Shelf()

    init(_ intake: EventIntake, _ adapters: ToolAdapters) {
        self.intake = intake
        self.adapters = adapters
    }

    private var house: House { intake.house }

    func receive(_ request: Request, _ context: WebContext) async throws -> Response {
        let name = context.parameters.get("name") ?? ""
        let configured = house.http.intake[name]
        // Who has no right need not learn which tools there are.
        if configured?.secret == nil, let refusal = context.refusal(wanting: .intake) { throw refusal }
        let adapter = try await adapter(name, configured)
        try await intake.checkRoom()
        return try await request.withBody(upTo: BodyLimits.document, budget: context.identity == nil ? house.strangers : house.bodies) {
            body in
            let headers = Dictionary(request.headers.map { ($0.name.canonicalName, $0.value) }, uniquingKeysWith: { $0 + ", " + $1 })
            try authorise(request, context, name, configured?.secret, adapter, headers, body)
            let id = if case .token(let token)? = context.identity?.way { token } else { "intake \(name)" }
            let submitter = try intake.submitter(request, name: name, id: id)
            let (events, notes) = try Self.events(of: body, headers, adapter, house.setup.value.configuration.scale)
            if events.isEmpty {
                return EventIntake.accepted([], notes: (notes.isEmpty ? ["there is nothing to tell in it"] : notes).map { .string($0) })
            }
            let documents = events.enumerated().map { EventDocument(value: $1, index: events.count == 1 ? nil : $0) }
            return try await intake.accept(
                documents, body, from: submitter, format: .json, notes: notes.map { .string($0) })
        }
    }

    /// By a token, or by the tool's signature where it has a secret; then no token is needed, and one that has the scope is
    /// enough as well.
    private func authorise(
        _ request: Request, _ context: WebContext, _ name: String, _ secret: Secret?, _ adapter: any ToolAdapter,
        _ headers: [String: String], _ body: [UInt8]
    ) throws {
        guard let secret else { return }
        if context.identity?.may(.intake) ?? false { return }
        do throws(ToolFault) {
            try adapter.verify(headers: headers, body: body, secret: secret.reveal(), now: house.clock())
        } catch {
            let address = context.clientAddress ?? "unknown"
            intake.refusals.log(
                "a webhook was refused: \(error.message)", key: "signature \(name) \(address)",
                ["intake": "\(name)", "from": "\(address)"],
                now: house.clock())
            throw RefusedRequest(.unauthorized, "bad_signature", "the signature is not right: \(error.message)")
        }
        try house.checkRate("intake \(name)")
    }

    private static func events(
        of body: [UInt8], _ headers: [String: String], _ adapter: any ToolAdapter, _ scale: SeverityScale
    ) throws(RefusedRequest) -> (events: [JSONValue], notes: [String]) {
        let value: JSONValue
        do throws(JSONError) {
            value = try JSONValue.parse(bytes: body, maximumDepth: EventParser.maximumDepth)
        } catch {
            throw RefusedRequest(.badRequest, [Problem(Rejection(error))])
        }
        do throws(ToolFault) {
            return try adapter.events(from: value, headers: headers, scale: scale)
        } catch {
            throw RefusedRequest(.badRequest, [Problem(error.code, error.message, pointer: error.pointer)])
        }
    }

    private func adapter(_ name: String, _ configured: IntakeSettings?) async throws(RefusedRequest) -> any ToolAdapter {
        guard configured != nil || adapters.shipped.contains(name) else {
            let known = adapters.shipped + house.http.intake.keys
            throw RefusedRequest(
                .notFound, "unknown_intake",
                "there is no intake `\(excerpt(name))`\(Suggestion.clause(for: name, among: known)); `http.intake` in routes.yaml names your own"
            )
        }
        let setup = house.setup.value
        if let known = loaded.adapter(name, setup) { return known }
        let (load, wanted) = (adapters.load, configured?.adapter ?? name)
        switch await Blocking.run({ load(wanted) }) {
        case .success(let adapter):
            loaded.put(adapter, name, setup)
            return adapter
        case .failure(let fault):
            intake.refusals.log(
                "an adapter cannot be read, so nothing is taken from its tool", key: "adapter \(name)",
                ["intake": "\(name)", "error": "\(fault.message)"], level: .error, now: house.clock())
            throw RefusedRequest.tryLater(
                .serviceUnavailable, "bad_adapter", "the adapter of this intake cannot be read; `tocsin check` says why", after: 60)
        }
    }

    /// What was read since the last reload.
    private final class Shelf: Sendable {
        private let state = Mutex<(setup: Setup?, adapters: [String: any ToolAdapter])>((nil, [:]))

        func adapter(_ name: String, _ setup: Setup) -> (any ToolAdapter)? {
            state.withLock { $0.setup === setup ? $0.adapters[name] : nil }
        }

        func put(_ adapter: any ToolAdapter, _ name: String, _ setup: Setup) {
            state.withLock { state in
                if state.setup !== setup { state = (setup, [:]) }
                state.adapters[name] = adapter
            }
        }
    }
}
