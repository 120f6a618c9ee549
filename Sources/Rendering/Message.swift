// What is sent: one finished payload for one kind of channel.

import JSON

/// A rendered message.
public struct Message: Sendable, Equatable {
    public enum Content: Sendable, Equatable {
        /// The payload of a webhook or of `chat.postMessage` (without `channel`): `text` and `blocks`.
        case slack(JSONValue)
        /// The whole `message` object with its Adaptive Card.
        case teams(JSONValue)
        case email(subject: String, text: String, html: String)
        case sms(String)
    }

    public var content: Content
    /// Why the template could not be used and the plain rendering stands in; nil normally.
    public var degraded: String?

    public init(content: Content, degraded: String? = nil) {
        self.content = content
        self.degraded = degraded
    }
}
