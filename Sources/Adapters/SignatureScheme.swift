// How webhooks are signed: HMAC-SHA256 in a header, over the body and what else is said with it.

import Foundation
import JSON

/// One way of signing.
struct SignatureScheme: Sendable, Equatable {
    enum Encoding: String, Sendable, CaseIterable {
        case hex
        case base64
    }

    enum Key: String, Sendable, CaseIterable {
        /// The secret's own bytes.
        case text
        /// Base64, after `whsec_` where that is there.
        case base64
    }

    /// What is signed, piece by piece.
    enum Piece: Sendable, Equatable {
        case text(String)
        case body
        case timestamp
        case header(String)
    }

    /// Names of headers are in lower case.
    var header: String
    /// Before each signature in the header.
    var prefix = ""
    /// Between signatures; nil: there is one.
    var separator: Character?
    var encoding = Encoding.hex
    var key = Key.text
    /// Headers that may hold the time of signing, as seconds since 1970.
    var timestamps: [String] = []
    var signs: [Piece] = [.body]
    /// How far the time of signing may be from now, in seconds.
    var tolerance: TimeInterval = 300

    /// The ways that have a name.
    static let named: [String: SignatureScheme] = [
        "standard_webhooks": SignatureScheme(
            header: "webhook-signature", prefix: "v1,", separator: " ", encoding: .base64, key: .base64, timestamps: ["webhook-timestamp"],
            signs: [.header("webhook-id"), .text("."), .timestamp, .text("."), .body]),
        "sha256": SignatureScheme(header: "x-hub-signature-256", prefix: "sha256="),
    ]

    /// `{{timestamp}}.{{body}}` as pieces; `{{header NAME}}` is another header.
    static func pieces(_ text: String) throws(TextFault) -> [Piece] {
        var pieces: [Piece] = []
        for part in try Template(text.replacing("{{header ", with: "{{$header.")).parts {
            switch part {
            case .text(let text): pieces.append(.text(text))
            case .value(let path, false) where path.text == "body": pieces.append(.body)
            case .value(let path, false) where path.text == "timestamp": pieces.append(.timestamp)
            case .value(let path, false) where path.root == .header && path.steps.count == 1:
                if case .member(let name) = path.steps[0] { pieces.append(.header(name.lowercased())) }
            default:
                throw TextFault(message: "`signs` is made of `{{body}}`, `{{timestamp}}` and `{{header NAME}}`, and has something else")
            }
        }
        if !pieces.contains(.body) { throw TextFault(message: "`signs` needs `{{body}}`: what is not signed can be changed by anybody") }
        return pieces
    }
}

/// Why a signature does not count. It never holds a secret, nor what would have been right.
public enum SignatureFault: Error, Sendable, Equatable, CustomStringConvertible {
    /// The adapter knows no way of signing.
    case unsupported
    /// None of these headers is there.
    case missing(headers: [String])
    /// It was signed too long ago, or its time is missing, no number, or ahead of ours; `tolerance` in seconds.
    case stale(header: String, tolerance: Int)
    /// No signature is right for the body and the secret.
    case wrong(header: String)
    /// The secret cannot be used.
    case unusableSecret(String)

    public var description: String {
        switch self {
        case .unsupported: "this adapter knows no signature; give the tool a token instead"
        case .missing(let headers): "the request is not signed: it has no header \(headers.map { "`\($0)`" }.joined(separator: " or "))"
        case .stale(let header, let tolerance):
            "the time in header `\(header)` is not within \(tolerance) s of ours; if the request is no replay, set the clocks right"
        case .wrong(let header): "the signature in header `\(header)` is wrong; the tool and Tocsin must have the same secret"
        case .unusableSecret(let why): "the secret for this tool cannot be used: \(why)"
        }
    }
}
