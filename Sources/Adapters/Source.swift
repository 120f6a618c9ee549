// What one member of an event is made of: the first of several choices that comes to something.

import JSON
import Routing

/// One choice.
struct Choice: Sendable, Equatable {
    /// The first that can be filled in.
    var from: [Template]
    /// It must be one of these.
    var like: WordTests?
    /// The first group of this is what counts.
    var extract: Pattern?
    var map: ValueMap?
    /// What is made of it, as `$it`.
    var made: Template?
    /// Where nothing of `from` is there, or `map` does not know it.
    var otherwise: Template?
}

struct Source: Sendable, Equatable {
    var choices: [Choice]

    /// What a source came to.
    enum Outcome {
        case value(JSONValue)
        /// A map says that the member is to be left out.
        case leftOut
        /// `tried`: the first text that was there and would not do.
        case nothing(tried: String?)
    }

    /// - Parameter accept: the value as the member takes it; nil where it does not: then the next choice is looked at.
    func evaluate(_ scope: Scope, accept: (JSONValue) -> JSONValue?) -> Outcome {
        var tried: String?
        for choice in choices {
            switch choice.evaluate(scope, tried: &tried, accept: accept) {
            case .nothing: continue
            case let outcome: return outcome
            }
        }
        return .nothing(tried: tried)
    }

    /// The paths that it looks at, in their order.
    var paths: [ValuePath] { choices.flatMap { $0.from.flatMap(\.paths) } }

    /// What it always is, where that is so.
    var constant: String? {
        guard choices.count == 1, let only = choices.first, only.from.count == 1, only.isPlain else { return nil }
        return only.from.first?.constant
    }

    /// All texts that are written out in it as what it may become.
    var words: [String] {
        choices.flatMap { choice in
            if let map = choice.map { return map.values + [choice.otherwise?.constant].compactMap { $0 } }
            return (choice.made == nil ? choice.from.compactMap(\.constant) : []) + [choice.otherwise?.constant].compactMap { $0 }
        }
    }
}

extension Choice {
    var isPlain: Bool { like == nil && extract == nil && map == nil && made == nil && otherwise == nil }

    fileprivate func evaluate(_ scope: Scope, tried: inout String?, accept: (JSONValue) -> JSONValue?) -> Source.Outcome {
        for template in from {
            if isPlain {
                guard let value = template.value(scope) else { continue }
                if let accepted = accept(value) { return .value(accepted) }
                if tried == nil { tried = value.adapted }
                continue
            }
            guard var text = template.fill(scope) else { continue }
            if let like, !like.hold(.string(text)) { continue }
            if let extract {
                guard let group = extract.firstGroup(in: text), !group.isEmpty else { continue }
                text = group
            }
            if let map {
                switch map[text] {
                case .value(let value): text = value
                case .leftOut: return .leftOut
                case .unknown:
                    if tried == nil { tried = text }
                    continue
                }
            }
            if let made {
                var inner = scope
                inner.it = text
                guard let done = made.fill(inner) else { continue }
                text = done
            }
            if let accepted = accept(.string(text)) { return .value(accepted) }
            if tried == nil { tried = text }
        }
        if let value = otherwise?.value(scope), let accepted = accept(value) { return .value(accepted) }
        return .nothing(tried: nil)
    }
}
