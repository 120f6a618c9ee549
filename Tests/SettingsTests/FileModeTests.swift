// Who may read and write what the configuration names.

import Foundation
import Testing

@testable import Settings

@Suite struct FileModeTests {
    @Test(
        arguments: [
            (0o600, 1_000, 1_000, FileReaders.owner), (0o400, 1_000, 1_000, .owner), (0o640, 1_000, 1_000, .group),
            (0o644, 1_000, 1_000, .everybody), (0o604, 1_000, 1_000, .everybody), (0o640, 0, 1_000, .owner), (0o644, 0, 1_000, .everybody),
            (0o640, 0, 0, .owner), (0o444, 0, 0, .everybody), (0o620, 1_000, 1_000, .owner),
        ] as [(mode_t, uid_t, uid_t, FileReaders)]) func readers(mode: mode_t, owner: uid_t, reader: uid_t, expected: FileReaders)
    {
        #expect(FileReaders(mode: mode, owner: owner, reader: reader) == expected)
    }

    /// Orchestrators mount secrets as links: what counts is the file behind.
    @Test func aLinkToASecretIsJudgedByItsTarget() throws {
        let directory = try TemporaryDirectory()
        try directory.write("real", "s3cret", mode: 0o644)
        try directory.write("private", "s3cret")
        for (name, target) in [("open", "real"), ("closed", "private"), ("dangling", "nowhere"), ("folder", "/")] {
            try #require(symlink(target, directory.url.appending(path: name).path) == 0)
        }
        func load(_ name: String) throws -> LoadResult {
            let path = try directory.write("routes.yaml", file().replacing("${env:PASSWORD}", with: "${file:\(name)}"))
            return ConfigurationLoader.load(path: path, environment: [:])
        }
        let open = try load("open")
        #expect(!open.hasErrors && open.diagnostics.contains { $0.message.contains("can be read by every user") })
        #expect(try load("closed").lines == [])
        #expect(try load("dangling").errors.first == "the secret's file `dangling` does not exist")
        #expect(try load("folder").errors.first == "the secret's file `folder` is no regular file")
    }

    @Test func aKeyThatAllCanReadIsAWarning() throws {
        let directory = try TemporaryDirectory()
        try directory.write("dkim.pem", environment["DKIM_KEY"] ?? "", mode: 0o644)
        let text = file(mail: ", dkim: {domain: example.com, selector: s, key: \"${file:dkim.pem}\"}")
        let path = try directory.write("routes.yaml", text)
        let lines = ConfigurationLoader.load(path: path, environment: environment).lines
        #expect(lines.count == 1 && lines.first?.contains("`dkim.pem` can be read by every user") ?? false, "\(lines)")
    }

    @Test(
        arguments: [
            (0o700, 1_000, 1_000, nil), (0o750, 1_000, 1_000, nil), (0o755, 1_000, 1_000, nil), (0o770, 1_000, 1_000, "its group"),
            (0o1777, 0, 1_000, "every user"), (0o702, 1_000, 1_000, "every user"), (0o700, 1_001, 1_000, "another user (1001)"),
            (0o700, 1_000, 0, nil), (0o700, 0, 1_000, nil), (0o770, 1_000, 0, "its group"),
        ] as [(mode_t, uid_t, uid_t, String?)]) func dangerOfAStateDirectory(mode: mode_t, owner: uid_t, user: uid_t, words: String?)
    {
        let danger = Validation.danger(mode: mode, owner: owner, user: user)
        #expect(words.map { danger?.contains($0) ?? false } ?? (danger == nil), "\(danger ?? "none")")
    }

    /// A link is followed to the directory: that is where the database lies.
    @Test(arguments: ["state", "link"]) func aStateDirectoryThatOthersCanWriteToIsAWarning(name: String) throws {
        let directory = try TemporaryDirectory()
        let state = directory.url.appending(path: "state").path
        try FileManager.default.createDirectory(atPath: state, withIntermediateDirectories: false)
        try #require(symlink("state", directory.url.appending(path: "link").path) == 0)
        let path = try directory.write("routes.yaml", file(top: "router: {state: \(name)}"))
        chmod(state, 0o777)
        let lines = ConfigurationLoader.load(path: path, environment: environment).lines
        #expect(lines.count == 1 && lines.first?.hasPrefix("2:17: warning: the state directory") ?? false, "\(lines)")
        chmod(state, 0o700)
        #expect(ConfigurationLoader.load(path: path, environment: environment).lines == [])
    }

    @Test func aStateThatIsAFileIsNotForThisCheck() throws {
        let directory = try TemporaryDirectory()
        try directory.write("state", "x", mode: 0o666)
        let path = try directory.write("routes.yaml", file())
        #expect(ConfigurationLoader.load(path: path, environment: environment).lines == [])
    }
}
