// A second SIGTERM or SIGINT: whoever asks twice will not wait for what is under way. Nothing is lost by ending at once:
// it is what a crash would do, and the next start finds everything that is unfinished. One that comes with the first is
// not meant as a second: timeout(1) and others send theirs to the process and to its group.

import Dispatch
import Glibc
import Logging
import Synchronization

/// Ends the process at the second signal; the first one is left to whoever shuts down in order.
final class SecondSignal: Sendable {
    private let sources: [SignalSource]

    /// Two that are closer count as one.
    static let pause = Duration.milliseconds(300)

    /// - Parameter onFirst: called, on a thread of its own, at the first one.
    init(logger: Logger, onFirst: @escaping @Sendable () -> Void = {}) {
        let seen = Seen()
        sources = [SIGTERM, SIGINT].map { number in
            SignalSource.ignoring(number) {
                switch seen.again() {
                case .none: return onFirst()
                case .some(let since) where since < Self.pause: return
                case .some: break
                }
                logger.warning("a second signal: ending at once; what was under way is made again at the next start")
                _exit(128 + number)
            }
        }
    }

    func cancel() { for source in sources { source.cancel() } }

    private final class Seen: Sendable {
        private let first = Mutex<ContinuousClock.Instant?>(nil)

        /// How long ago the first one was; nil: this is it.
        func again() -> Duration? {
            first.withLock { first in
                let now = ContinuousClock.now
                defer { first = first ?? now }
                return first.map { now - $0 }
            }
        }
    }
}
