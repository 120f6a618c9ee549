// A second SIGTERM or SIGINT: whoever asks twice will not wait for what is under way. Nothing is lost by ending at once:
// it is what a crash would do, and the next start finds everything that is unfinished.

import Dispatch
import Glibc
import Logging
import Synchronization

/// Ends the process at the second signal; the first one is left to whoever shuts down in order.
final class SecondSignal: Sendable {
    private let sources: [SignalSource]

    /// - Parameter onFirst: called, on a thread of its own, at the first one.
    init(logger: Logger, onFirst: @escaping @Sendable () -> Void = {}) {
        let seen = Seen()
        sources = [SIGTERM, SIGINT].map { number in
            SignalSource.ignoring(number) {
                if seen.isFirst() { return onFirst() }
                logger.warning("a second signal: ending at once; what was under way is made again at the next start")
                _exit(128 + number)
            }
        }
    }

    func cancel() { for source in sources { source.cancel() } }

    private final class Seen: Sendable {
        private let count = Atomic<Int>(0)

        func isFirst() -> Bool { count.add(1, ordering: .relaxed).oldValue == 0 }
    }
}
