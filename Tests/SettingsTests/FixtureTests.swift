// Every fixture is named after the fault that it holds, and ends with the findings that it must get, in order, each in
// a comment that begins with `#! `.

import Foundation
import Settings
import Testing

private let fixtures: [String] =
    ((try? FileManager.default.contentsOfDirectory(atPath: Place.fixtures.path)) ?? []).filter {
        $0.hasSuffix(".yaml") && $0 != "latin-1.yaml"
    }
    .sorted()

@Suite struct FixtureTests {
    @Test func thereAreFixtures() { #expect(fixtures.count > 50) }

    @Test(arguments: fixtures) func everyFindingWithItsPlace(name: String) throws {
        let path = Place.fixtures.appending(path: name).path
        let text = try String(contentsOfFile: path, encoding: .utf8)
        let expected = text.split(separator: "\n").filter { $0.hasPrefix("#! ") }.map { String($0.dropFirst(3)) }
        let result = ConfigurationLoader.load(path: path, environment: environment)
        #expect(result.lines == expected)
        #expect((result.configuration == nil) == result.hasErrors)
        #expect(!result.diagnostics.contains { $0.description.contains(tellTale) })
    }

    @Test func tenMistakesAreTenFindings() throws {
        let result = ConfigurationLoader.load(path: Place.fixtures.appending(path: "ten-mistakes.yaml").path, environment: environment)
        let lines = result.diagnostics.filter { $0.severity == .error }.compactMap(\.line)
        #expect(lines == [3, 4, 5, 7, 8, 10, 12, 15, 17, 18])
    }

    @Test func aFindingReadsLikeACompilers() {
        let path = Place.fixtures.appending(path: "ten-mistakes.yaml").path
        let result = ConfigurationLoader.load(path: path, environment: environment)
        #expect(result.diagnostics.map(\.description).contains("\(path):5:1: error: unknown member `chanels`; did you mean `channels`?"))
    }

    @Test func notUTF8() {
        let result = ConfigurationLoader.load(path: Place.fixtures.appending(path: "latin-1.yaml").path, environment: environment)
        #expect(result.lines == ["2:1: error: the file is not UTF-8; save it as UTF-8"])
    }
}
