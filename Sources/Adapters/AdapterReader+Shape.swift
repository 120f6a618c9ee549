// `event`: the members of the event, and what each is made of.

import Incidents
import JSON
import Routing
import Settings

extension AdapterReader {
    mutating func shape(_ value: YAMLValue) -> Shape {
        var shape = Shape()
        guard let members = map(value, "an event", known: Shape.eventMembers.keys.sorted() + ["incident", "change"]) else { return shape }
        for (name, kind) in Shape.eventMembers {
            if let member = members[name] { shape.event[name] = source(member, name, kind) }
        }
        if let incident = members["incident"] { read(incident, into: &shape) }
        if let change = members["change"], let members = map(change, "`change`", known: Shape.changeMembers.keys.sorted()) {
            let field = members["field"]?.text
            for (name, member) in members { shape.change[name] = source(member, "change.\(name)", Shape.changeKind(name, of: field)) }
        }
        return shape
    }

    /// Members that Tocsin does not know are kept by an incident; but what looks like a slip is one.
    private mutating func read(_ incident: YAMLValue, into shape: inout Shape) {
        guard let members = incident.members else { return error("`incident` is a map, and this is \(incident.kind)", at: incident) }
        let known = Shape.incidentMembers.keys.sorted() + ["labels"]
        for member in members where !member.value.isNothing {
            if member.key == "labels" {
                shape.labels = labels(member.value)
            } else if let kind = Shape.incidentMembers[member.key] {
                shape.incident[member.key] = source(member.value, "incident.\(member.key)", kind)
            } else if let near = Suggestion.nearest(to: member.key, among: known) {
                error("`incident` has no member `\(excerpt(member.key))`; did you mean `\(near)`?", member.line, member.column)
            } else {
                shape.incident[member.key] = source(member.value, "incident.\(member.key)", .any)
            }
        }
    }

    private mutating func labels(_ value: YAMLValue) -> [String: Source] {
        guard let members = value.members else {
            // `labels: "{{labels}}"` is short for all of them.
            return source(value, "labels", .any).map { [Shape.allLabels: $0] } ?? [:]
        }
        var labels: [String: Source] = [:]
        for member in members where !member.value.isNothing { labels[member.key] = source(member.value, "labels.\(member.key)", .any) }
        return labels
    }

    private mutating func source(_ value: YAMLValue, _ name: String, _ kind: MemberKind) -> Source? {
        let known = diagnostics.count
        let choices = (value.list ?? [value]).compactMap { choice($0, name) }
        guard diagnostics.count == known else { return nil }
        let source = Source(choices: choices)
        if choices.isEmpty { error("`\(name)` has nothing to be made of", at: value) }
        for word in source.words where !isWord(word, kind) { error(complaint(word, name, kind), at: value) }
        return source
    }

    private mutating func choice(_ value: YAMLValue, _ name: String) -> Choice? {
        if value.text != nil { return template(value, name).map { Choice(from: [$0]) } }
        guard let members = map(value, "`\(name)`", known: ["from", "like", "extract", "map", "as", "default"]) else { return nil }
        guard let from = members["from"] else {
            error("`\(name)` needs `from`: where its value comes from, for instance `\"{{labels.severity}}\"`", at: value)
            return nil
        }
        var choice = Choice(from: (from.list ?? [from]).compactMap { template($0, name) })
        if let like = members["like"] {
            let words = texts(like, "like").map(\.text)
            choice.like = attempt(like) { () throws(TextFault) in try WordTests(words) }
        }
        if let extract = members["extract"], let text = text(extract, "extract") {
            choice.extract = attempt(extract) { () throws(TextFault) in try Self.pattern(text) }
        }
        if let map = members["map"] { choice.map = valueMap(map) }
        if let made = members["as"] { choice.made = template(made, "as") }
        if let otherwise = members["default"] { choice.otherwise = template(otherwise, "default") }
        return choice
    }

    private static func pattern(_ text: String) throws(TextFault) -> Pattern {
        do throws(MatchError) {
            let pattern = try Pattern(text)
            if pattern.groups > 0 { return pattern }
        } catch {
            throw TextFault(message: error.message)
        }
        throw TextFault(message: "`extract` needs a group `(…)`: what is in it counts")
    }

    private mutating func valueMap(_ value: YAMLValue) -> ValueMap? {
        guard let members = value.members else {
            error("`map` is a map from the tool's words to Tocsin's, and this is \(value.kind)", at: value)
            return nil
        }
        var map = ValueMap()
        for member in members {
            if !member.value.isNothing, member.value.text == nil {
                error("`\(excerpt(member.key))` stands for a word, and this is \(member.value.kind)", at: member.value)
                continue
            }
            do throws(TextFault) {
                try map.add(member.key, member.value.isNothing ? nil : member.value.text)
            } catch {
                self.error(error.message, member.line, member.column)
            }
        }
        return map
    }

    private mutating func template(_ value: YAMLValue, _ name: String) -> Template? {
        guard let text = text(value, name) else { return nil }
        return attempt(value) { () throws(TextFault) in try Template(text) }
    }

    /// `when`: a map, or a list of them, of which one must hold.
    mutating func condition(_ value: YAMLValue) -> Condition {
        var condition = Condition()
        for entry in value.list ?? [value] {
            guard let members = entry.members else {
                error("`when` is a map from paths to words, and this is \(entry.kind)", at: entry)
                continue
            }
            var all: [Condition.Member] = []
            for member in members {
                let words = texts(member.value, member.key).map(\.text)
                let read = attempt(member.value) { () throws(TextFault) in
                    Condition.Member(path: try ValuePath(member.key), tests: try WordTests(words))
                }
                if let read { all.append(read) }
            }
            condition.alternatives.append(all)
        }
        return condition
    }

    // MARK: Words that are written out

    private func isWord(_ word: String, _ kind: MemberKind) -> Bool {
        switch kind {
        case .type: EventType(rawValue: word).map { !$0.isReserved && $0.needsIncident } ?? false
        case .status: IncidentStatus(word: word) != nil
        default: true
        }
    }

    private func complaint(_ word: String, _ name: String, _ kind: MemberKind) -> String {
        let known =
            kind == .type
            ? EventType.allCases.filter { !$0.isReserved && $0.needsIncident }.map(\.rawValue) : IncidentStatus.allCases.map(\.rawValue)
        return
            "`\(name)` cannot be `\(excerpt(word))`\(Suggestion.clause(for: word, among: known)) (known: \(known.joined(separator: ", ")))"
    }
}
