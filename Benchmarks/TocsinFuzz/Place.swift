// Where the run is: for whoever finds the process dead, and for the watch that ends one that hangs.

import Foundation
import Glibc
import Synchronization

/// The input that is being tried.
final class Place: Sendable {
    /// Seconds after which an input counts as one that never ends.
    private static let longest: TimeInterval = 30

    private let file: Int32
    private let current = Mutex<(target: String, number: Int)>(("", 0))

    /// - Parameter path: where to write it down; nil: nowhere.
    init(_ path: String?) {
        file = path.map { open($0, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644) } ?? -1
        Thread { [self] in watch() }.start()
    }

    func note(_ target: String, _ number: Int) {
        current.withLock { $0 = (target, number) }
        guard file >= 0 else { return }
        let line = Array("\(target) \(number)".utf8) + Array(repeating: UInt8(ascii: " "), count: 32)
        _ = pwrite(file, line, 32, 0)
    }

    private func watch() {
        var last = current.withLock { $0 }
        while true {
            Thread.sleep(forTimeInterval: Self.longest)
            let now = current.withLock { $0 }
            if now == last {
                print("  FOUND no end after \(Int(Self.longest)) s: \(now.target) \(now.number)")
                exit(1)
            }
            last = now
        }
    }
}
