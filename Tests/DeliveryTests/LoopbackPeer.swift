// A peer on loopback that misbehaves on purpose: plain sockets, a thread for each connection.

import Foundation
import Glibc
import Synchronization

final class LoopbackPeer: Sendable {
    /// What it does with a connection.
    enum Manner: Sendable {
        /// HTTP: reads a request, answers with this status and body.
        case answers(Int, String)
        /// HTTP: reads a request, answers with all of it.
        case echoes(Int)
        /// Reads a whole request or mail, then says nothing.
        case silentAfterBody
        /// Reads a whole request or mail, then resets.
        case resetsAfterBody
        /// Resets before it has read anything.
        case resetsAtOnce
        /// SMTP: takes the mail.
        case takesMail
    }

    let port: Int
    private let listener: Int32
    private let received = Mutex<[[UInt8]]>([])
    private let arrived = AsyncStream.makeStream(of: Void.self)

    /// Requests or mails that were read to their end.
    var all: [[UInt8]] { received.withLock { $0 } }

    init(_ manner: Manner, isSMTP: Bool) {
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let listener = listener
        withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = bind(listener, $0, length)
                _ = listen(listener, 16)
                _ = getsockname(listener, $0, &length)
            }
        }
        port = Int(UInt16(bigEndian: address.sin_port))
        Thread.detachNewThread { [self] in
            while true {
                let connection = accept(listener, nil, nil)
                if connection < 0 { return }
                Thread.detachNewThread { [self] in
                    serve(connection, manner, isSMTP)
                }
            }
        }
    }

    func close() { _ = shutdown(listener, Int32(SHUT_RDWR)) }

    /// Returns when a whole request or mail has been read.
    func waitForBody() async {
        for await _ in arrived.stream { return }
    }

    private func serve(_ connection: Int32, _ manner: Manner, _ isSMTP: Bool) {
        if case .resetsAtOnce = manner { return reset(connection) }
        let content = isSMTP ? readMail(connection) : readRequest(connection)
        received.withLock { $0.append(content) }
        arrived.continuation.yield()
        switch manner {
        case .answers(let status, let body): answer(connection, status, Array(body.utf8))
        case .echoes(let status): answer(connection, status, content)
        case .resetsAfterBody: return reset(connection)
        case .silentAfterBody:
            // Until the client closes.
            while !read(connection).isEmpty {}
        case .takesMail:
            say(connection, "250 2.0.0 Ok: queued as LOOP1\r\n")
            while !read(connection).isEmpty { say(connection, "221 bye\r\n") }
        case .resetsAtOnce: break
        }
        _ = Glibc.close(connection)
    }

    private func answer(_ connection: Int32, _ status: Int, _ body: [UInt8]) {
        say(connection, "HTTP/1.1 \(status) X\r\nContent-Length: \(body.count)\r\nConnection: close\r\n\r\n")
        _ = body.withUnsafeBytes { send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
        _ = shutdown(connection, Int32(SHUT_WR))
        while !read(connection).isEmpty {}
    }

    private func readRequest(_ connection: Int32) -> [UInt8] {
        var bytes: [UInt8] = []
        while true {
            let text = String(decoding: bytes, as: UTF8.self)
            if let end = text.range(of: "\r\n\r\n") {
                let head = text[..<end.lowerBound].lowercased()
                let length = head.range(of: "content-length: ").flatMap { Int(head[$0.upperBound...].prefix { $0.isNumber }) } ?? 0
                if text[end.upperBound...].utf8.count >= length { return bytes }
            }
            let more = read(connection)
            if more.isEmpty { return bytes }
            bytes += more
        }
    }

    private func readMail(_ connection: Int32) -> [UInt8] {
        say(connection, "220 peer ESMTP\r\n")
        var mail: [UInt8] = []
        var inData = false
        var pending: [UInt8] = []
        while true {
            let more = read(connection)
            if more.isEmpty { return mail }
            pending += more
            if inData {
                mail += more
                if mail.suffix(5).elementsEqual("\r\n.\r\n".utf8) { return mail }
                continue
            }
            while let end = pending.firstIndex(of: 0x0A) {
                let line = String(decoding: pending[...end], as: UTF8.self)
                pending.removeSubrange(...end)
                if line.hasPrefix("EHLO") {
                    say(connection, "250-peer\r\n250 SIZE 10000000\r\n")
                } else if line.hasPrefix("DATA") {
                    inData = true
                    say(connection, "354 go\r\n")
                    mail = pending
                } else {
                    say(connection, "250 ok\r\n")
                }
            }
        }
    }

    private func read(_ connection: Int32) -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = recv(connection, &buffer, buffer.count, 0)
        return count > 0 ? Array(buffer.prefix(count)) : []
    }

    private func say(_ connection: Int32, _ text: String) {
        let bytes = Array(text.utf8)
        _ = send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }

    private func reset(_ connection: Int32) {
        var option = linger(l_onoff: 1, l_linger: 0)
        _ = setsockopt(connection, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
        _ = Glibc.close(connection)
    }
}
