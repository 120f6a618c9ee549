// The check at the door: by the router's own parser, so that what is accepted here is not rejected later.

import Cryptography
import Foundation
import Incidents
import JSON
import Router
import Spool

/// Who drops events, and with what.
struct Submitter: Sendable {
    /// The `source` of events that name none.
    var name: String
    /// Sets apart who may use the same idempotency key.
    var id: String
    /// `Idempotency-Key`.
    var key: String?
    var traceparent: String?
    var tracestate: String?
}

/// Events that may be written: they have all that they need.
struct CheckedEvents: Sendable {
    /// One event a line.
    var lines: [UInt8] = []
    var ids: [String] = []
    /// Of acknowledgements, the incidents that no event before them in the request names.
    var acknowledged: [(incident: String, index: Int)] = []
    /// Where there is a key: what the ledger will know them by.
    var identities: [(source: String, id: String, digest: String)] = []
    /// Those that change what stands, or speak to many: the router refuses some of them for what they say.
    var wishes: [(event: Event, index: Int?, line: Int?)] = []
    /// What may be misspelt.
    var notes: [String] = []
}

enum EventDoor {
    /// Told of one request, at most.
    static let maximumProblems = 100
    /// Of one request, at most.
    static let maximumEvents = 10_000
    /// After so many, others have their turn.
    private static let turn = 256

    static var tooMany: RefusedRequest {
        RefusedRequest(.contentTooLarge, "too_large", "a request may have up to \(maximumEvents) events; send them in parts")
    }

    /// Checks all events of a request. All or nothing: one that is bad keeps the others out.
    ///
    /// - Throws: `RefusedRequest` with what is wrong with each, at most 100.
    static func check(
        _ documents: [EventDocument], from submitter: Submitter, format: EventFormat, parser: EventParser, now: Date
    ) async throws(RefusedRequest) -> CheckedEvents {
        if documents.count > maximumEvents { throw tooMany }
        var checked = CheckedEvents()
        checked.lines.reserveCapacity(documents.reduce(0) { $0 + ($1.text?.count ?? 512) + 128 })
        var problems: [Problem] = []
        var isTooLarge = false
        var hinter = EventHinter()
        var named: Set<String> = []
        for (number, document) in documents.enumerated() {
            if number > 0, number.isMultiple(of: turn) { await Task.yield() }
            if problems.count == maximumProblems { break }
            if let fault = document.fault {
                problems.append(fault)
                continue
            }
            do throws(Rejection) {
                let event = try add(document, submitter, format, parser, now, to: &checked)
                // What it says would be taken for the clock's word.
                if event.source == Event.ownSource {
                    throw Rejection(.reservedType, "`source: \(Event.ownSource)` is Tocsin's own; name the sender", pointer: "/source")
                }
                if event.type.payloadMember != nil { checked.wishes.append((event, document.index, document.line)) }
                note(document, hinter: &hinter, in: &checked)
                guard documents.count > 1 || event.type == .acknowledgement, let incident = event.incident?.id else { continue }
                if event.type == .acknowledgement, !named.contains(incident) {
                    checked.acknowledged.append((incident, document.index ?? 0))
                }
                named.insert(incident)
            } catch {
                var problem = Problem(error, index: document.index)
                if let line = document.line { problem.line = line }
                problems.append(problem)
                isTooLarge = isTooLarge || error.code == .tooLarge
            }
        }
        if !problems.isEmpty { throw RefusedRequest(isTooLarge ? .contentTooLarge : .badRequest, problems) }
        // With what is added to each, they may be more than one file of the queue takes.
        guard checked.lines.count <= TakenFile.maximumNDJSON else {
            throw RefusedRequest(
                .contentTooLarge, "too_large",
                "with what is added to them, the events have \(checked.lines.count) bytes; 64 MiB can be taken at a time; send them in parts"
            )
        }
        return checked
    }

    /// Hints stand with the event's place in the request.
    private static func note(_ document: EventDocument, hinter: inout EventHinter, in checked: inout CheckedEvents) {
        let place = document.index.map { "event \($0): " } ?? ""
        let hints = hinter.hints(in: document.value, limit: maximumProblems - checked.notes.count)
        checked.notes += hints.map { "\(place)\($0)" }
    }

    private static func add(
        _ document: EventDocument, _ submitter: Submitter, _ format: EventFormat, _ parser: EventParser, _ now: Date,
        to checked: inout CheckedEvents
    ) throws(Rejection) -> Event {
        var value = document.value
        // What is missing, in the order in which it is written.
        var missing: [(String, String)] = []
        if case .object(var members) = value {
            let isEnvelope = members["specversion"] != nil
            if !isEnvelope, format == .structured || format == .batch {
                throw Rejection(.missingMember, "a CloudEvent needs `specversion`", pointer: "/specversion")
            }
            func lacks(_ name: String) -> Bool { members[name]?.isNull ?? true }
            if !isEnvelope {
                if lacks("id") { missing.append(("id", mintedID(submitter, document.index ?? 0))) }
                if lacks("source") { missing.append(("source", submitter.name)) }
            }
            if let parent = submitter.traceparent, lacks("traceparent") {
                missing.append(("traceparent", parent))
                if let state = submitter.tracestate, lacks("tracestate") { missing.append(("tracestate", state)) }
            }
            // A text that has the member, as null, must not get it twice.
            let isText = document.text != nil && missing.allSatisfy { members[$0.0] == nil }
            for (name, text) in missing { members[name] = .string(text) }
            value = .object(members)
            return try finish(
                value, try parser.event(from: value, origin: EventOrigin(file: "http", modified: now, size: 0)),
                text: isText ? document.text : nil, missing, submitter, &checked)
        }
        return try parser.event(from: value, origin: EventOrigin(file: "http", modified: now, size: 0))
    }

    private static func finish(
        _ value: JSONValue, _ event: Event, text: ArraySlice<UInt8>?, _ missing: [(String, String)], _ submitter: Submitter,
        _ checked: inout CheckedEvents
    ) throws(Rejection) -> Event {
        let start = checked.lines.count
        if let text { write(text, with: missing, to: &checked.lines) } else { checked.lines += value.bytes }
        guard checked.lines.count - start <= TakenFile.maximumLine else {
            throw Rejection(.tooLarge, "the event has \(checked.lines.count - start) bytes; an event may have 1 MiB", pointer: "")
        }
        checked.lines.append(0x0A)
        checked.ids.append(event.id)
        if submitter.key != nil { checked.identities.append((event.source, event.id, event.digest)) }
        return event
    }

    /// The text on one line, with what is missing behind its opening brace. Line feeds can only stand between values: in strings
    /// they are escaped.
    static func write(_ text: ArraySlice<UInt8>, with missing: [(String, String)], to out: inout [UInt8]) {
        guard let brace = text.firstIndex(of: UInt8(ascii: "{")) else { return }
        out.append(UInt8(ascii: "{"))
        for (name, value) in missing {
            out += JSONValue.string(name).bytes
            out.append(UInt8(ascii: ":"))
            out += JSONValue.string(value).bytes
            out.append(UInt8(ascii: ","))
        }
        let start = out.count
        out += text[text.index(after: brace)...]
        for index in start..<out.count where out[index] == 0x0A || out[index] == 0x0D { out[index] = 0x20 }
    }

    /// With a key the same for the same request, however often it comes.
    private static func mintedID(_ submitter: Submitter, _ index: Int) -> String {
        guard let key = submitter.key else { return UUID().uuidString.lowercased() }
        return "key-" + SHA256.hex(Array("\(submitter.id)\0\(key)\0\(index)".utf8)).prefix(40)
    }
}
