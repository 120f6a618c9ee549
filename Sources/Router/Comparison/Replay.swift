// Recorded events, played through one configuration in virtual time, with its clocks: what would have been told to whom.

import Foundation
import Incidents
import JSON
import Ledger
import Routing
import Settings

/// What came of playing the recorded events.
struct Replay {
    /// Events of a page.
    private static let page = 1_000

    var tally = NoticeTally()
    var events = 0
    var incidents: Set<String> = []
    /// Events that this configuration would not accept, and the first reason.
    var rejected = 0
    var rejection: String?
    /// Why it could not be played to its end.
    var fault: String?

    /// Plays everything that was recorded after the opening. Computes and blocks: not for the cooperative pool.
    static func run(_ ledger: LedgerStore, from opening: Opening, since: Date, until: Date, setup: Setup) throws(LedgerError) -> Replay {
        var replay = Replay()
        let table = setup.configuration.table
        let known = try VirtualLedger(spills: true)
        try known.seed(
            opening.incidents,
            judged: { incident in
                let severity = incident.severity(on: table.scale, assumed: table.assumedSeverity)
                return (severity.name, severity.rank, table.alarm(of: incident, now: since))
            },
            standing: opening.standing.map { change in
                guard case .silence(let silence, _) = change else { return change }
                return .silence(silence, alarm: table.alarm(of: silence, now: since))
            })
        let scenario = Scenario(file: "", config: "", start: since, until: until)
        let source = RecordedSource(ledger: ledger, after: opening.sequence, until: until, page: page)
        let recorder = Recorder()
        var simulation = try Simulation(
            scenario, setup: setup, ledger: known, feed: { () throws(LedgerError) in try source.next() },
            sink: { recorder.tally.count($0) },
            rejections: { recorder.note($1) })
        try simulation.run()
        replay.tally = recorder.tally
        replay.rejected = recorder.rejected
        replay.rejection = recorder.rejection
        replay.events = source.count
        replay.incidents = source.incidents
        replay.fault = simulation.diagnostics.first?.message
        return replay
    }
}

/// Reads what was recorded, page by page.
private final class RecordedSource {
    private let ledger: LedgerStore
    private let until: Date
    private let limit: Int
    private var last: Int64
    private var page: ArraySlice<RecordedEvent> = []
    private var latest = Date.distantPast
    private(set) var count = 0
    private(set) var incidents: Set<String> = []

    init(ledger: LedgerStore, after sequence: Int64, until: Date, page: Int) {
        self.ledger = ledger
        self.until = until
        limit = page
        last = sequence
    }

    func next() throws(LedgerError) -> ScenarioEvent? {
        if page.isEmpty { page = try ledger.recorded(after: last, limit: limit)[...] }
        guard let event = page.popFirst() else { return nil }
        last = event.sequence
        if event.receivedAt > until { return nil }
        count += 1
        // Where the clock was set back, what came later is later all the same.
        latest = max(latest, event.receivedAt)
        let document = Self.document(event)
        if let id = document["incident"]?["id"]?.string { incidents.insert(id) }
        return ScenarioEvent(
            at: latest, document: document, place: ScenarioPlace(file: "event \(event.id)", line: 0, column: 0), name: event.id)
    }

    /// With what the file gave it: its time, its source, its id.
    private static func document(_ event: RecordedEvent) -> JSONValue {
        guard var members = (try? JSONValue.parse(bytes: event.document))?.object else { return .null }
        if members["specversion"] == nil {
            members["id"] = .string(event.id)
            if members["time"] == nil { members["time"] = .string(Timestamp.format(event.time)) }
        }
        // What was accepted had the right code: that need not be made again with this configuration's key.
        if var payload = members["subscription"]?.object, payload["action"]?.string?.lowercased() == "confirm", payload["id"]?.string != nil
        {
            payload["code"] = nil
            payload["by"] = payload["by"] ?? "who had the code"
            members["subscription"] = .object(payload)
        }
        return .object(members)
    }
}

/// Gathers what a simulation says.
private final class Recorder {
    var tally = NoticeTally()
    private(set) var rejected = 0
    private(set) var rejection: String?

    func note(_ rejection: Rejection) {
        rejected += 1
        if self.rejection == nil { self.rejection = "\(rejection)" }
    }
}
