import Foundation
import Incidents
import JSON
import Testing

@testable import Rendering

@Suite struct HostileDataTests {
    static let evils: [String] = [
        "<!channel> <@U123> <#C1|x> &amp; <https://evil.example|click>", "<script>alert(1)</script><img src=x onerror=alert(1)>",
        "javascript:alert(1)", "x\r\nBcc: everyone@example.com\r\n\r\nbody", "{{{evil}}} {{> open.html}} {{#x}} {{=<% %>=}}",
        String(repeating: "long words ", count: 9_100), "🔥🚒👨‍👩‍👧‍👦 é ą 漢字", "\u{202E}gnp.exe\u{2066}\u{200B}\u{FEFF}",
        "a\u{0}b\u{7}\u{1B}[31m", "<at>everyone</at> **bold** [x](javascript:alert(1)) \\", String(repeating: "漢", count: 60_000),
        String(repeating: "&", count: 50_000), "a" + String(repeating: "\u{0301}", count: 20_000), String(repeating: "\n", count: 5_000),
        "",
        "\"}],\"text\":\"broken", String(repeating: "😀", count: 30_000), String(repeating: "_*[]`~", count: 5_000),
    ]

    static func request(_ type: EventType, _ kind: ChannelKind, _ evil: String, template: String? = nil) -> RenderRequest {
        let value = JSONValue.string(evil)
        var members = Samples.fullMembers.mapValues { _ in value }
        members["labels"] = .object(Dictionary(uniqueKeysWithValues: (0..<150).map { ("\(evil.prefix(200))\($0)", value) }))
        members["status"] = "open"
        var request = Samples.request(type, kind, members: members, template: template)
        request.event.change = Change(field: evil, from: evil, to: evil + "x", reason: evil, by: evil)
        request.event.message = evil
        request.event.payload = [
            "subject": value, "message": value, "by": value, "who": value, "reason": value, "broadcast": value, "corrects": value,
        ]
        request.event.document = [
            "broadcast": ["by": value, "subject": value, "corrects": value], "x": .array(Array(repeating: value, count: 500)),
        ]
        request.incident?.acknowledgedBy = evil
        request.recipient = evil
        request.routes = [evil, evil]
        request.channel = evil
        return request
    }

    @Test(arguments: EventType.allCases)
    func nothingBreaksAMessage(type: EventType) {
        // The long ones cost the most and differ least from type to type.
        let isThorough = [EventType.escalation, .operations].contains(type)
        for evil in Self.evils where isThorough || evil.utf8.count < 4_000 {
            for kind in ChannelKind.allCases {
                for template in type == .operations ? [nil, "ping"] : [nil] {
                    let message = TemplateLibrary.builtIn.render(Self.request(type, kind, evil, template: template))
                    #expect(message.degraded == nil, "\(kind) \(evil.prefix(30))")
                    #expect(ProviderRules.faults(message) == [], "\(kind) \(evil.prefix(30))")
                    for hidden in ["\u{202E}", "\u{2066}", "\u{200B}", "\u{0}", "\u{1B}"] as [Unicode.Scalar] {
                        #expect(!message.preview.unicodeScalars.contains(hidden), "\(kind) \(evil.prefix(30))")
                    }
                }
            }
        }
    }

    @Test func templatesInDataStayText() {
        let preview = TemplateLibrary.builtIn.render(Self.request(.update, .email, Self.evils[4])).preview
        #expect(preview.contains("{{{evil}}}"))
    }

    @Test(arguments: evils)
    func thePlainRenderingHoldsAsWell(evil: String) {
        for kind in ChannelKind.allCases {
            let message = Message(content: PlainRendering.content(Self.request(.escalation, kind, evil)))
            #expect(ProviderRules.faults(message) == [], "\(kind)")
        }
    }

    @Test(arguments: [1, 2, 3])
    func theIdAndTheSeverityAreNeverCutFromAShortMessage(segments: Int) {
        for evil in Self.evils {
            var request = Self.request(.update, .sms, evil)
            request.maximumSegments = segments
            let message = TemplateLibrary.builtIn.render(request)
            #expect(message.sms?.hasPrefix("[critical] INC0012345") == true, "\(message.sms ?? "")")
            #expect(ProviderRules.faults(message, segments: segments) == [])
        }
    }

    @Test func anIdOfTwoHundredCharactersHasRoom() {
        for kind in ChannelKind.allCases {
            var request = Samples.request(.escalation, kind)
            var incident = Incident(id: String(repeating: "ID", count: 100), firstSeen: Samples.now)
            incident.members = Samples.fullMembers
            request.incident = incident
            let message = TemplateLibrary.builtIn.render(request)
            #expect(ProviderRules.faults(message) == [])
            #expect(message.preview.contains(incident.id))
        }
    }

    @Test func nothingThatIsNoTextHurts() {
        var request = Samples.request(.escalation, .slack)
        request.incident?.members = [
            "title": 5, "service": ["a": 1], "team": [1, 2], "labels": "x", "eta": false, "url": .null, "opened_at": "never",
        ]
        for kind in ChannelKind.allCases {
            request.kind = kind
            let message = TemplateLibrary.builtIn.render(request)
            #expect(message.degraded == nil)
            #expect(ProviderRules.faults(message) == [])
        }
    }
}
