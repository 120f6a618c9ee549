import Foundation
import Incidents
import JSON
import Testing

@testable import Rendering

@Suite struct DeliveryNotesTests {
    static let meanwhile = "The incident was resolved at 04:10, while this message waited."

    /// A message that stands for three others, comes another way, and is behind the times.
    static func request(_ type: EventType, _ kind: ChannelKind, template: String? = nil) -> RenderRequest {
        var request = Samples.request(type, kind, template: template)
        request.replaces = 3
        var first = Samples.event(.update, incident: nil)
        first.time = Samples.date("2026-11-24T03:51:00Z")
        first.message = "Database is down."
        var second = Samples.event(.escalation, incident: nil)
        second.time = Samples.date("2026-11-24T03:52:00Z")
        var third = Samples.event(.broadcast, incident: nil)
        third.time = Samples.date("2026-11-24T03:53:00Z")
        third.payload?["message"] = "Replica is warming up."
        request.earlier = [first, second, third]
        request.insteadOf = "ops-slack"
        request.meanwhile = meanwhile
        return request
    }

    private static let types: [EventType] = [.escalation, .update, .broadcast, .statusReport, .operations]

    @Test(arguments: types, [ChannelKind.slack, .teams, .email])
    func shippedTemplatesSayAllOfIt(type: EventType, kind: ChannelKind) throws {
        let message = TemplateLibrary.builtIn.render(Self.request(type, kind))
        #expect(message.degraded == nil)
        #expect(ProviderRules.faults(message) == [])
        try Self.expectAll(message, kind)
    }

    @Test(arguments: [ChannelKind.slack, .teams, .email])
    func thePlainRenderingSaysAllOfIt(kind: ChannelKind) throws {
        let message = Message(content: PlainRendering.content(Self.request(.update, kind)))
        #expect(ProviderRules.faults(message) == [])
        try Self.expectAll(message, kind)
    }

    private static func expectAll(_ message: Message, _ kind: ChannelKind) throws {
        let way = kind == .slack ? "to Slack" : kind == .teams ? "to Teams" : "by mail"
        var texts = [message.preview]
        if let html = message.email?.html { texts.append(html) }
        for text in texts {
            var rest = text[...]
            for fact in [
                Self.meanwhile, "Replaces 3 earlier updates that were held up.", "03:51 GMT", "Database is down.", "03:53 GMT",
                "Replica is warming up.", "Sent \(way) because",
            ] {
                let found = try #require(rest.range(of: fact), "\(fact) is not in order in:\n\(text)")
                rest = rest[found.upperBound...]
            }
            #expect(rest.contains("ops-slack"))
        }
    }

    @Test(arguments: types)
    func aShortMessageCountsThem(type: EventType) {
        var request = Self.request(type, .sms)
        for message in [TemplateLibrary.builtIn.render(request), Message(content: PlainRendering.content(request))] {
            let text = message.sms ?? ""
            #expect(text.contains("(+3 earlier)"), "\(text)")
            #expect(text.contains("(instead of ops-slack)"), "\(text)")
            #expect(text.contains(Self.meanwhile), "\(text)")
            #expect(!text.contains("Database is down."), "\(text)")
            #expect(ProviderRules.faults(message) == [])
        }
        request.replaces = 0
        request.insteadOf = nil
        request.meanwhile = nil
        let text = TemplateLibrary.builtIn.render(request).sms ?? ""
        #expect(!text.contains("earlier") && !text.contains("instead"))
    }

    @Test func oneIsSingular() {
        var request = Self.request(.update, .email)
        request.replaces = 1
        let mail = TemplateLibrary.builtIn.render(request).email
        #expect(mail?.text.contains("Replaces 1 earlier update that was held up.") == true)
        #expect(mail?.subject == "[INC0012345] Payments API failing")
    }

    @Test(arguments: [ChannelKind.slack, .teams, .email])
    func nothingIsSaidWhereThereIsNothingToSay(kind: ChannelKind) {
        for template in ["update", "ping"] {
            let preview = TemplateLibrary.builtIn.render(Samples.request(.update, kind, template: template)).preview
            for word in ["earlier", "instead", "because", "resolved"] { #expect(!preview.contains(word), "\(word): \(preview)") }
        }
    }

    @Test func aTemplateThatIsSilentGetsANote() throws {
        let directory = try TemplateDirectory([
            "x/slack.json": #"{"text": "t", "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "mine"}}]}"#,
            "y/slack.json": #"{"text": "mine"}"#,
            "x/teams.json": #"{"type": "AdaptiveCard", "body": [{"type": "TextBlock", "text": "mine", "wrap": true}]}"#,
            "x/email.txt": "mine", "x/email.html": "<html><body><p>mine</p></body></html>", "y/email.html": "<p>mine</p>",
            "x/sms.txt": "mine", "z/sms.txt": String(repeating: "0123456789", count: 45),
        ])
        let (library, problems) = TemplateLibrary.load(directory: directory.path)
        #expect(problems == [])
        func all(_ way: String) -> String {
            "\(Self.meanwhile) Replaces 3 earlier updates that were held up. Sent \(way) because `ops-slack` could not deliver it."
        }
        func render(_ kind: ChannelKind, _ template: String) -> Message {
            library.render(Self.request(.update, kind, template: template))
        }
        let blocks = render(.slack, "x").slack?["blocks"]?.array ?? []
        #expect(blocks.last == ["type": "context", "elements": [["type": "mrkdwn", "text": .string(all("to Slack"))]]])
        #expect(render(.slack, "y").slack == ["text": .string("mine\n\(all("to Slack"))")])
        let body = render(.teams, "x").teams?["attachments"]?.array?.first?["content"]?["body"]?.array ?? []
        #expect(body.count == 2)
        #expect(body.last?["isSubtle"] == true)
        #expect(body.last?["text"]?.string?.contains("could not deliver it") == true)
        let mail = try #require(render(.email, "x").email)
        #expect(mail.text == "mine\n\n\(all("by mail"))")
        #expect(mail.html.contains("\(all("by mail"))</p>\n</body>"))
        #expect(render(.email, "y").email?.html.hasSuffix("\(all("by mail"))</p>") == true)
        #expect(render(.sms, "x").sms == "mine (instead of ops-slack)")
        #expect(render(.sms, "z").sms == String(repeating: "0123456789", count: 45), "there is no room in three segments")
    }

    @Test func aTemplateThatSpeaksOfOneGetsTheOthersAsANote() throws {
        let directory = try TemplateDirectory([
            "x/email.txt": "{{> a}}", "partials/a": "{{#delivery}}{{#meanwhile}}{{.}}{{/meanwhile}}{{/delivery}}", "x/email.html": "y",
            "x/sms.txt": "{{delivery.instead_of}} is broken",
        ])
        let library = TemplateLibrary.load(directory: directory.path).library
        let text = library.render(Self.request(.update, .email, template: "x")).email?.text
        let note = "Replaces 3 earlier updates that were held up. Sent by mail because `ops-slack` could not deliver it."
        #expect(text == "\(Self.meanwhile)\n\n\(note)")
        #expect(library.render(Self.request(.update, .sms, template: "x")).sms == "ops-slack is broken")
    }

    @Test(arguments: [ChannelKind.slack, .teams, .email])
    func theNewestTextStaysWholeHoweverLongTheEarlierOnesAre(kind: ChannelKind) {
        var request = Self.request(.update, kind)
        let newest = String(repeating: "newest ", count: 350) + "end."
        request.event.message = newest
        request.replaces = 20
        request.earlier = (0..<20).map { index in
            var event = Samples.event(.update, incident: nil)
            event.message = "\(index) begins " + String(repeating: "earlier ", count: 5_000)
            return event
        }
        let message = TemplateLibrary.builtIn.render(request)
        #expect(ProviderRules.faults(message) == [])
        #expect(message.preview.contains(newest))
        #expect(message.preview.contains("19 begins"))
    }

    @Test(arguments: HostileDataTests.evils)
    func hostileTextsStayTexts(evil: String) {
        for kind in ChannelKind.allCases {
            for template in ["update", "ping"] {
                var request = HostileDataTests.request(.update, kind, evil, template: template)
                request.replaces = 20
                request.earlier = Array(repeating: request.event, count: 20)
                request.insteadOf = evil
                request.meanwhile = evil
                for message in [TemplateLibrary.builtIn.render(request), Message(content: PlainRendering.content(request))] {
                    #expect(message.degraded == nil, "\(kind) \(evil.prefix(30))")
                    #expect(ProviderRules.faults(message) == [], "\(kind) \(evil.prefix(30))")
                    for hidden in ["\u{202E}", "\u{2066}", "\u{200B}", "\u{0}", "\u{1B}"] as [Unicode.Scalar] {
                        #expect(!message.preview.unicodeScalars.contains(hidden), "\(kind) \(evil.prefix(30))")
                    }
                }
            }
        }
    }
}
