// A program that talks HTTP to the router over a plain socket, so that tests see exactly what is sent and answered.

import Foundation
import Glibc
import JSON

/// One connection.
final class HTTPPeer {
    private let socket: Int32

    init(port: Int) throws {
        socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(port)).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
        var patience = timeval(tv_sec: 60, tv_usec: 0)
        setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        guard result == 0 else { throw POSIXError(.ECONNREFUSED) }
    }

    deinit { close(socket) }

    func send(_ text: String) throws {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { throw POSIXError(.EPIPE) }
            rest = rest.dropFirst(count)
        }
    }

    struct Answer {
        var status: Int
        var head: String
        var body: String

        var json: JSONValue { (try? JSONValue.parse(bytes: Array(body.utf8))) ?? .null }
        var ids: [String] { json["ids"]?.array?.compactMap(\.string) ?? [] }
    }

    /// The next answer; nil where the connection ends without one.
    func answer() -> Answer? {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let text = String(decoding: bytes, as: UTF8.self)
            if let end = text.range(of: "\r\n\r\n") {
                let head = String(text[..<end.lowerBound])
                let length =
                    head.split(separator: "\r\n").first { $0.lowercased().hasPrefix("content-length:") }
                    .flatMap { Int($0.split(separator: ":")[1].trimmingCharacters(in: .whitespaces)) } ?? 0
                let body = text[end.upperBound...]
                if body.utf8.count >= length {
                    return Answer(status: Int(head.split(separator: " ")[1]) ?? 0, head: head, body: String(body))
                }
            }
            let count = read(socket, &chunk, chunk.count)
            guard count > 0 else { return nil }
            bytes += chunk[..<count]
        }
    }

    func post(_ path: String, token: String, _ body: String, type: String = "application/json") throws -> Answer? {
        try send(
            "POST \(path) HTTP/1.1\r\nHost: t\r\nAuthorization: Bearer \(token)\r\nContent-Type: \(type)\r\n"
                + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)")
        return answer()
    }
}

extension Workspace {
    func token(_ scope: String, name: String = "tests") async throws -> String {
        let made = try await run("token", "create", "--scope", scope, "--name", name)
        guard made.status == 0, let word = made.output.split(whereSeparator: \.isWhitespace).last else {
            throw ProgramFailed(description: made.errors)
        }
        return String(word)
    }
}

extension RunningProgram {
    /// Where it answers HTTP.
    func httpPort() async throws -> Int {
        var port: Int?
        try await eventually("it answers HTTP: \(errors)") {
            let line = errors.split(separator: "\n").first { $0.contains("answers HTTP") }
            port = line?.split(separator: ":").last.flatMap { Int($0.prefix { $0.isNumber }) }
            return port != nil
        }
        return port ?? 0
    }
}
