// A scenario played in virtual time: the same decisions, the same ledger's transactions and the same alarms as the
// daemon's, on a ledger in memory. Nothing leaves the machine: every message that would go out is accepted at once.
//
//   next moment = the next event, alarm or release ─▶ events ─▶ alarms ─▶ releases ─▶ what is ready is sent ─▶ …

import Collections
import Foundation
import Incidents
import JSON
import Ledger
import Routing
import Settings

/// What playing a scenario came to.
public struct Playing: Sendable {
    public var timeline: Timeline
    /// What is wrong with the scenario's events; its timeline is not to be relied on then.
    public var diagnostics: [Diagnostic]
    /// What was not as expected.
    public var failures: [ScenarioFailure]
}

extension Setup {
    /// Plays a scenario with this configuration, and holds what came of it against what was expected. It computes for as
    /// long as that takes: not for the cooperative pool.
    ///
    /// - Throws: where the ledger in memory fails.
    public func play(_ scenario: Scenario) throws(LedgerError) -> Playing {
        var simulation = try Simulation(scenario, setup: self)
        try simulation.run()
        return Playing(
            timeline: simulation.timeline, diagnostics: simulation.diagnostics,
            failures: scenario.failures(in: simulation.timeline, by: configuration))
    }
}

/// A scenario while it is being played. For one run.
struct Simulation {
    /// Alarms, and holds at different addresses, to a transaction.
    static let batch = 256
    /// Rounds without time passing, after which something is wrong.
    static let patience = 100_000

    let scenario: Scenario
    let setup: Setup
    let ledger: VirtualLedger
    var timeline: Timeline
    var diagnostics: [Diagnostic] = []
    private(set) var now: Date
    /// What is dropped next.
    private var nextEvent: ScenarioEvent?
    private let feed: Feed
    /// Where lines go instead of the timeline.
    private let sink: ((TimelineLine) -> Void)?
    /// Told of events that are rejected, where that is no mistake of the scenario.
    private let rejections: ((ScenarioEvent, Rejection) -> Void)?
    /// What is held, by delivery.
    var held: [Int64: TimelineLine] = [:]
    /// When to look after what is held, the earliest first; also what has left meanwhile.
    var heldUntil = Heap<HeldUntil>()
    /// What has left its hold and not gone out yet.
    var leaving: Set<Int64> = []

    /// The next event, ascending by time; nil: there are no more.
    typealias Feed = () throws(LedgerError) -> ScenarioEvent?

    /// - Parameters:
    ///   - feed: the events; nil: those of the scenario.
    ///   - ledger: what is known at the start; nil: nothing.
    ///   - sink: gets what happens, line by line; nil: it is gathered in `timeline`.
    init(
        _ scenario: Scenario, setup: Setup, ledger: VirtualLedger? = nil, feed: Feed? = nil, sink: ((TimelineLine) -> Void)? = nil,
        rejections: ((ScenarioEvent, Rejection) -> Void)? = nil
    ) throws(LedgerError) {
        self.scenario = scenario
        self.setup = setup
        self.sink = sink
        self.rejections = rejections
        if let ledger { self.ledger = ledger } else { self.ledger = try VirtualLedger() }
        timeline = Timeline(start: scenario.start)
        var events = scenario.events[...]
        self.feed = feed ?? { events.popFirst() }
        nextEvent = try self.feed()
        now = min(scenario.start, nextEvent?.at ?? scenario.start)
        let table = setup.configuration.table
        try self.ledger.setRotationAlarms(table.rotationAlarms(now: now), now: now)
        // Of the heartbeat nothing is played: it says how a running router is.
        if !table.deadMen.isEmpty { try self.ledger.setMonitors(table.deadMen.names, now: now, alarm: table.alarm(of:)) }
    }

    /// Something happened.
    mutating func write(_ line: TimelineLine) {
        if let sink { sink(line) } else { timeline.lines.append(line) }
    }

    mutating func run() throws(LedgerError) {
        var rounds = 0
        while let next = try nextMoment(), next <= scenario.until {
            rounds = next > now ? 0 : rounds + 1
            if rounds > Self.patience { return stall() }
            now = max(now, next)
            // The queue first: what lies there may be the very answer that the clock would call for.
            var isBacklog = false
            while let event = nextEvent, scenario.awake(at: event.at) <= now {
                nextEvent = try feed()
                if event.at < now { isBacklog = true }
                try drop(event)
            }
            // As at a start of the router: all that lay there has been taken, and what is late waits for no more.
            if isBacklog { while try release(late: true) {} }
            while true {
                let alarms = try ledger.dueAlarms(now: now, limit: Self.batch)
                if alarms.isEmpty { break }
                for receipt in try ledger.ring(alarms, with: setup.bell(now: now), now: now) { try take(receipt) }
                if alarms.count < Self.batch { break }
            }
            if let due = try ledger.nextNeglect(), due <= now,
                let receipt = try ledger.tellNeglect(now: now, notice: { setup.neglect($0, $1, now: now) })
            {
                try take(receipt)
            }
            while try release() {}
        }
    }

    private func nextMoment() throws(LedgerError) -> Date? {
        let moments = [nextEvent?.at, try ledger.nextAlarm(), try ledger.nextRelease(), try ledger.nextNeglect()]
        return moments.compactMap { $0.map(scenario.awake) }.min()
    }

    private mutating func stall() {
        diagnostics.append(
            Diagnostic(
                severity: .error, file: scenario.file,
                message: "time does not go on after \(Timestamp.format(now)); this is a mistake in Tocsin, please report it"))
    }

    // MARK: In

    private mutating func drop(_ dropped: ScenarioEvent) throws(LedgerError) {
        var document = dropped.document
        if var members = document.object, members["id"] == nil, members["specversion"] == nil {
            members["id"] = .string(dropped.name)
            document = .object(members)
        }
        let event: Event
        do {
            event = try setup.parser.event(from: document, origin: EventOrigin(file: dropped.name, modified: dropped.at, size: 0))
        } catch {
            return rejected(dropped, error)
        }
        switch try ledger.accept(Pipeline.arrival(event, file: nil, setup: setup, now: now)) {
        case .rejected(let rejection): rejected(dropped, rejection)
        case let receipt:
            if let code = dropped.rejected {
                report(dropped, "this event should be rejected (`\(code)`), and is accepted")
            }
            try take(receipt)
            if event.type == .subscription { try noteKeptBack() }
        }
    }

    private mutating func rejected(_ event: ScenarioEvent, _ rejection: Rejection) {
        if let rejections { return rejections(event, rejection) }
        switch event.rejected {
        case rejection.code.rawValue: return
        case let code?: report(event, "this event should be rejected as `\(code)`, and is rejected otherwise: \(rejection)")
        case nil: report(event, "this event would be rejected: \(rejection)")
        }
    }

    private mutating func report(_ event: ScenarioEvent, _ message: String) {
        let diagnostic = Diagnostic(
            severity: .error, file: scenario.file, line: event.place.line, column: event.place.column, message: message)
        // A hundred repetitions of an event have one mistake.
        if diagnostics.last != diagnostic { diagnostics.append(diagnostic) }
    }

    // MARK: Out

    /// What follows from an event that was accepted.
    mutating func take(_ receipt: Receipt) throws(LedgerError) {
        if case .handedOver(let ready, let aside, let withdrawn, _) = receipt {
            for id in aside { if let row = try ledger.delivery(id) { try note(row) } }
            for id in withdrawn where held.removeValue(forKey: id) != nil { if let row = try ledger.delivery(id) { try note(row) } }
            return try send(ready)
        }
        guard case .accepted(let sequence, _, let ready, let planned, _) = receipt else { return }
        if planned > ready.count {
            for row in try ledger.deliveries(of: sequence) { try note(row) }
        }
        try send(ready)
    }

    /// Whether more is due.
    private mutating func release(late: Bool = false) throws(LedgerError) -> Bool {
        let released = try ledger.release(now: now, late: late, limit: Self.batch)
        leaving.formUnion(released.messages.map(\.delivery))
        try send(released.ready)
        // Late ones leave before their time.
        try lookAfterHeld(by: late ? now.addingTimeInterval(60) : now)
        return released.isMore
    }

    /// Everything that is ready goes out at once, and is accepted.
    private mutating func send(_ ready: [QueuedDelivery]) throws(LedgerError) {
        var queue = ready[...]
        while let delivery = queue.popFirst() {
            let record: AttemptRecord
            if let ending = delivery.obsolescence(now: now) {
                record = .unsent(delivery, at: now, ending)
            } else {
                record = AttemptRecord(delivery: delivery.id, at: now, outcome: "accepted", next: .delivered)
            }
            try note(delivery, record.next)
            queue += try ledger.record([record]).ready
        }
    }
}
