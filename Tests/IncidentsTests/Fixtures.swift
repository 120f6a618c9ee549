// Parsing with one origin, and events for merging.

import Foundation
import JSON

@testable import Incidents

/// 2026-11-24T12:00:00Z.
let noon = Date(timeIntervalSince1970: 1_795_521_600)
let origin = EventOrigin(file: "x.json", modified: noon, size: 100)
let parser = EventParser(scale: .standard)

func parse(_ text: String, origin: EventOrigin = origin, by parser: EventParser = parser) throws(Rejection) -> Event {
    try parser.parse(Array(text.utf8), origin: origin)
}

/// Why a text is rejected; nil where it is accepted.
func rejection(_ text: String, by parser: EventParser = parser) -> Rejection? {
    do {
        _ = try parse(text, by: parser)
        return nil
    } catch {
        return error
    }
}

func said(
    _ type: EventType, _ members: [String: JSONValue] = [:], at offset: TimeInterval? = 0, by source: String = "a",
    change: Change = Change()
) -> Event {
    Event(
        id: "e", source: source, type: type, time: noon.addingTimeInterval(offset ?? 0), timeIsExplicit: offset != nil,
        incident: IncidentPatch(id: "INC1", members: members), change: change)
}

extension Incident {
    /// The incident after some events in a row, all of which arrive at noon.
    static func after(_ events: Event..., from start: Incident? = nil) -> Incident? {
        events.reduce(start) { Incident.apply($1, to: $0, now: noon)?.incident }
    }
}
