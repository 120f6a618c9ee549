// Mistakes about adapters are found by `check`, at the start and at a reload, and not by the first webhook.

import Foundation
import Settings
import Testing

@testable import Router

@Suite struct AdapterCheckTests {
    private func findings(_ intake: String, files: [String: String] = [:]) throws -> [String] {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("adapters-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for (name, text) in files { try text.write(to: folder.appendingPathComponent(name), atomically: true, encoding: .utf8) }
        let file = folder.appendingPathComponent("routes.yaml")
        try """
        version: 1
        http: {intake: \(intake)}
        """.write(to: file, atomically: true, encoding: .utf8)
        return ConfigurationCheck.run(path: file.path).errors.map(\.message)
    }

    @Test func anAdapterThatThereIsNotIsAnErrorWithTheNearest() throws {
        let found = try findings("{pager: {adapter: pagerdutty}}")
        #expect(found.count == 1)
        #expect(found.first?.contains("there is no adapter `pagerdutty`; did you mean `pagerduty`?") ?? false, "\(found)")
    }

    @Test func allMistakesOfAnAdaptersFileAreNamed() throws {
        let found = try findings("{own: {adapter: own.yaml}}", files: ["own.yaml": "titel: x\nrules: []\n"])
        #expect(found.contains { $0.contains("`titel`") }, "\(found)")
        #expect(found.contains { $0.contains("`rules` is empty") }, "\(found)")
    }

    @Test func aSecretWithoutASignatureIsForNothing() throws {
        #expect(try findings(#"{alertmanager: {secret: "${env:HOME}"}}"#).contains { $0.contains("knows no signature") })
        #expect(try findings(#"{pagerduty: {secret: "${env:HOME}"}}"#).isEmpty)
    }

    @Test func shippedAdaptersAreGood() throws { #expect(try findings("{grafana: {}, datadog: {}}").isEmpty) }
}
