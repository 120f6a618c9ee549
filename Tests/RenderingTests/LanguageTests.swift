import Foundation
import Incidents
import JSON
import Testing

@testable import Rendering

@Suite struct LanguageTests {
    static func german(_ type: EventType, _ kind: ChannelKind, person: String? = nil) -> RenderRequest {
        var request = Samples.request(type, kind, timezone: "Europe/Berlin")
        request.language = "de"
        request.person = person
        request.isReadersZone = person != nil
        return request
    }

    @Test func germanIsWholeAndHasTheSameGaps() throws {
        let files = TemplateLibrary.builtIn.languages.files
        let english = try #require(files.first { $0.language == "en" })
        let german = try #require(files.first { $0.language == "de" })
        #expect(english.phrases.keys.sorted() == german.phrases.keys.sorted())
        for (key, phrase) in english.phrases { #expect(german.phrases[key]?.gaps == phrase.gaps, "\(key)") }
        for phrase in Phrase.allCases { #expect(english.phrases[phrase.key] != nil, "\(phrase.key)") }
        #expect(TemplateLibrary.builtIn.translationProblems(languages: ["de", "en", "de-AT"]) == [])
    }

    @Test(arguments: ChannelKind.allCases)
    func germanMessages(kind: ChannelKind) {
        let preview = TemplateLibrary.builtIn.render(Self.german(.escalation, kind)).preview
        for fact in ["INC0012345", "Eskaliert: Payments API failing", "04:50 Uhr MEZ, vor 8 min"] {
            #expect(preview.contains(fact), "\(fact) is not in:\n\(preview)")
        }
        if kind == .sms { return }
        for fact in [
            "offen seit", "duty-engineer, noch nicht bestätigt (Team network)", "Auswirkung", "Nächste Schritte",
            "06:00 Uhr MEZ, in 1 h 2 min",
            "Bestätigen: tocsin ack INC0012345", "Regel page-on-escalation", "Zustellung 42",
        ] { #expect(preview.contains(fact), "\(fact) is not in:\n\(preview)") }
        for word in ["Who has it", "Next", "open since", "delivery", "Expected", "route"] {
            #expect(!preview.contains(word), "\(word) is in:\n\(preview)")
        }
    }

    @Test(arguments: EventType.allCases, ChannelKind.allCases)
    func everyGermanMessageIsWhatTheProviderTakes(type: EventType, kind: ChannelKind) {
        for template in [type.rawValue, "ping", "digest", "maintenance"] {
            var request = Self.german(type, kind)
            request.template = template
            let message = TemplateLibrary.builtIn.render(request)
            #expect(message.degraded == nil)
            #expect(ProviderRules.faults(message) == [])
        }
    }

    @Test func timesAreTheReadersOwn() {
        var request = Self.german(.escalation, .email, person: "duty-engineer")
        #expect(TemplateLibrary.builtIn.render(request).preview.contains("offen seit 04:50 Uhr Ihrer Zeit, vor 8 Minuten"))
        request.language = nil
        #expect(TemplateLibrary.builtIn.render(request).preview.contains("open since 04:50 your time, 8 minutes ago"))
        request.kind = .sms
        #expect(TemplateLibrary.builtIn.render(request).preview.contains("Since 04:50 CET, 8 min ago"))
        let clock = LocalClock(zone: "UTC", TemplateLibrary.builtIn.phrases("de"))
        let may = Samples.date("2026-05-01T10:00:00Z")
        #expect(Words.time(may, clock: clock, now: Samples.now) == "Fr, 1. Mai, 10:00 Uhr UTC")
        #expect(Words.relative(may, now: may.addingTimeInterval(2 * 86_400), clock.phrases) == "vor 2 Tagen")
        #expect(Words.duration(2 * 86_400, clock.phrases) == "2 Tage")
        #expect(Words.relative(may, now: may.addingTimeInterval(-30)) == "in less than a minute")
        #expect(Words.relative(may, now: may.addingTimeInterval(30)) == "just now")
    }

    @Test func aUsersFileAddsALanguageAndChangesSinglePhrases() throws {
        let directory = try TemplateDirectory([
            "languages/pl.json":
                #"{"minutes": {"one": "{count} minuta", "few": "{count} minuty", "many": "{count} minut", "other": "{count} minuty"}, "escalated": "Eskalacja"}"#,
            "languages/de.json": #"{"escalated": "Weitergemeldet"}"#, "languages/pt-BR.json": #"{"escalated": "Escalado"}"#,
        ])
        let (library, problems) = TemplateLibrary.load(directory: directory.path)
        #expect(problems == [])
        func headline(_ language: String) -> String {
            var request = Self.german(.escalation, .sms)
            request.language = language
            return library.render(request).preview
        }
        #expect(headline("pl").contains("Eskalacja: Payments"))
        #expect(headline("de-CH").contains("Weitergemeldet: Payments"))
        #expect(headline("de").contains("Seit 04:50 Uhr"), "the rest is as it was")
        #expect(headline("pt-BR").contains("Escalado: Payments"))
        #expect(headline("pt").contains("Escalated: Payments"))
        let polish = library.phrases("pl")
        #expect(
            [1, 2, 5, 22, 25].map { Words.duration(Double($0) * 60, polish) } == [
                "1 minuta", "2 minuty", "5 minut", "22 minuty", "25 minut",
            ])
    }

    @Test func whatIsMissingIsNamed() throws {
        let directory = try TemplateDirectory([
            "languages/de.json": "{\n\"escalatd\": \"x\",\n\"ago\": \"vor {dauer}\"}", "page/sms.txt": "Wake up: {{headline}}",
            "page/de/email.txt": "x", "neutral/sms.txt": "{{headline}} ({{now}})",
        ])
        let library = TemplateLibrary.load(directory: directory.path).library
        let found = library.translationProblems(languages: ["de", "fr", "en", "de"]).map(\.description)
        #expect(found.count == 5, "\(found)")
        #expect(found.contains { $0.contains("de.json:2:") && $0.contains("nothing uses a phrase `escalatd`; did you mean `escalated`?") })
        #expect(found.contains { $0.contains("de.json:3:") && $0.contains("nothing is put in for {dauer}; there are {duration}") })
        #expect(found.contains { $0.contains("people read `fr`, and there are no phrases for it") })
        #expect(found.contains { $0.contains("people read `de`, and there is no page/de/sms.txt") })
        #expect(found.contains { $0.contains("people read `fr`, and there is no page/fr/sms.txt") })
    }

    @Test func aBrokenLanguageFileIsAnError() throws {
        let directory = try TemplateDirectory(["languages/de.json": "{", "languages/fr.json": #"{"months": ["jan"], "ago": 3}"#])
        let (library, problems) = TemplateLibrary.load(directory: directory.path)
        #expect(problems.count == 3, "\(problems)")
        #expect(library.render(Self.german(.escalation, .sms)).preview.contains("Eskaliert"))
    }
}

@Suite struct BidirectionalTests {
    @Test func textsThatRunTheOtherWayStandAlone() {
        var members = Samples.fullMembers
        members["title"] = "تعطل \u{202E}الدفع"
        members["service"] = "תשלומים"
        for kind in ChannelKind.allCases {
            let message = TemplateLibrary.builtIn.render(Samples.request(.escalation, kind, members: members))
            #expect(message.degraded == nil)
            #expect(ProviderRules.faults(message) == [])
            let scalars = message.preview.unicodeScalars
            #expect(message.preview.contains("\u{2068}تعطل الدفع\u{2069}"))
            #expect(scalars.count { $0 == "\u{2068}" } == scalars.count { $0 == "\u{2069}" })
            #expect(!scalars.contains("\u{202E}"))
        }
        let sms = TemplateLibrary.builtIn.render(Samples.request(.escalation, .sms, members: members)).sms ?? ""
        #expect(SMSText.segments(sms).encoding == .ucs2)
        #expect(SMSText.segments(sms).count <= 3)
    }

    @Test func whatIsCutIsClosed() {
        let long = Bidirectional.isolated(String(repeating: "תשלומים ", count: 30), always: false)
        let short = Shortening.cut(long, to: 40)
        #expect(short.utf16.count <= 40)
        #expect(short.unicodeScalars.first == "\u{2068}" && short.unicodeScalars.last == "\u{2069}")
        #expect(Bidirectional.closed("a\u{2069}b\u{2068}c\nd") == "ab\u{2068}c\u{2069}\nd")
        #expect(Bidirectional.isolated("plain é 漢", always: false) == "plain é 漢")
    }

    @Test func aReadersLanguageThatRunsTheOtherWay() throws {
        let directory = try TemplateDirectory(["languages/he.json": #"{"direction": "rtl", "escalated": "הוסלם"}"#])
        let library = TemplateLibrary.load(directory: directory.path).library
        var request = Samples.request(.escalation, .email)
        request.language = "he"
        let mail = library.render(request).email
        #expect(mail?.html.contains("<html lang=\"he\" dir=\"rtl\">") == true)
        #expect(mail?.text.contains("הוסלם: \u{2068}Payments API failing\u{2069}") == true)
        #expect(mail?.text.contains("tocsin ack INC0012345") == true)
        #expect(
            TemplateLibrary.builtIn.render(Samples.request(.escalation, .email)).email?.html.contains("<html lang=\"en\" dir=\"ltr\">")
                == true)
    }
}
