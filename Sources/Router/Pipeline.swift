// The whole program, in the order in which data flows.
//
//  in:   queue/ ─▶ read ─▶ Event ─▶ apply to incident ─▶ route ─▶ COMMIT ─▶ forget the file
//  out:  claim due deliveries ─▶ render ─▶ deliver ─▶ Outcome ─▶ COMMIT (attempt, next state)
//
// Two promises hold it together. A file is forgotten only after its events *and* the deliveries that follow from them
// are durable, so there is no moment at which a crash loses anything. And an outcome is recorded as what it was, never
// as what was hoped for: accepted, deferred, refused or unknown.

import CrashPoints
import Delivery
import Foundation
import Incidents
import Ledger
import Rendering
import Routing
import Spool

/// Files in, messages out. Holds no state of its own: the ledger does.
public struct Pipeline: Sendable {
    let setup: CurrentSetup
    let ledger: LedgerStore
    let operators: OperatorsDesk
    let clock: @Sendable () -> Date

    public init(setup: CurrentSetup, ledger: LedgerStore, operators: OperatorsDesk, clock: @escaping @Sendable () -> Date = { Date() }) {
        self.setup = setup
        self.ledger = ledger
        self.operators = operators
        self.clock = clock
    }

    // MARK: In

    /// Reads files and hands their events over to be committed, in slices, so that a file of a million lines costs
    /// disk, not memory. The files themselves have not been touched when it returns.
    ///
    /// - Parameter commit: makes a slice durable; nil where that was given up.
    /// - Returns: for each file what is wrong with it; nil where committing was given up, and the files must stay.
    func accept(_ files: [TakenFile], commit: ([Arrival]) async -> [Receipt]?) async -> [SettledFile]? {
        let setup = setup.value
        var slice = Slice(files)
        for (index, file) in files.enumerated() {
            // What is to go out does not wait until a whole batch is read.
            if index.isMultiple(of: 16) { await Task.yield() }
            for document in slice.documents(of: file, at: index) {
                // read ─▶ Event: pure, and a bad line spoils only itself.
                switch read(document, of: file, setup: setup) {
                case .success(let arrival): slice.add(arrival, document, of: index)
                case .failure(let rejection): slice.reject(document, of: index, rejection)
                }
                // apply ─▶ route ─▶ COMMIT: the ledger calls `decide` inside its transaction, with the incident as it is then.
                if slice.isFull {
                    guard let receipts = await commit(slice.arrivals) else { return nil }
                    slice.settle(receipts)
                    CrashPoint.betweenSlices.reached()
                }
            }
        }
        guard let receipts = await commit(slice.arrivals) else { return nil }
        slice.settle(receipts)
        return slice.files
    }

    /// What follows from an event, given what is known of its incident and beside it. The daemon, `explain` and scenarios
    /// all call this; `explain` wants a verdict of every route.
    ///
    /// - Parameter directed: whom an event of the clock's is for, whatever the routes say.
    static func decide(
        _ event: Event, directed: [Directed] = [], incident: Incident?, surroundings: any Surroundings, setup: Setup, now: Date,
        explaining: Bool = false
    ) throws -> Decision {
        let table = setup.configuration.table
        if event.type == .acknowledgement, incident == nil {
            return Decision(application: nil, rejection: .unknownIncident(event.incident?.id ?? ""))
        }
        // What the event does to what stands: silences, subscriptions, absences, broadcasts.
        var effects: Effects
        switch try Self.effects(of: event, incident: incident, surroundings: surroundings, setup: setup, now: now) {
        case .success(let found): effects = found
        case .failure(let rejection): return Decision(application: nil, rejection: rejection)
        }
        // apply: what it does to its incident, and who is responsible now. route: who is told, at once, later, or not.
        var application = Incident.apply(event, to: incident, now: now)
        try table.settleResponsibility(&application, by: event, surroundings: surroundings, now: now)
        let plan = try table.plan(
            event, application: application, now: now, surroundings: surroundings, directed: directed + effects.directed,
            withheld: effects.unrouted, explaining: explaining)
        effects.note(plan)
        application?.incident.note(plan, of: event, table: table, now: now)
        return Decision(
            application: application, plan: plan, lanes: plan.deliveries.map { setup.channels[$0.channel]?.destination ?? $0.channel },
            severity: table.severity(of: application)?.name, severityRank: table.severity(of: application)?.rank,
            alarm: application.flatMap { table.alarm(of: $0.incident, now: now) },
            changes: try effects.changes + followedEnds(of: application, surroundings),
            measures: table.measures(of: event, application, before: incident, now: now),
            heard: table.heard(in: event, application, now: now))
    }

    // MARK: Out

    /// Makes one attempt at a delivery. Always returns, whatever the peer does.
    func attempt(_ delivery: QueuedDelivery) async -> Attempt {
        let setup = setup.value
        let started = clock()
        if let ending = delivery.obsolescence(now: started) ?? withdrawal(of: delivery) {
            return Attempt(.unsent(delivery, at: started, ending))
        }
        guard let channel = setup.channels[delivery.channel], let policy = setup.policies[delivery.channel] else {
            operators.channelIsGone(delivery.channel)
            return withNextWay(Attempt(.withoutChannel(delivery, at: started)), delivery, setup)
        }

        // render ─▶ Message: never fails; what could not be rendered as wished is plain, and marked `degraded`.
        var request = setup.request(for: delivery, now: started)
        request.leaving = setup.leaving(for: delivery, now: started)
        request.acknowledging = setup.acknowledging(for: delivery, now: started)
        let message = setup.templates.render(request)

        // deliver ─▶ Outcome: one attempt, bounded by the channel's timeout.
        let report = await channel.deliver(
            Parcel(
                delivery, message: message, date: started, leaving: request.leaving, receipt: setup.receipt(for: delivery),
                configuration: setup.configuration, absences: ledger.absencesInForce),
            in: TraceContext(document: delivery.event.event.document))

        // Outcome ─▶ next state: one policy for all channels; and the next way, where this one does not get through.
        let ended = clock()
        let next = policy.next(
            after: report.outcome, attempts: delivery.attempts + 1, unknowns: delivery.unknowns + report.outcome.unknowns,
            firstAttempt: delivery.firstAttempt ?? started, now: ended, random: Double.random(in: 0..<1), retryFor: delivery.retryFor)
        var record = AttemptRecord(delivery, report: report, degraded: message.degraded, started: started, ended: ended, next: next)
        setup.judge(&record, report, of: delivery, absences: ledger.absencesInForce)
        return withNextWay(Attempt(record, retryAfter: report.pause, isHealthy: report.outcome.isHealthy), delivery, setup)
    }
}
