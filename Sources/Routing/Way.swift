// How somebody is reached.

/// One address through one channel, as a delivery's way.
public struct Way: Hashable, Sendable {
    /// The channel's name.
    public let channel: String
    public let address: String

    public init(channel: String, address: String) {
        self.channel = channel
        self.address = address
    }
}
