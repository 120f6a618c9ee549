import Foundation
import Testing

@testable import Sandbox

@Suite struct CardTests {
    private let utc = TimeZone(secondsFromGMT: 0) ?? .current

    private func message(_ receiver: Receiver, text: String, to: String = "ops-slack", title: String = "") -> ReceivedMessage {
        ReceivedMessage(receiver: receiver, at: Date(timeIntervalSince1970: 3_723), channel: to, to: to, title: title, text: text, raw: [])
    }

    @Test func drawsABox() {
        #expect(
            message(.slack, text: "INC1 db down\n\none two three four five six seven").card(width: 40, timeZone: utc) == """
                ┌─ Slack ─ to ops-slack ─ 01:02:03 ─────
                │ INC1 db down
                │
                │ one two three four five six seven
                └───────────────────────────────────────

                """)
    }

    @Test func wrapsWordsAndLeavesURLsWhole() {
        let card = message(.teams, text: "aaa bbb ccc ddd eee https://x.example/long/long/long end").card(width: 20, timeZone: utc)
        #expect(card.contains("│ aaa bbb ccc ddd\n│ eee\n│ https://x.example/long/long/long\n│ end\n"))
        #expect(PlainText.wrapped("界界界 界界", width: 6) == ["界界界", "界界"])
        #expect(PlainText.columns("é界😀e\u{301}") == 6)
    }

    @Test func showsMailsAndRefusals() {
        var mail = message(.smtp, text: "body\n", to: "duty@example.com", title: "INC1 down")
        mail.from = "incidents@example.com"
        mail.refused = "550 no"
        let card = mail.card(width: 60, timeZone: utc)
        #expect(card.contains("│ REFUSED: 550 no\n│ From: incidents@example.com\n│ Subject: INC1 down\n│\n│ body\n"))
    }

    @Test func nothingReachesTheTerminal() {
        var message = message(.slack, text: "a\u{1B}[31mb\u{07}\u{9B}c\u{202E}d\r\ne\tf", to: "o\u{1B}ps\nx", title: "t\u{1B}")
        message.from = "f\u{1B}\ng"
        let card = message.card(width: 60, timeZone: utc)
        #expect(
            card.unicodeScalars.allSatisfy { $0 == "\n" || ($0.value >= 0x20 && !(0x7F..<0xA0).contains($0.value) && $0.value != 0x202E) })
        #expect(card.contains("│ a\u{FFFD}[31mb\u{FFFD}\u{FFFD}c\u{FFFD}d\n│ e f\n"))
        #expect(card.split(separator: "\n").allSatisfy { "┌│└".contains($0.first ?? "x") })
    }
}
