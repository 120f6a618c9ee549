// Members that nobody reads, and that are called nearly like one that is read: they are kept, and may be slips of the pen.

import JSON

/// One member that may be misspelt.
public struct EventHint: Sendable, Equatable, CustomStringConvertible {
    /// A JSON Pointer to it.
    public var pointer: String
    /// What it may be meant to be.
    public var message: String

    public var description: String { "\(pointer): \(message)" }
}

/// Looks for what may be misspelt in events, many of which are alike: each name is compared once.
public struct EventHinter: Sendable {
    /// The nearest known name, by the place and the name that is not known; empty where there is none.
    private var nearest: [String: String] = [:]
    private static let remembered = 1_000
    /// Of one object, so many are looked at: who has more names of their own knows what they do.
    private static let most = 64

    public init() {}

    /// What in a document, an envelope or not, may be misspelt: nothing is wrong with it, but nothing comes of it either.
    ///
    /// - Parameter limit: hints, at most.
    public mutating func hints(in document: JSONValue, limit: Int = 100) -> [EventHint] {
        guard limit > 0, let root = document.object else { return [] }
        let isEnvelope = root["specversion"] != nil
        let (body, at) = isEnvelope ? (root["data"] ?? .null, "/data") : (document, "")
        var hints: [EventHint] = []
        look(at: body.object, at, "", Self.members, &hints)
        for (name, known) in Self.inner { look(at: body[name]?.object, "\(at)/\(name)", name, known, &hints) }
        return Array(hints.prefix(limit))
    }

    private mutating func look(
        at members: [String: JSONValue]?, _ pointer: String, _ place: String, _ known: Set<String>, _ hints: inout [EventHint]
    ) {
        guard let members else { return }
        for name in members.keys.filter({ !known.contains($0) }).sorted().prefix(Self.most) {
            let near = near(to: name, place, known)
            // Whoever says both means both.
            if near.isEmpty || !(members[near]?.isNull ?? true) { continue }
            hints.append(
                EventHint(
                    pointer: "\(pointer)/\(pointerToken(name))",
                    message: "nobody reads `\(excerpt(name))`; it is kept for templates. Did you mean `\(near)`?"))
        }
    }

    private mutating func near(to name: String, _ place: String, _ known: Set<String>) -> String {
        let key = "\(place) \(name)"
        if let near = nearest[key] { return near }
        let near = Suggestion.nearest(to: name, among: known) ?? ""
        if nearest.count < Self.remembered { nearest[key] = near }
        return near
    }

    private static let members: Set<String> = [
        "id", "type", "time", "source", "incident", "change", "message", "broadcast", "approval", "subscription", "silence", "absence",
        "identity", "traceparent", "tracestate",
    ]
    private static let inner: KeyValuePairs<String, Set<String>> = [
        "incident": EventParser.known.union(["id", "checklist"]),
        "change": ["field", "from", "to", "reason", "by"],
        "broadcast": ["id", "audience", "match", "subject", "message", "by", "corrects", "urgent", "template"],
        "approval": ["broadcast", "by", "decision", "reason"],
        "subscription": ["id", "action", "who", "match", "via", "deliver", "from", "until", "limit", "by", "reason", "code"],
        "silence": ["id", "action", "match", "from", "until", "reason", "by"],
        "absence": ["who", "from", "until", "deputy", "by"],
    ]
}
