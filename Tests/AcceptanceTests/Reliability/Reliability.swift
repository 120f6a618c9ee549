// What the reliability tests share: how long they run, the chance that can be repeated, and a look into the ledger by
// other eyes than the router's own.

import Foundation
import Glibc
import Testing

/// `make crash` runs these tests at full length, alone; `make test` runs each of them short, among all others.
enum Reliability {
    private static let environment = ProcessInfo.processInfo.environment

    static let isLong = environment["TOCSIN_RELIABILITY"] == "long"
    /// How often the router is killed; at least once at every named point.
    static let kills = environment["TOCSIN_KILLS"].flatMap(Int.init) ?? (isLong ? 200 : 45)
    static let seed = environment["TOCSIN_SEED"].flatMap(UInt64.init) ?? UInt64.random(in: 1...999_999)
    /// Seconds under load, and events a second. The short run measures a debug build among other tests.
    static let seconds = environment["TOCSIN_SECONDS"].flatMap(Int.init) ?? (isLong ? 60 : 10)
    static let rate = environment["TOCSIN_RATE"].flatMap(Int.init) ?? (isLong ? 500 : 50)

    static let isRoot = geteuid() == 0

    /// A line for who reads the figures.
    static func report(_ line: String) { print("figures: \(line)") }

    static func has(_ program: String) -> Bool {
        (environment["PATH"] ?? "").split(separator: ":").contains { access("\($0)/\(program)", X_OK) == 0 }
    }
}

/// SplitMix64 (Steele, Lea and Flood 2014): the same seed, the same run, as far as timing allows.
struct Seeded: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}

extension Workspace {
    /// The rows of a query on the ledger, by Python's SQLite.
    func query(_ sql: String) async throws -> [[String]] {
        let script = """
            import sqlite3, sys
            for row in sqlite3.connect(sys.argv[1], timeout=30).execute(sys.argv[2]):
                print("\\t".join("" if value is None else str(value) for value in row))
            """
        let program = try RunningProgram("/usr/bin/env", ["python3", "-c", script, "\(path)/state/ledger.sqlite", sql], in: path)
        guard await program.wait() == 0 else { throw ProgramFailed(description: program.errors) }
        return program.output.split(separator: "\n").map { $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init) }
    }

    /// Deliveries by state, as `tocsin status` counts them.
    func states() async throws -> [String: Int] {
        let status = try await run("status", "--json").objects.first
        return (status?["deliveries"]?.object ?? [:]).compactMapValues(\.integer).filter { $0.value != 0 }
    }

    /// Files that the router has not dealt with.
    var unsettled: [String] { files(in: "queue").filter { $0.hasSuffix("json") } + files(in: "queue/.taken") }

    /// Waits until nothing is left to do.
    func drained(within seconds: Double = 120) async throws {
        try await eventually("everything is settled; left: \(unsettled.prefix(5))", within: seconds) {
            guard unsettled.isEmpty else { return false }
            let states = try await states()
            return states["pending"] == nil && states["retrying"] == nil && states["held"] == nil
        }
    }

    /// Drops a file that has lain untouched for a while, so that it is ripe at once, also where it is found by looking.
    func drop(_ text: String, as name: String, modified: Date) throws {
        let staged = "\(path)/.staged-\(name)"
        try text.write(toFile: staged, atomically: false, encoding: .utf8)
        let time = timespec(
            tv_sec: Int(modified.timeIntervalSince1970), tv_nsec: Int(modified.timeIntervalSince1970 * 1e6) % 1_000_000 * 1000)
        guard utimensat(AT_FDCWD, staged, [time, time], 0) == 0, rename(staged, "\(path)/queue/\(name)") == 0 else {
            throw POSIXError(.EIO)
        }
    }
}
