// One way to somebody: what a delivery went by, and what its fallbacks must not go by again.

/// One address through one channel.
public struct Way: Hashable, Sendable {
    /// The channel's name.
    public var channel: String
    /// For a channel addressed as itself, its `ownAddress`.
    public var address: String

    public init(channel: String, address: String) {
        self.channel = channel
        self.address = address
    }
}
