// docs/openapi.yaml and the program say the same.

import Foundation
import Hummingbird
import Testing
import Yams

@testable import Web

@Suite struct OpenAPITests {
    private static let methods = ["get", "put", "post", "delete", "patch", "head", "options"]

    private func description() throws -> [String: Any] {
        let text = String(decoding: OpenAPIDescription.text, as: UTF8.self)
        return try #require(try Yams.load(yaml: text) as? [String: Any])
    }

    /// What programs use, of all that is answered: not the pages.
    private static func isDescribed(_ path: String) -> Bool {
        path.hasPrefix("/v1/") || ["/healthz", "/readyz", "/metrics", "/openapi.yaml"].contains(path)
            || ["/a/", "/u/", "/s/", "/r/"].contains { path.hasPrefix($0) }
    }

    /// `/a/:token` as a description writes it: `/a/{token}`.
    private static func template(_ path: String) -> String {
        "/" + path.split(separator: "/").map { $0.hasPrefix(":") ? "{\($0.dropFirst())}" : String($0) }.joined(separator: "/")
    }

    @Test func everyRouteIsDescribedAndEveryDescribedRouteIsThere() throws {
        let house = try IntakeHouse()
        let routes = WebServer.router(house.house).routes
            .filter { $0.method != .head }.map { "\($0.method.rawValue.lowercased()) \(Self.template($0.path.description))" }
            .filter { Self.isDescribed(String($0.split(separator: " ")[1])) }
        let paths = try #require(try description()["paths"] as? [String: [String: Any]])
        let described = paths.flatMap { path, item in item.keys.filter(Self.methods.contains).map { "\($0) \(path)" } }
        #expect(Set(routes) == Set(described))
    }

    @Test func everyReferenceLeadsSomewhere() throws {
        let root = try description()
        func walk(_ node: Any) {
            if let map = node as? [String: Any] {
                if let reference = map["$ref"] as? String {
                    var place: Any? = root
                    for step in reference.dropFirst(2).split(separator: "/") { place = (place as? [String: Any])?[String(step)] }
                    #expect(place != nil, "\(reference)")
                }
                for value in map.values { walk(value) }
            }
            if let list = node as? [Any] { for value in list { walk(value) } }
        }
        walk(root)
    }

    @Test func everyOperationSaysWhatItAnswers() throws {
        let paths = try #require(try description()["paths"] as? [String: [String: Any]])
        var names: Set<String> = []
        for (path, item) in paths {
            for (method, operation) in item where Self.methods.contains(method) {
                let operation = try #require(operation as? [String: Any])
                let responses = try #require(operation["responses"] as? [String: Any])
                #expect(names.insert(operation["operationId"] as? String ?? "").inserted, "\(method) \(path)")
                if path.hasPrefix("/v1/") {
                    #expect(responses["401"] != nil && responses["429"] != nil, "\(method) \(path)")
                }
            }
        }
    }

    /// Checkers of other people's ask so; the description says it in words.
    @Test(arguments: ["/healthz", "/readyz", "/metrics"]) func healthAnswersHEAD(path: String) async throws {
        let house = try IntakeHouse()
        let (whole, head) = (try await house.send(.get, path), try await house.send(.head, path))
        #expect(head.status == whole.status && head.headers[.contentType] == whole.headers[.contentType])
        #expect(head.body.isEmpty && !whole.body.isEmpty)
    }

    @Test func itIsServed() async throws {
        let house = try IntakeHouse()
        let answer = try await house.send(.get, "/openapi.yaml")
        #expect(answer.status == 200 && answer.body == OpenAPIDescription.text)
        #expect(answer.headers[.contentType]?.hasPrefix("application/yaml") == true)
    }
}
