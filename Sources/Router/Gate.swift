// Something that has to happen once before others go on.

import Foundation
import Synchronization

/// Opened once.
final class Gate: Sendable {
    private let bell = Bell()
    private let isOpen = Mutex(false)

    func open() {
        isOpen.withLock { $0 = true }
        bell.ring()
    }

    /// Returns once it is open, the time is over, or the task is cancelled. For one waiter.
    func wait(seconds: TimeInterval) async {
        // Not by the wall clock, which may be set meanwhile.
        let deadline = ContinuousClock.now + .seconds(seconds)
        await withTaskCancellationHandler {
            while !isOpen.withLock(\.self), !Task.isCancelled, ContinuousClock.now < deadline {
                await bell.wait(until: Date().addingTimeInterval(1))
            }
        } onCancel: {
            bell.ring()
        }
    }
}
