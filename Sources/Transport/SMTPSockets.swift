// The sockets of one easy handle, so that another thread can end a blocking transfer: `shutdown` makes libcurl's wait return.
// A socket leaves the table before it is closed; so no descriptor that has become another file's is ever touched.

import Dispatch
import Glibc
import Synchronization

/// Open sockets, each under a number of its own: the kernel gives descriptors out again, numbers never.
final class SMTPSockets: Sendable {
    private struct State {
        var open: [Int32: UInt64] = [:]
        var next: UInt64 = 0
    }

    private let state = Mutex(State())

    func opened(_ socket: Int32) {
        state.withLock { state in
            state.next += 1
            state.open[socket] = state.next
        }
    }

    /// Closes the socket; libcurl leaves that to us.
    func close(_ socket: Int32) -> Int32 {
        _ = state.withLock { $0.open.removeValue(forKey: socket) }
        return Glibc.close(socket)
    }

    var isEmpty: Bool { state.withLock { $0.open.isEmpty } }

    /// Ends both directions of every socket that is open now.
    func shutDown() {
        shutDown(upTo: .max)
    }

    /// The same after a while, for the sockets that are open now: a server that does not answer QUIT is not waited for.
    func shutDown(after seconds: Double) {
        let last = state.withLock { $0.open.isEmpty ? 0 : $0.next }
        guard last > 0 else { return }
        DispatchQueue.global(qos: .utility).asyncAfter(deadline: .now() + seconds) { self.shutDown(upTo: last) }
    }

    private func shutDown(upTo last: UInt64) {
        state.withLock { state in
            for (socket, number) in state.open where number <= last { shutdown(socket, Int32(SHUT_RDWR)) }
        }
    }
}
