// Secrets are found where they are said to be, and are never seen.

import Foundation
import Settings
import Testing

@Suite struct SecretTests {
    private func loadWithFile(_ content: String, mode: Int = 0o600) throws -> LoadResult {
        let directory = try TemporaryDirectory()
        try directory.write("token", content, mode: mode)
        let path = try directory.write("routes.yaml", file().replacing("${env:PASSWORD}", with: "${file:token}"))
        return ConfigurationLoader.load(path: path, environment: [:])
    }

    private func token(_ result: LoadResult) -> String? {
        guard case .slackBot(let bot)? = result.configuration?.channels.first?.way else { return nil }
        return bot.token.reveal()
    }

    @Test(arguments: [
        ("s3cret\n", "s3cret"), ("s3cret", "s3cret"), ("s3cret\n\n", "s3cret\n"), ("s3cret\r\n", "s3cret"), (" s3cret ", " s3cret "),
    ])
    func aFilesLastNewlineIsDropped(content: String, token expected: String) throws {
        let result = try loadWithFile(content)
        #expect(result.lines == [])
        #expect(token(result) == expected)
    }

    @Test func aFileThatAllCanReadIsAWarning() throws {
        let result = try loadWithFile("s3cret", mode: 0o644)
        #expect(!result.hasErrors)
        #expect(result.diagnostics.count == 2)
        #expect(result.diagnostics.allSatisfy { $0.severity == .warning && $0.message.contains("can be read by every user") })
    }

    @Test func faultsOfFilesAreNamed() throws {
        #expect(try loadWithFile("").errors.first == "the secret's file `token` is empty")
        let directory = try TemporaryDirectory()
        try directory.write("token", Data([0xFF, 0xFE]))
        let path = try directory.write("routes.yaml", file().replacing("${env:PASSWORD}", with: "${file:token}"))
        #expect(ConfigurationLoader.load(path: path, environment: [:]).errors.first == "the secret's file `token` is not UTF-8")
    }

    @Test func inTheMiddleOfATextAndSeveral() throws {
        let text = file().replacing("\"${env:PASSWORD}\"", with: "\"xoxb-${env:A}-${env:B}\"")
        #expect(token(try load(text, ["A": "1", "B": "2"])) == "xoxb-1-2")
    }

    @Test func aDescriptionOfTheWholeHoldsNoSecret() throws {
        let path = Place.fixtures.appending(path: "good-everything.yaml").path
        let configuration = try #require(ConfigurationLoader.load(path: path, environment: environment).configuration)
        var dumped = ""
        dump(configuration, to: &dumped)
        #expect(!dumped.contains(tellTale))
        #expect(!"\(configuration)".contains(tellTale))
    }

    /// Wherever an option takes a text, a secret in it that is no good value stays unseen.
    @Test(arguments: [
        "timezone: X", "retain: X", "assume_severity: X", "unrouted: X", "operators: [X, \"mail:X\", \"ana via X\", \"X:y\"]",
        "late_after: X",
        "public_url: X", "allow_networks: X", "trust: {a: X}",
    ]) func notInFindings(line: String) throws {
        let result = try load(file(top: "router: {\(line.replacing("X", with: "${env:PASSWORD}").quotedForYAML)}"))
        #expect(result.hasErrors)
        #expect(!result.diagnostics.contains { $0.description.contains(tellTale) })
    }

    @Test func placeholdersFitWhereTheyStand() throws {
        let text = file(
            top: "router: {timezone: \"${env:NONE}\", retain: \"${env:NONE}\", unrouted: \"mail:${env:NONE}\"}",
            mail: ", timeout: \"${env:NONE}\""
        )
        .replacing("\"${env:PASSWORD}\"", with: "\"${file:none}\"").replacing("ana@example.com", with: "\"${env:NONE}\"")
        #expect(try load(text, [:], placeholders: true).errors == [])
        #expect(try load(text, [:]).errors.count == 7)
    }

    @Test func writtenOutIsAWarningThatDoesNotShowIt() throws {
        let result = try load(file().replacing("\"${env:PASSWORD}\"", with: "written-s3cret"))
        #expect(!result.hasErrors)
        #expect(result.diagnostics.count == 2)
        #expect(result.diagnostics.allSatisfy { $0.severity == .warning && !$0.message.contains(tellTale) })
    }
}

extension String {
    /// `${…}` outside of quotes would be a map in a flow map.
    fileprivate var quotedForYAML: String {
        contains("\"")
            ? replacing("[${env:PASSWORD},", with: "[\"${env:PASSWORD}\",") : replacing("${env:PASSWORD}", with: "\"${env:PASSWORD}\"")
    }
}
