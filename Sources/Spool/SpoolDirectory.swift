// Where things stand in the queue directory.

/// The paths of a queue directory.
public struct SpoolDirectory: Sendable, Equatable {
    /// Producers drop files here.
    public let path: String

    public init(path: String) {
        var path = path
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        self.path = path
    }

    /// Staging for producers.
    public var staging: String { path + "/tmp" }
    /// What could not be accepted, with reasons.
    public var rejected: String { path + "/rejected" }
    /// The router's own: files between the queue and the ledger's commit.
    public var taken: String { path + "/.taken" }
}
