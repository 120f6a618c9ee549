// What every part of the HTTP side works with. It looks at the ledger, and says everything by events in the queue.

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
    /// Who is signed in.
    var sessions: SessionStore
    /// Who looks at pages live.
    var live: LiveHub

    public init(
        setup: CurrentSetup, ledger: LedgerStore, logger: Logger, adapters: ToolAdapters = .none,
        clock: @escaping @Sendable () -> Date = { Date() }
    ) {
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
}
