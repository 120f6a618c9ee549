// What a list is asked for. A filter that is not known is said, and not passed over: that would show too much as if it were all.

import Foundation
import Incidents

extension PageRequest {
    /// Members that every page understands: its language, and what has just been done.
    private static let common = ["lang", "said"]

    /// - Parameter known: the members that this page understands besides.
    /// - Throws: `PageFault` with 400 for any other.
    func checkFilters(_ known: [String]) throws {
        for name in query.keys.sorted() where !known.contains(name) && !Self.common.contains(name) {
            throw unknown(words("filter.unknown", ["name": Self.shown(name)]), nearest: name, among: known)
        }
    }

    /// One of the values that a filter knows; nil where it is not asked for.
    ///
    /// - Parameters:
    ///   - known: as people write them.
    ///   - read: what a value stands for; nil for one that is not known.
    func choice<Value>(_ name: String, among known: [String], _ read: (String) -> Value?) throws -> Value? {
        guard let text = asked(name) else { return nil }
        if let value = read(text) { return value }
        throw unknown(words("filter.unknown-value", ["name": name, "value": Self.shown(text)]), nearest: text, among: known)
    }

    /// Where a list goes on: only links of ours say so.
    func place<Value>(_ name: String, _ read: (String) -> Value?) throws -> Value? {
        guard let text = asked(name) else { return nil }
        if let value = read(text) { return value }
        throw PageFault(.badRequest, words("filter.unknown-value", ["name": name, "value": Self.shown(text)]), back: path)
    }

    private func unknown(_ what: String, nearest word: String, among known: [String]) -> PageFault {
        let near = Suggestion.nearest(to: word, among: known).map { " " + words("filter.near", ["word": $0]) } ?? ""
        let list = known.isEmpty ? "" : " " + words("filter.known", ["known": known.joined(separator: ", ")])
        return PageFault(.badRequest, what + near + list, back: path)
    }

    private static func shown(_ text: String) -> String { String(text.prefix(60)) }
}
