// What a request holds: one event, an array, lines, or CloudEvents in one of their three modes. Only the reading; what the events
// say is checked behind it.

import Foundation
import HTTPTypes
import Incidents
import JSON

/// One event of a request, as it was sent.
struct EventDocument: Sendable {
    var value: JSONValue
    /// Its own text, where it has one that can be written on: one object.
    var text: ArraySlice<UInt8>?
    /// From 0; nil where the request is one event.
    var index: Int?
    /// Of NDJSON, from 1.
    var line: Int?
    /// Of NDJSON, why the line is no JSON: told beside what is wrong with the others.
    var fault: Problem?
}

/// How a request is read, by its `Content-Type` and its `ce-` headers.
enum EventFormat: Sendable, Equatable {
    /// One event or an array.
    case json
    case lines
    /// `application/cloudevents+json`
    case structured
    /// `application/cloudevents-batch+json`
    case batch
    /// `ce-` headers; the body is `data`.
    case binary

    /// - Throws: 415 where nobody could read it.
    static func of(_ headers: HTTPFields) throws(RefusedRequest) -> EventFormat {
        if let encoding = headers[.contentEncoding], encoding.lowercased() != "identity" {
            throw RefusedRequest(
                .unsupportedMediaType, "unsupported_media_type", "send the body as it is: `Content-Encoding` is not understood")
        }
        let parts = (headers[.contentType] ?? "").lowercased().split(separator: ";").map { $0.trimmingCharacters(in: .whitespaces) }
        let type = parts.first ?? ""
        for part in parts.dropFirst() where part.hasPrefix("charset=") {
            let set = part.dropFirst("charset=".count).trimmingCharacters(in: CharacterSet(charactersIn: "\""))
            if !["utf-8", "utf8", "us-ascii"].contains(set) {
                throw RefusedRequest(
                    .unsupportedMediaType, "unsupported_media_type", "JSON is UTF-8; `charset=\(excerpt(set))` is not read")
            }
        }
        if HTTPField.Name("ce-specversion").flatMap({ headers[$0] }) != nil { return .binary }
        switch type {
        case "application/cloudevents+json": return .structured
        case "application/cloudevents-batch+json": return .batch
        case "application/x-ndjson", "application/ndjson", "application/jsonl", "application/x-jsonlines", "application/json-lines":
            return .lines
        // The last two: what curl says where nobody tells it what it sends, and what a shell's other tools say.
        case "", "application/json", "text/json", "application/x-www-form-urlencoded", "text/plain": return .json
        case let other where other.hasPrefix("application/") && other.hasSuffix("+json"): return .json
        default:
            throw RefusedRequest(
                .unsupportedMediaType, "unsupported_media_type",
                "`\(excerpt(type))` is not read; send application/json, application/x-ndjson or application/cloudevents+json")
        }
    }

    /// Bytes.
    var limit: Int { self == .lines ? BodyLimits.lines : BodyLimits.document }
    /// How many bytes of the budget one byte of the body takes.
    var weight: Int { self == .lines ? BodyLimits.linesWeight : 1 }
}

extension EventFormat {
    /// The events of a body, or what keeps it from being read.
    ///
    /// - Throws: `RefusedRequest` where the whole is not what it should be.
    func documents(in body: [UInt8], _ headers: HTTPFields) throws(RefusedRequest) -> [EventDocument] {
        switch self {
        case .json, .batch:
            // An array is one level around its events.
            let isArray = body.first { !" \t\r\n\u{FEFF}".utf8.contains($0) } == UInt8(ascii: "[")
            let value = try Self.parse(body, depth: EventParser.maximumDepth + (isArray ? 1 : 0))
            guard case .array(let elements) = value else {
                if self == .batch {
                    throw RefusedRequest(.badRequest, "wrong_type", "a batch of CloudEvents is an array, and this is \(value.kind)")
                }
                return [EventDocument(value: value, text: body[...])]
            }
            if elements.count > EventDoor.maximumEvents { throw EventDoor.tooMany }
            return elements.enumerated().map { EventDocument(value: $1, index: $0) }
        case .structured:
            return [EventDocument(value: try Self.parse(body, depth: EventParser.maximumDepth), text: body[...])]
        case .binary: return [EventDocument(value: try Self.envelope(body, headers))]
        case .lines: return try Self.lines(body)
        }
    }

    private static func parse(_ body: [UInt8], depth: Int) throws(RefusedRequest) -> JSONValue {
        do throws(JSONError) {
            return try JSONValue.parse(bytes: body, maximumDepth: depth)
        } catch {
            let isEmpty = body.allSatisfy { $0 <= 0x20 }
            var problem = Problem(Rejection(error))
            // What stands around the event, or is put around it, is not the sender's to count.
            if error.code == .tooDeep { problem.message = "arrays and objects of an event nest deeper than \(EventParser.maximumDepth)" }
            if isEmpty { problem.message = "the body is empty; send an event as JSON" }
            // `/3/incident` of an array is about its element 3.
            if let first = error.pointer.split(separator: "/").first, let index = Int(first) { problem.index = index }
            throw RefusedRequest(.badRequest, [problem])
        }
    }

    private static func lines(_ body: [UInt8]) throws(RefusedRequest) -> [EventDocument] {
        var documents: [EventDocument] = []
        var line = 0
        var start = body.startIndex
        while start < body.endIndex {
            let end = body[start...].firstIndex(of: 0x0A) ?? body.endIndex
            let text = body[start..<end]
            start = end + 1
            line += 1
            if text.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) { continue }
            let index = documents.count
            if index == EventDoor.maximumEvents { throw EventDoor.tooMany }
            do throws(JSONError) {
                let value = try JSONValue.parse(bytes: Array(text), maximumDepth: EventParser.maximumDepth)
                documents.append(EventDocument(value: value, text: text, index: index, line: line))
            } catch {
                var problem = Problem(Rejection(error), index: index)
                problem.line = line
                documents.append(EventDocument(value: .null, index: index, line: line, fault: problem))
            }
        }
        if documents.isEmpty { throw RefusedRequest(.badRequest, "not_json", "the body is empty; send an event on each line") }
        return documents
    }

    /// The envelope that the headers and the body are together (CloudEvents 1.0, HTTP binding, section 3.1).
    private static func envelope(_ body: [UInt8], _ headers: HTTPFields) throws(RefusedRequest) -> JSONValue {
        var members: [String: JSONValue] = [:]
        for field in headers {
            let name = field.name.canonicalName
            guard name.hasPrefix("ce-") else { continue }
            let attribute = String(name.dropFirst(3))
            guard let value = field.value.removingPercentEncoding, attribute != "data", members[attribute] == nil else {
                throw RefusedRequest(
                    .badRequest, "wrong_type", "the header `\(excerpt(name))` cannot be read as an attribute of a CloudEvent")
            }
            members[attribute] = .string(value)
        }
        // One level of the envelope is around it.
        members["data"] = try parse(body, depth: EventParser.maximumDepth - 1)
        return .object(members)
    }
}
