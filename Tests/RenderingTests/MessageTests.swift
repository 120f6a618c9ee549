import Foundation
import Incidents
import JSON
import Testing

@testable import Rendering

@Suite struct MessageTests {
    @Test(arguments: [
        ("*bold* <https://x.example|here> &lt;b&gt; &amp;amp;", "bold here (https://x.example) <b> &amp;"), ("`code` a*b*c", "code a*b*c"),
        ("<https://x.example>", "https://x.example"),
    ])
    func readsSlackMarkup(markup: String, plain: String) {
        #expect(SlackPreview.plain(markup) == plain)
    }

    @Test(arguments: [
        ("**→ a**", "→ a"), ("a\\_b \\[x\\]", "a_b [x]"), ("[go](https://x.example)", "go (https://x.example)"), ("a\n\nb", "a\nb"),
    ])
    func readsMarkdown(markdown: String, plain: String) {
        #expect(TeamsPreview.plain(markdown) == plain)
    }

    @Test func escapedDataReadsAsItWasWritten() {
        let title = "a_b *c* [d] <e> & 1. #f"
        for kind in [ChannelKind.slack, .teams, .email] {
            let message = TemplateLibrary.builtIn.render(Samples.request(.escalation, kind, members: ["title": .string(title)]))
            #expect(message.preview.contains(title), "\(message.preview)")
        }
    }

    @Test func asJSON() {
        let message = Message(content: .sms(String(repeating: "a", count: 161)), degraded: "why")
        #expect(message.json == ["kind": "sms", "text": .string(String(repeating: "a", count: 161)), "segments": 2, "degraded": "why"])
        let mail = Message(content: .email(subject: "s", text: "t", html: "h"))
        #expect(mail.json == ["kind": "email", "subject": "s", "text": "t", "html": "h"])
    }

    @Test func aLargeTeamsCardLosesDetailNotStructure() throws {
        var members = Samples.fullMembers
        for name in ["impact", "next_steps", "root_cause", "resolution", "description"] {
            members[name] = .string(String(repeating: "漢字 ", count: 3_000))
        }
        let payload = try #require(TemplateLibrary.builtIn.render(Samples.request(.escalation, .teams, members: members)).teams)
        #expect(ProviderRules.teams(payload) == [])
        let text = Message(content: .teams(payload)).preview
        for fact in [
            "INC0012345", "Payments API failing", "Impact", "Next steps", "Acknowledge: tocsin ack INC0012345",
            "https://wiki.example/payments",
        ] {
            #expect(text.contains(fact))
        }
        #expect(payload.bytes.count > 2_000)
    }
}
