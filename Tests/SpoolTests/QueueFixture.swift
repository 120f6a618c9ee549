// A real queue directory of a test's own, and the ways in which producers put things into it.

import Foundation
import Glibc
import Synchronization

@testable import Spool

final class QueueFixture: Sendable {
    let root: String
    let path: String
    let troubles = Mutex<[SpoolTrouble]>([])

    init(in folder: String = NSTemporaryDirectory()) {
        root = folder + "/tocsin-spool-" + UUID().uuidString
        path = root + "/queue"
        mkdir(root, 0o755)
        mkdir(path, 0o755)
    }

    deinit { try? FileManager.default.removeItem(atPath: root) }

    func options(_ change: (inout SpoolOptions) -> Void = { _ in }) -> SpoolOptions {
        var options = SpoolOptions()
        options.watch = .inotify
        change(&options)
        return options
    }

    func open(_ change: (inout SpoolOptions) -> Void = { _ in }) throws -> Spool {
        try Spool(path: path, options: options(change)) { [weak self] trouble in self?.troubles.withLock { $0.append(trouble) } }
    }

    /// Writes aside and renames, as is recommended.
    func moveIn(_ name: String, _ text: String, modified: Date? = nil) throws {
        let aside = root + "/" + UUID().uuidString
        try write(aside, text, modified: modified)
        guard rename(aside, path + "/" + name) == 0 else { throw SpoolError(errno: errno, doing: "rename") }
    }

    /// Opens, writes, closes in place, as `cp` does.
    func copyIn(_ name: String, _ text: String, modified: Date? = nil) throws { try write(path + "/" + name, text, modified: modified) }

    func append(_ name: String, _ text: String) throws {
        let file = fopen(path + "/" + name, "a")
        fputs(text, file)
        fclose(file)
    }

    private func write(_ place: String, _ text: String, modified: Date?) throws {
        let file = Glibc.open(place, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
        guard file >= 0 else { throw SpoolError(errno: errno, doing: "write \(place)") }
        let bytes = Array(text.utf8)
        guard Glibc.write(file, bytes, bytes.count) == bytes.count else { throw SpoolError(errno: errno, doing: "write \(place)") }
        if let modified {
            let time = timespec(tv_sec: Int(modified.timeIntervalSince1970), tv_nsec: 0)
            futimens(file, [time, time])
        }
        close(file)
    }

    func names(_ folder: String = "") -> [String] {
        let all = (try? FileManager.default.contentsOfDirectory(atPath: path + "/" + folder)) ?? []
        return all.filter { folder != "" || ![".lock", ".taken", "rejected", "tmp"].contains($0) }.sorted()
    }

    func text(_ file: String) -> String? { try? String(contentsOfFile: path + "/" + file, encoding: .utf8) }

    static let old = Date(timeIntervalSince1970: 1_700_000_000)
}

extension TakenFile {
    var text: String {
        if case .bytes(let bytes) = content { return String(decoding: bytes, as: UTF8.self) }
        return ""
    }
}

extension Spool {
    /// So many files, or as many as come within the deadline.
    func take(_ count: Int, limit: Int = 512, within seconds: Double = 20) async -> [TakenFile] {
        // A cancelled wait hands nothing over, so what has been collected is all that has come.
        let work = Task {
            var files: [TakenFile] = []
            while files.count < count, let batch = await next(limit: limit) { files += batch }
            return files
        }
        let deadline = Task {
            try await Task.sleep(for: .seconds(seconds))
            work.cancel()
        }
        defer { deadline.cancel() }
        return await work.value
    }
}

/// Looks until something holds, with a generous deadline; for what nobody signals.
func eventually(within seconds: Double = 20, _ holds: () -> Bool) async -> Bool {
    let end = ContinuousClock.now + .seconds(seconds)
    while ContinuousClock.now < end {
        if holds() { return true }
        try? await Task.sleep(for: .milliseconds(10))
    }
    return holds()
}
