// The terminal, or the lack of one: width, colour, and where messages go.

import Foundation
import Glibc

enum Terminal {
    enum Colour: String {
        case red = "31"
        case green = "32"
        case yellow = "33"
        case blue = "34"
        case grey = "90"
        case bold = "1"
    }

    static let isInteractive = isatty(STDOUT_FILENO) == 1

    /// Colour only on a terminal, and not under NO_COLOR (no-color.org) or a dumb terminal.
    static let hasColour: Bool = {
        let environment = ProcessInfo.processInfo.environment
        return isInteractive && (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb"
    }()

    /// Columns; nil where output is piped and nothing need fit.
    static let width: Int? = {
        guard isInteractive else { return nil }
        var size = winsize()
        if ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 { return Int(size.ws_col) }
        return ProcessInfo.processInfo.environment["COLUMNS"].flatMap(Int.init) ?? 80
    }()

    static func coloured(_ text: String, _ colour: Colour?) -> String {
        guard hasColour, let colour else { return text }
        return "\u{1B}[\(colour.rawValue)m\(text)\u{1B}[0m"
    }

    /// A line on standard output.
    static func say(_ text: String) { write(text + "\n", to: STDOUT_FILENO) }

    /// Many lines on standard output, some thousands at a time.
    static func sayAll(_ lines: some Sequence<String>) {
        var text = ""
        for line in lines {
            text += line + "\n"
            if text.utf8.count > 1 << 16 {
                write(text, to: STDOUT_FILENO)
                text = ""
            }
        }
        if !text.isEmpty { write(text, to: STDOUT_FILENO) }
    }

    /// A line on standard error.
    static func complain(_ text: String, prefix: String = "tocsin: ") { write(prefix + text + "\n", to: STDERR_FILENO) }

    /// Text on standard error, with no end of line: a question, or a line that is written again.
    static func ask(_ text: String) { write(text, to: STDERR_FILENO) }

    /// Whole lines, past any buffer: what was printed is out when the program ends, however it ends.
    private static func write(_ text: String, to descriptor: Int32) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if written > 0 { rest = rest.dropFirst(written) } else if errno != EINTR && errno != EAGAIN { return }
        }
    }

    /// Text from elsewhere, made safe to print: no control characters that a terminal would obey.
    static func clean(_ text: String, keepLines: Bool = false) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { scalar in
                    if keepLines, scalar == "\n" { return scalar }
                    return scalar.properties.generalCategory == .control || scalar.properties.isBidiControl ? " " : scalar
                }))
    }
}
