// What somebody answers to a text message: a word, perhaps with an incident's id. Carriers take the words for leaving only where they
// stand alone, and so does this.

import Foundation
import Router

enum TextCommand: Sendable, Equatable {
    /// Nil: the latest that they were told of.
    case acknowledge(String?)
    case stop
    case start
    case help
    /// The code of a message that asks for confirmation, as it was typed.
    case confirm(String)
    case other

    private static let stops: Set<String> = ["STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT"]
    private static let starts: Set<String> = ["START", "YES", "UNSTOP"]
    private static let helps: Set<String> = ["HELP", "INFO"]
    private static let acknowledgements: Set<String> = ["ACK", "ACKNOWLEDGE"]

    init(_ text: String) {
        let words = text.prefix(500).split(whereSeparator: \.isWhitespace).map(Self.bare).filter { !$0.isEmpty }
        guard let first = words.first?.uppercased() else {
            self = .other
            return
        }
        if Self.acknowledgements.contains(first) {
            self = .acknowledge(words.count > 1 ? words[1] : nil)
        } else if words.count > 1 {
            self = Links.typed(text).map(TextCommand.confirm) ?? .other
        } else if Self.stops.contains(first) {
            self = .stop
        } else if Self.starts.contains(first) {
            self = .start
        } else if Self.helps.contains(first) {
            self = .help
        } else {
            self = Links.typed(text).map(TextCommand.confirm) ?? .other
        }
    }

    /// Without the punctuation around it: `"ACK:` is `ACK`.
    private static func bare(_ word: Substring) -> String {
        word.trimmingCharacters(in: CharacterSet(charactersIn: ".,:;!?\"'()<>[]{}«»„“”‘’"))
    }
}

/// Numbers as gateways write them.
enum TextNumber {
    /// `+447700900123`, from `447700900123`, `00447700900123` or the number as it is; nil for what is none.
    static func plain(_ text: String) -> String? {
        var number = text.trimmingCharacters(in: .whitespaces)
        // Some send the `+` as it would stand in a form.
        number.removeAll { " -.()\u{A0}".contains($0) }
        if number.hasPrefix("00") { number = "+" + number.dropFirst(2) }
        if !number.hasPrefix("+") { number = "+" + number }
        let digits = number.utf8.dropFirst()
        return (4...15).contains(digits.count) && digits.allSatisfy { (0x30...0x39).contains($0) } ? number : nil
    }
}
