// One message as it came in, together with how a person would have read it.

import Foundation
import JSON

/// What a receiver got.
public struct ReceivedMessage: Sendable {
    public var receiver: Receiver
    public var at: Date
    /// The last part of a webhook's path, Slack's channel id, a phone number or a mail address.
    public var channel: String
    /// As the provider would address it; several recipients of a mail are joined by commas.
    public var to: String
    public var from: String?
    /// The headline: a header block, the first line of a card, a mail's subject.
    public var title: String
    /// The whole text as a person would read it: plain, without markup, buttons as `[Open] https://…`.
    public var text: String
    /// The body of the request (of a GET: its query), or the mail without dot-stuffing.
    public var raw: [UInt8]
    /// HTTP's headers, or the mail's own, unfolded.
    public var headers: [(String, String)]
    /// Why the receiver said no; nil where it was accepted.
    public var refused: String?
    /// What the provider called the message in its answer: `ts`, `sid`, a queue id.
    public var id: String?
    /// Slack: the parent's `ts`.
    public var thread: String?
    /// Slack: a reply that is shown in the channel, too.
    public var isShown = false
    /// Slack: the `ts` of the message that this one updates.
    public var replaces: String?
    /// Email: the HTML part, decoded.
    public var html: String?
    /// Email: who authenticated.
    public var user: String?
    /// It came over TLS.
    public var isSecure = false

    public init(
        receiver: Receiver, at: Date, channel: String, to: String, from: String? = nil, title: String, text: String, raw: [UInt8],
        headers: [(String, String)] = [], refused: String? = nil
    ) {
        self.receiver = receiver
        self.at = at
        self.channel = channel
        self.to = to
        self.from = from
        self.title = title
        self.text = text
        self.raw = raw
        self.headers = headers
        self.refused = refused
    }

    /// A header's value, by its name without regard to case.
    public func header(_ name: String) -> String? {
        headers.first { $0.0.lowercased() == name.lowercased() }?.1
    }

    /// One line of `GET /_inbox`: without headers and raw bytes, which may hold credentials.
    public var json: JSONLine {
        var line = JSONLine(["receiver": .string(receiver.rawValue), "at": .string(at.formatted(.iso8601))])
        line.add("channel", .string(channel))
        line.add("to", .string(to))
        if let from { line.add("from", .string(from)) }
        line.add("title", .string(title))
        line.add("text", .string(text))
        for (name, value) in [("id", id), ("thread", thread), ("replaces", replaces), ("refused", refused)] {
            if let value { line.add(name, .string(value)) }
        }
        if isShown { line.add("reply_broadcast", true) }
        return line
    }
}
