// Somebody who looks at pages: a connection, a request, and when the first byte of the answer came.

import Foundation
import Glibc

/// One connection to the page. Ends with its last reference.
final class PageClient {
    let socket: Int32

    init(port: Int) throws {
        socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(port)).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let connected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
        guard socket >= 0, connected == 0 else { throw Failed("no connection to the page: errno \(errno)") }
        var one: Int32 = 1
        setsockopt(socket, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
    }

    deinit { close(socket) }

    func ask(_ path: String, token: String) throws {
        let request = Array("GET \(path) HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\nAuthorization: Bearer \(token)\r\n\r\n".utf8)
        guard write(socket, request, request.count) == request.count else { throw Failed("the page hangs up: errno \(errno)") }
    }

    /// Milliseconds to the first byte of an answer, which must be good and is read to its end.
    func firstByte(_ path: String, token: String) throws -> Double {
        let begin = DispatchTime.now().uptimeNanoseconds
        try ask(path, token: token)
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        var text = try read(&buffer)
        let milliseconds = Double(DispatchTime.now().uptimeNanoseconds - begin) / 1e6
        guard text.hasPrefix("HTTP/1.1 200") else { throw Failed("\(path): \(text.prefix(200))") }
        while !isWhole(text) { text += try read(&buffer) }
        return milliseconds
    }

    private func read(_ buffer: inout [UInt8]) throws -> String {
        let count = recv(socket, &buffer, buffer.count, 0)
        guard count > 0 else { throw Failed("the page hangs up: errno \(errno)") }
        return String(decoding: buffer[..<count], as: UTF8.self)
    }

    private func isWhole(_ text: String) -> Bool {
        guard let end = text.range(of: "\r\n\r\n"), let length = text.range(of: "content-length: ", options: .caseInsensitive),
            let count = Int(text[length.upperBound...].prefix { $0.isNumber })
        else { return false }
        return text[end.upperBound...].utf8.count >= count
    }

    /// Reads what has come, without waiting.
    ///
    /// - Returns: bytes.
    func drain(_ buffer: inout [UInt8]) -> Int {
        var all = 0
        while true {
            let count = recv(socket, &buffer, buffer.count, Int32(MSG_DONTWAIT))
            if count <= 0 { return all }
            all += count
        }
    }
}
