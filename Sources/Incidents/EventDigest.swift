// What tells an event that comes again from another one with the same id.

import Cryptography
import JSON

/// The digest under which an event is recorded.
public enum EventDigest {
    /// SHA-256 of the canonical content, in lower-case hexadecimal. Who sends an event again does so in another trace, or another
    /// span of it: that changes nothing of what the event says. Where it says `"identity": "id"`, its id alone is the content:
    /// what a tool sends again in other words is the same.
    ///
    /// - Parameters:
    ///   - document: the event as it came.
    ///   - source: by which it is known.
    ///   - id: by which it is known, also where the document has none.
    public static func of(_ document: JSONValue, source: String, id: String) -> String {
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
