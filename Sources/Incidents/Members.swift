// The members of one JSON object and where it stands, read with checks that name the place.

import Foundation
import JSON

struct Members {
    let members: [String: JSONValue]
    let at: String

    init(_ value: JSONValue, at pointer: String) throws(Rejection) {
        guard let members = value.object else {
            let name = pointer.isEmpty ? "an event" : "`\(pointer.dropFirst())`"
            throw Rejection(.wrongType, "\(name) must be an object, and is \(value.kind)", pointer: pointer)
        }
        self.members = members
        self.at = pointer
    }

    func pointer(_ name: String) -> String { "\(at)/\(pointerToken(name))" }

    /// A text, or nil where it is absent or null.
    ///
    /// - Parameters:
    ///   - limit: the most characters.
    ///   - single: control characters are refused: the text becomes part of a header, an address or a table.
    func text(_ name: String, limit: Int? = nil, single: Bool = false) throws(Rejection) -> String? {
        guard let value = members[name], !value.isNull else { return nil }
        guard let text = value.string else {
            let hint = value.scalarText.map { "; write \"\(excerpt($0))\"" } ?? ""
            throw Rejection(.wrongType, "`\(excerpt(name))` must be a string, and is \(value.kind)\(hint)", pointer: pointer(name))
        }
        // No text has more characters than bytes.
        if let limit, text.utf8.count > limit, text.unicodeScalars.count > limit {
            throw Rejection(.wrongType, "`\(excerpt(name))` is longer than \(limit) characters", pointer: pointer(name))
        }
        if single, Self.holdsControls(text) {
            throw Rejection(.wrongType, "`\(excerpt(name))` holds control characters", pointer: pointer(name))
        }
        return text
    }

    /// Control characters are those of ASCII, and U+0080 to U+009F.
    private static func holdsControls(_ text: String) -> Bool {
        if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return false }
        return text.unicodeScalars.contains { $0.properties.generalCategory == .control }
    }

    func needed(_ name: String) throws(Rejection) -> String {
        guard let text = try text(name), !text.isEmpty else {
            throw Rejection(.missingMember, "`\(excerpt(name))` is missing", pointer: pointer(name))
        }
        return text
    }

    /// A string, number or boolean as text.
    func scalar(_ name: String) throws(Rejection) -> String? {
        guard let value = members[name], !value.isNull else { return nil }
        guard let text = value.scalarText else {
            throw Rejection(.wrongType, "`\(excerpt(name))` must be a string, and is \(value.kind)", pointer: pointer(name))
        }
        return text
    }

    func time(_ name: String) throws(Rejection) -> Date? {
        guard let text = try text(name) else { return nil }
        guard let time = Timestamp.parse(text) else {
            throw Rejection(
                .badTime, "`\(excerpt(name))` is no RFC 3339 time: `\(excerpt(text, limit: 40))`; write it like 2026-11-24T03:58:00Z",
                pointer: pointer(name))
        }
        return time
    }

    func choice(_ name: String, of choices: [String]) throws(Rejection) {
        let text = try needed(name)
        guard choices.contains(text.lowercased()) else {
            throw Rejection(
                .wrongType, "`\(excerpt(name))` is `\(excerpt(text, limit: 40))`, and must be one of \(choices.joined(separator: ", "))",
                pointer: pointer(name))
        }
    }

    /// A list of words, at least one.
    func words(_ name: String) throws(Rejection) {
        guard let value = members[name], !value.isNull else {
            throw Rejection(.missingMember, "`\(excerpt(name))` is missing", pointer: pointer(name))
        }
        guard let elements = value.array, elements.allSatisfy({ $0.string != nil }) else {
            throw Rejection(.wrongType, "`\(excerpt(name))` must be a list of names", pointer: pointer(name))
        }
        if elements.isEmpty { throw Rejection(.missingMember, "`\(excerpt(name))` is empty", pointer: pointer(name)) }
    }

    func map(_ name: String, isNeeded: Bool = false) throws(Rejection) {
        guard let value = members[name], !value.isNull else {
            if isNeeded { throw Rejection(.missingMember, "`\(excerpt(name))` is missing", pointer: pointer(name)) }
            return
        }
        guard value.object != nil else {
            throw Rejection(.wrongType, "`\(excerpt(name))` must be an object, and is \(value.kind)", pointer: pointer(name))
        }
    }
}
