// What the operators hold back.

import Ledger

/// Which channels are paused.
struct Pauses: Sendable, Equatable {
    var isAll = false
    var channels: Set<String> = []

    init() {}

    init(_ pauses: [Pause]) {
        isAll = pauses.contains { $0.channel == nil }
        channels = Set(pauses.compactMap(\.channel))
    }

    func holds(_ channel: String) -> Bool { isAll || channels.contains(channel) }
}
