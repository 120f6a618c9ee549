// Files that cannot be read, or that somebody made to hurt.

import Foundation
import Settings
import Testing

@Suite struct FileTests {
    @Test func missing() throws {
        let directory = try TemporaryDirectory()
        let result = ConfigurationLoader.load(path: directory.url.appending(path: "none.yaml").path, environment: [:])
        #expect(result.isMissing)
        #expect(result.lines == ["error: the file does not exist"])
    }

    @Test func aDirectory() throws {
        let directory = try TemporaryDirectory()
        let result = ConfigurationLoader.load(path: directory.url.path, environment: [:])
        #expect(result.lines == ["error: the file is no regular file"])
        #expect(!result.isMissing)
    }

    @Test func aFifoDoesNotBlock() throws {
        let directory = try TemporaryDirectory()
        let path = directory.url.appending(path: "fifo").path
        try #require(mkfifo(path, 0o600) == 0)
        #expect(ConfigurationLoader.load(path: path, environment: [:]).lines == ["error: the file is no regular file"])
    }

    @Test func tooLarge() throws {
        let directory = try TemporaryDirectory()
        let path = try directory.write("big.yaml", Data(repeating: UInt8(ascii: "#"), count: (8 << 20) + 1))
        #expect(ConfigurationLoader.load(path: path, environment: [:]).lines == ["error: the file is too large: at most 8 MiB"])
    }

    @Test func byteOrderMarkAndCarriageReturns() throws {
        let result = try load("\u{FEFF}" + file().replacing("\n", with: "\r\n"))
        #expect(result.lines == [])
        #expect(result.configuration?.channels.count == 3)
    }

    /// Nine levels of nine: 387 million nodes for whoever follows it.
    @Test(arguments: ["", "? *a8\n: x\n"]) func aliasBomb(end: String) throws {
        var text = "version: 1\na0: &a0 [x,x,x,x,x,x,x,x,x]\n"
        for level in 1...8 {
            text += "a\(level): &a\(level) [" + Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ",") + "]\n"
        }
        let result = try load(text + end)
        #expect(result.diagnostics.first?.line == 2)
        #expect(result.errors == ["anchors and aliases (`&name`, `*name`) are not understood here; write the values out"])
    }

    @Test(arguments: [33, 500, 990]) func deepNesting(depth: Int) throws {
        let text = "version: 1\nstatus_reports: " + String(repeating: "[", count: depth) + String(repeating: "]", count: depth) + "\n"
        #expect(try load(text).errors == ["nested deeper than 32 levels"])
    }

    @Test func deepestNestingEndsInTheParser() throws {
        let text = "version: 1\nstatus_reports: " + String(repeating: "[", count: 100_000) + "\n"
        #expect(try load(text).errors.count == 1)
    }

    @Test func tooManyNodes() throws {
        let text = "version: 1\nstatus_reports: [" + Array(repeating: "1", count: 200_001).joined(separator: ",") + "]\n"
        #expect(try load(text).errors == ["the file has more than 200000 values"])
    }

    @Test func aFloodOfMistakesIsCut() throws {
        let text = "version: 1\n" + (0..<5_000).map { "zzzzzzzz\($0): 1" }.joined(separator: "\n") + "\n"
        let result = try load(text)
        #expect(result.diagnostics.count < 1_010)
        #expect(result.errors.last?.contains("more findings") ?? false)
    }

    @Test func versionIsTheHashOfTheBytes() throws {
        let directory = try TemporaryDirectory()
        let path = try directory.write("routes.yaml", "version: 1\n")
        // printf 'version: 1\n' | sha256sum
        #expect(ConfigurationLoader.load(path: path, environment: [:]).configuration?.version == "09bfcc6a14b8")
    }
}
