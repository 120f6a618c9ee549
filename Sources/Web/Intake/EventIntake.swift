// POST /v1/events: read, check, write, and only then say that it was accepted.

import Foundation
import HTTPTypes
import Hummingbird
import Incidents
import JSON
import Ledger
import Router
import Routing
import Spool

/// The way of events through the door, for `/v1/events` and for what other tools send.
struct EventIntake: Sendable {
    let house: House
    let keys = SeenKeys()
    let refusals: Refusals

    init(_ house: House) {
        self.house = house
        refusals = Refusals(house.logger)
    }

    func events(_ request: Request, _ context: WebContext) async throws -> Response {
        if let refusal = context.refusal(wanting: .intake) { throw refusal }
        let format = try EventFormat.of(request.headers)
        let submitter = try submitter(request, context)
        try await checkRoom()
        return try await request.withBody(upTo: format.limit, budget: house.bodies, weight: format.weight) { body in
            let documents = try format.documents(in: body, request.headers)
            return try await accept(documents, body, from: submitter, format: format)
        }
    }

    /// 429 where too many wait already.
    func checkRoom() async throws(RefusedRequest) {
        do throws(RefusedRequest) {
            try await house.checkRoom()
        } catch {
            refusals.log(
                "events are refused: the queue is full", key: "full", ["max_queue": "\(house.http.maximumQueue)"], now: house.clock())
            throw error
        }
    }

    /// Checks, writes, answers.
    ///
    /// - Parameter notes: said with the ids, instead of what may be misspelt: of what an adapter made, nobody can mend that.
    func accept(
        _ documents: [EventDocument], _ body: [UInt8], from submitter: Submitter, format: EventFormat, notes: [JSONValue]? = nil
    ) async throws -> Response {
        let seen = submitter.key.map { SeenKeys.Entry(submitter, $0, body) }
        if let seen, keys.knowsOther(than: seen) { throw Self.otherBody }
        let checked = try await EventDoor.check(
            documents, from: submitter, format: format, parser: house.setup.value.parser, now: house.clock())
        try await checkWishes(checked)
        try await checkAcknowledged(checked, isOne: documents.count == 1)
        if !checked.identities.isEmpty, try await house.ledger.knowsOtherwise(checked.identities) { throw Self.otherBody }
        // Only now: what was refused for another reason uses up no key.
        let standing = seen.map { keys.remember($0) } ?? .same
        if standing == .other { throw Self.otherBody }
        do throws(SpoolError) {
            try await house.events.drop(lines: checked.lines, events: checked.ids.count)
        } catch {
            if standing == .new, let seen { keys.forget(seen) }
            refusals.log(
                "events that came by HTTP cannot be written; they were refused", key: "disk", ["error": "\(error)"], level: .error,
                now: house.clock())
            throw RefusedRequest(error)
        }
        return Self.accepted(checked.ids, notes: notes ?? (checked.notes.isEmpty ? nil : checked.notes.map { .string($0) }))
    }

    static func accepted(_ ids: [String], notes: [JSONValue]? = nil) -> Response {
        var body = Array("{\"ids\":".utf8)
        body += JSONValue.array(ids.map { .string($0) }).bytes
        if let notes, !notes.isEmpty { body += Array(",\"notes\":".utf8) + JSONValue.array(notes).bytes }
        body.append(UInt8(ascii: "}"))
        return .json(bytes: body, status: .accepted)
    }

    private static var otherBody: RefusedRequest {
        RefusedRequest(
            .unprocessableContent, "id_conflict",
            "this `Idempotency-Key` came before, with another body; give each request a key of its own")
    }

    /// An acknowledgement of an incident that nobody has heard of is told at once, unless what waits in the queue may open it.
    private func checkAcknowledged(_ checked: CheckedEvents, isOne: Bool) async throws {
        var unknown: [(incident: String, index: Int)] = []
        for (incident, index) in checked.acknowledged.prefix(EventDoor.maximumProblems) {
            if try await house.ledger.incident(incident) == nil { unknown.append((incident, index)) }
        }
        if unknown.isEmpty { return }
        guard await house.events.depth.isEmpty() else { return }
        var problems: [Problem] = []
        for (incident, index) in unknown {
            // What was in the queue a moment ago is in the ledger now.
            if try await house.ledger.incident(incident) != nil { continue }
            // To look for near ones is dear: only for the first.
            let near = problems.isEmpty ? try await house.ledger.incidentIDs(near: incident, limit: 3) : []
            let hint = near.isEmpty ? "" : "; the nearest: \(near.map { excerpt($0) }.joined(separator: ", "))"
            problems.append(
                Problem(
                    RejectionCode.unknownIncident.rawValue, "nobody has heard of incident `\(excerpt(incident))`\(hint)",
                    pointer: "/incident/id", index: isOne ? nil : index))
        }
        if !problems.isEmpty { throw RefusedRequest(.badRequest, problems) }
    }

    func submitter(_ request: Request, _ context: WebContext) throws(RefusedRequest) -> Submitter {
        var id = "nobody"
        if case .token(let token)? = context.identity?.way { id = token }
        return try submitter(request, name: context.identity?.name ?? Event.unnamedSource, id: id)
    }

    func submitter(_ request: Request, name: String, id: String) throws(RefusedRequest) -> Submitter {
        var submitter = Submitter(name: name, id: id)
        if let field = HTTPField.Name("Idempotency-Key"), let key = request.headers[field] {
            guard (1...200).contains(key.utf8.count), key.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) else {
                throw RefusedRequest(
                    .badRequest, "bad_idempotency_key", "`Idempotency-Key` has 1 to 200 printable ASCII characters")
            }
            submitter.key = key
        }
        if let field = HTTPField.Name("traceparent"), let parent = request.headers[field], Self.isTraceParent(parent) {
            submitter.traceparent = parent
            if let field = HTTPField.Name("tracestate"), let state = request.headers[field], state.utf8.count <= 512,
                state.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F })
            {
                submitter.tracestate = state
            }
        }
        return submitter
    }

    /// W3C Trace Context, section 3.2.2; what is malformed is as if it were not there.
    private static func isTraceParent(_ text: String) -> Bool {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 4, zip(parts, [2, 32, 16, 2]).allSatisfy({ $0.utf8.count == $1 }), parts[0] != "ff" else { return false }
        let isHex = text.utf8.allSatisfy { $0 == 0x2D || (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
        return isHex && parts[1].contains { $0 != "0" } && parts[2].contains { $0 != "0" }
    }
}
