// The promises of an incident and what is due next, for people and for programs.

import Foundation
import Incidents
import JSON
import Rendering
import Routing

/// How an incident stands in time, at one moment.
struct IncidentClocks {
    var clocks: SLAClocks?
    /// Ascending.
    var agenda: [AgendaEntry]
    var now: Date

    init(_ incident: Incident, by table: RoutingTable, now: Date) {
        clocks = incident.isOpen ? table.clocks(of: incident, now: now) : nil
        agenda = table.agenda(of: incident, now: now)
        self.now = now
    }

    /// The promises that still run, or stand still: `acknowledge: 2 min left`.
    var lines: [(text: String, colour: Terminal.Colour?)] {
        (clocks?.clocks ?? []).filter { $0.metAt == nil }.map { (ClockWords.line($0, now: now), Self.colour($0.state)) }
    }

    /// The colour of the worst of what still runs.
    var colour: Terminal.Colour? {
        (clocks?.clocks ?? []).filter { $0.metAt == nil }.map(\.state).max().flatMap(Self.colour)
    }

    /// `escalation step 2 in 4 min`; nil where time alone changes nothing.
    var next: String? { agenda.first.map { "\($0.what) \(Moment.relative($0.at, now: now))" } }

    static func line(_ clock: SLAClock, now: Date) -> String {
        Terminal.coloured(Terminal.clean(ClockWords.line(clock, now: now)), clock.metAt == nil ? colour(clock.state) : nil)
    }

    private static func colour(_ state: SLAState) -> Terminal.Colour? {
        switch state {
        case .ok: nil
        case .atRisk: .yellow
        case .breached: .red
        }
    }
}
