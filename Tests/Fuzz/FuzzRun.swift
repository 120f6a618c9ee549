// Runs a target over so many inputs and counts. What is found is kept with the number that makes it again.

import Foundation

/// What a run over one target came to.
public struct FuzzReport: Sendable {
    public struct Finding: Sendable {
        public var input: Int
        public var fault: String
        public var bytes: [UInt8]
    }

    public var target: String
    public var inputs = 0
    /// Inputs that were taken for good.
    public var taken = 0
    /// Seconds for all.
    public var seconds: Double = 0
    public var slowest: (input: Int, seconds: Double, bytes: Int) = (0, 0, 0)
    /// The first of each kind, at most `FuzzRun.mostFindings`.
    public var findings: [Finding] = []
}

/// A point in time on two clocks. What others take of the machine counts on the one, what other threads of this process
/// compute on the other: the shorter of the two is nearer to what an input costs.
private struct Moment {
    private let wall = seconds(CLOCK_MONOTONIC)
    private let processor = seconds(CLOCK_PROCESS_CPUTIME_ID)

    /// Seconds.
    var spent: Double { min(Self.seconds(CLOCK_MONOTONIC) - wall, Self.seconds(CLOCK_PROCESS_CPUTIME_ID) - processor) }

    private static func seconds(_ clock: clockid_t) -> Double {
        var time = timespec()
        clock_gettime(clock, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}

/// A run with one seed.
public struct FuzzRun: Sendable {
    static let mostFindings = 20

    public let seed: UInt64
    /// Seconds for one input; longer is a finding.
    public let slow: Double
    /// Called with each input's number before it is tried, for what could end the process.
    public let before: @Sendable (FuzzTarget, Int) -> Void

    public init(seed: UInt64, slow: Double = 1, before: @escaping @Sendable (FuzzTarget, Int) -> Void = { _, _ in }) {
        self.seed = seed
        self.slow = slow
        self.before = before
    }

    /// The input of a number.
    public func input(_ number: Int, of target: FuzzTarget) -> FuzzInput {
        var chance = Chance(seed: seed, target: target.name, input: number)
        let bytes = target.mutator.make(&chance)
        return FuzzInput(bytes: bytes, chance: chance)
    }

    /// Tries the inputs of these numbers.
    public func run(_ target: FuzzTarget, _ numbers: Range<Int>) async -> FuzzReport {
        var report = FuzzReport(target: target.name)
        for number in numbers {
            before(target, number)
            // The other tests of the process want their turn, too.
            await Task.yield()
            var input = input(number, of: target)
            let bytes = input.bytes
            let start = Moment()
            await target.check(&input)
            let seconds = start.spent
            input.check(seconds < slow, "took \(seconds) s")
            report.inputs += 1
            report.taken += input.wasTaken ? 1 : 0
            report.seconds += seconds
            if seconds > report.slowest.seconds { report.slowest = (number, seconds, bytes.count) }
            for fault in input.faults where report.findings.count < Self.mostFindings {
                if report.findings.contains(where: { $0.fault == fault }) { continue }
                report.findings.append(FuzzReport.Finding(input: number, fault: fault, bytes: bytes))
            }
        }
        return report
    }
}
