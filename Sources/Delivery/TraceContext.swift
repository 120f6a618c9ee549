// W3C Trace Context (w3.org/TR/trace-context-1): the trace of an event goes on in the requests that tell of it.

import Foundation
import JSON

/// The trace that a request belongs to.
public struct TraceContext: Sendable, Equatable {
    /// 32 hexadecimal digits, not all zero.
    public let trace: String
    /// Of whoever began this part of it: 16 hexadecimal digits, not all zero.
    public let parent: String
    /// Two hexadecimal digits.
    public let flags: String
    /// What vendors say beside it, as it was given; nil: nothing that could be passed on.
    public let state: String?

    /// The one that the requests of an attempt belong to; nil: none.
    @TaskLocal static var current: TraceContext?

    /// Nil where `traceparent` is not as it must be: then there is no trace. A `tracestate` that is not is left out alone.
    public init?(traceparent: String, tracestate: String? = nil) {
        let parts = traceparent.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count >= 4, Self.isHex(parts[0], 2), parts[0] != "ff", parts[0] != "00" || parts.count == 4, Self.isHex(parts[1], 32),
            Self.isHex(parts[2], 16), Self.isHex(parts[3], 2), parts[1].contains(where: { $0 != "0" }),
            parts[2].contains(where: { $0 != "0" }), traceparent.utf8.count <= 512
        else { return nil }
        trace = String(parts[1])
        parent = String(parts[2])
        flags = String(parts[3])
        state = tracestate.flatMap { Self.isState($0) ? $0 : nil }
    }

    /// Of an event's document.
    public init?(document: JSONValue) {
        guard let parent = document["traceparent"]?.string else { return nil }
        self.init(traceparent: parent, tracestate: document["tracestate"]?.string)
    }

    private init(trace: String, parent: String, flags: String, state: String?) {
        self.trace = trace
        self.parent = parent
        self.flags = flags
        self.state = state
    }

    /// The same trace, with a part of its own.
    ///
    /// - Parameter span: what that part is called; 0 counts as 1.
    public func child(span: UInt64 = .random(in: 1 ... .max)) -> TraceContext {
        let digits = String(max(1, span), radix: 16)
        return TraceContext(trace: trace, parent: String(repeating: "0", count: 16 - digits.count) + digits, flags: flags, state: state)
    }

    /// What a request carries. It is of version 00, whatever version was given.
    var headers: [(name: String, value: String)] {
        let parent = (name: "traceparent", value: "00-\(trace)-\(self.parent)-\(flags)")
        return state.map { [parent, (name: "tracestate", value: $0)] } ?? [parent]
    }

    private static func isHex(_ text: Substring, _ count: Int) -> Bool {
        text.utf8.count == count && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }

    /// A list of at most 32 `name=value`, of visible characters, 512 of them at most.
    private static func isState(_ text: String) -> Bool {
        guard !text.isEmpty, text.utf8.count <= 512, text.utf8.allSatisfy({ (0x20...0x7E).contains($0) || $0 == 0x09 }) else {
            return false
        }
        let members = text.split(separator: ",").map { $0.drop { $0 == " " || $0 == "\t" } }.filter { !$0.isEmpty }
        return (1...32).contains(members.count)
            && members.allSatisfy { member in (member.firstIndex(of: "=") ?? member.startIndex) > member.startIndex }
    }
}

extension Channel {
    /// Makes one attempt whose requests belong to a trace.
    public func deliver(_ parcel: Parcel, in trace: TraceContext?) async -> AttemptReport {
        guard let trace else { return await deliver(parcel) }
        return await TraceContext.$current.withValue(trace.child()) { await deliver(parcel) }
    }
}
