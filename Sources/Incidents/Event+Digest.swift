// What tells a duplicate from a conflict.

import Cryptography
import JSON

extension Event {
    /// SHA-256 of what the event says, in hexadecimal. Two events with the same source and id are the same where this is.
    public var digest: String { Self.digest(document, source: source, id: id) }

    /// Who sends an event again does so in another trace, or another span of it: that changes nothing of what it says. Where it
    /// says `"identity": "id"`, its id alone is the content: what a tool sends again in other words is the same.
    ///
    /// - Parameter id: of the event; it counts as content only where the document has it itself.
    public static func digest(_ document: JSONValue, source: String, id: String) -> String {
        if document["identity"]?.string == "id", document["id"]?.string == id {
            return SHA256.hex(Array("identity\0\(source)\0\(id)".utf8))
        }
        guard case .object(var members) = document, members["traceparent"] != nil || members["tracestate"] != nil else {
            return SHA256.hex(document.canonicalBytes)
        }
        members["traceparent"] = nil
        members["tracestate"] = nil
        return SHA256.hex(JSONValue.object(members).canonicalBytes)
    }
}
