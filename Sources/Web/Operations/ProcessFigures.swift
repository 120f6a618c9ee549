// What the system knows of this process, under the names that Prometheus' own clients use.

import Exposition
import Foundation
import Glibc
import Router

enum ProcessFigures {
    /// Of this build.
    static let version = Version.number

    static func families() -> [Exposition.Family] {
        var families: [Exposition.Family] = []
        func add(_ name: String, _ help: String, _ kind: Exposition.Kind, _ value: Double?) {
            guard let value else { return }
            var family = Exposition.Family(name, help, kind)
            family.add(value)
            families.append(family)
        }
        add("process_cpu_seconds_total", "Seconds of processor time.", .counter, processorTime)
        add("process_resident_memory_bytes", "Resident memory.", .gauge, residentMemory)
        add("process_open_fds", "Open file descriptors.", .gauge, openFiles)
        add("process_max_fds", "How many may be open.", .gauge, mostFiles)
        add("process_start_time_seconds", "When the process began, since 1970.", .gauge, started)
        var build = Exposition.Family("tocsin_build_info", "1; its labels say what runs.")
        build.add(1, [Label("version", version), Label("swift", swift)])
        return families + [build]
    }

    private static var swift: String {
        #if compiler(>=6.4)
            "6.4"
        #elseif compiler(>=6.3)
            "6.3"
        #else
            "6.2"
        #endif
    }

    private static var processorTime: Double? {
        var usage = rusage()
        guard getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 else { return nil }
        return seconds(usage.ru_utime) + seconds(usage.ru_stime)
    }

    private static func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }

    /// The second figure of statm(5), in pages.
    private static var residentMemory: Double? {
        guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else { return nil }
        let parts = text.split(separator: " ")
        return parts.count > 1 ? Double(parts[1]).map { $0 * Double(sysconf(Int32(_SC_PAGESIZE))) } : nil
    }

    /// The directory that is read is among them.
    private static var openFiles: Double? {
        guard let directory = opendir("/proc/self/fd") else { return nil }
        defer { closedir(directory) }
        var count = 0
        while readdir(directory) != nil { count += 1 }
        // `.`, `..`, and the directory itself.
        return Double(max(0, count - 3))
    }

    private static var mostFiles: Double? {
        var limit = rlimit()
        return getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 ? Double(limit.rlim_cur) : nil
    }

    /// The 22nd figure of stat(5): ticks since the machine was started.
    private static let started: Double? = {
        guard let own = try? String(contentsOfFile: "/proc/self/stat", encoding: .utf8),
            let machine = try? String(contentsOfFile: "/proc/stat", encoding: .utf8), let end = own.lastIndex(of: ")")
        else { return nil }
        // The name of the program, in parentheses, may hold anything.
        let figures = own[own.index(after: end)...].split(separator: " ")
        let boot = machine.split(separator: "\n").first { $0.hasPrefix("btime ") }.flatMap { Double($0.dropFirst(6)) }
        guard figures.count > 19, let ticks = Double(figures[19]), let boot else { return nil }
        return boot + ticks / Double(sysconf(Int32(_SC_CLK_TCK)))
    }()
}
