// What takes in what the router sends, at as little cost as can be: one thread, poll(2), no more parsing than finding the end of a
// message. It shares the machine with the router, and its share of the CPU is printed.
//
// Invariant: a message counts when all of it has been read, before it is answered.

import Dispatch
import Foundation
import Glibc
import Synchronization

/// What one kind of receiver makes of the bytes of a connection.
protocol Protocol: AnyObject {
    /// What is said to whoever has connected; nil: nothing.
    var greeting: [UInt8]? { get }
    func connection() -> any Conversation
}

/// One connection's state.
protocol Conversation: AnyObject {
    /// Takes in bytes; appends what is to be answered now.
    func hear(_ bytes: UnsafeRawBufferPointer, answer: inout [UInt8], tally: Tally)
    /// An answer that is to be given later, and when (monotonic nanoseconds).
    var later: (at: UInt64, answer: [UInt8])? { get set }
}

/// A receiver on a port of loopback that the kernel chose.
final class Receiver: Sendable {
    let port: UInt16
    let tally = Tally()
    private let clock: Mutex<clockid_t?> = Mutex(nil)

    init(_ make: @escaping @Sendable () -> any Protocol) throws {
        let listener = try LoopbackListener()
        port = listener.port
        let socket = listener.socket
        let thread = Thread { [self] in
            var own = clockid_t()
            if pthread_getcpuclockid(pthread_self(), &own) == 0 { clock.withLock { [own] in $0 = own } }
            ReceiverLoop(socket, make(), tally).run()
        }
        thread.name = "receiver"
        thread.start()
    }

    /// CPU seconds of its thread so far.
    var cpuSeconds: Double {
        guard let clock = clock.withLock({ $0 }) else { return 0 }
        return Machine.seconds(of: clock)
    }
}

/// A listening socket on a port of loopback that the kernel chose.
struct LoopbackListener {
    let socket: Int32
    let port: UInt16

    init() throws {
        let listener = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = Self.address(0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isListening = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                bind(listener, generic, length) == 0 && listen(listener, 1_024) == 0 && getsockname(listener, generic, &length) == 0
            }
        }
        guard isListening else { throw Failed("cannot listen on 127.0.0.1: errno \(errno)") }
        socket = listener
        port = UInt16(bigEndian: address.sin_port)
    }

    static func address(_ port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        return address
    }
}

/// The receiver's thread.
private final class ReceiverLoop {
    private let listener: Int32
    private let kind: any Protocol
    private let tally: Tally
    private var watched: [pollfd]
    private var conversations: [Int32: any Conversation] = [:]
    private var delayed: Set<Int32> = []
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
    private var answer: [UInt8] = []

    init(_ listener: Int32, _ kind: any Protocol, _ tally: Tally) {
        self.listener = listener
        self.kind = kind
        self.tally = tally
        watched = [pollfd(fd: listener, events: Int16(POLLIN), revents: 0)]
    }

    func run() {
        while true {
            _ = poll(&watched, nfds_t(watched.count), wait())
            giveDelayed()
            if watched[0].revents != 0 { accept() }
            var index = 1
            while index < watched.count {
                let socket = watched[index].fd
                if watched[index].revents != 0, !serve(socket) {
                    close(socket)
                    conversations[socket] = nil
                    delayed.remove(socket)
                    watched.remove(at: index)
                } else {
                    index += 1
                }
            }
        }
    }

    private func accept() {
        let socket = Glibc.accept(listener, nil, nil)
        guard socket >= 0 else { return }
        var one: Int32 = 1
        setsockopt(socket, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
        conversations[socket] = kind.connection()
        watched.append(pollfd(fd: socket, events: Int16(POLLIN), revents: 0))
        if let greeting = kind.greeting { send(greeting, to: socket) }
    }

    private func serve(_ socket: Int32) -> Bool {
        let count = read(socket, buffer.baseAddress, buffer.count)
        guard count > 0, let conversation = conversations[socket] else { return false }
        answer.removeAll(keepingCapacity: true)
        conversation.hear(UnsafeRawBufferPointer(rebasing: buffer[..<count]), answer: &answer, tally: tally)
        if !answer.isEmpty { send(answer, to: socket) }
        if conversation.later != nil { delayed.insert(socket) }
        return true
    }

    private func giveDelayed() {
        guard !delayed.isEmpty else { return }
        let now = DispatchTime.now().uptimeNanoseconds
        for socket in delayed {
            guard let conversation = conversations[socket], let later = conversation.later, later.at <= now else { continue }
            conversation.later = nil
            delayed.remove(socket)
            send(later.answer, to: socket)
        }
    }

    /// Milliseconds until an answer is due.
    private func wait() -> Int32 {
        guard let first = delayed.compactMap({ conversations[$0]?.later?.at }).min() else { return -1 }
        let now = DispatchTime.now().uptimeNanoseconds
        return first <= now ? 0 : Int32(min((first - now + 999_999) / 1_000_000, 1_000))
    }

    /// Answers are far smaller than a socket's buffer.
    private func send(_ bytes: [UInt8], to socket: Int32) { _ = Glibc.send(socket, bytes, bytes.count, Int32(MSG_NOSIGNAL)) }
}
