// routes.yaml: it loads, or says where it is wrong; and no secret is in what it says.

import Foundation
import Routing
import Settings

extension FuzzTarget {
    /// Ours go in several times: the fixtures are nearly all wrong already.
    private static let own = Array(repeating: Corpus.samples("routes"), count: 12).flatMap { $0 }
    private static let secret = "zq7-Hidden-Word"
    /// A file of this process; each input is written over the one before.
    private static let file = FileManager.default.temporaryDirectory.appending(path: "tocsin-fuzz-\(getpid()).yaml").path

    static let routes = FuzzTarget(
        "routes", share: 15, few: 200,
        Mutator(
            corpus: own + Corpus.samples(inCheckout: "Tests/SettingsTests/Fixtures", ending: ".yaml")
                + Corpus.samples(inCheckout: "", ending: ".yaml.example") + Corpus.samples(inCheckout: "examples/demo", ending: ".yaml"),
            tokens: Tokens.yaml)
    ) { input in
        guard FileManager.default.createFile(atPath: file, contents: Data(input.bytes)) else {
            return input.check(false, "\(file) cannot be written")
        }
        defer { unlink(file) }
        let url = "https://peer.example/\(secret)"
        let environment = ["TOKEN": secret, "PASSWORD": secret, "SLACK_WEBHOOK": url, "TEAMS_WEBHOOK": url, "SLACK": url]
        let result = ConfigurationLoader.load(path: file, environment: environment)
        input.wasTaken = result.configuration != nil
        input.check((result.configuration == nil) == result.hasErrors, "neither a configuration nor an error, or both")
        input.check(result.diagnostics.count <= 1_003, "\(result.diagnostics.count) findings")
        let lines = input.bytes.count { $0 == 0x0A || $0 == 0x0D || $0 >= 0x80 } + 2
        for finding in result.diagnostics {
            if let line = finding.line { input.check((1...lines).contains(line), "line \(line) of \(lines)") }
            if let column = finding.column { input.check(column >= 1, "column \(column)") }
            input.check(!finding.description.contains(secret), "a secret in a finding: \(finding.message.prefix(80))")
        }
        // What is about the file as a whole has no place: that it is empty, or holds nothing.
        let isWhole = result.diagnostics.contains { $0.severity == .error && $0.line == nil && $0.message.contains("the file is empty") }
        if result.hasErrors, !isWhole {
            let first = result.diagnostics.first { $0.severity == .error }
            input.check(
                result.diagnostics.contains { $0.severity == .error && $0.line != nil }, "an error without a place: \(first?.message ?? "")"
            )
        }
    }

    /// Regular expressions and match values of routes, on a text of data.
    static let pattern = FuzzTarget("pattern", share: 30, few: 150, Mutator(corpus: Corpus.samples("pattern"), tokens: Tokens.pattern)) {
        input in
        let text = input.text
        let parts = text.split(separator: "\n", maxSplits: 1).map(String.init)
        let data = (parts.last ?? "") + String(repeating: "a", count: input.chance.below(2_000)) + "!"
        if let pattern = try? Pattern(parts.first ?? "") {
            input.wasTaken = true
            let found = pattern.matches(data)
            if let group = pattern.firstGroup(in: data) {
                input.check(found && pattern.groups > 0, "a group of nothing: \(group.prefix(20))")
            }
        }
        for member in ["service", "severity", "age", "labels.x"] {
            if let condition = try? Condition(member: member, values: [parts.first ?? ""], scale: .standard) {
                input.check(condition.member == member, "another member")
            }
        }
    }
}
