// One value of a gateway's request: text with places for the address, the text, the coding and the delivery's id. What
// is filled in is encoded for where it stands, so that no message can change the request around it.

import Foundation
import Settings

/// A parsed template. Its literal text may be a secret and does not print.
struct GatewayTemplate: Sendable {
    enum Variable: String, Sendable, CaseIterable {
        case address
        case text
        case coding
        case id
        /// Where the gateway reports back.
        case receipt
    }

    /// Where the value stands, and so how what is filled in is written.
    enum Place: Sendable {
        /// Inside the URL: percent-encoded; the literal text is as the operator wrote it.
        case url
        /// A query's or form's value, which is percent-encoded as a whole by whoever writes the form.
        case plain
        /// Inside a JSON string: escaped.
        case json
        /// A header's value: control characters become spaces.
        case header
    }

    private enum Part: Sendable {
        case literal(Secret)
        case variable(Variable)
    }

    private let parts: [Part]
    /// Names in `{{…}}` that mean nothing; they are sent as they are written.
    let unknownNames: [String]

    init(_ template: Secret) {
        var parts: [Part] = []
        var unknown: [String] = []
        var literal = ""
        var rest = Substring(template.reveal())
        while let open = rest.range(of: "{{"), let close = rest[open.upperBound...].range(of: "}}") {
            literal += rest[..<open.lowerBound]
            let name = rest[open.upperBound..<close.lowerBound].trimmingCharacters(in: .whitespaces)
            if let variable = Variable(rawValue: name) {
                if !literal.isEmpty { parts.append(.literal(Secret(literal))) }
                literal = ""
                parts.append(.variable(variable))
            } else {
                unknown.append(name)
                literal += rest[open.lowerBound..<close.upperBound]
            }
            rest = rest[close.upperBound...]
        }
        literal += rest
        if !literal.isEmpty { parts.append(.literal(Secret(literal))) }
        self.parts = parts
        unknownNames = unknown
    }

    /// The value with everything filled in.
    func filled(_ values: [Variable: String], in place: Place) -> String {
        var out = ""
        for part in parts {
            switch part {
            case .literal(let secret): out += secret.reveal()
            case .variable(let variable): out += Self.encoded(values[variable] ?? "", in: place)
            }
        }
        return out
    }

    private static func encoded(_ value: String, in place: Place) -> String {
        switch place {
        case .url: PercentEncoding.encode(value)
        case .plain: value
        case .json: String(decoding: JSONText.escaped(value), as: UTF8.self)
        case .header: String(String.UnicodeScalarView(value.unicodeScalars.map { Redactor.isControl($0) ? " " : $0 }))
        }
    }

    /// The literal texts, and their words: what reports must not show. A word of Basic credentials counts in clear, too.
    var secrets: [Secret] {
        parts.flatMap { part -> [Secret] in
            guard case .literal(let secret) = part else { return [] }
            let words = secret.reveal().split { " \t\r\n;,\"/?&=".contains($0) }.map(String.init)
            let basic = secret.reveal().split(separator: " ").compactMap { word in
                Data(base64Encoded: String(word)).flatMap { String(bytes: $0, encoding: .utf8) }
            }
            let passwords = basic.compactMap { pair in pair.firstIndex(of: ":").map { String(pair[pair.index(after: $0)...]) } }
            return [secret] + (words + basic + passwords).map { Secret($0) }
        }
    }
}
