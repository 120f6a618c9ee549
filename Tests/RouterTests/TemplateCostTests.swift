// What templates cost by SMS: the shipped ones are within their limit, and one that is not is named.

import Foundation
import Rendering
import Router
import Settings
import Testing

@Suite struct TemplateCostTests {
    private func check(_ templates: [String: String], segments: Int = 3, channel: String = "sms") throws -> ConfigurationCheck {
        let directory = FileManager.default.temporaryDirectory.appending(path: "tocsin-cost-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: directory) }
        for (name, text) in templates {
            let file = directory.appending(path: "templates/\(name)")
            try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file)
        }
        let sms = """
            sms: {type: sms, gateway: http, max_segments: \(segments), request: {method: POST, url: "http://127.0.0.1:1", form: {to: "{{address}}", text: "{{text}}"}}}
            """
        let mail = "mail: {type: email, server: \"smtp://127.0.0.1:1\", tls: off, from: ops@example.com}"
        let text = """
            version: 1
            channels:
              \(channel == "sms" ? sms : mail)
            people:
              ana: {email: ana@example.com, sms: "+447700900123", via: \(channel), language: de}
            routes:
              - {name: all, to: ana, template: own}

            """
        let file = directory.appending(path: "routes.yaml")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
        let check = ConfigurationCheck.run(path: file.path)
        try #require(check.errors.isEmpty, "\(check.diagnostics)")
        return check
    }

    @Test func theShippedOnesAreWithinTheUsualLimit() throws {
        let check = try check(["own/sms.txt": "{{incident.id}}"])
        let costs = check.templateCosts()
        #expect(costs.count > 10 && check.costWarnings(costs).isEmpty, "\(costs.filter(\.exceeds))")
        let own = try #require(costs.first { $0.template == "own" })
        #expect(own.segments == 1 && own.encoding == .gsm7 && own.text == "INC0012345" && own.length == 10)
    }

    /// One letter outside of GSM-7 halves what a segment holds.
    @Test func theAlphabetCounts() throws {
        let long = String(repeating: "x", count: 150)
        #expect(try check(["own/sms.txt": long]).templateCosts().first { $0.template == "own" }?.segments == 1)
        let costs = try check(["own/sms.txt": long + "Ж"]).templateCosts()
        let own = try #require(costs.first { $0.template == "own" })
        #expect(own.segments == 3 && own.encoding == .ucs2 && !own.exceeds)
    }

    @Test func whatIsAlwaysShortenedIsAWarningAtItsFile() throws {
        let long = String(repeating: "much to read ", count: 30)
        let check = try check(["own/sms.txt": "short", "own/de/sms.txt": long], segments: 2)
        let costs = check.templateCosts()
        let warnings = check.costWarnings(costs).filter { $0.message.contains("`own`") }
        #expect(warnings.count == 1 && warnings[0].severity == .warning)
        #expect(warnings[0].message.contains("in language `de` takes 3 SMS segments (GSM-7)") && warnings[0].message.contains("is 2"))
        #expect(costs.filter { $0.template == "own" }.map(\.language) == [nil, "de"])
    }

    @Test func withoutSMSThereIsNothingToCount() throws {
        #expect(try check(["own/sms.txt": "x"], channel: "mail").templateCosts().isEmpty)
    }
}
