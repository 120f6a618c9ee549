// What the operators hold back.

import Ledger

/// Which channels are paused.
struct Pauses: Sendable, Equatable, CustomStringConvertible {
    var isAll = false
    var channels: Set<String> = []

    init() {}

    init(_ pauses: [Pause]) {
        isAll = pauses.contains { $0.channel == nil }
        channels = Set(pauses.compactMap(\.channel))
    }

    func holds(_ channel: String) -> Bool { isAll || channels.contains(channel) }

    /// For the log.
    var description: String { isAll ? "all" : channels.isEmpty ? "nothing" : channels.sorted().joined(separator: ", ") }
}
