// An HTTP request as the receivers see it, and what they answer. No NIO channel in sight: receivers are plain functions.

import Foundation
import JSON
import NIOHTTP1

/// Whom a path addresses.
enum Target: Equatable {
    /// The receiver, the channel's name, and for Slack's API the method.
    case receiver(Receiver, channel: String, method: String)
    case control(String)
    case help
    case unknown

    /// - Parameter path: without the query, for instance `/slack/webhook/ops`.
    static func parse(_ path: Substring) -> Target {
        let parts = path.split(separator: "/").map {
            $0.utf8.contains(UInt8(ascii: "%")) ? $0.removingPercentEncoding ?? String($0) : String($0)
        }
        switch (parts.first, parts.dropFirst().first) {
        case (nil, _): return .help
        case ("_faults", nil): return .control("faults")
        case ("_inbox", nil): return .control("inbox")
        case ("_threads", nil): return .control("threads")
        case ("slack", "webhook"): return .receiver(.slack, channel: parts.dropFirst(2).joined(separator: "/"), method: "")
        case ("slack", "api") where parts.count == 3: return .receiver(.slackAPI, channel: "", method: parts[2])
        case ("teams", _): return .receiver(.teams, channel: parts.dropFirst().joined(separator: "/"), method: "")
        case ("twilio", "2010-04-01") where parts.count == 5 && parts[2] == "Accounts" && parts[4] == "Messages.json":
            return .receiver(.twilio, channel: parts[3], method: "")
        case ("gateway", _): return .receiver(.gateway, channel: "", method: parts.dropFirst().joined(separator: "/"))
        default: return .unknown
        }
    }
}

struct Request {
    var method: HTTPMethod
    var target: Target
    var query: String
    var headers: HTTPHeaders
    var body: [UInt8]
    var at: Date
    var isSecure: Bool

    /// The media type in lower case, without parameters.
    var contentType: String {
        let value = headers.first(name: "content-type") ?? ""
        return value.split(separator: ";").first.map { $0.trimmingCharacters(in: .whitespaces).lowercased() } ?? ""
    }
}

/// What goes back to the client.
struct Answer {
    var status: Int
    var headers: [(String, String)] = []
    var contentType: String?
    var body: [UInt8] = []

    static func text(_ status: Int, _ text: String, type: String = "text/plain; charset=utf-8") -> Answer {
        Answer(status: status, contentType: type, body: Array(text.utf8))
    }

    static func json(_ status: Int, _ value: JSONValue) -> Answer {
        Answer(status: status, contentType: "application/json; charset=utf-8", body: value.bytes)
    }
}

/// A receiver's decision: the answer, and the message that came (refused or not); nil where none is recognisable.
struct Verdict {
    var answer: Answer
    var message: ReceivedMessage?
    /// Why the answer is no; nil for yes.
    var refused: String?
    /// A yes that brought no message, like a Web API call that makes a channel: nothing to count.
    var isSilent = false
}

/// `a=b&c=d`, decoded; the order is kept.
struct Form {
    /// `raw` is the value as it was sent, still encoded.
    var fields: [(name: String, value: String, raw: String)]

    init(_ text: some StringProtocol) {
        fields = text.split(separator: "&").map { pair in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let raw = parts.count > 1 ? String(parts[1]) : ""
            return (Self.decoded(parts[0]), Self.decoded(raw), raw)
        }
    }

    subscript(_ names: String...) -> String? {
        for name in names {
            if let field = fields.first(where: { $0.name == name }) { return field.value }
        }
        return nil
    }

    static func decoded(_ text: some StringProtocol) -> String { String(decoding: bytes(text), as: UTF8.self) }

    /// The bytes behind `%41` and `+`; what is not well formed stands for itself.
    static func bytes(_ text: some StringProtocol) -> [UInt8] {
        var out: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "+") {
                out.append(0x20)
            } else if byte == UInt8(ascii: "%"), let value = hexByte(rest.prefix(2)) {
                out.append(value)
                rest = rest.dropFirst(2)
            } else {
                out.append(byte)
            }
        }
        return out
    }
}

/// The byte that two hexadecimal digits spell; nil for anything else.
func hexByte(_ digits: some Collection<UInt8>) -> UInt8? {
    guard digits.count == 2, digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }) else { return nil }
    return UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
}
