// systemd's protocol: what arrives at a datagram socket, by path and by an abstract name.

import Foundation
import Glibc
import Testing

@testable import Router

/// A socket as systemd's; datagrams wait in it.
private final class Listener {
    private let descriptor: Int32

    init(_ name: String) throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        var bytes = Array(name.utf8)
        if bytes.first == UInt8(ascii: "@") { bytes[0] = 0 }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let length = socklen_t(2 + bytes.count + (bytes.first == 0 ? 0 : 1))
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) }
        }
        guard result == 0 else { throw POSIXError(.EIO) }
    }

    deinit { close(descriptor) }

    func next() -> String {
        var buffer = [UInt8](repeating: 0, count: 4_096)
        let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
        return String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
    }
}

@Suite struct ServiceManagerTests {
    private var names: [String] {
        let unique = UUID().uuidString
        return [FileManager.default.temporaryDirectory.appending(path: "n-\(unique.prefix(8))").path, "@tocsin-test-\(unique)"]
    }

    @Test func linesArrive() throws {
        for name in names {
            let listener = try Listener(name)
            let manager = try #require(ServiceManager(environment: ["NOTIFY_SOCKET": name]))
            #expect(manager.tell(["READY=1", "STATUS=a\nSTOPPING=1"]))
            #expect(listener.next() == "READY=1\nSTATUS=a STOPPING=1")
            manager.tellReloading()
            let told = listener.next().split(separator: "\n")
            #expect(told.first == "RELOADING=1")
            #expect(try #require(told.last).wholeMatch(of: /MONOTONIC_USEC=[0-9]+/) != nil)
            if name.hasPrefix("/") { unlink(name) }
        }
    }

    @Test func withoutASocketThereIsNone() {
        for name in ["", "relative", "/", "@", "/" + String(repeating: "x", count: 200)] {
            #expect(ServiceManager(environment: ["NOTIFY_SOCKET": name]) == nil)
        }
        #expect(ServiceManager(environment: [:]) == nil)
    }

    @Test func nobodyListens() throws {
        let manager = try #require(ServiceManager(environment: ["NOTIFY_SOCKET": "/no/such/socket"]))
        #expect(!manager.tell(["READY=1"]))
    }

    @Test func theWatchdogIsForThisProcessAlone() throws {
        func watchdog(_ usec: String?, _ pid: String?) -> TimeInterval? {
            var environment = ["NOTIFY_SOCKET": "@x"]
            environment["WATCHDOG_USEC"] = usec
            environment["WATCHDOG_PID"] = pid
            return ServiceManager(environment: environment, process: 42)?.watchdog
        }
        #expect(watchdog("30000000", nil) == 30)
        #expect(watchdog("30000000", "42") == 30)
        #expect(watchdog("30000000", "43") == nil)
        #expect(watchdog("0", nil) == nil && watchdog("x", nil) == nil && watchdog(nil, nil) == nil)
        #expect(Supervision.patience(4) == 30 && Supervision.patience(nil) == 30 && Supervision.patience(120) == 60)
        #expect(Supervision.interval(4) == 2 && Supervision.interval(nil) == Vitals.interval)
    }
}
