// What the machine is, and what a process has used of it.

import Foundation
import Glibc

enum Machine {
    static var cores: Int { ProcessInfo.processInfo.activeProcessorCount }

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

    /// CPU time (user and system) and the peak of resident memory, from /proc.
    static func usage(of process: Int32) -> (cpuSeconds: Double, peakMegabytes: Int)? {
        guard let stat = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
            let status = try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8),
            let afterName = stat.lastIndex(of: ")")
        else { return nil }
        let fields = stat[stat.index(after: afterName)...].split(separator: " ")
        guard fields.count > 13, let user = Double(fields[11]), let system = Double(fields[12]) else { return nil }
        let peak = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }?.split(separator: " ").dropFirst().first
        return ((user + system) / Double(sysconf(Int32(_SC_CLK_TCK))), (peak.flatMap { Int($0) } ?? 0) / 1_024)
    }
}
