// A TCP server on loopback that does what a test's script says, connection by connection, on threads of its own.

import Foundation
import Glibc
import Synchronization

/// Listens on 127.0.0.1, port 0. The script gets each connection and its number, from 1.
final class LoopbackServer: Sendable {
    struct CannotListen: Error {}

    let port: Int
    private let listener: Int32
    private let accepted = Counter()

    init(_ script: @escaping @Sendable (Peer, Int) -> Void) throws {
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let listener = listener
        let isUp = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                bind(listener, generic, length) == 0 && listen(listener, 512) == 0 && getsockname(listener, generic, &length) == 0
            }
        }
        guard isUp else { throw CannotListen() }
        port = Int(UInt16(bigEndian: address.sin_port))
        let accepted = accepted
        Thread.detachNewThread {
            while true {
                let descriptor = accept(listener, nil, nil)
                guard descriptor >= 0 else {
                    // Here and not in `deinit`: a descriptor that is given out again must not be accepted on.
                    Glibc.close(listener)
                    return
                }
                let number = accepted.next()
                Thread.detachNewThread {
                    let peer = Peer(descriptor)
                    script(peer, number)
                    peer.close()
                }
            }
        }
    }

    /// Connections so far.
    var connections: Int { accepted.value }

    deinit {
        shutdown(listener, Int32(SHUT_RDWR))
    }

    private final class Counter: Sendable {
        private let count = Mutex(0)

        var value: Int { count.withLock { $0 } }

        func next() -> Int {
            count.withLock { count in
                count += 1
                return count
            }
        }
    }
}

/// One accepted connection, used by its script's thread.
final class Peer {
    private var descriptor: Int32
    private var buffer: [UInt8] = []

    init(_ descriptor: Int32) {
        self.descriptor = descriptor
    }

    func write(_ text: String) { write(Array(text.utf8)) }

    func write(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty, descriptor >= 0 {
            let count = rest.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }

    /// True where the client is still there.
    func writeAndCheck(_ bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) } == bytes.count
    }

    /// Without the line's end; nil at the end of the stream.
    func readLine() -> String? {
        while true {
            if let end = buffer.firstIndex(of: 0x0A) {
                let line = buffer[..<end]
                buffer.removeSubrange(...end)
                return String(decoding: line.last == 0x0D ? line.dropLast() : line, as: UTF8.self)
            }
            guard more() else { return nil }
        }
    }

    func read(_ count: Int) -> [UInt8]? {
        while buffer.count < count { guard more() else { return nil } }
        let bytes = Array(buffer.prefix(count))
        buffer.removeFirst(count)
        return bytes
    }

    /// Everything up to a lone dot, as it came over the wire.
    func readUntilDot() -> [UInt8]? {
        var content: [UInt8] = []
        while true {
            guard let end = buffer.firstIndex(of: 0x0A) else {
                guard more() else { return nil }
                continue
            }
            let line = Array(buffer[...end])
            buffer.removeSubrange(...end)
            if line == Array(".\r\n".utf8) { return content }
            content += line
        }
    }

    /// Waits until the client goes away.
    func waitForEnd() {
        buffer = []
        while more() { buffer = [] }
    }

    /// Waits until the client goes away and reads nothing of what it sends.
    func waitForHangUp() {
        // POLLRDHUP, which Glibc's overlay leaves out.
        var watch = pollfd(fd: descriptor, events: 0x2000, revents: 0)
        _ = poll(&watch, 1, -1)
    }

    /// Ends the connection with a RST.
    func reset() {
        var hard = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &hard, socklen_t(MemoryLayout<linger>.size))
        close()
    }

    func close() {
        guard descriptor >= 0 else { return }
        Glibc.close(descriptor)
        descriptor = -1
    }

    private func more() -> Bool {
        guard descriptor >= 0 else { return false }
        var chunk = [UInt8](repeating: 0, count: 65_536)
        let count = chunk.withUnsafeMutableBytes { recv(descriptor, $0.baseAddress, $0.count, 0) }
        guard count > 0 else { return false }
        buffer += chunk[..<count]
        return true
    }
}

/// What happened, in order; a test waits for it without polling.
final class Record: Sendable {
    private struct Waiter {
        var id: UInt64
        var count: Int
        var prefix: String
        var continuation: CheckedContinuation<Void, Never>

        func isSatisfied(by lines: [String]) -> Bool { lines.count { $0.hasPrefix(prefix) } >= count }
    }

    private struct State {
        var lines: [String] = []
        var waiters: [Waiter] = []
        var nextID: UInt64 = 0
    }

    private let state = Mutex(State())

    var lines: [String] { state.withLock { $0.lines } }

    func count(_ prefix: String) -> Int { lines.count { $0.hasPrefix(prefix) } }

    func add(_ line: String) {
        let ready = state.withLock { state in
            state.lines.append(line)
            let lines = state.lines
            let ready = state.waiters.filter { $0.isSatisfied(by: lines) }
            state.waiters.removeAll { $0.isSatisfied(by: lines) }
            return ready
        }
        for waiter in ready { waiter.continuation.resume() }
    }

    /// Until there are `count` lines that begin so, or the test's time is up.
    func wait(for prefix: String, count: Int = 1) async {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let waiter = Waiter(id: id, count: count, prefix: prefix, continuation: continuation)
                let isThere = state.withLock { state in
                    if Task.isCancelled || waiter.isSatisfied(by: state.lines) { return true }
                    state.waiters.append(waiter)
                    return false
                }
                if isThere { continuation.resume() }
            }
        } onCancel: {
            let waiter = state.withLock { state in
                let waiter = state.waiters.first { $0.id == id }
                state.waiters.removeAll { $0.id == id }
                return waiter
            }
            waiter?.continuation.resume()
        }
    }
}

/// Scripts wait here until the test lets all of them go on.
final class Gate: Sendable {
    private let condition = NSCondition()
    private let isOpen = Mutex(false)

    func open() {
        condition.lock()
        isOpen.withLock { $0 = true }
        condition.broadcast()
        condition.unlock()
    }

    func pass() {
        condition.lock()
        while !isOpen.withLock({ $0 }) { condition.wait() }
        condition.unlock()
    }
}
