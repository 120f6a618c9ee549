// Small edges to the system: what a file looks like from outside, blocking work off the cooperative pool, signals.

import Dispatch
import Foundation
import Glibc

enum FilePrint {
    /// Inode, size and modification time, as text; empty where there is no such file.
    static func of(_ path: String) -> String {
        var info = stat()
        guard stat(path, &info) == 0 else { return "" }
        return "\(info.st_ino):\(info.st_size):\(info.st_mtim.tv_sec).\(info.st_mtim.tv_nsec)"
    }
}

public enum Blocking {
    private static let queue = DispatchQueue(label: "tocsin.blocking", attributes: .concurrent)

    /// Runs work that may block on a thread of its own.
    public static func run<Result: Sendable>(_ work: @escaping @Sendable () -> Result) async -> Result {
        await withCheckedContinuation { continuation in
            queue.async { continuation.resume(returning: work()) }
        }
    }
}

/// A dispatch source for one signal; the source itself may be used from any thread.
public final class SignalSource: @unchecked Sendable {
    private let source: any DispatchSourceSignal

    public init(_ signal: Int32, _ handler: @escaping @Sendable () -> Void) {
        source = DispatchSource.makeSignalSource(signal: signal, queue: .global())
        source.setEventHandler(handler: handler)
        source.resume()
    }

    public func cancel() { source.cancel() }

    /// For a signal whose default is to end the process.
    public static func ignoring(_ number: Int32, _ handler: @escaping @Sendable () -> Void) -> SignalSource {
        signal(number, SIG_IGN)
        return SignalSource(number, handler)
    }
}
