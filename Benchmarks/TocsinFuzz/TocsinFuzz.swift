// Feeds hostile input to every door that data comes in by. Usage: tocsin-fuzz [INPUTS [SEED [TARGET [NUMBER]]]]
// INPUTS in all (default 1,000,000); with a NUMBER, only that input of the target, which is printed.
// The number of the input that is being tried stands in the file that TOCSIN_FUZZ_AT names: after a crash it says which.

import Foundation
import Fuzz
import Glibc

@main
struct TocsinFuzz {
    static func main() async {
        let arguments = Array(CommandLine.arguments.dropFirst())
        let inputs = arguments.first.flatMap { Int($0) } ?? 1_000_000
        let seed = arguments.dropFirst().first.flatMap { UInt64($0) } ?? UInt64.random(in: 1...999_999)
        let wanted = arguments.dropFirst(2).first
        let number = arguments.dropFirst(3).first.flatMap { Int($0) }
        let targets = FuzzTarget.all.filter { wanted == nil || $0.name == wanted }
        guard !targets.isEmpty, inputs > 0 else {
            print("usage: tocsin-fuzz [INPUTS [SEED [TARGET [NUMBER]]]]; targets: \(FuzzTarget.all.map(\.name).joined(separator: ", "))")
            exit(64)
        }
        say("seed \(seed)")
        let place = Place(ProcessInfo.processInfo.environment["TOCSIN_FUZZ_AT"])
        let run = FuzzRun(seed: seed) { place.note($0.name, $1) }
        if let number { print(String(decoding: run.input(number, of: targets[0]).bytes, as: UTF8.self)) }
        var isGood = true
        var all = 0
        let shares = targets.reduce(0) { $0 + $1.share }
        for target in targets {
            let count = max(1, (inputs * target.share + shares - 1) / shares)
            let report = await run.run(target, number.map { $0..<$0 + 1 } ?? 0..<count)
            all += report.inputs
            isGood = isGood && report.findings.isEmpty
            say(line(report))
            for finding in report.findings {
                print("  FOUND \(finding.fault)\n    again with: tocsin-fuzz \(inputs) \(seed) \(target.name) \(finding.input)")
            }
        }
        print("\(all) inputs: \(isGood ? "no crash, and everything held" : "NOT everything held")")
        exit(isGood ? 0 : 1)
    }

    /// At once, also into a pipe.
    private static func say(_ line: String) {
        print(line)
        fflush(nil)
    }

    private static func line(_ report: FuzzReport) -> String {
        let rate = Int(Double(report.inputs) / max(report.seconds, 1e-9))
        let name = report.target.padding(toLength: 9, withPad: " ", startingAt: 0)
        let slowest = String(
            format: "%.1f ms (input %d, %d bytes)", report.slowest.seconds * 1e3, report.slowest.input, report.slowest.bytes)
        return "\(name) \(report.inputs) inputs, \(report.taken) taken, \(rate)/s, slowest \(slowest)"
    }
}
