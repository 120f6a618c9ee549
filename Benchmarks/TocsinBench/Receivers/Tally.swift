// What a receiver has counted, and who waits for it.

import Dispatch
import Glibc
import Synchronization

/// Written by the receiver's thread, read by the benchmark.
final class Tally: Sendable {
    private struct State {
        var count = 0
        var turnedAway = 0
        var target = Int.max
        /// When the last message was there, monotonic nanoseconds.
        var last: UInt64 = 0
        /// A text that messages are looked through for, and when such messages came.
        var marker: [UInt8]?
        var marked: [UInt64] = []
    }

    private let state = Mutex(State())
    private let bell = DispatchSemaphore(value: 0)

    /// Messages that were accepted.
    var count: Int { state.withLock { $0.count } }
    /// Messages that were declined for now.
    var turnedAway: Int { state.withLock { $0.turnedAway } }
    var last: UInt64 { state.withLock { $0.last } }

    /// A message is there.
    func accepted(_ message: UnsafeRawBufferPointer) {
        let now = DispatchTime.now().uptimeNanoseconds
        let isDone = state.withLock { state in
            state.count += 1
            state.last = now
            if let marker = state.marker {
                guard message.position(of: marker) != nil else { return false }
                state.marked.append(now)
                return true
            }
            return state.count >= state.target
        }
        if isDone { bell.signal() }
    }

    func declined() { state.withLock { $0.turnedAway += 1 } }

    /// Waits until so many messages have been accepted; false where they do not come in time.
    func wait(for count: Int, seconds: Double) -> Bool {
        wait(seconds: seconds) { state in
            state.target = count
            return state.count >= count
        }
    }

    /// Waits for a message with this text in it.
    ///
    /// - Returns: when it was there (monotonic nanoseconds); nil where it does not come in time.
    func wait(for marker: String, seconds: Double, after send: () throws -> Void) rethrows -> UInt64? {
        state.withLock { state in
            state.marker = Array(marker.utf8)
            state.marked = []
        }
        defer { state.withLock { $0.marker = nil } }
        try send()
        return wait(seconds: seconds) { !$0.marked.isEmpty } ? state.withLock { $0.marked.first } : nil
    }

    private func wait(seconds: Double, _ isDone: (inout State) -> Bool) -> Bool {
        let deadline = DispatchTime.now() + seconds
        while true {
            if state.withLock({ isDone(&$0) }) { return true }
            // A signal may be an old one: only what has been counted counts.
            if bell.wait(timeout: deadline) == .timedOut { return state.withLock { isDone(&$0) } }
        }
    }
}

extension UnsafeRawBufferPointer {
    /// Where a text begins; nil where it does not occur.
    func position(of text: [UInt8]) -> Int? {
        guard let base = baseAddress, let first = text.first else { return nil }
        var from = 0
        while count - from >= text.count, let there = memchr(base + from, Int32(first), count - from - text.count + 1) {
            let position = UnsafeRawPointer(there) - base
            if memcmp(there, text, text.count) == 0 { return position }
            from = position + 1
        }
        return nil
    }
}
