// When the clock looks at something again.

import Foundation
import Incidents

/// The one alarm that an incident or a silence has in the ledger: the next moment at which time alone may change something.
public struct Alarm: Sendable, Hashable {
    public enum Subject: Sendable, Hashable {
        case incident(String)
        case silence(String)
        case broadcast(String)
        case rotation(String)
        /// An address to which nothing is sent any more, and whose owner is to hear of that.
        case address(kind: ChannelKind, address: String)
        /// A dead man's.
        case monitor(String)
        case heartbeat
    }

    public var subject: Subject
    public var due: Date
    /// What falls due then, for people: `acknowledge breaches`, `escalation step 2`.
    public var what: String

    public init(subject: Subject, due: Date, what: String) {
        self.subject = subject
        self.due = due
        self.what = what
    }
}

/// A moment in the future of an incident, for people.
public struct AgendaEntry: Sendable, Equatable {
    public var at: Date
    /// As in `Alarm.what`.
    public var what: String
    /// What the clock will raise, for whoever says it in other words; nil: not known.
    public var raised: Raised?

    public init(at: Date, what: String, raised: Raised? = nil) {
        self.at = at
        self.what = what
        self.raised = raised
    }
}
