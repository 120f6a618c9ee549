import Foundation
import Testing

@testable import Adapters

@Suite struct AdapterReaderTests {
    @Test func everyMistakeAtOnceWithItsPlace() {
        let reading = Adapter.read(
            #"""
            version: 2
            titel: Nagios
            each: "{{hosts}}"
            event:
              id: "{{host"
              incident:
                id: "{{a..b}}"
                titel: "{{x}}"
                severity: {map: {a: b}}
                status: {from: "{{s}}", map: {up: resolvd}}
                service: {from: "{{s}}", extract: "abc", like: "~(("}
            rules:
              - when: {"$bdy.x": y}
                event: {type: escalate}
              - {skip: x, event: {type: update}}
              - {event: {type: sla_breach}}
              - 3
            signature: {header: "X Y", tolerance: 2d, secret: hunter2, signs: "{{timestamp}}"}
            """#, path: "nagios.yaml")
        #expect(reading.adapter == nil)
        let said = reading.diagnostics.map(\.description)
        for expected in [
            "nagios.yaml:1:10: error: `version` is 1", "nagios.yaml:2:1: error: an adapter has no member `titel`; did you mean `title`?",
            "nagios.yaml:3:7: error: `each` is a path, and needs no `{{`", "nagios.yaml:5:7: error: `{{host` opens `{{`",
            "nagios.yaml:7:9: error: the path `a..b` needs a name",
            "nagios.yaml:8:5: error: `incident` has no member `titel`; did you mean `title`?",
            "nagios.yaml:9:15: error: `incident.severity` needs `from`", "cannot be `resolvd`; did you mean `resolved`?",
            "`extract` needs a group", "is no regular expression", "begins with `$bdy`", "cannot be `escalate`; did you mean `escalation`?",
            "a rule has one of `event`, `skip` and `refuse`", "cannot be `sla_breach`", "a rule is a map, and this is a single value",
            "`signature` needs `header`",
        ] {
            #expect(said.contains { $0.contains(expected) }, "\(expected) is not in \(said.joined(separator: "\n"))")
        }
        #expect(!said.joined().contains("hunter2"))
        #expect(reading.diagnostics.allSatisfy { $0.line != nil && $0.column != nil })
    }

    @Test(arguments: [
        ("", "the file is empty"), ("version: 1", "`rules` is missing"), ("version: 1\nrules: []", "`rules` is empty"),
        ("version: 1\nrules: [{event: {type: update}}]", "needs `id`"),
        ("version: 1\nrules: [{event: {type: update, id: x}}]", "needs `incident.id`"),
        ("version: 1\nrules: [{event: {id: x, incident: {id: y}}}]", "needs `type`"),
        ("version: 1\nrules: [{event: {type: update, id: x, incident: {id: y}}}]", "an `update` needs `message`"),
        ("version: 1\nrules: [{event: {type: status_change, id: x, incident: {id: y}}}]", "a `status_change` needs `incident.status`"),
        ("version: 1\nrules: [{event: {type: acknowledgement, id: x, incident: {id: y}}}]", "needs `change.by`"),
        ("rules: [{skip: x}]", "`version: 1` is missing"), ("[1", "YAML"), ("- 1", "an adapter is a map"),
        ("version: 1\nrules: [{skip: x}]\nsignature: sha265", "did you mean `sha256`?"),
        ("version: 1\nrules: [{skip: x}]\nsignature: {header: X, signs: \"{{timestamp}}\"}", "needs `{{body}}`"),
        ("version: 1\nrules: [{skip: x}]\nsignature: {header: X, signs: \"{{timestamp}}{{body}}\"}", "no `timestamp` says which header"),
        ("version: 1\nrules: [{skip: x}]\nsignature: {header: X, timestamp: Y}", "a time that is not signed"),
        ("version: 1\nrules: [{skip: x}]\nsignature: {header: X, secret: hunter2}", "the secret itself stands in routes.yaml"),
    ])
    func oneMistake(text: String, message: String) {
        let reading = Adapter.read(text, path: "x.yaml")
        #expect(reading.adapter == nil)
        #expect(reading.diagnostics.contains { $0.message.contains(message) }, "\(reading.diagnostics)")
        #expect(!reading.diagnostics.contains { $0.message.contains("hunter2") })
    }

    @Test func aFileOfTheUsers() throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "tocsin-adapters-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let file = directory.appending(path: "nagios.yaml")
        try Data("version: 1\nrules: [{skip: nothing yet}]\n".utf8).write(to: file)
        let adapter = try #require(Adapter.load(path: file.path).adapter)
        #expect(adapter.name == "nagios" && adapter.source == "nagios" && adapter.title == "nagios" && !adapter.isSigned)
        let missing = Adapter.load(path: directory.appending(path: "none.yaml").path)
        #expect(missing.isMissing && missing.adapter == nil && missing.diagnostics.count == 1)
        #expect(Adapter.load(path: directory.path).adapter == nil)
    }
}
