// The small pages that links lead to: plain HTML, readable on a phone, without scripts and without anything from elsewhere. All
// text is escaped here and nowhere else.

import Cryptography
import Foundation
import Hummingbird
import NIOCore

/// One page.
struct AnswerPage: Sendable {
    enum Part: Sendable {
        case text(String)
        /// Small print.
        case note(String)
        case facts([(name: String, value: String)])
        case section(String)
        case form(Form)
        case link(String, to: String)
    }

    /// Posts to the page's own address.
    struct Form: Sendable {
        struct Choice: Sendable {
            var name: String
            var label: String
            /// Value and text; the first is chosen unless `chosen` says otherwise.
            var options: [(value: String, text: String)]
            var chosen: String?
        }

        /// One line of text, which may stay empty.
        struct Field: Sendable {
            var name: String
            var label: String
            var value: String
            /// Characters.
            var limit: Int
        }

        var button: String
        var field: Field?
        var hidden: [(name: String, value: String)] = []
        var choices: [Choice] = []
        /// The one thing to do here.
        var isMain = false
    }

    var status: HTTPResponse.Status = .ok
    var language: String
    var title: String
    var parts: [Part] = []

    /// - Parameter hasBody: false answers a HEAD.
    func response(hasBody: Bool = true) -> Response {
        let bytes = ByteBuffer(string: html)
        var headers = Self.headers
        headers[.contentLength] = String(bytes.readableBytes)
        return Response(status: status, headers: headers, body: hasBody ? ResponseBody(byteBuffer: bytes) : ResponseBody())
    }

    private static let headers: HTTPFields = {
        var headers = HTTPFields()
        headers[.contentType] = "text/html; charset=utf-8"
        headers[.cacheControl] = "no-store"
        func set(_ name: String, _ value: String) {
            if let name = FieldName(name) { headers[name] = value }
        }
        let hash = Data(SHA256.digest(Array(style.utf8))).base64EncodedString()
        set(
            "Content-Security-Policy",
            "default-src 'none'; style-src 'sha256-\(hash)'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
        // The address is a secret: it goes to nobody else, and into no index.
        set("Referrer-Policy", "no-referrer")
        set("X-Robots-Tag", "noindex, nofollow")
        set("X-Content-Type-Options", "nosniff")
        set("X-Frame-Options", "DENY")
        return headers
    }()

    var html: String {
        """
        <!DOCTYPE html>
        <html lang="\(Self.escaped(language))">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="robots" content="noindex, nofollow">
        <title>\(Self.escaped(title))</title>
        <style>\(Self.style)</style>
        </head>
        <body>
        <main>
        <h1>\(Self.escaped(title))</h1>
        \(parts.map(Self.html).joined(separator: "\n"))
        </main>
        </body>
        </html>

        """
    }

    private static func html(_ part: Part) -> String {
        switch part {
        case .text(let text): "<p dir=\"auto\">\(escaped(text))</p>"
        case .note(let text): "<p class=\"note\" dir=\"auto\">\(escaped(text))</p>"
        case .section(let text): "<h2 dir=\"auto\">\(escaped(text))</h2>"
        case .facts(let facts):
            "<dl>" + facts.map { "<dt>\(escaped($0.name))</dt><dd dir=\"auto\">\(escaped($0.value))</dd>" }.joined() + "</dl>"
        case .link(let text, let address): "<p><a href=\"\(escaped(address))\">\(escaped(text))</a></p>"
        case .form(let form): html(form)
        }
    }

    private static func html(_ form: Form) -> String {
        let hidden = form.hidden.map { "<input type=\"hidden\" name=\"\(escaped($0.name))\" value=\"\(escaped($0.value))\">" }
        let choices = form.choices.map { choice in
            let options = choice.options.map { option in
                "<option value=\"\(escaped(option.value))\"\(option.value == choice.chosen ? " selected" : "")>\(escaped(option.text))</option>"
            }
            return "<label>\(escaped(choice.label)) <select name=\"\(escaped(choice.name))\">\(options.joined())</select></label>"
        }
        let field = form.field.map { field in
            "<label class=\"wide\">\(escaped(field.label)) <input type=\"text\" name=\"\(escaped(field.name))\" "
                + "value=\"\(escaped(field.value))\" maxlength=\"\(field.limit)\" autocomplete=\"off\"></label>"
        }
        let button = "<button type=\"submit\"\(form.isMain ? " class=\"main\"" : "")>\(escaped(form.button))</button>"
        return "<form method=\"post\">" + hidden.joined() + choices.joined() + (field ?? "") + button + "</form>"
    }

    /// For text and for values in double quotes. What cannot stand in HTML at all is left out.
    static func escaped(_ text: String) -> String {
        var out = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": out += "&amp;"
            case "<": out += "&lt;"
            case ">": out += "&gt;"
            case "\"": out += "&quot;"
            case "'": out += "&#39;"
            case "\n", "\t": out.unicodeScalars.append(scalar)
            // Controls, and what turns the reading direction of what follows.
            case _ where scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value): out += " "
            case "\u{202A}"..."\u{202E}", "\u{2066}"..."\u{2069}": continue
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out
    }

    private static let style = """
        :root{color-scheme:light dark}\
        *{box-sizing:border-box}\
        body{margin:0;background:#f2f4f7;color:#1b1f26;font:16px/1.5 -apple-system,"Segoe UI",Roboto,Helvetica,Arial,sans-serif}\
        main{max-width:34rem;margin:0 auto;padding:1.5rem 1.25rem 3rem;overflow-wrap:anywhere}\
        h1{font-size:1.4rem;line-height:1.3;margin:.5rem 0 1rem}\
        h2{font-size:1.05rem;margin:2rem 0 .25rem;padding-top:1rem;border-top:1px solid #cfd5de}\
        dl{display:grid;grid-template-columns:max-content 1fr;gap:.25rem 1rem;margin:1rem 0}\
        dt{color:#4c5461}dd{margin:0}\
        .note{color:#4c5461;font-size:.9rem}\
        form{margin:1rem 0;display:flex;flex-wrap:wrap;gap:.75rem;align-items:end}\
        label{display:flex;flex-direction:column;font-size:.9rem;color:#4c5461}\
        select,input{font:inherit;color:inherit;min-height:44px;padding:0 .5rem;max-width:100%}label.wide{width:100%}\
        button{font:inherit;font-weight:600;min-height:44px;padding:0 1.1rem;border-radius:8px;border:1px solid #4c5461;\
        background:transparent;color:inherit;cursor:pointer}\
        button.main{min-height:56px;width:100%;font-size:1.1rem;border:0;background:#0b57d0;color:#fff}\
        button:focus-visible,select:focus-visible,input:focus-visible,a:focus-visible{outline:3px solid #f5a400;outline-offset:2px}\
        a{color:#0b57d0}\
        @media(prefers-color-scheme:dark){body{background:#16181d;color:#eceef1}dt,.note,label{color:#b4bcc8}\
        h2{border-color:#363c46}button{border-color:#b4bcc8}button.main{background:#1a62d6}a{color:#9cc0ff}}
        """
}
