// Events by HTTP: keep-alive connections, one request at a time on each, from one thread.

import Dispatch
import Foundation
import Glibc

/// Connections to the router's HTTP side.
final class HTTPLoad {
    private struct Connection {
        var socket: Int32
        /// Bytes of the answer so far.
        var heard: [UInt8] = []
        var sentAt: UInt64 = 0
    }

    private let token: String
    private var connections: [Connection] = []
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
    private(set) var refused = 0
    /// Milliseconds from a request to its 202.
    private(set) var latencies: [Double] = []

    init(port: UInt16, token: String, connections count: Int) throws {
        self.token = token
        for _ in 0..<count {
            let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
            var address = LoopbackListener.address(port)
            let isConnected = withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
                }
            }
            guard isConnected else { throw Failed("cannot connect to 127.0.0.1:\(port): errno \(errno)") }
            var one: Int32 = 1
            setsockopt(socket, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
            connections.append(Connection(socket: socket))
        }
    }

    deinit {
        for connection in connections { close(connection.socket) }
        buffer.deallocate()
    }

    /// A request with a body, ready to be sent.
    func request(_ body: String, type: String) -> [UInt8] {
        Array(
            ("POST /v1/events HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer \(token)\r\nContent-Type: \(type)\r\n"
                + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)").utf8)
    }

    /// Sends all requests, the next on a connection when the one before has its answer. Returns when all are answered.
    ///
    /// - Parameter make: the request of a number.
    func run(_ count: Int, _ make: (Int) -> [UInt8]) throws {
        var next = 0
        var answered = 0
        var watched = connections.map { pollfd(fd: $0.socket, events: Int16(POLLIN), revents: 0) }
        for index in connections.indices where next < count {
            try send(make(next), on: index)
            next += 1
        }
        while answered < count {
            guard poll(&watched, nfds_t(watched.count), 30_000) > 0 else {
                throw Failed("\(answered) of \(count) requests were answered in 30 s")
            }
            for index in watched.indices where watched[index].revents != 0 {
                guard try hear(index) else { continue }
                answered += 1
                if next < count {
                    try send(make(next), on: index)
                    next += 1
                }
            }
        }
        if refused > 0 { throw Failed("\(refused) of \(count) requests were refused") }
    }

    private func send(_ bytes: [UInt8], on index: Int) throws {
        connections[index].sentAt = DispatchTime.now().uptimeNanoseconds
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(connections[index].socket, $0.baseAddress, $0.count) }
            guard count > 0 else { throw Failed("a connection was closed: errno \(errno)") }
            rest = rest.dropFirst(count)
        }
    }

    /// - Returns: whether the answer is whole. Answers are small, and have a Content-Length.
    private func hear(_ index: Int) throws -> Bool {
        let count = read(connections[index].socket, buffer.baseAddress, buffer.count)
        guard count > 0 else { throw Failed("a connection was closed: errno \(errno)") }
        connections[index].heard += buffer[..<count]
        let isWhole = connections[index].heard.withUnsafeBytes { bytes -> Bool in
            guard let end = bytes.position(of: Array("\r\n\r\n".utf8)), let field = bytes.position(of: Array("Content-Length: ".utf8))
            else {
                return false
            }
            var length = 0
            for byte in bytes[(field + 16)...] {
                guard (0x30...0x39).contains(byte) else { break }
                length = length * 10 + Int(byte - 0x30)
            }
            return bytes.count >= end + 4 + length
        }
        guard isWhole else { return false }
        if !connections[index].heard.starts(with: Array("HTTP/1.1 202".utf8)) { refused += 1 }
        connections[index].heard.removeAll(keepingCapacity: true)
        latencies.append(Double(DispatchTime.now().uptimeNanoseconds - connections[index].sentAt) / 1e6)
        return true
    }
}
