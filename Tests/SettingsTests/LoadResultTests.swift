// What is known of a file although something else in it is wrong, and how findings name the file.

import Foundation
import Incidents
import Settings
import Testing

@Suite struct LoadResultTests {
    @Test(arguments: ["routes: 5", "chanels: {}", "version: 7", "sla: {x: {}}"]) func directoriesInSpiteOfErrors(line: String) throws {
        let result = try load("version: 1\nrouter: {queue: /q, state: /s, templates: /t, retain: 7, late_after: 2h}\n\(line)\n")
        #expect(result.hasErrors && result.configuration == nil)
        let router = try #require(result.router)
        #expect([router.queue, router.state, router.templates] == ["/q", "/s", "/t"])
        #expect(router.lateAfter == 7_200)
        #expect(router.retain == 90 * 86_400)
    }

    /// A default must not stand in for what was meant.
    @Test(arguments: [
        "router: 5", "router: {queue: []}", "router: {state: \"${env:NOT_SET}\"}", "router: {quue: q}", "ruoter: {queue: q}",
        "router: {queue: a, queue: b}", "router: {state: a}\nrouter: {state: b}", "router: {queue: \"\"}", "router: {queue: q", "5",
    ]) func directoriesThatAreNotKnown(text: String) throws {
        let result = try load("version: 1\n\(text)\n")
        #expect(result.hasErrors)
        #expect(result.router == nil)
    }

    @Test func directoriesInTwoParts() throws {
        let router = try #require(try load("version: 1\nrouter: {queue: /a}\nrouter: {state: /b}\n").router)
        #expect([router.queue, router.state] == ["/a", "/b"])
    }

    @Test func theSameWhereNothingIsWrong() throws {
        let result = try load(file(top: "router: {queue: /q}", route: ", template: pager"))
        let configuration = try #require(result.configuration)
        #expect(result.router == configuration.router)
        #expect(result.templateReferences == configuration.templateReferences)
        #expect(result.templateReferences.count == 1)
    }

    @Test func templatesInSpiteOfErrors() throws {
        let text = """
            version: 1
            routes:
              - {name: a, template: one, to: [nobody]}
              - {name: b, template: two, too: x}
              - {name: c, template: ../three, to: []}
              - 5
            """
        let result = try load(text)
        #expect(result.configuration == nil)
        #expect(result.templateReferences.map(\.name) == ["one", "two"])
        #expect(result.templateReferences.map(\.route) == ["a", "b"])
        #expect(result.templateReferences.map(\.line) == [3, 4])
        #expect(result.templateReferences.map(\.column) == [25, 25])
    }

    /// Relative stays relative, and what is not tidy stays so.
    @Test func theFileIsNamedAsGiven() throws {
        let directory = try TemporaryDirectory()
        try directory.write("routes.yaml", "version: 1\nchanels: {}\nrouter: {allow_networks: 10.0.0.0/8}\n")
        let base = FileManager.default.currentDirectoryPath.split(separator: "/").map { _ in ".." }.joined(separator: "/")
        let path = "./\(base.isEmpty ? "." : base)\(directory.url.path)//routes.yaml"
        let result = ConfigurationLoader.load(path: path, environment: [:])
        #expect(result.file == path)
        #expect(result.router?.queue == directory.url.path + "/queue")
        #expect(result.diagnostics.count >= 3)
        #expect(result.diagnostics.allSatisfy { $0.file == path && $0.description.hasPrefix("\(path):") })
        let missing = ConfigurationLoader.load(path: "no/such.yaml", environment: [:])
        #expect(missing.file == "no/such.yaml")
        #expect(missing.diagnostics.map(\.description) == ["no/such.yaml: error: the file does not exist"])
    }

    @Test func trust() throws {
        let text = "router: {trust: {monitor: [escalation, Severity_Change], 1000: update, mute: []}}"
        let result = try load(file(top: text))
        #expect(result.lines == [])
        let trust: [String: Set<EventType>] = ["monitor": [.escalation, .severityChange], "1000": [.update], "mute": []]
        #expect(result.configuration?.router.trust == trust)
        #expect(try load(file()).configuration?.router.trust == nil)
    }

    @Test(arguments: [
        ("{monitor: [escalaton]}", "`trust.monitor` is `escalaton`, and must be one of"), ("{monitor: [sla_breach]}", "must be one of"),
        ("{monitor: }", "`trust.monitor` has no value"), ("[monitor]", "`trust` must be a map"), ("{}", "`trust` is empty"),
        ("", "`trust` is empty"), ("{007: update}", "`007` cannot be an owner"), ("{4294967296: update}", "cannot be an owner"),
        ("{\"a b\": update}", "`a b` cannot be an owner"), ("{\"*\": update}", "`*` cannot be an owner"),
    ]) func trustThatCannotBeRead(value: String, message: String) throws {
        let result = try load(file(top: "router:\n  trust: \(value)"))
        #expect(result.errors.count == 1 && result.errors[0].contains(message), "\(result.lines)")
        #expect(result.diagnostics.first?.line == 3)
        // Whoever reads on in spite of the error must not trust everybody.
        #expect(result.router?.trust != nil)
    }

    @Test func misspeltTrustIsNotTrustInEverybody() throws {
        #expect(try load(file(top: "router: {trsut: {monitor: update}}")).router?.trust == [:])
    }

    @Test func unknownTypesHaveASuggestion() throws {
        let errors = try load(file(top: "router: {trust: {monitor: [escalaton]}}")).errors
        #expect(errors.first?.hasSuffix("; did you mean `escalation`?") ?? false)
    }

    @Test func missingWebhooksShowNoAddress() throws {
        let text = """
            version: 1
            channels:
              a: {type: slack, webhook: "${env:NOT_SET}"}
              b: {type: teams, webhook: "https://x.example.com/${env:NOT_SET}"}
              c: {type: teams, webhook: "${env:SLACK}"}
            routes:
              - {to: [a, b, c]}
            """
        let result = try load(text, placeholders: true)
        let configuration = try #require(result.configuration)
        let addresses = ["a", "b", "c"].map { configuration.table.directory.channels[$0]?.ownAddress }
        #expect(addresses == ["(secret not set)", "(secret not set)", "https://hooks.slack.com/…"])
        guard case .slackWebhook(let url)? = configuration.channels.first?.way else {
            Issue.record("no webhook")
            return
        }
        #expect(url.reveal().hasPrefix("https://placeholder.invalid/"))
    }
}
