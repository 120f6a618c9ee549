// A folder with a routes.yaml, a queue and a state, and the router on it as a process of its own.

import Foundation
import Glibc

/// One router's folder: `.bench/` in the current directory, removed when it is done with.
final class Workspace {
    let path: String
    private let tocsin: String
    /// The program that is measured.
    var program: String { tocsin }
    private(set) var router: Process?

    /// - Parameter routes: the content of routes.yaml.
    init(tocsin: String, routes: String) throws {
        self.tocsin = URL(fileURLWithPath: tocsin).path
        path = FileManager.default.currentDirectoryPath + "/.bench"
        try? FileManager.default.removeItem(atPath: path)
        try FileManager.default.createDirectory(atPath: path + "/queue/tmp", withIntermediateDirectories: true)
        try routes.write(toFile: path + "/routes.yaml", atomically: true, encoding: .utf8)
    }

    deinit {
        stop()
        try? FileManager.default.removeItem(atPath: path)
    }

    /// Starts the router, and returns when it says that it runs.
    ///
    /// - Returns: the seconds that this took.
    @discardableResult
    func start() throws -> Double {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: tocsin)
        process.arguments = ["run"]
        process.currentDirectoryURL = URL(fileURLWithPath: path)
        _ = FileManager.default.createFile(atPath: log, contents: nil)
        process.standardError = FileHandle(forWritingAtPath: log)
        let begin = DispatchTime.now().uptimeNanoseconds
        try process.run()
        router = process
        let deadline = Date().addingTimeInterval(120)
        while (try? String(contentsOfFile: log, encoding: .utf8))?.contains("notice: running") != true {
            guard process.isRunning, Date() < deadline else {
                let words = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
                throw Failed("the router does not start: \(words.suffix(500))")
            }
            usleep(1_000)
        }
        return Double(DispatchTime.now().uptimeNanoseconds - begin) / 1e9
    }

    /// Ends the router as an operator would; by force after 30 s.
    func stop() {
        guard let router else { return }
        router.terminate()
        let deadline = Date().addingTimeInterval(30)
        while router.isRunning, Date() < deadline { usleep(10_000) }
        if router.isRunning { kill(router.processIdentifier, SIGKILL) }
        router.waitUntilExit()
        self.router = nil
    }

    private var log: String { path + "/router.log" }

    /// What the router has said so far.
    var logged: String { (try? String(contentsOfFile: log, encoding: .utf8)) ?? "" }

    var process: Int32 { router?.processIdentifier ?? 0 }

    // MARK: Event files

    /// Writes a file aside.
    func stage(_ name: String, _ text: String) throws {
        let descriptor = open("\(path)/queue/tmp/\(name)", O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        defer { close(descriptor) }
        guard descriptor >= 0 else { throw Failed("cannot write to \(path): errno \(errno)") }
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else { throw Failed("cannot write to \(path): errno \(errno)") }
            rest = rest.dropFirst(count)
        }
    }

    /// Lets a staged file look so old.
    func age(_ name: String, seconds: Double) throws {
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSinceNow: -seconds)], ofItemAtPath: "\(path)/queue/tmp/\(name)")
    }

    /// Renames it into the queue.
    func release(_ name: String) { rename("\(path)/queue/tmp/\(name)", "\(path)/queue/\(name)") }

    /// Waits until the router has taken everything that lies in the queue and forgotten it.
    func waitUntilTaken(seconds: Double) throws {
        let deadline = Date().addingTimeInterval(seconds)
        while isAnythingLeft("queue") || isAnythingLeft("queue/.taken") {
            guard Date() < deadline else { throw Failed("the router has not taken all files within \(Int(seconds)) s") }
            usleep(20_000)
        }
    }

    private func isAnythingLeft(_ folder: String) -> Bool {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "\(path)/\(folder)")) ?? []
        return names.contains { $0.hasSuffix("json") }
    }
}
