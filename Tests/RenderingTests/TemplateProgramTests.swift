import Foundation
import Incidents
import JSON
import Mustache
import Testing

@testable import Rendering

/// The engine says what a text means; programs are only a faster way to the same.
@Suite struct TemplateProgramTests {
    /// The engine knows the content types only once something has asked for them.
    init() { #expect(Destination.isRegistered) }

    private static func bothWays(_ text: TextTemplate, _ request: RenderRequest, _ destination: Destination, _ partials: Partials) {
        let facts = Facts(request, limit: 1_000)
        let engine = text.engine.render(RenderContext(facts).root, library: partials.library(destination))
        #expect(text.program != nil, "\(text.engine)")
        #expect(text.filled(TemplateStack(RenderContext(facts).root), partials) == Shortening.tidy(engine), "\(text.engine)")
    }

    private static func texts(_ node: JSONTemplate) -> [TextTemplate] {
        switch node {
        case .literal: []
        case .text(let text): [text]
        case .array(let elements): elements.flatMap { texts($0.value) }
        case .object(_, let members): members.flatMap { texts($0.value) }
        }
    }

    @Test(arguments: EventType.allCases)
    func shippedTemplatesAreProgramsThatGiveWhatTheEngineGives(type: EventType) throws {
        let library = TemplateLibrary.builtIn
        for (key, template) in library.templates {
            for members in [Samples.fullMembers, [:], ["status": "resolved", "resolution": "a < b & *c*", "title": "x_y"]] {
                let full = DeliveryNotesTests.request(type, .slack)
                for request in [full, Samples.request(type, .slack, members: members)] {
                    switch template {
                    case .text(let text, _): Self.bothWays(text, request, key.file.destination, library.partials)
                    case .json(let node, _):
                        // Texts for people are escaped, all others are not.
                        for text in Self.texts(node) { Self.bothWays(text, request, text.destination, library.partials) }
                    case .broken(let problem): Issue.record("\(problem)")
                    }
                }
            }
        }
    }

    @Test(arguments: [
        "{{#routes}}{{.}},{{/routes}}{{routes}}", "{{^routes}}none{{/routes}}", "{{#event.l}}[{{#.}}{{.}};{{/.}}]{{/event.l}}",
        "{{#event.none}}x{{/event.none}}{{^event.none}}<{{.}}>{{/event.none}}", "{{#incident}}{{title}} {{event.id}} {{.}}{{/incident}}",
        "{{#incident}}{{.title}}|{{.headline}}|{{headline}}{{/incident}}", "{{{event.evil}}} {{&event.evil}} {{event.evil}}",
        "{{event.o}} {{event.o.a.b}} {{event.o.a.b.c}} {{event.f}}{{#event.f}}x{{/event.f}}{{^event.f}}y{{/event.f}}",
        "a\n  {{#is_open}}\n  b\n  {{/is_open}}\n  {{! no }}\nc", "{{=<% %>=}}<% event.id %>{{x}}",
        "{{incident.level}}{{^change}}n{{/change}}",
        "{{#delivery}}{{id}}{{/delivery}}{{#event.empty}}x{{/event.empty}}{{^event.empty}}e{{/event.empty}}",
        "{{#event.l}}{{event.id}}{{missing}}{{/event.l}}", "{{> p}}{{#is_open}}{{> p}}{{/is_open}}",
    ])
    func whatUsersWriteGivesWhatTheEngineGives(text: String) throws {
        var partials = Partials()
        let partial = try MustacheTemplate(string: Destination.html.pragma + "{{#incident}}{{title}}{{/incident}}\n {{event.evil}}\n")
        partials.register(TextTemplate(partial, .html, partials), named: "p", for: .html)
        var request = Samples.request(.escalation, .email)
        request.incident?.level = 2
        request.routes = ["a&b", "c"]
        request.event.document = [
            "l": [[1, "x<"], ["y"], []], "none": [], "evil": "<b>\"&'", "o": ["a": ["b": "deep"]], "f": false, "empty": .object([:]),
        ]
        let engine = try MustacheTemplate(string: Destination.html.pragma + text)
        Self.bothWays(TextTemplate(engine, .html, partials), request, .html, partials)
    }

    @Test(arguments: [
        "{{uppercased(headline)}}", "{{% CONTENT_TYPE: TEXT}}{{headline}}", "x\n  {{> p}}", "{{<p}}{{/p}}", "{{$b}}x{{/b}}",
    ])
    func whatIsNoProgramIsLeftToTheEngine(text: String) throws {
        var partials = Partials()
        let partial = try MustacheTemplate(string: Destination.plain.pragma + "one\ntwo {{headline}}\n")
        partials.register(TextTemplate(partial, .plain, partials), named: "p", for: .plain)
        let engine = try MustacheTemplate(string: Destination.plain.pragma + text)
        let template = TextTemplate(engine, .plain, partials)
        let root = RenderContext(Facts(Samples.request(.escalation, .email), limit: 1_000)).root
        #expect(template.program == nil)
        #expect(template.filled(TemplateStack(root), partials) == Shortening.tidy(engine.render(root, library: partials.library(.plain))))
        #expect(!template.filled(TemplateStack(root), partials).isEmpty)
    }
}
