// The outermost of what a request passes: nothing leaves without its headers, and programs are told in JSON what was wrong.

import Foundation
import HTTPTypes
import Hummingbird
import Ledger
import Logging
import NIOCore
import Synchronization

/// The routes by their paths, known once all have been added: to tell a wrong method from a wrong path.
final class RouteTable: Sendable {
    private let routes = Mutex<[(path: [String], method: HTTPRequest.Method)]>([])

    func fill(_ router: Hummingbird.Router<WebContext>) {
        let all = router.routes.map { ($0.path.description.split(separator: "/").map(String.init), $0.method) }
        routes.withLock { $0 = all }
    }

    /// What this path answers to; empty where there is no such path.
    func methods(_ path: String) -> [String] {
        let parts = path.split(separator: "/").map(String.init)
        let found = routes.withLock { routes in
            routes.filter {
                $0.path.count == parts.count && zip($0.path, parts).allSatisfy { $0.hasPrefix("{") || $0.hasPrefix(":") || $0 == $1 }
            }
        }
        return Set(found.map { $0.method.rawValue }).sorted()
    }
}

struct ProblemMiddleware: RouterMiddleware {
    typealias Context = WebContext

    let refusals: Refusals
    let table: RouteTable
    let clock: @Sendable () -> Date

    func handle(
        _ request: Request, context: WebContext, next: (Request, WebContext) async throws -> Response
    ) async throws -> Response {
        let isProgram = request.uri.path.hasPrefix("/v1/") || request.uri.path == "/v1"
        var response: Response
        do {
            response = try await next(request, context)
        } catch let error as any HTTPResponseError {
            response = try answer(error, request, context, isProgram)
        } catch  where isProgram && !(error is CancellationError) && !(error is ChannelError) {
            refusals.log(
                "a request could not be answered", key: "fault \(request.uri.path.prefix(40))",
                ["path": "\(request.uri.path.prefix(100))", "error": "\(error)"], level: .error, now: clock())
            response =
                RefusedRequest.tryLater(.serviceUnavailable, "unavailable", "this cannot be answered now; try again", after: 10)
                .response
        }
        if response.headers[.cacheControl] == nil { response.headers[.cacheControl] = "no-store" }
        if let name = HTTPField.Name("X-Content-Type-Options"), response.headers[name] == nil { response.headers[name] = "nosniff" }
        if response.status == .unauthorized, response.headers[.wwwAuthenticate] == nil, isProgram {
            response.headers[.wwwAuthenticate] = "Bearer realm=\"tocsin\""
        }
        return response
    }

    private func answer(
        _ error: any HTTPResponseError, _ request: Request, _ context: WebContext, _ isProgram: Bool
    ) throws -> Response {
        if error is RefusedRequest { return try error.response(from: request, context: context) }
        let headers = (error as? HTTPError)?.headers ?? [:]
        if error.status == .notFound, headers.isEmpty {
            let methods = table.methods(request.uri.path)
            if !methods.isEmpty, !methods.contains(request.method.rawValue) {
                let list = methods.joined(separator: ", ")
                let refused = RefusedRequest(
                    .methodNotAllowed, "method_not_allowed", "here only \(list) is answered", headers: [.allow: list])
                return isProgram ? refused.response : Response(status: .methodNotAllowed, headers: refused.headers)
            }
        }
        guard isProgram else { return try error.response(from: request, context: context) }
        let message = (error as? HTTPError)?.body ?? Self.words(error.status)
        return RefusedRequest(error.status, Self.code(error.status), message, headers: headers).response
    }

    private static func code(_ status: HTTPResponse.Status) -> String {
        status.reasonPhrase.isEmpty ? "refused" : status.reasonPhrase.lowercased().replacing(" ", with: "_")
    }

    private static func words(_ status: HTTPResponse.Status) -> String {
        status == .notFound ? "there is nothing at this path; GET /openapi.yaml describes what there is" : status.reasonPhrase.lowercased()
    }
}
