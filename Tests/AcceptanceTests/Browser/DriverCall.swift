// One HTTP request to chromedriver, on a connection of its own. Foundation's client does not read its headers, which have no blank
// behind the colon.

import Foundation
import Glibc

enum DriverCall {
    struct Answer: Sendable {
        var status: Int
        var body: [UInt8]
    }

    /// Sends and reads to the end; blocks a thread of its own.
    static func run(_ method: String, port: Int, path: String, body: [UInt8]) async -> Answer? {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(returning: blocking(method, port, path, body)) }
        }
    }

    private static func blocking(_ method: String, _ port: Int, _ path: String, _ body: [UInt8]) -> Answer? {
        let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard socket >= 0 else { return nil }
        defer { close(socket) }
        var patience = timeval(tv_sec: 120, tv_usec: 0)
        setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(port)).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let connected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
        guard connected == 0 else { return nil }
        let head = """
            \(method) \(path) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nContent-Type: application/json\r\nContent-Length: \(body.count)\r\n\
            Connection: close\r\n\r\n
            """
        var rest = (Array(head.utf8) + body)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { return nil }
            rest = rest.dropFirst(count)
        }
        return read(socket)
    }

    private static func read(_ socket: Int32) -> Answer? {
        var all: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        var length: Int?
        var start = 0
        while length.map({ all.count - start < $0 }) ?? true {
            let count = recv(socket, &buffer, buffer.count, 0)
            guard count > 0 else { break }
            all += buffer[..<count]
            guard length == nil, let end = Data(all).range(of: Data("\r\n\r\n".utf8)) else { continue }
            start = end.upperBound
            let head = String(decoding: all[..<start], as: UTF8.self)
            length = head.firstMatch(of: /(?i)content-length: *([0-9]+)/).flatMap { Int($0.1) }
        }
        let words = String(decoding: all.prefix(20), as: UTF8.self).split(separator: " ")
        guard start > 0, words.count > 1, let status = Int(words[1]) else { return nil }
        return Answer(status: status, body: Array(all[start...]))
    }
}
