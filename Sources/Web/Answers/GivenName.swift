// Who somebody says they are, where a message went to a room: part of what is recorded of the answer, and remembered nowhere else.

import Foundation

/// The field `name` of the page that acknowledges.
enum GivenName: Equatable {
    /// Nobody has to say it.
    case none
    case name(String)
    /// Too long, or not one line of plain text.
    case unusable

    static let field = "name"
    /// Characters, at most.
    static let longest = 60

    init(_ text: String?) {
        let text = (text ?? "").trimmingCharacters(in: .whitespaces)
        if text.isEmpty {
            self = .none
        } else if text.count <= Self.longest, text.utf8.count <= 4 * Self.longest, text.unicodeScalars.allSatisfy(Self.isPlain) {
            self = .name(text)
        } else {
            self = .unusable
        }
    }

    /// No controls, no ends of line, and nothing that turns the reading direction of what follows.
    private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator, .unassigned, .privateUse, .surrogate: false
        default: !scalar.properties.isBidiControl
        }
    }
}
