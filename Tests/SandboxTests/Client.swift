// Clients for the tests: a blocking socket on a thread of its own, HTTP over it, and Python's smtplib.

import Foundation

@testable import Sandbox

/// A TCP connection to loopback; reads give up after 20 s.
final class Line {
    enum Failure: Error, Equatable {
        case cannotConnect
        case reset
        case timedOut
        case closed
    }

    private let descriptor: Int32
    private var buffer: [UInt8] = []

    init(_ port: Int) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var timeout = timeval(tv_sec: 20, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
        guard result == 0 else { throw Failure.cannotConnect }
    }

    deinit { close(descriptor) }

    func send(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let sent = rest.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            if sent <= 0 { return }
            rest = rest.dropFirst(sent)
        }
    }

    func send(_ text: String) { send(Array(text.utf8)) }

    /// Some bytes; empty at the end.
    func receive() throws -> [UInt8] {
        var chunk = [UInt8](repeating: 0, count: 65_536)
        let count = recv(descriptor, &chunk, chunk.count, 0)
        if count < 0 { throw errno == ECONNRESET ? Failure.reset : Failure.timedOut }
        return Array(chunk.prefix(count))
    }

    func receiveAll() throws -> [UInt8] {
        var all = buffer
        buffer = []
        while true {
            let bytes = try receive()
            if bytes.isEmpty { return all }
            all += bytes
        }
    }

    /// One line without CRLF.
    func line() throws -> String {
        while true {
            if let end = buffer.firstIndex(of: 0x0A) {
                let line = String(decoding: buffer[..<end].filter { $0 != 0x0D }, as: UTF8.self)
                buffer.removeFirst(end + 1)
                return line
            }
            let bytes = try receive()
            if bytes.isEmpty { throw Failure.closed }
            buffer += bytes
        }
    }

    /// A whole SMTP reply.
    func reply() throws -> String {
        var lines: [String] = []
        while true {
            lines.append(try line())
            if lines.last?.dropFirst(3).first != "-" { return lines.joined(separator: "\n") }
        }
    }

    /// Sends a command and reads its reply.
    func ask(_ command: String) throws -> String {
        send(command + "\r\n")
        return try reply()
    }
}

struct Reply: Sendable {
    var status: Int
    var headers: [String: String]
    var body: String
}

/// Runs blocking work beside the cooperative pool.
func offPool<T: Sendable>(_ work: @escaping @Sendable () throws -> T) async throws -> T {
    try await withCheckedThrowingContinuation { continuation in
        Thread.detachNewThread { continuation.resume(with: Result { try work() }) }
    }
}

func request(
    _ port: Int, _ method: String, _ path: String, _ headers: [String: String] = [:], _ body: [UInt8] = []
) async throws -> Reply {
    try await offPool {
        let line = try Line(port)
        var head = "\(method) \(path) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nConnection: close\r\nContent-Length: \(body.count)\r\n"
        for (name, value) in headers { head += "\(name): \(value)\r\n" }
        line.send(Array((head + "\r\n").utf8) + body)
        return try parsed(line.receiveAll())
    }
}

func parsed(_ bytes: [UInt8]) throws -> Reply {
    let text = String(decoding: bytes, as: UTF8.self)
    let parts = text.components(separatedBy: "\r\n\r\n")
    var lines = parts[0].components(separatedBy: "\r\n")
    let status = Int(lines.removeFirst().split(separator: " ").dropFirst().first ?? "") ?? 0
    var headers: [String: String] = [:]
    for line in lines {
        let pair = line.split(separator: ":", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
        headers[pair[0].lowercased()] = pair.count > 1 ? pair[1] : ""
    }
    return Reply(status: status, headers: headers, body: parts.dropFirst().joined(separator: "\r\n\r\n"))
}

extension Sandbox {
    func post(_ path: String, json: String, _ headers: [String: String] = [:]) async throws -> Reply {
        try await request(
            httpPort, "POST", path, ["Content-Type": "application/json; charset=utf-8"].merging(headers) { $1 }, Array(json.utf8))
    }

    func post(_ path: String, form: [String: String], _ headers: [String: String] = [:]) async throws -> Reply {
        var allowed = CharacterSet.alphanumerics
        allowed.insert(charactersIn: "-._~")
        let body = form.map { "\($0.key)=\($0.value.addingPercentEncoding(withAllowedCharacters: allowed) ?? "")" }.joined(separator: "&")
        return try await request(
            httpPort, "POST", path, ["Content-Type": "application/x-www-form-urlencoded"].merging(headers) { $1 }, Array(body.utf8))
    }

    /// Without TLS: starts at once.
    static func plain(_ change: (inout SandboxOptions) -> Void = { _ in }) async throws -> Sandbox {
        var options = SandboxOptions()
        options.tls = false
        change(&options)
        return try await Sandbox.start(options)
    }
}

/// A Python script's standard output; its standard error where it fails.
func python(_ script: String, _ arguments: [String]) async throws -> String {
    try await offPool {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
        process.arguments = ["-c", script] + arguments
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return text.trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
