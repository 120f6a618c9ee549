// A folder with a configuration and a queue, and the built program run in it: what a user has.

import Foundation
import Glibc
import JSON
import Synchronization
import Testing

/// The built program, beside this test's own binary.
let tocsin: String = {
    let products = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath().deletingLastPathComponent()
    return ProcessInfo.processInfo.environment["TOCSIN"] ?? products.appendingPathComponent("tocsin").path
}()

/// The top of the repository.
let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

final class Workspace: Sendable {
    let path: String

    init(_ routes: String) throws {
        path = FileManager.default.temporaryDirectory.appendingPathComponent("tocsin-acceptance-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path + "/queue", withIntermediateDirectories: true)
        try write(routes, to: "routes.yaml")
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func write(_ text: String, to name: String) throws {
        try text.write(toFile: "\(path)/\(name)", atomically: true, encoding: .utf8)
    }

    /// Drops an event as a producer should: write aside, rename.
    func drop(_ text: String, as name: String = "\(UUID().uuidString).json") throws {
        try write(text, to: ".staged-\(name)")
        guard rename("\(path)/.staged-\(name)", "\(path)/queue/\(name)") == 0 else { throw POSIXError(.EIO) }
    }

    func exists(_ name: String) -> Bool { access("\(path)/\(name)", F_OK) == 0 }

    func files(in directory: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: "\(path)/\(directory)")) ?? []).sorted()
    }

    struct Result: Sendable {
        var status: Int32
        var output: String
        var errors: String

        var lines: [String] { output.split(separator: "\n").map(String.init) }
        var objects: [JSONValue] { lines.compactMap { try? JSONValue.parse(bytes: Array($0.utf8)) } }
    }

    /// Runs a command to its end.
    @discardableResult
    func run(_ arguments: String..., input: String? = nil, environment: [String: String] = [:]) async throws -> Result {
        let process = try start(arguments, input: input, environment: environment)
        let status = await process.wait()
        return Result(status: status, output: process.output, errors: process.errors)
    }

    /// Starts a router and waits until it says that it runs.
    func router(_ extra: String..., environment: [String: String] = [:]) async throws -> RunningProgram {
        let process = try start(["run"] + extra, input: nil, environment: environment)
        try await eventually("the router runs: \(process.errors)") {
            if !process.isRunning { throw Ended(errors: "status \(await process.wait()): \(process.errors)") }
            return process.errors.contains("notice: running")
        }
        return process
    }

    struct Ended: Error { var errors: String }

    func start(_ arguments: [String], input: String?, environment: [String: String]) throws -> RunningProgram {
        try RunningProgram(tocsin, arguments, in: path, input: input, environment: environment)
    }

    func deliveries(_ filter: String...) async throws -> [JSONValue] {
        let process = try start(["deliveries", "--json"] + filter, input: nil, environment: [:])
        _ = await process.wait()
        return Result(status: 0, output: process.output, errors: "").objects
    }
}

/// A program that was started, with its output in files.
final class RunningProgram: @unchecked Sendable {
    private let process = Process()
    private let directory: String
    private let ended = Ending()

    init(_ program: String, _ arguments: [String], in path: String, input: String? = nil, environment: [String: String] = [:]) throws {
        directory = FileManager.default.temporaryDirectory.appendingPathComponent("tocsin-output-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        for name in ["out", "err"] { _ = FileManager.default.createFile(atPath: "\(directory)/\(name)", contents: nil) }
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.currentDirectoryURL = URL(fileURLWithPath: path)
        process.terminationHandler = { [ended] process in
            let isSignal = process.terminationReason == .uncaughtSignal
            ended.happened(isSignal ? -process.terminationStatus : process.terminationStatus)
        }
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        let (output, errors) = (FileHandle(forWritingAtPath: "\(directory)/out"), FileHandle(forWritingAtPath: "\(directory)/err"))
        process.standardOutput = output
        process.standardError = errors
        // The program has its own. Thousands that stay open here would make `Process.run` read past the end of its list of them.
        defer {
            try? output?.close()
            try? errors?.close()
        }
        if let input {
            let pipe = Pipe()
            process.standardInput = pipe
            try process.run()
            pipe.fileHandleForWriting.write(Data(input.utf8))
            try pipe.fileHandleForWriting.close()
        } else {
            process.standardInput = FileHandle.nullDevice
            try process.run()
        }
    }

    deinit {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        try? FileManager.default.removeItem(atPath: directory)
    }

    var identifier: Int32 { process.processIdentifier }
    var isRunning: Bool { process.isRunning }
    var output: String { (try? String(contentsOfFile: "\(directory)/out", encoding: .utf8)) ?? "" }
    var errors: String { (try? String(contentsOfFile: "\(directory)/err", encoding: .utf8)) ?? "" }

    func send(_ signal: Int32) { kill(process.processIdentifier, signal) }

    /// Waits for its end: the exit status, or the negated signal.
    func wait() async -> Int32 { await ended.status() }

    /// Asks it to end, and waits.
    @discardableResult
    func stop() async -> Int32 {
        send(SIGTERM)
        return await wait()
    }
}

/// The end of a program, for whoever waits.
private final class Ending: Sendable {
    private let state = Mutex<(status: Int32?, waiting: [CheckedContinuation<Int32, Never>])>((nil, []))

    func happened(_ status: Int32) {
        let waiting = state.withLock { state in
            state.status = status
            defer { state.waiting = [] }
            return state.waiting
        }
        for waiter in waiting { waiter.resume(returning: status) }
    }

    func status() async -> Int32 {
        await withCheckedContinuation { continuation in
            let known = state.withLock { state in
                if state.status == nil { state.waiting.append(continuation) }
                return state.status
            }
            if let known { continuation.resume(returning: known) }
        }
    }
}

struct TookTooLong: Error, CustomStringConvertible {
    var description: String
}

/// Waits for what will happen; generous, because it only ends early when it has happened.
func eventually(
    _ what: @autoclosure () -> String, within seconds: Double = 60, _ condition: () async throws -> Bool
) async throws {
    let deadline = Date().addingTimeInterval(seconds)
    while Date() < deadline {
        if try await condition() { return }
        try await Task.sleep(for: .milliseconds(20))
    }
    throw TookTooLong(description: "waited \(seconds) s for: \(what())")
}
