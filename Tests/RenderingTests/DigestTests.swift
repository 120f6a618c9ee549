import Foundation
import Incidents
import JSON
import Testing

@testable import Rendering

@Suite struct DigestTests {
    /// Finds the facts in this order.
    private static func expect(_ facts: [String], in text: String) throws {
        var rest = text[...]
        for fact in facts {
            let found = try #require(rest.range(of: fact), "\(fact) is missing, or not in order, in:\n\(text)")
            rest = rest[found.upperBound...]
        }
    }

    @Test(arguments: [ChannelKind.slack, .teams, .email])
    func eachIncidentOnceOpenOnesFirst(kind: ChannelKind) throws {
        for message in [
            TemplateLibrary.builtIn.render(Samples.digest(kind, Samples.mixed)),
            Message(content: PlainRendering.content(Samples.digest(kind, Samples.mixed))),
        ] {
            #expect(message.degraded == nil)
            #expect(ProviderRules.faults(message) == [])
            let preview = message.preview
            try Self.expect(
                [
                    "Digest: 3 open, 2 resolved, 1 other", "🔴 INC1 Payments API failing", "critical, open since 03:10 GMT, nobody has it",
                    "🟠 INC2 Mail is late", "🔵 INC4 Search is slow", "duty-engineer has it", "Channel ops-slack is back.",
                    "✓ INC8 Reports: resolved 03:55 GMT, lasted 45 min", "✓ INC7 Payments API: resolved 03:50 GMT, lasted 40 min",
                    "2 wait for somebody. Acknowledge: tocsin ack INCIDENT",
                ], in: preview)
            for id in ["INC1 ", "INC2 ", "INC4 ", "INC7 ", "INC8 "] {
                #expect(preview.components(separatedBy: id).count == 2, "\(id) is there more than once in:\n\(preview)")
            }
            #expect(preview.contains("10 messages held, about 5 incidents"))
        }
    }

    @Test func theNewestStateIsSaid() throws {
        let preview = TemplateLibrary.builtIn.render(
            Samples.digest(
                .slack,
                [Samples.item("INC1", "critical", count: 4, type: .severityChange), Samples.item("INC2", "low", minutes: 5, type: .update)])
        ).preview
        try Self.expect(
            [
                "INC1", "Severity raised from medium to critical, 03:50 GMT (4 messages)", "INC2",
                "Update, 03:53 GMT_: The replica is up. Traffic moves in 5 minutes.",
            ], in: preview)
    }

    @Test func theMailHasItsOwnSubjectAndLinks() throws {
        let mail = try #require(TemplateLibrary.builtIn.render(Samples.digest(.email, Samples.mixed)).email)
        #expect(mail.subject == "Digest: 3 open, 2 resolved, 1 other")
        #expect(mail.html.contains("href=\"https://incidents.example/INC1?a=1&amp;b=2\""))
        #expect(mail.text.contains("https://incidents.example/INC1?a=1&b=2"))
        try Self.expect(["INC1", "INC2", "INC4", "INC8", "INC7"], in: mail.html)
    }

    @Test func oneThingIsSaidByTheSubject() {
        let open = Samples.digest(.email, [Samples.item("INC1", "critical", count: 3)])
        #expect(
            TemplateLibrary.builtIn.render(open).email?.subject
                == "Digest: INC1 Payments API failing: critical, open since 03:10 GMT, nobody has it")
        #expect(TemplateLibrary.builtIn.render(open).preview.contains("Acknowledge: tocsin ack INC1"))
        let ended = Samples.digest(.email, [Samples.item("INC7", "high", title: "Payments API", ended: 8, count: 3)])
        let mail = TemplateLibrary.builtIn.render(ended).email
        #expect(mail?.subject == "Digest: INC7 Payments API: resolved 03:50 GMT, lasted 40 min")
        #expect(mail?.text.contains("Nothing to do.") == true)
        #expect(TemplateLibrary.builtIn.render(ended).email?.html.contains("#1f8a4c") == true, "what is over is green")
    }

    @Test func theConfiguredScaleOrders() throws {
        var request = Samples.digest(
            .email, [Samples.item("INC1", "minor"), Samples.item("INC2", "blocker"), Samples.item("INC3", "other")])
        request.severities = SeverityScale(steps: [.init(name: "blocker"), .init(name: "minor")])
        try Self.expect(["INC2", "INC1", "INC3"], in: TemplateLibrary.builtIn.render(request).preview)
    }

    @Test(arguments: [(ChannelKind.slack, 20), (.teams, 20), (.email, 50)])
    func hundredsOfItemsAreCountedAndTheFirstAreShown(kind: ChannelKind, most: Int) throws {
        let open = (0..<300).map { Samples.item("OPEN\($0)", "high", title: "Service \($0) is slow", minutes: Double($0)) }
        let ended = (0..<100).map { Samples.item("ENDED\($0)", "high", title: "Service \($0)", ended: Double($0)) }
        let message = TemplateLibrary.builtIn.render(Samples.digest(kind, (open + ended).reversed()))
        #expect(message.degraded == nil)
        #expect(ProviderRules.faults(message) == [])
        let preview = message.preview
        let shownOpen = preview.components(separatedBy: " OPEN").count - 1
        let shownEnded = preview.components(separatedBy: "✓ ENDED").count - 1
        #expect(shownOpen + shownEnded <= most)
        #expect(shownOpen >= 10 && shownEnded >= most / 4, "\(shownOpen) and \(shownEnded)")
        try Self.expect(
            ["Digest: 300 open, 100 resolved", "OPEN0 ", "OPEN1 ", "ENDED0 ", "and \(400 - shownOpen - shownEnded) more"], in: preview)
    }

    @Test func aShortMessageIsOneSegmentAndCountsExactly() {
        func text(_ items: [DigestItem], insteadOf: String? = nil) -> String {
            var request = Samples.digest(.sms, items)
            request.insteadOf = insteadOf
            let message = TemplateLibrary.builtIn.render(request)
            #expect(message.degraded == nil)
            #expect(SMSText.segments(message.sms ?? "").count == 1, "\(message.sms ?? "")")
            return message.sms ?? ""
        }
        let few = [Samples.item("INC1", "critical"), Samples.item("INC7", "low", ended: 3)]
        #expect(text(few) == "Tocsin: 1 open (INC1 critical Payments API failing), 1 resolved (INC7).")
        #expect(text(few, insteadOf: "ops-slack").hasSuffix("(instead of ops-slack)"))
        let many = (0..<40).map { Samples.item("INC00\($0)", "high", minutes: Double($0)) } + [Samples.item("INC7", "low", ended: 3)]
        let most = text(many)
        #expect(most.hasPrefix("Tocsin: 40 open (INC000 high, INC001 high, "), "\(most)")
        #expect(most.contains(", +3") && most.contains("1 resolved"), "\(most)")
        let long = (0..<12).map { Samples.item(String(repeating: "ID", count: 90) + "\($0)", "high") }
        #expect(text(long) == "Tocsin: 12 open.")
        let wide = (0..<12).map { Samples.item("インシデント\($0)", "high") }
        #expect(text(wide).hasPrefix("Tocsin: 12 open"))
    }

    @Test(arguments: HostileDataTests.evils + ["<!channel>", "<script>alert(1)</script>", "x\r\nBcc: a@example.com"])
    func hostileDataStayText(evil: String) {
        let value = JSONValue.string(evil)
        let members: [String: JSONValue] = ["service": value, "url": value, "assignee": value, "impact": value]
        var items = (0..<8).map {
            Samples.item(
                "\(evil.prefix(40))\($0)", String(evil.prefix(30)), title: evil, type: .update, members: members, acknowledgedBy: evil)
        }
        items += (0..<8).map { Samples.item("\(evil.prefix(40))\($0)", "high", title: evil, ended: 5, members: members) }
        for index in items.indices { items[index].event.message = evil }
        for kind in ChannelKind.allCases {
            for template in ["digest", "update"] {
                var request = template == "digest" ? Samples.digest(kind, items) : Samples.request(.update, kind, template: template)
                request.digest = items
                for message in [TemplateLibrary.builtIn.render(request), Message(content: PlainRendering.content(request))] {
                    #expect(message.degraded == nil, "\(kind) \(template) \(evil.prefix(30))")
                    #expect(ProviderRules.faults(message) == [], "\(kind) \(template) \(evil.prefix(30))")
                    if template == "digest" { #expect(message.preview.contains("8 open"), "\(kind) \(evil.prefix(30))") }
                    for hidden in ["\u{202E}", "\u{2066}", "\u{200B}", "\u{0}", "\u{1B}"] as [Unicode.Scalar] {
                        #expect(!message.preview.unicodeScalars.contains(hidden), "\(kind) \(evil.prefix(30))")
                    }
                }
            }
        }
    }

    @Test func aTitleCannotEndALineOrMentionAChannel() throws {
        let items = [Samples.item("INC1", "high", title: "a\r\nBcc: b@example.com <!channel> <script>")]
        let mail = try #require(TemplateLibrary.builtIn.render(Samples.digest(.email, items)).email)
        #expect(mail.subject.contains("a Bcc: b@example.com"))
        #expect(mail.html.contains("&lt;script&gt;"))
        let slack = TemplateLibrary.builtIn.render(Samples.digest(.slack, items)).slack?.text ?? ""
        #expect(slack.contains("&lt;!channel&gt;"))
    }

    // MARK: folded into another message

    @Test(arguments: [ChannelKind.slack, .teams, .email])
    func whatWasHeldIsNamedAfterTheMessage(kind: ChannelKind) throws {
        var request = Samples.request(.update, kind)
        request.digest = [
            Samples.item("INC5", "medium", members: ["service": "payments"]), Samples.item("INC6", "low", members: ["service": "search"]),
        ]
        for message in [TemplateLibrary.builtIn.render(request), Message(content: PlainRendering.content(request))] {
            try Self.expect(
                ["Update: Payments API failing", "Also affected: INC5 payments (medium, open), INC6 search (low, open)."],
                in: message.preview)
            #expect(ProviderRules.faults(message) == [])
        }
        request.digest = (0..<9).map { Samples.item("INC\($0)", "low") }
        #expect(TemplateLibrary.builtIn.render(request).preview.contains("and 4 more."))
        request.digest = []
        #expect(!TemplateLibrary.builtIn.render(request).preview.contains("Also"))
    }

    @Test func aShortMessageNamesThemWhereThereIsRoom() {
        var request = Samples.request(.update, .sms)
        request.digest = (0..<5).map { Samples.item("INC\($0)", "low") }
        #expect(TemplateLibrary.builtIn.render(request).sms?.hasSuffix(" Also affected: INC0, INC1, INC2 +2.") == true)
        request.event.message = String(repeating: "long ", count: 90)
        let text = TemplateLibrary.builtIn.render(request).sms ?? ""
        #expect(SMSText.segments(text).count <= 3)
    }

    @Test func aTemplateThatSpeaksOfThemHasNoNote() throws {
        let directory = try TemplateDirectory([
            "x/slack.json":
                #"{"text": "{{digest.line}}: {{#digest.items}}{{incident.id}} {{severity}} {{count}} {{#is_ended}}over{{/is_ended}};{{/digest.items}}"}"#,
            "y/slack.json": #"{"text": "mine"}"#, "x/sms.txt": "{{#digest}}{{count}} of {{messages}}{{/digest}}", "y/sms.txt": "mine",
            "z/sms.txt":
                "{{digest.line}}: {{#digest.items}}{{id}} {{.severity}} {{.message}} {{/digest.items}}{{#digest.more_line}}{{.}}{{/digest.more_line}}",
        ])
        let (library, problems) = TemplateLibrary.load(directory: directory.path)
        #expect(problems == [])
        func render(_ kind: ChannelKind, _ template: String) -> Message {
            var request = Samples.digest(kind, [Samples.item("INC1", "high", count: 2), Samples.item("INC2", "low", ended: 1)])
            request.template = template
            return library.render(request)
        }
        #expect(render(.slack, "x").slack?["text"]?.string == "1 open, 1 resolved: INC1 high 2 ;INC2 low 1 over;")
        #expect(render(.slack, "y").slack?["text"]?.string?.hasPrefix("mine\n1 open, 1 resolved: INC1 payments (high, open), INC2") == true)
        #expect(render(.sms, "x").sms == "2 of 3")
        #expect(
            render(.sms, "z").sms == "1 open, 1 resolved: INC1 high  INC2 low", "the example of docs/templates.md, and names with a dot")
    }
}
