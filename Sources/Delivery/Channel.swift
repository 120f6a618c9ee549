// The contract that every way out fulfils.

import Foundation
import Incidents
import Rendering
import Settings

/// One message on its way to one address.
public struct Parcel: Sendable {
    /// Minted once for each delivery, the same on every attempt: letters, digits and hyphens. It becomes the
    /// Message-ID's left side and the idempotency key.
    public var token: String
    /// As planned: an e-mail address, a number, a Slack id; for a channel addressed as itself, its `ownAddress`.
    public var address: String
    public var message: Message
    /// The incident's id: what mails are threaded by.
    public var incident: String?
    /// This is the incident's first mail to this address, as far as is known.
    public var isFirst: Bool
    public var date: Date
    /// Slack with a token: `CHANNEL:TS` of the conversation's first message.
    public var thread: String?
    /// Mail: the subject of the conversation's first message. A room: what was made of it so far (`RoomMemory`).
    public var subject: String?
    public var part: Part
    /// Slack with a token: the channel that is the incident's own; then `address` is its name.
    public var room: Room?
    public var leaving: Leaving?
    /// SMS: where the gateway reports what became of the message; nil: nowhere.
    public var receipt: Secret?

    public init(
        token: String, address: String, message: Message, incident: String?, isFirst: Bool, date: Date, thread: String? = nil,
        subject: String? = nil, part: Part = .state, room: Room? = nil, leaving: Leaving? = nil, receipt: Secret? = nil
    ) {
        self.token = token
        self.address = address
        self.message = message
        self.incident = incident
        self.isFirst = isFirst
        self.date = date
        self.thread = thread
        self.subject = subject
        self.part = part
        self.room = room
        self.leaving = leaving
        self.receipt = receipt
    }
}

/// A configured way out. `deliver` makes one attempt and always returns: it never throws, never retries by itself
/// (but for what the provider's contract calls one attempt), and is bounded by the channel's timeout.
public protocol Channel: Sendable {
    var name: String { get }
    var kind: ChannelKind { get }
    /// What shares limits and outages: a URL, or a server and its credential, as a text without secrets. Equal texts
    /// mean the same destination.
    var destination: String { get }
    func deliver(_ parcel: Parcel) async -> AttemptReport
}
