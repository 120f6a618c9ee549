// A short run of the fuzzer with a fixed seed, so that it cannot rot. `make fuzz` does the long one.

import Fuzz
import Testing

@Suite struct FuzzTests {
    @Test(arguments: FuzzTarget.all.map(\.name)) func everythingHolds(name: String) async throws {
        let target = try #require(FuzzTarget.all.first { $0.name == name })
        // Unoptimised, and beside all the other tests: the second that `make fuzz` allows would measure those.
        let report = await FuzzRun(seed: 20_261_124, slow: 20).run(target, 0..<target.few)
        #expect(report.findings.map { "input \($0.input): \($0.fault)" } == [])
        // A fuzzer whose inputs are all declined, or all taken, tests nothing.
        #expect(report.taken > 0 && report.taken < report.inputs)
    }

    @Test func theSameSeedMakesTheSameInputs() throws {
        let target = try #require(FuzzTarget.all.first)
        for number in 0..<200 {
            #expect(FuzzRun(seed: 7).input(number, of: target).bytes == FuzzRun(seed: 7).input(number, of: target).bytes)
        }
        let different = (0..<200).filter { FuzzRun(seed: 7).input($0, of: target).bytes != FuzzRun(seed: 8).input($0, of: target).bytes }
        #expect(different.count > 150)
    }
}
