// Free ports for programs that cannot be told to take one.

import Foundation
import Glibc
import Synchronization

/// Given to somebody already: none is given twice.
private let given = Mutex<Set<Int>>([])

/// Ports on loopback that were free a moment ago. They are below those that the system hands out to whoever asks for any
/// (from 32768 on), so that nobody else gets one of them before its program has it.
func freePorts(_ count: Int) throws -> [Int] {
    var found: [Int] = []
    for _ in 0..<10_000 where found.count < count {
        let port = Int.random(in: 20_000..<32_000)
        guard isFree(port), given.withLock({ $0.insert(port).inserted }) else { continue }
        found.append(port)
    }
    guard found.count == count else { throw POSIXError(.EADDRINUSE) }
    return found
}

private func isFree(_ port: Int) -> Bool {
    let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(socket) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(UInt16(port)).bigEndian
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    return withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0 }
    }
}

/// Whether something listens there.
func isListening(_ port: Int) -> Bool {
    let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(socket) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(UInt16(port)).bigEndian
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    return withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0 }
    }
}

/// A folder for one test, removed with this object.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.appendingPathComponent("tocsin-test-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o755])
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func write(_ text: String, to name: String, mode: Int = 0o644) throws {
        try text.write(toFile: "\(path)/\(name)", atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: "\(path)/\(name)")
    }
}

struct ProgramFailed: Error, CustomStringConvertible { var description: String }

/// Runs a program to its end; its output where it succeeds.
@discardableResult
func shell(_ command: String, in path: String, input: String? = nil) async throws -> String {
    let program = try RunningProgram("/bin/sh", ["-c", command], in: path, input: input)
    let status = await program.wait()
    guard status == 0 else { throw ProgramFailed(description: "\(command)\nexit \(status)\n\(program.output)\(program.errors)") }
    return program.output
}
