// What every part of the HTTP side works with. It looks at the ledger, and says everything by events in the queue.

import Exposition
import Foundation
import Incidents
import JSON
import Ledger
import Logging
import Router
import Settings

/// The dependencies of the HTTP side: plain values, and the running router's ledger and setup.
public struct House: Sendable {
    /// Changes with a reload; whoever reads it works with that one to the end.
    public let setup: CurrentSetup
    /// To look at, and for what commands do there too: retry, drop, pause, resume.
    public let ledger: LedgerStore
    /// The one door: what changes anything is dropped here.
    public let events: EventWriter
    public let tokens: TokenStore
    /// What makes events of other tools' webhooks.
    public let adapters: ToolAdapters
    public let logger: Logger
    public let clock: @Sendable () -> Date
    /// What can be looked at.
    let pages = PageBook()
    /// Room for bodies while they are read: of whoever showed a token or a session, and of everybody else.
    let bodies = BodyBudget()
    let strangers = BodyBudget(BodyBudget.strangers)
    /// How often each asks.
    let gate = RateGate()
    /// Who holds how many connections.
    let shares = ConnectionShares()
    /// Who is signed in.
    var sessions: SessionStore
    let sentForms = SentForms()
    /// Who looks at pages live.
    var live: LiveHub
    /// How the router is; nil where none runs beside it.
    public let vitals: Vitals?
    /// What the router counts; nil where nothing is counted.
    public let metrics: MetricStore?

    public init(
        setup: CurrentSetup, ledger: LedgerStore, logger: Logger, adapters: ToolAdapters = .none, vitals: Vitals? = nil,
        metrics: MetricStore? = nil,
        clock: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.vitals = vitals
        self.metrics = metrics
        self.setup = setup
        self.ledger = ledger
        self.logger = logger
        self.adapters = adapters
        self.clock = clock
        let router = setup.value.configuration.router
        events = EventWriter(queue: router.queue)
        let tokens = TokenStore(state: router.state)
        self.tokens = tokens
        sessions = SessionStore(check: { tokens.token($0, now: $1) }, known: { tokens.token(id: $0, now: $1) })
        live = LiveHub(logger: logger, changes: { try await ledger.changes() })
    }

    /// The section `http` as it is now; the address and the TLS files are those of the start.
    public var http: HTTPSettings { setup.value.configuration.http ?? HTTPSettings() }

    /// 429 where too many events wait already.
    func checkRoom() async throws(RefusedRequest) {
        let limit = http.maximumQueue
        guard await events.depth.isFull(limit: limit) else { return }
        throw RefusedRequest.tryLater(
            .tooManyRequests, "queue_full", "\(limit) events wait in the queue, and no more are taken (`http.max_queue`); try again",
            after: 5)
    }

    /// 429 where this one asks more often than `http.rate` allows.
    ///
    /// - Parameter who: a token's id, or what else tells one sender from another, once it has been believed.
    func checkRate(_ who: String) throws(RefusedRequest) {
        guard let wait = gate.take(who, rates: http.rate, now: Monotonic.seconds) else { return }
        throw RefusedRequest.tryLater(
            .tooManyRequests, "rate", "more requests come than `http.rate` allows; send several events in one", after: wait)
    }
}
