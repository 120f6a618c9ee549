// Test-only: the points at which the crash tests let the router die, each named once. Without TOCSIN_CRASH_AT in the
// environment a point costs one comparison and does nothing.
//
// Invariant: every point here is passed somewhere in the router, and docs/internals.md says what is on disk there.

import Glibc
import Synchronization

/// A place between two steps of which the first must not be undone, nor the second be missing, by a crash.
public enum CrashPoint: String, CaseIterable, Sendable {
    /// A ripe file has been looked at, and still lies in the queue.
    case beforeTaking = "before_taking"
    /// A file has just been renamed into `.taken/`.
    case taken
    /// Files have been read, and their events parsed; nothing is in the ledger.
    case read
    /// Everything that follows from arrivals has been written, and the transaction is still open.
    case beforeArrivalsCommit = "before_arrivals_commit"
    /// Arrivals are durable; nobody has been told so.
    case afterArrivalsCommit = "after_arrivals_commit"
    /// Some lines of a file of many are durable, the others are not.
    case betweenSlices = "between_slices"
    /// A batch is durable, and none of its files has been forgotten.
    case beforeForgetting = "before_forgetting"
    /// One file of a batch has been removed; others may be left.
    case whileForgetting = "while_forgetting"
    /// The reason of a rejection is written, under a name that is not its own yet.
    case reasonDrafted = "reason_drafted"
    /// The reason has its name; the file that it is about is still in `.taken/`.
    case reasonNamed = "reason_named"
    /// The rejected file, or the bad lines of one, lies beside its reason.
    case rejected
    /// An attempt is about to be made.
    case beforeSending = "before_sending"
    /// The peer has answered, and the outcome is only in memory.
    case answered
    /// Outcomes have been written, and the transaction is still open.
    case beforeOutcomesCommit = "before_outcomes_commit"
    /// Outcomes are durable; nobody has been told so.
    case afterOutcomesCommit = "after_outcomes_commit"
    /// What due alarms raised has been written, with the next alarms, and the transaction is still open.
    case beforeRingCommit = "before_ring_commit"
    /// What due alarms raised is durable; nobody has been told so.
    case afterRingCommit = "after_ring_commit"
    /// Held deliveries have been released, and the transaction is still open.
    case beforeReleaseCommit = "before_release_commit"
    /// What leaves its hold is durable; nobody has been told so.
    case afterReleaseCommit = "after_release_commit"
    /// The next delivery of a conversation is ready in the ledger, inside the transaction that ended the one before it.
    case promoted
    /// What became ready has been handed to its lane.
    case offered
    /// The router has been asked to stop, and starts nothing more.
    case stopping
    /// What was under way has ended; the ledger is still open.
    case drained
    /// All is closed.
    case closed

    /// Ends the process with SIGKILL where it was told to die here.
    @inline(__always) public func reached() {
        if let armed = Self.armed { armed.pass(self) }
    }

    /// What is wrong with TOCSIN_CRASH_AT, so that a mistake in it does not pass for a test that was survived.
    public static var complaint: String? {
        guard let text = environment, Armed(text) == nil else { return nil }
        let names = allCases.map(\.rawValue).joined(separator: ", ")
        return "TOCSIN_CRASH_AT is for tests and must be NAME or NAME:COUNT, where NAME is one of: \(names)"
    }

    private static let armed = environment.flatMap(Armed.init)
    private static var environment: String? { getenv("TOCSIN_CRASH_AT").map { String(cString: $0) } }
}

/// The point to die at, and how many passings are still survived.
private final class Armed: Sendable {
    private let point: CrashPoint
    private let left: Atomic<Int>

    init?(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count <= 2, let name = parts.first, let point = CrashPoint(rawValue: String(name)) else { return nil }
        guard let count = parts.count == 2 ? Int(parts[1]) : 1, count > 0 else { return nil }
        self.point = point
        left = Atomic(count)
    }

    func pass(_ reached: CrashPoint) {
        guard reached == point, left.subtract(1, ordering: .relaxed).newValue == 0 else { return }
        kill(getpid(), SIGKILL)
        // The signal is on its way; nothing more may be done meanwhile.
        while true { pause() }
    }
}
