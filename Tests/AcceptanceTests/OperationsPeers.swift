// What the tests of operations put on the other side: systemd's socket, a peer that shows its requests, and somebody who holds the
// ledger.

import Foundation
import GRDB
import Glibc
import Synchronization

/// systemd's side of sd_notify: an abstract datagram socket.
final class NotifySocket: Sendable {
    let name = "@tocsin-test-\(UUID().uuidString)"
    private let descriptor: Int32
    private let list = Mutex<[String]>([])

    init() throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = [0] + Array(name.utf8.dropFirst())
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, socklen_t(2 + bytes.count)) }
        }
        guard result == 0 else { throw POSIXError(.EIO) }
    }

    deinit { close(descriptor) }

    /// All datagrams so far.
    var told: [String] {
        list.withLock { list in
            var buffer = [UInt8](repeating: 0, count: 4_096)
            while true {
                let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
                guard count > 0 else { return list }
                list.append(String(decoding: buffer.prefix(count), as: UTF8.self))
            }
        }
    }
}

/// Answers every request with 200 and one text, on a connection of its own, and keeps what it was sent.
final class RawPeer: Sendable {
    let port: Int
    private let descriptor: Int32
    private let list: Kept

    private final class Kept: Sendable { let requests = Mutex<[String]>([]) }

    var requests: [String] { list.requests.withLock { $0 } }

    init(answering text: String) throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(descriptor, address, length) == 0 && listen(descriptor, 16) == 0 && getsockname(descriptor, address, &length) == 0
            }
        }
        guard result else { throw POSIXError(.EIO) }
        self.descriptor = descriptor
        port = Int(in_port_t(bigEndian: address.sin_port))
        let list = Kept()
        self.list = list
        let answer = Array("HTTP/1.1 200 OK\r\nContent-Length: \(text.utf8.count)\r\nConnection: close\r\n\r\n\(text)".utf8)
        Thread {
            while true {
                let connection = accept(descriptor, nil, nil)
                guard connection >= 0 else { return }
                var buffer = [UInt8](repeating: 0, count: 65_536)
                let count = recv(connection, &buffer, buffer.count, 0)
                list.requests.withLock { $0.append(String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)) }
                _ = send(connection, answer, answer.count, Int32(MSG_NOSIGNAL))
                shutdown(connection, Int32(SHUT_RDWR))
                close(connection)
            }
        }.start()
    }

    deinit {
        shutdown(descriptor, Int32(SHUT_RDWR))
        close(descriptor)
    }
}

/// Another process that writes to the ledger for a long time.
final class LockedLedger {
    private let queue: DatabaseQueue

    init(_ path: String) throws {
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        queue = try DatabaseQueue(path: path, configuration: configuration)
        try queue.writeWithoutTransaction { try $0.beginTransaction(.immediate) }
    }

    func release() {
        try? queue.writeWithoutTransaction { try $0.rollback() }
        try? queue.close()
    }
}

extension Workspace {
    /// Lets time pass in the ledger of a router that is not running.
    func setBack(_ table: String, _ columns: [String], by seconds: Int) throws {
        let queue = try DatabaseQueue(path: "\(path)/state/ledger.sqlite")
        try queue.write { database in
            for column in columns { try database.execute(sql: "UPDATE \(table) SET \(column) = \(column) - \(seconds) * 1000000") }
        }
        try queue.close()
    }
}
