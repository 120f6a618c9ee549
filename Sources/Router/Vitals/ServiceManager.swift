// systemd's protocol for services (sd_notify(3)): lines in a datagram to the socket that NOTIFY_SOCKET names. Without one
// nothing happens.

import Foundation
import Glibc

/// The service manager that started this process.
public struct ServiceManager: Sendable {
    /// A path, or `@` and the name of an abstract socket.
    let socket: String
    /// Seconds within which it wants to hear that all is well; nil: it does not.
    public let watchdog: TimeInterval?

    /// Nil where there is none, or where what it says cannot be used.
    public init?(environment: [String: String] = ProcessInfo.processInfo.environment, process: Int32 = getpid()) {
        guard let socket = environment["NOTIFY_SOCKET"], let first = socket.first, first == "/" || first == "@", socket.utf8.count > 1,
            socket.utf8.count < Self.capacity
        else { return nil }
        self.socket = socket
        let isForUs = environment["WATCHDOG_PID"].map { $0 == String(process) } ?? true
        let microseconds = environment["WATCHDOG_USEC"].flatMap { Double($0) }
        watchdog = isForUs ? microseconds.flatMap { $0 > 0 ? $0 / 1e6 : nil } : nil
    }

    /// Bytes of `sun_path`.
    private static let capacity = MemoryLayout.size(ofValue: sockaddr_un().sun_path)

    /// Sends lines such as `READY=1`. Control characters in values become spaces.
    ///
    /// - Returns: false where that failed: nothing depends on it.
    @discardableResult
    public func tell(_ lines: [String]) -> Bool {
        let text = lines.map { String($0.unicodeScalars.map { $0.value < 0x20 ? " " : Character($0) }) }.joined(separator: "\n")
        let descriptor = Glibc.socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        var name = Array(socket.utf8)
        if name[0] == UInt8(ascii: "@") { name[0] = 0 }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name) }
        // An abstract name ends with its length, a path with a zero.
        let offset = MemoryLayout.offset(of: \sockaddr_un.sun_path) ?? 2
        let length = socklen_t(offset + name.count + (name[0] == 0 ? 0 : 1))
        let bytes = Array(text.utf8)
        let sent = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                sendto(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL), $0, length)
            }
        }
        return sent == bytes.count
    }

    /// `RELOADING=1`, with the time that systemd wants beside it.
    public func tellReloading() {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        tell(["RELOADING=1", "MONOTONIC_USEC=\(Int(time.tv_sec) * 1_000_000 + Int(time.tv_nsec) / 1_000)"])
    }
}
