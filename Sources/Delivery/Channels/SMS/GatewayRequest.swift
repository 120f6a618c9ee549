// The request of an HTTP gateway as a set of templates, and one message filled into them.

import Foundation
import JSON
import Settings

/// What a gateway is asked, before it is known what to send.
struct GatewayRequest: Sendable {
    private enum Body: Sendable {
        case form([Field])
        case json(GatewayTemplate)
        case text(GatewayTemplate)
    }
    private struct Field: Sendable {
        let name: String
        let value: GatewayTemplate

        init(_ field: GatewaySettings.Field) {
            name = field.name
            value = GatewayTemplate(field.value)
        }
    }

    /// The request with a message in it.
    struct Filled {
        var url: Secret
        var headers: [(name: String, value: String)]
        var body: [UInt8]
    }

    let method: String
    private let url: GatewayTemplate
    private let query: [Field]
    private let headers: [Field]
    private let body: Body?

    init(_ settings: GatewaySettings) {
        method = settings.method
        url = GatewayTemplate(settings.url)
        query = settings.query.map(Field.init)
        headers = settings.headers.map(Field.init)
        body = settings.body.map { body in
            switch body {
            case .form(let fields): .form(fields.map(Field.init))
            case .json(let text): .json(GatewayTemplate(text))
            case .text(let text): .text(GatewayTemplate(text))
            }
        }
    }

    func filled(_ values: [GatewayTemplate.Variable: String]) -> Filled {
        var address = url.filled(values, in: .url)
        if !query.isEmpty {
            // A fragment is never sent.
            address = String(address.prefix { $0 != "#" })
            address += (address.contains("?") ? (address.hasSuffix("?") || address.hasSuffix("&") ? "" : "&") : "?") + form(query, values)
        }
        var fields = headers.map { (name: $0.name, value: $0.value.filled(values, in: .header)) }
        func type(_ text: String) {
            guard !fields.contains(where: { $0.name.lowercased() == "content-type" }) else { return }
            fields.append(("Content-Type", text))
        }
        var bytes: [UInt8] = []
        switch body {
        case .form(let form)?:
            bytes = Array(self.form(form, values).utf8)
            type("application/x-www-form-urlencoded")
        case .json(let template)?:
            bytes = Array(template.filled(values, in: .json).utf8)
            type("application/json; charset=utf-8")
        case .text(let template)?:
            bytes = Array(template.filled(values, in: .plain).utf8)
            type("text/plain; charset=utf-8")
        case nil:
            break
        }
        return Filled(url: Secret(address), headers: fields, body: bytes)
    }

    private func form(_ fields: [Field], _ values: [GatewayTemplate.Variable: String]) -> String {
        PercentEncoding.form(fields.map { ($0.name, $0.value.filled(values, in: .plain)) })
    }

    private var templates: [GatewayTemplate] {
        let inBody: [GatewayTemplate] =
            switch body {
            case .form(let fields)?: fields.map(\.value)
            case .json(let template)?, .text(let template)?: [template]
            case nil: []
            }
        return query.map(\.value) + headers.map(\.value) + inBody
    }

    /// What reports must not show, the URL's path and query among them.
    var secrets: [Secret] { templates.flatMap(\.secrets) }

    /// What is wrong with the templates, in words; empty where nothing is.
    var problems: [String] {
        var out = (templates + [url]).flatMap(\.unknownNames).map {
            "`{{\($0)}}` in request means nothing; there are {{address}}, {{text}}, {{coding}}, {{id}} and {{receipt}}"
        }
        if body != nil, ["GET", "HEAD"].contains(method) {
            out.append("a \(method) request has no body; use method POST, or put the fields under query")
        }
        if case .json(let template)? = body {
            let sample = Array(template.filled([.address: "+1", .text: "a \"quoted\" text", .coding: "0", .id: "x"], in: .json).utf8)
            do {
                _ = try JSONValue.parse(bytes: sample)
            } catch {
                // The error's own text may quote what is secret.
                out.append(
                    "the body of request is no JSON at line \(error.line), column \(error.column); placeholders stand inside strings")
            }
        }
        return out
    }
}
