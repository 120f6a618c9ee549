// Health and metrics, for machines: no token, and no names of people (interfaces, section 7).

import Exposition
import Foundation
import HTTPTypes
import Hummingbird
import JSON
import NIOCore

extension WebServer {
    static func addOperations(to router: Hummingbird.Router<WebContext>, _ house: House) {
        add("healthz", to: router) { alive(house) }
        add("readyz", to: router) { ready(house) }
        add("metrics", to: router) { plain(Exposition.text(families(house)), status: .ok, type: Exposition.contentType) }
    }

    /// Many checkers ask by HEAD: the same without the body.
    private static func add(_ path: String, to router: Hummingbird.Router<WebContext>, _ answer: @escaping @Sendable () -> Response) {
        router.get(RouterPath(path)) { _, _ in answer() }
        router.head(RouterPath(path)) { _, _ in answer().createHeadResponse() }
    }

    /// Whether the program lives: a part that is stuck is better started anew.
    private static func alive(_ house: House) -> Response {
        let stuck = house.vitals?.stuck ?? []
        let status: JSONValue = stuck.isEmpty ? "alive" : "stuck"
        var answer: [String: JSONValue] = ["status": status]
        if !stuck.isEmpty { answer["stuck"] = .array(stuck.map(JSONValue.string)) }
        return document(.object(answer), status: stuck.isEmpty ? .ok : .serviceUnavailable)
    }

    /// Whether it does its work, with each thing that must be so for that.
    private static func ready(_ house: House) -> Response {
        let health = house.vitals?.health
        let checks = (health?.checks ?? []).map { check -> (String, JSONValue) in
            var value: [String: JSONValue] = ["ok": .bool(check.isFine)]
            value["reason"] = check.fault.map { .string($0) }
            return (check.name, .object(value))
        }
        let isReady = health?.isReady ?? false
        return document(
            ["status": isReady ? "ready" : "not_ready", "checks": .object(Dictionary(checks, uniquingKeysWith: { first, _ in first }))],
            status: isReady ? .ok : .serviceUnavailable)
    }

    private static func families(_ house: House) -> [Exposition.Family] {
        (house.metrics?.families() ?? []) + (house.vitals.map { Gauges.families($0, now: house.clock()) } ?? []) + ProcessFigures.families()
    }

    private static func document(_ value: JSONValue, status: HTTPResponse.Status) -> Response {
        plain(String(decoding: value.bytes, as: UTF8.self) + "\n", status: status, type: "application/json")
    }

    private static func plain(_ text: String, status: HTTPResponse.Status, type: String) -> Response {
        Response(
            status: status, headers: [.contentType: type, .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }
}
