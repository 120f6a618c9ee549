// What the machine is, and what a process has used of it.

import Foundation
import Glibc

struct Failed: Error, CustomStringConvertible {
    var description: String

    init(_ description: String) { self.description = description }
}

enum Machine {
    static var cores: Int { ProcessInfo.processInfo.activeProcessorCount }

    static var kernel: String { (try? String(contentsOfFile: "/proc/sys/kernel/osrelease", encoding: .utf8))?.trimmed ?? "unknown" }

    static var processor: String {
        let lines = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8))?.split(separator: "\n") ?? []
        return lines.first { $0.hasPrefix("model name") }?.split(separator: ":").last.map { String($0).trimmed } ?? "unknown processor"
    }

    /// The median cost of making an append durable, in this folder.
    static func fsyncMicroseconds() -> Int {
        let path = FileManager.default.currentDirectoryPath + "/.bench-fsync"
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        defer {
            close(descriptor)
            unlink(path)
        }
        let block = [UInt8](repeating: 1, count: 4_096)
        var samples: [UInt64] = []
        for _ in 0..<200 {
            _ = write(descriptor, block, block.count)
            let start = DispatchTime.now().uptimeNanoseconds
            fsync(descriptor)
            samples.append(DispatchTime.now().uptimeNanoseconds - start)
        }
        samples.sort()
        return Int(samples[100] / 1_000)
    }

    static func seconds(of clock: clockid_t) -> Double {
        var time = timespec()
        clock_gettime(clock, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// CPU time (user and system) of a process so far, in seconds, from /proc.
    static func cpuSeconds(of process: Int32) -> Double {
        guard let stat = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8), let name = stat.lastIndex(of: ")")
        else { return 0 }
        let fields = stat[stat.index(after: name)...].split(separator: " ")
        guard fields.count > 13, let user = Double(fields[11]), let system = Double(fields[12]) else { return 0 }
        return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    /// The peak of resident memory so far, in MB, from /proc.
    static func peakMegabytes(of process: Int32) -> Int {
        let status = (try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)) ?? ""
        let peak = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }?.split(separator: " ").dropFirst().first
        return (peak.flatMap { Int($0) } ?? 0) * 1_024 / 1_000_000
    }

    /// CPU seconds in which the machine's cores had nothing to do or waited for the disk, and in all, since it was started.
    static func idleAndAll() -> (idle: Double, all: Double) {
        let line = (try? String(contentsOfFile: "/proc/stat", encoding: .utf8))?.split(separator: "\n").first ?? ""
        let ticks = line.split(separator: " ").dropFirst().prefix(8).compactMap { Double($0) }
        let hertz = Double(sysconf(Int32(_SC_CLK_TCK)))
        guard ticks.count == 8 else { return (0, 0) }
        return ((ticks[3] + ticks[4]) / hertz, ticks.reduce(0, +) / hertz)
    }
}

extension String {
    var trimmed: String { trimmingCharacters(in: .whitespacesAndNewlines) }
}
