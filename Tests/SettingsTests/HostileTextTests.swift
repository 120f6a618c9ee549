// What somebody could write into routes.yaml to reach further than its option: line ends that would begin a header or a
// command, hosts named by data, paths that climb.

import Foundation
import Testing

@testable import Settings

@Suite struct HostileTextTests {
    /// Each would add a header, a command or a field somewhere behind it.
    private static let lineEnds = ["\\r\\nBcc: x@example.com", "\\nX: y", "\\rX", "\\0", "\\u0085X"]

    private static func gateway(_ request: String) -> String {
        file().replacing("people:", with: "  own: {type: sms, gateway: http, request: {\(request)}}\npeople:")
    }

    private static let fields: [(name: String, text: @Sendable (String) -> String)] = [
        ("from", { file().replacing("from: ops@example.com", with: "from: \"ops@example.com\($0)\"") }),
        ("from's name", { file().replacing("from: ops@example.com", with: "from: \"Ops\($0) <ops@example.com>\"") }),
        ("reply_to", { file(mail: ", reply_to: \"help@example.com\($0)\"") }),
        ("username", { file(mail: ", username: \"u\($0)\", password: \"${env:PASSWORD}\"") }),
        ("server", { file().replacing("smtp://localhost:2525", with: "smtp://localhost\($0):2525") }),
        ("proxy", { file(mail: ", proxy: \"http://127.0.0.1\($0):3128\"") }),
        ("dkim domain", { file(mail: ", dkim: {domain: \"example.com\($0)\", selector: s, key: \"${env:DKIM_KEY}\"}") }),
        ("dkim selector", { file(mail: ", dkim: {domain: example.com, selector: \"s\($0)\", key: \"${env:DKIM_KEY}\"}") }),
        ("a person's mail", { file().replacing("ana@example.com", with: "\"ana@example.com\($0)\"") }),
        ("a person's number", { file().replacing("+447700900123", with: "+447700900123\($0)") }),
        ("a person's name", { file(person: ", name: \"Ana\($0)\"") }),
        ("a person's language", { file(person: ", language: \"en\($0)\"") }),
        ("a recipient's mail", { file().replacing("to: [ops, ana]", with: "to: [ops, ana, \"mail:x@example.com\($0)\"]") }),
        ("a recipient's number", { file().replacing("to: [ops, ana]", with: "to: [ops, ana, \"text:+447700900123\($0)\"]") }),
        ("a recipient's Slack id", { file().replacing("to: [ops, ana]", with: "to: [ops, ana, \"ops:C0123456\($0)\"]") }),
        ("Slack's channel", { file().replacing("channel: C0123456", with: "channel: \"C0123456\($0)\"") }),
        ("Slack's base_url", { file(slack: ", base_url: \"https://slack.example\($0)/api\"") }),
        ("Twilio's account", { file().replacing("AC0123456789abcdef0123456789abcdef", with: "\"AC01\($0)\"") }),
        ("Twilio's sender", { file().replacing("+15557654321", with: "+15557654321\($0)") }),
        ("a gateway's URL", { gateway("url: \"https://g.example/a\($0)\", query: {to: \"{{address}}\", text: \"{{text}}\"}") }),
        ("a header's value", { gateway("url: \"https://g.example/\", headers: {X-A: \"{{address}}{{text}}\($0)\"}") }),
        ("a header's name", { gateway("url: \"https://g.example/\", headers: {\"X-A\($0)\": \"{{address}}{{text}}\"}") }),
        ("a template", { file(route: ", template: \"breach\($0)\"") }),
    ]

    @Test(arguments: fields.map(\.name)) func noLineEnd(name: String) throws {
        let field = try #require(Self.fields.first { $0.name == name })
        #expect(try load(field.text("")).errors.filter { !$0.contains("key") } == [])
        for end in Self.lineEnds { #expect(try load(field.text(end)).hasErrors, "\(end)") }
    }

    /// Who could choose the host by data could make the router talk to anybody, the machine itself included.
    @Test(arguments: [
        "https://{{address}}/send", "https://{{text}}", "https://gw{{id}}.example/send", "https://gw.example:{{coding}}/send",
        "https://{{address}}@gw.example/send", "https://user:{{text}}@gw.example/send", "{{text}}", "{{text}}://gw.example/",
        "https://[{{address}}]/", "https://{{ address }}/send", "https://{{address}}.gw.example?x={{text}}",
    ]) func noHostFromData(url: String) throws {
        let errors = try load(Self.gateway("url: \"\(url)\", query: {to: \"{{address}}\", text: \"{{text}}\"}")).errors
        #expect(errors.count == 1 && errors.first?.hasPrefix("`url`") ?? false, "\(errors)")
    }

    @Test func theReasonSaysWherePlaceholdersMayStand() throws {
        let text = Self.gateway("url: \"https://{{address}}/send\", query: {to: \"{{address}}\", text: \"{{text}}\"}")
        #expect(try load(text).errors == ["`url` takes its host from `{{…}}`: placeholders may stand in the path and the query only"])
        let good = Self.gateway("url: \"https://gw.example/{{address}}?t={{text}}\"")
        #expect(try load(good).errors == [])
    }

    @Test(arguments: ["../../etc/passwd", "..", "a/../b", "/etc/passwd", ".ssh", "a\\b", "a b"]) func noPathAsTemplate(name: String) throws
    {
        #expect(try load(file(route: ", template: '\(name)'")).hasErrors)
    }

    @Test(arguments: ["../en", "..", "en/../../x", "/en", "en."]) func noPathAsLanguage(language: String) throws {
        #expect(try load(file(person: ", language: '\(language)'")).hasErrors)
    }

    /// RE2 compiles what others would run for ever, and declines what would take all memory.
    @Test(arguments: ["(a+)+$", "(a|aa)+$", "((a{1,9}){1,9}){1,9}", "(.*)*x"]) func patternsAreBounded(pattern: String) throws {
        let request = "url: \"https://g.example/\", query: {to: \"{{address}}\", text: \"{{text}}\"}"
        let text = Self.gateway(request).replacing("gateway: http,", with: "gateway: http, id: '(\(pattern.replacing("(", with: "(?:")))',")
        #expect(try load(text).errors.allSatisfy { $0.contains("regular expression") })
        let route = file(route: ", match: {service: '~\(pattern)'}")
        #expect(try load(route).errors.allSatisfy { $0.contains("regular expression") })
    }
}
