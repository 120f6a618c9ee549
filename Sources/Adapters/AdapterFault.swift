// What may go wrong with what a tool sent, and what is worth knowing about it.

import Incidents
import JSON

/// Something of a webhook's body that no event could be made of.
public struct AdapterFault: Error, Sendable, Equatable, CustomStringConvertible {
    /// As for files that are rejected.
    public var code: RejectionCode
    /// A JSON Pointer into the body; the empty text is the whole of it.
    public var pointer: String
    /// What is wrong and how to mend it.
    public var message: String

    public init(_ code: RejectionCode, pointer: String, _ message: String) {
        self.code = code
        self.pointer = pointer
        self.message = message
    }

    public var description: String { "\(pointer.isEmpty ? "" : "\(pointer): ")\(message) (\(code.rawValue))" }
}

/// What somebody who writes an adapter wants to know: something was left out, or passed over.
public struct AdapterNote: Sendable, Equatable, CustomStringConvertible {
    /// A JSON Pointer into the body.
    public var pointer: String
    public var message: String

    public init(pointer: String, _ message: String) {
        self.pointer = pointer
        self.message = message
    }

    public var description: String { "\(pointer.isEmpty ? "" : "\(pointer): ")\(message)" }
}

/// What a webhook's body came to.
public struct Adaptation: Sendable, Equatable {
    /// Documents that `EventParser` accepts, in the order of the body. Each has an `id`, by which a repetition is known, and
    /// `"identity": "id"`, so that other words of the same do not make it a conflict.
    public var events: [JSONValue]
    /// Items that no event could be made of, while others could; at most `limit`.
    public var faults: [AdapterFault]
    /// At most `limit`.
    public var notes: [AdapterNote]

    /// The most faults, and the most notes, that are kept.
    public static let limit = 100

    public init(events: [JSONValue] = [], faults: [AdapterFault] = [], notes: [AdapterNote] = []) {
        self.events = events
        self.faults = faults
        self.notes = notes
    }

    mutating func note(_ message: String, at pointer: String) {
        if notes.count < Self.limit { notes.append(AdapterNote(pointer: pointer, message)) }
    }

    mutating func add(_ fault: AdapterFault) {
        if faults.count < Self.limit { faults.append(fault) }
    }
}
