// Adapters that are declared: the shipped ones, and files of the user's.

import Adapters
import Foundation
import Incidents
import JSON

extension ToolAdapters {
    /// Those that are shipped, and whatever file `http.intake.NAME.adapter` names.
    public static let declared = ToolAdapters(shipped: Adapter.shippedNames) { name in
        if let shipped = Adapter.shipped(name) { return .success(DeclaredAdapter(adapter: shipped)) }
        let reading = Adapter.load(path: name)
        if let adapter = reading.adapter { return .success(DeclaredAdapter(adapter: adapter)) }
        let why = reading.diagnostics.first.map { "\($0)" } ?? "there is no file \(name)"
        return .failure(ToolFault(code: "bad_adapter", message: why))
    }
}

private struct DeclaredAdapter: ToolAdapter {
    let adapter: Adapter

    /// What is good of it is taken, for a tool does not send the rest again where one item is bad; only where nothing is good,
    /// all is refused.
    func events(
        from body: JSONValue, headers: [String: String], scale: SeverityScale
    ) throws(ToolFault) -> (events: [JSONValue], notes: [String]) {
        let made: Adaptation
        do {
            made = try adapter.events(from: body, headers: headers, scale: scale)
        } catch {
            throw ToolFault(error)
        }
        if made.events.isEmpty, let fault = made.faults.first { throw ToolFault(fault) }
        return (made.events, made.faults.map { "left out: \($0)" } + made.notes.map { "\($0)" })
    }

    func verify(headers: [String: String], body: [UInt8], secret: String, now: Date) throws(ToolFault) {
        do {
            try adapter.verify(headers: headers, body: body, secret: secret, now: now)
        } catch {
            throw ToolFault(code: "bad_signature", message: "\(error)")
        }
    }
}

extension ToolFault {
    fileprivate init(_ fault: AdapterFault) {
        self.init(code: fault.code.rawValue, message: fault.message, pointer: fault.pointer)
    }
}
