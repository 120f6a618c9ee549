// Event files: one document, and lines of documents.

import Foundation
import Incidents
import JSON
import Spool

extension FuzzTarget {
    private static let events = Mutator(
        corpus: Corpus.samples("event") + Corpus.samples(inCheckout: "examples/demo/events", ending: ".json"), tokens: Tokens.json)
    static let parser = EventParser(scale: .standard)
    static let now = Timestamp.parse("2026-11-24T04:10:00Z") ?? .distantPast

    /// An event or a rejection that says what is wrong, and where.
    static let event = FuzzTarget("event", share: 460, few: 6000, events) { input in
        do throws(Rejection) {
            let event = try parser.parse(input.bytes, origin: EventOrigin(file: "x.json", modified: now, size: input.bytes.count))
            input.wasTaken = true
            check(event, &input)
        } catch {
            check(error, &input)
        }
    }

    /// Every line is handed out once, in order, and judged like a file of its own.
    static let lines = FuzzTarget("lines", share: 120, few: 1200, events) { input in
        var last = 0
        for document in TakenDocuments(bytes: input.bytes, firstLine: 1) {
            input.check((document.line ?? 0) > last, "the line's number does not grow")
            last = document.line ?? 0
            input.check(!document.bytes.contains(0x0A), "a document of more than one line")
            let origin = EventOrigin(file: "x.ndjson", modified: now, size: input.bytes.count, line: last)
            do throws(Rejection) {
                _ = try parser.parse(document.bytes, origin: origin)
                input.wasTaken = true
            } catch {
                check(error, &input)
            }
        }
        let isBlank = { (line: ArraySlice<UInt8>) in line.allSatisfy { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D } }
        let inked = input.bytes.split(separator: 0x0A).filter { !isBlank($0) }.count
        let handed = TakenDocuments(bytes: input.bytes, firstLine: 1).reduce(0) { count, _ in count + 1 }
        input.check(handed == inked, "\(handed) documents of \(inked) lines")
        if (try? JSONValue.parse(bytes: input.bytes)) != nil {
            input.check(!Completeness.endsEarly(input.bytes, isNDJSON: false), "a whole document counts as unfinished")
        }
        _ = Completeness.endsEarly(input.bytes, isNDJSON: true)
    }

    private static func check(_ event: Event, _ input: inout FuzzInput) {
        func isSingle(_ text: String) -> Bool {
            text.unicodeScalars.count <= EventParser.maximumIDLength + 8
                && !text.unicodeScalars.contains { $0.properties.generalCategory == .control }
        }
        input.check(!event.id.isEmpty && isSingle(event.id), "the event's id")
        input.check(isSingle(event.source), "the source")
        input.check(!event.type.isReserved, "a reserved type")
        if let incident = event.incident {
            input.check(!incident.id.isEmpty && isSingle(incident.id), "the incident's id")
            let applied = Incident.apply(event, to: nil, now: now)
            input.check(applied != nil, "an incident that cannot be applied")
        }
        let written = event.document.bytes
        input.check((try? JSONValue.parse(bytes: written)) == event.document, "the document does not survive writing and reading")
    }

    private static func check(_ rejection: Rejection, _ input: inout FuzzInput) {
        input.check(
            !rejection.message.isEmpty && rejection.message.utf8.count < 4_096, "a message of \(rejection.message.utf8.count) bytes")
        input.check(
            !rejection.message.unicodeScalars.contains { $0.properties.generalCategory == .control }, "control characters in a message")
        switch rejection.code {
        case .notJSON, .notUTF8, .tooDeep, .duplicateMember:
            input.check((1...input.bytes.count + 1).contains(rejection.line ?? 0), "\(rejection.code.rawValue) without its line")
            input.check((1...input.bytes.count + 1).contains(rejection.column ?? 0), "\(rejection.code.rawValue) without its column")
        default: input.check(rejection.pointer != nil, "\(rejection.code.rawValue) without a pointer")
        }
    }
}
