// The frame of each page: head, navigation, foot.

import Foundation
import Hummingbird

/// Stands in forms for the token of whoever will send them, until the page leaves for them: so that what is rendered is the
/// same for everybody. It is new with each start, so that no data can hold it.
enum FormToken {
    static let field = "form_token"
    static let placeholder = "form-token-\(UUID().uuidString)"

    static func filled(_ text: String, _ token: String?) -> String { text.replacing(placeholder, with: token.map(printed) ?? "") }

    /// The token as it stands in one copy of a page: a mark behind it tells a form that is sent twice from two forms.
    static func printed(_ token: String) -> String { "\(token).\(String(UInt64.random(in: 0 ... .max), radix: 36))" }

    /// The token of what stood in a form.
    static func bare(_ text: String) -> String { String(text.prefix { $0 != "." }) }
}

/// What a frame knows of its page.
struct PageFrame: Sendable {
    var title: String
    var path: String
    /// The path and query by which it is kept up to date; nil: it is not.
    var live: String?
    /// In which times are written out.
    var zone: TimeZone
    /// What has just been done, said once.
    var said: String?
}

extension Page {
    /// The document.
    func layout(_ context: WebContext, _ frame: PageFrame) -> HTML {
        let words = Words.of(context.language)
        let head = HTML.element(
            .head, [:],
            .element(.meta, [.charset: "utf-8"]),
            .element(.meta, [.name: "viewport", .content: "width=device-width, initial-scale=1"]),
            .element(.meta, [.name: "color-scheme", .content: "light dark"]),
            .element(.title, [:], HTML("\(title) · Tocsin")),
            .element(.link, [.rel: "icon", .href: Assets.icon.path, .type: "image/svg+xml"]),
            .element(.link, [.rel: "stylesheet", .href: Assets.style.path]),
            .element(.script, [.src: Assets.script.path, .defer: ""]))
        let main = HTML.element(
            .main, [.id: "main", .tabindex: "-1", .dataLive: frame.live.map { "/live?page=\(Self.encoded($0))" }], content)
        return .element(
            .html, [.lang: words.language], head,
            .element(
                .body, [.dataWords: Self.scriptWords(words)],
                .element(.a, [.class: "skip", .href: "#main"], HTML(words("frame.skip"))),
                header(context, words, path: frame.path), said(frame), main, footer(words, frame)))
    }

    /// What stands in `main`: what is sent when something changes.
    var content: HTML { [.element(.h1, [:], HTML(title)), body] }

    private func said(_ frame: PageFrame) -> HTML {
        frame.said.map { HTML.notice(.good, id: "said", HTML.paragraph($0)) } ?? .empty
    }

    private func header(_ context: WebContext, _ words: Words, path: String) -> HTML {
        let brand = HTML.element(.a, [.class: "brand", .href: "/"], "Tocsin")
        guard let identity = context.identity, identity.may(.read) else { return .element(.header, [.class: "top"], brand) }
        let links = Self.navigation.map { entry in
            HTML.element(
                .li, [:],
                .element(.a, [.href: entry.path, .ariaCurrent: Self.isAt(entry, path) ? "page" : nil], HTML(words(entry.name))))
        }
        let role = identity.may(.operate) ? words("role.operate") : words("role.read")
        var who: [HTML] = [.element(.span, [.class: "who", .title: role], HTML("\(identity.name) (\(role))"))]
        if case .session = identity.way { who.append(.form("/sign-out", .button(words("frame.sign-out"), tone: .quiet))) }
        return .element(
            .header, [.class: "top"], brand,
            .element(.nav, [.ariaLabel: words("frame.navigation")], .element(.ul, all: links)),
            .element(.div, [.class: "session"], all: who))
    }

    private func footer(_ words: Words, _ frame: PageFrame) -> HTML {
        let languages = Words.languages.map { language in
            language.code == words.language
                ? HTML.element(.span, [.lang: language.code, .ariaCurrent: "true"], HTML(language.name))
                : HTML.element(.a, [.href: "?lang=\(language.code)", .lang: language.code, .rel: "nofollow"], HTML(language.name))
        }
        return .element(
            .footer, [:],
            .element(.span, [.id: "live-state", .ariaLive: "polite"], .empty),
            .element(.noscript, [:], .element(.a, [.href: "?"], HTML(words("frame.reload"))), " ", HTML(words("frame.no-script"))),
            .element(.span, [:], HTML(words("frame.zone", ["zone": frame.zone.identifier]))),
            .element(.span, [.class: "languages"], all: languages))
    }

    /// Words that the script needs, as one line: it has none of its own.
    private static func scriptWords(_ words: Words) -> String {
        [
            "time.now", "time.in", "time.ago", "unit.s", "unit.min", "unit.h", "unit.d", "live.on", "live.lost", "live.ended",
        ].map { words($0) }.joined(separator: "|")
    }

    /// For a member of a query.
    static func encoded(_ text: String) -> String {
        var allowed = CharacterSet.alphanumerics
        allowed.insert(charactersIn: "-._~")
        return text.addingPercentEncoding(withAllowedCharacters: allowed.intersection(CharacterSet(charactersIn: "\0"..."\u{7F}"))) ?? ""
    }

    /// For a segment of a path: `/incidents/\(Page.encoded(id))`.
    static func path(_ first: String, _ id: String) -> String { "/\(first)/\(encoded(id))" }
}
