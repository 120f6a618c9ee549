import Foundation
import Incidents
import JSON
import Testing

@testable import Rendering

/// A directory of templates that is gone after the test.
final class TemplateDirectory {
    let path: String

    init(_ files: [String: String]) throws {
        path = FileManager.default.temporaryDirectory.appendingPathComponent("templates-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        for (name, text) in files { try write(name, Data(text.utf8)) }
    }

    func write(_ name: String, _ data: Data) throws {
        let url = URL(fileURLWithPath: "\(path)/\(name)")
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try data.write(to: url)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}

@Suite struct UserTemplatesTests {
    private func load(_ files: [String: String]) throws -> (library: TemplateLibrary, problems: [TemplateProblem]) {
        let directory = try TemplateDirectory(files)
        let (library, problems) = TemplateLibrary.load(directory: directory.path)
        return (
            library,
            problems.map {
                var problem = $0
                problem.file = problem.file.replacing(directory.path + "/", with: "")
                return problem
            }
        )
    }

    @Test func aMissingDirectoryIsNoProblem() {
        #expect(TemplateLibrary.load(directory: "/nowhere/at/all").problems == [])
    }

    /// Whatever else stands beside it: the text of a Slack message is markup to Slack.
    @Test(arguments: ["", "\"type\": \"text\", ", "\"type\": \"link\", ", "\"type\": \"message\", "])
    func theTextOfASlackMessageIsAlwaysEscaped(type: String) throws {
        let (library, problems) = try load(["x/slack.json": "{\(type)\"text\": \"{{message}}\"}"])
        #expect(problems == [])
        var request = Samples.request(.update, .slack, template: "x")
        request.event.message = "<!channel> <@U123>"
        #expect(library.render(request).slack?["text"]?.string == "&lt;!channel&gt; &lt;@U123&gt;")
    }

    /// A template that shows no link names the command.
    @Test func whatShowsNoWayToAcknowledgeKeepsTheCommand() throws {
        let (library, problems) = try load([
            "x/slack.json": #"{"text": "{{expected}}"}"#, "y/slack.json": #"{"text": "{{expected}} {{links.acknowledge}}"}"#,
            "z/slack.json": #"{"text": "{{expected}} {{#links}}{{acknowledge}}{{/links}} {{words.acknowledge}}"}"#,
            "v/slack.json": #"{"text": "{{expected}} {{words.acknowledge}}"}"#,
        ])
        #expect(problems == [])
        func text(_ template: String) -> String {
            var request = Samples.request(.escalation, .slack, template: template)
            request.acknowledging = Acknowledging(url: "https://t.example/a/1")
            return library.render(request).slack?["text"]?.string ?? ""
        }
        #expect(text("x") == "Acknowledge: tocsin ack INC0012345")
        #expect(text("v").hasPrefix("Acknowledge: tocsin ack INC0012345"))
        #expect(text("y").hasPrefix("Acknowledge it. ") && text("z").hasPrefix("Acknowledge it. "))
    }

    @Test func theUsersFilesComeFirstOneByOne() throws {
        let (library, problems) = try load(["default/sms.txt": "mine {{incident.id}}"])
        #expect(problems == [])
        #expect(library.render(Samples.request(.escalation, .sms)).sms == "mine INC0012345")
        #expect(library.render(Samples.request(.escalation, .slack)).preview.contains("Escalated"))
    }

    @Test func looksForNameThenTypeThenDefaultInTheLanguageFirst() throws {
        let files = [
            "page/de/sms.txt": "page de", "page/sms.txt": "page", "escalation/de/sms.txt": "escalation de",
            "escalation/sms.txt": "escalation",
            "default/de/sms.txt": "default de", "default/sms.txt": "default",
        ]
        let (library, problems) = try load(files)
        #expect(problems == [])
        func text(_ template: String, _ type: EventType, _ language: String?) -> String? {
            var request = Samples.request(type, .sms, template: template)
            request.language = language
            return library.render(request).sms
        }
        #expect(text("page", .escalation, "de") == "page de")
        #expect(text("page", .escalation, "DE-at") == "page de")
        #expect(text("page", .escalation, "fr") == "page")
        #expect(text("page", .escalation, nil) == "page")
        #expect(text("gone", .escalation, "de") == "escalation de")
        #expect(text("gone", .escalation, nil) == "escalation")
        #expect(text("gone", .assignment, "de") == "default de")
        #expect(text("../../etc/passwd", .assignment, "../x") == "default")
    }

    @Test(
        arguments: [
            ("x/sms.txt", "a\n  {{#b}} c", 2, 3, "section `b` is opened here and never closed"),
            ("x/sms.txt", "{{/b}}", 1, 1, "never opened"),
            ("x/email.txt", "{{#a}}\n{{/b}}", 2, 1, "where section `a` should be closed"),
            ("x/email.html", "ab {{title", 1, 4, "never closed by `}}`"),
            ("x/slack.json", "{\n \"text\": \"a {{#x}}\"\n}", 2, 13, "section `x` is opened"),
            ("x/slack.json", "{\n \"text\": \"a\n\"}", 2, 12, "a line ends inside a string"),
            ("x/slack.json", "[1]", 1, 1, "must be a JSON object"), ("x/slack.json", "{\"txt\": \"a\"}", 1, 1, "needs `text` or `blocks`"),
            ("x/teams.json", "{\"text\": \"a\"}", 1, 1, "must be an Adaptive Card"),
            ("x/sms.txt", "x {{> facs.txt}}", 1, 3, "did you mean `facts.txt`?"),
            ("x/sms.txt", "{{>*event.type}}", 1, 1, "must be named in the template"), ("x/sms.txt", "{{a b}}", 1, 1, "is no name"),
            ("x/sms.txt", "{{}}", 1, 1, "without a name"), ("x/sms.txt", "\n{{% FOO: x}}", 2, 1, "only CONTENT_TYPE"),
            ("x/sms.txt", "{{{a}} }", 1, 1, "`}}}`"),
            ("x/sms.txt", "a\n{{% CONTENT_TYPE: NONE}}", 2, nil, "no Mustache"),
        ] as [(String, String, Int, Int?, String)])
    func mistakesHaveAPlace(file: String, text: String, line: Int, column: Int?, message: String) throws {
        let (library, problems) = try load([file: text])
        let problem = try #require(problems.first { $0.isError })
        #expect(problem.file == file)
        #expect(problem.line == line)
        if let column { #expect(problem.column == column) }
        #expect(problem.message.contains(message), "\(problem)")

        let kind = file.contains("slack") ? ChannelKind.slack : file.contains("teams") ? .teams : file.contains("email") ? .email : .sms
        let rendered = library.render(Samples.request(.escalation, kind, template: "x"))
        #expect(rendered.degraded?.contains(file) == true)
        #expect(rendered.preview.contains("Payments API failing"))
        #expect(rendered.preview.contains("INC0012345"))
        #expect(ProviderRules.faults(rendered) == [])
    }

    @Test func circlesOfPartialsAreFound() throws {
        let (library, problems) = try load([
            "partials/a.txt": "x {{> b.txt}}", "partials/b.txt": "\n {{> a.txt}}", "partials/self": "{{> self}}",
            "x/sms.txt": "{{> a.txt}}",
            "y/sms.txt": "{{> good}}", "partials/good.mustache": "fine {{incident.id}}",
        ])
        #expect(
            problems.filter { $0.message.contains("in a circle") }.map(\.file).sorted() == [
                "partials/a.txt", "partials/b.txt", "partials/self",
            ])
        #expect(problems.first { $0.file == "partials/b.txt" }?.line == 2)
        #expect(library.render(Samples.request(.escalation, .sms, template: "x")).degraded != nil)
        #expect(library.render(Samples.request(.escalation, .sms, template: "y")).sms == "fine INC0012345")
    }

    @Test func partialsThatGrowWithoutMeasureAreRefused() throws {
        var files = ["partials/p0": String(repeating: "x", count: 100), "x/sms.txt": "{{> p9}}"]
        for level in 1...9 { files["partials/p\(level)"] = String(repeating: "{{> p\(level - 1)}}", count: 10) }
        let (_, problems) = try load(files)
        #expect(problems.contains { $0.message.contains("larger than") })
    }

    @Test func deepNestingIsRefused() throws {
        let (_, problems) = try load(["x/sms.txt": String(repeating: "{{#a}}", count: 20_000)])
        #expect(problems.contains { $0.isError && $0.message.contains("nest deeper") })
    }

    @Test func partialsAreEscapedForWhereTheyAreUsed() throws {
        let (library, problems) = try load([
            "partials/t": "{{incident.title}}", "x/slack.json": #"{"text": "{{> t}}"}"#, "x/email.html": "<p>{{> t}}</p>",
            "x/email.txt": "{{> t}}", "x/email.subject.txt": "{{> t}}",
            "x/teams.json": #"{"type": "AdaptiveCard", "body": [{"type": "TextBlock", "text": "{{> t}}"}]}"#,
        ])
        #expect(problems == [])
        let members: [String: JSONValue] = ["title": "a_b <!here> 'x'"]
        func render(_ kind: ChannelKind) -> Message { library.render(Samples.request(.escalation, kind, members: members, template: "x")) }
        #expect(render(.slack).slack?["text"] == "a_b &lt;!here&gt; 'x'")
        #expect(render(.email).email?.html == "<p>a_b &lt;!here&gt; &#39;x&#39;</p>")
        #expect(render(.email).email?.text == "a_b <!here> 'x'")
        #expect(render(.teams).teams?.text.contains(#"a\\_b <!here> 'x'"#) == true)
    }

    @Test func rawTextCannotBreakJSON() throws {
        let (library, _) = try load(["x/slack.json": #"{"text": "{{{incident.title}}}", "blocks": []}"#])
        let message = library.render(Samples.request(.escalation, .slack, members: ["title": "\"}, {\"x\": \"\\"], template: "x"))
        #expect(message.degraded == nil)
        #expect(message.slack == ["text": "\"}, {\"x\": \"\\"])
    }

    @Test(arguments: [
        (
            "slack.json", #"{"text": "{{incident.nothing}}", "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": ""}}]}"#,
            ChannelKind.slack
        ),
        ("slack.json", #"{"blocks": "x"}"#, .slack), ("teams.json", #"{"type": "AdaptiveCard", "body": []}"#, .teams),
        ("sms.txt", "{{#is_ended}}x{{/is_ended}}", .sms), ("email.subject.txt", " \n", .email),
        ("email.html", String(repeating: "x", count: 200_000) + "{{> h}}", .email),
    ])
    func whatComesOutEmptyOrTooLargeFallsBack(file: String, text: String, kind: ChannelKind) throws {
        let (library, problems) = try load(["x/\(file)": text, "partials/h": String(repeating: "y", count: 100_000)])
        #expect(problems == [])
        let message = library.render(Samples.request(.escalation, kind, template: "x"))
        #expect(message.degraded != nil)
        #expect(message.preview.contains("Escalated: Payments API failing"))
        #expect(ProviderRules.faults(message) == [])
    }

    @Test func strangeFilesAreNamed() throws {
        let directory = try TemplateDirectory([
            "x/emial.txt": "a", "x/notes": "b", "slack.json": "{}", "README.md": "hi", "bad name/sms.txt": "x", "x/Deutsch!/sms.txt": "x",
            ".git/x": "y",
        ])
        try directory.write("y/sms.txt", Data([0xFF, 0xFE]))
        try directory.write("z/sms.txt", Data(repeating: 0x61, count: 300_000))
        try directory.write("secret", Data("secret".utf8))
        try FileManager.default.createSymbolicLink(atPath: directory.path + "/y/email.txt", withDestinationPath: directory.path + "/secret")
        try FileManager.default.createSymbolicLink(atPath: directory.path + "/linked", withDestinationPath: directory.path + "/x")
        let (library, problems) = TemplateLibrary.load(directory: directory.path)
        func problem(_ file: String) -> TemplateProblem? { problems.first { $0.file == "\(directory.path)/\(file)" } }
        #expect(problem("x/emial.txt")?.message == "`emial.txt` is not used; did you mean `email.txt`?")
        #expect(problem("x/emial.txt")?.isError == false)
        #expect(problem("x/notes")?.isError == false)
        #expect(problem("slack.json")?.isError == false)
        #expect(problem("bad name")?.isError == false)
        #expect(problem("x/Deutsch!")?.isError == false)
        #expect(problem("y/sms.txt")?.message.contains("UTF-8") == true)
        #expect(problem("z/sms.txt")?.message.contains("262144") == true)
        #expect(problem("y/email.txt")?.message.contains("symbolic link") == true)
        #expect(problem("linked")?.message.contains("symbolic link") == true)
        #expect(problems.count == 10)
        #expect(library.render(Samples.request(.escalation, .sms, template: "z")).degraded?.contains("z/sms.txt") == true)
    }

    @Test func unknownNamesAreAWarning() throws {
        let (_, problems) = try load(["x/sms.txt": "{{incident.id}}\n  {{incidnt.title}} {{#incident.labels}}{{name}}{{/incident.labels}}"])
        #expect(
            problems.map(\.description) == [
                "x/sms.txt:2:3: warning: nothing is called `incidnt`, so this stays empty; did you mean `incident`?"
            ])
    }

    @Test func objectsPrintAsJSONAndListsCanBeWalked() throws {
        let (library, _) = try load(["x/sms.txt": "{{event.o}} {{#event.l}}{{.}},{{/event.l}} {{event.n}} {{#event.f}}no{{/event.f}}"])
        var request = Samples.request(.escalation, .sms, template: "x")
        request.event.document = ["o": ["b": 1, "a": "x"], "l": [1, "two", true], "n": .number("1.10"), "f": false]
        #expect(library.render(request).sms == #"{"a":"x","b":1} 1,two,true, 1.10"#)
    }

    @Test func emptyPartsOfBlocksAreLeftOut() throws {
        let json = #"""
            {"text": "t", "blocks": [
              {"type": "header", "text": {"type": "plain_text", "text": "{{message}}"}},
              {"type": "section", "text": {"type": "mrkdwn", "text": "x"}, "fields": [{"type": "mrkdwn", "text": "{{message}}"}],
               "accessory": {"type": "button", "text": {"type": "plain_text", "text": "go"}, "url": "javascript:x"}},
              {"type": "actions", "elements": [{"type": "button", "text": {"type": "plain_text", "text": "a"}, "url": "{{change.reason}}"}]},
              {"type": "divider"}]}
            """#
        let (library, problems) = try load(["x/slack.json": json])
        #expect(problems == [])
        let message = library.render(Samples.request(.escalation, .slack, template: "x"))
        #expect(message.slack?["blocks"] == [["type": "section", "text": ["type": "mrkdwn", "text": "x"]], ["type": "divider"]])
    }
}
