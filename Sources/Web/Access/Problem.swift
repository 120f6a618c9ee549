// What a program is told that was refused: `{"errors": [{code, message, line, column, pointer, index}]}`.

import Foundation
import Hummingbird
import Incidents
import JSON
import Spool

/// One thing that is wrong with a request, as it is told.
struct Problem: Sendable, Equatable {
    var code: String
    /// What is wrong and how to mend it.
    var message: String
    var line: Int?
    var column: Int?
    /// A JSON Pointer into the event at fault.
    var pointer: String?
    /// Which event of the request, from 0.
    var index: Int?

    init(_ code: String, _ message: String, pointer: String? = nil, index: Int? = nil) {
        self.code = code
        self.message = message
        self.pointer = pointer
        self.index = index
    }

    init(_ rejection: Rejection, index: Int? = nil) {
        self.init(rejection.code.rawValue, rejection.message, pointer: rejection.pointer, index: index)
        line = rejection.line
        column = rejection.column
    }

    var json: JSONValue {
        func number(_ value: Int?) -> JSONValue { value.map { .integer($0) } ?? .null }
        return [
            "code": .string(code), "message": .string(message), "line": number(line), "column": number(column),
            "pointer": pointer.map { .string($0) } ?? .null, "index": number(index),
        ]
    }
}

/// A request that was refused.
struct RefusedRequest: Error, HTTPResponseError {
    var status: HTTPResponse.Status
    var problems: [Problem]
    var headers: HTTPFields

    init(_ status: HTTPResponse.Status, _ problems: [Problem], headers: HTTPFields = [:]) {
        self.status = status
        self.problems = problems
        self.headers = headers
    }

    init(_ status: HTTPResponse.Status, _ code: String, _ message: String, headers: HTTPFields = [:]) {
        self.init(status, [Problem(code, message)], headers: headers)
    }

    /// - Parameter seconds: after which it is worth trying again.
    static func tryLater(_ status: HTTPResponse.Status, _ code: String, _ message: String, after seconds: Double) -> RefusedRequest {
        RefusedRequest(status, code, message, headers: [.retryAfter: String(max(1, Int(seconds.rounded(.up))))])
    }

    /// The queue could not take it.
    init(_ error: SpoolError) {
        // The path and the system's words are for the log: who sends events need not know them.
        self =
            error.code == .diskFull
            ? .tryLater(.init(code: 507), "disk_full", "the router's disk is full; nothing was accepted, try again", after: 30)
            : .tryLater(.serviceUnavailable, "unavailable", "the queue cannot be written; nothing was accepted, try again", after: 10)
    }

    /// A body that was not read to its end: the connection is of no more use.
    func closing() -> RefusedRequest {
        var copy = self
        copy.headers[.connection] = "close"
        return copy
    }

    func response(from request: Request, context: some RequestContext) throws -> Response { response }

    var response: Response {
        Response.json(["errors": .array(problems.map(\.json))], status: status, headers: headers)
    }
}

extension Response {
    /// JSON for a program.
    static func json(_ value: JSONValue, status: HTTPResponse.Status = .ok, headers: HTTPFields = [:]) -> Response {
        json(bytes: value.bytes, status: status, headers: headers)
    }

    static func json(bytes: [UInt8], status: HTTPResponse.Status = .ok, headers: HTTPFields = [:]) -> Response {
        var headers = headers
        headers[.contentType] = "application/json; charset=utf-8"
        return Response(status: status, headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
    }
}
