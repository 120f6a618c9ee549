// The way of a body: is it this tool's, which items has it, which rule fits each, what event does that make.

import Incidents
import JSON

extension Adapter {
    private struct Item {
        var value: JSONValue
        var pointer: String
    }

    /// The events that a webhook's body is.
    ///
    /// - Parameters:
    ///   - headers: of the request; names in any case.
    ///   - scale: the configured one. A severity that it does not know is left out and noted.
    /// - Throws: where the body is not this tool's, or nothing could be made of any of its items. A body that is understood
    ///   and has nothing to tell gives no events and no fault.
    public func events(
        from body: JSONValue, headers: [String: String] = [:], scale: SeverityScale
    ) throws(AdapterFault) -> Adaptation {
        try checkExpected(body)
        let items = Self.items(each, in: Scope(here: body, item: body, body: body, headers: .null, pointer: ""))
        if items.isEmpty, !each.isEmpty, let first = each.first, first.steps != [] {
            if Self.value(each, in: body) == nil {
                throw AdapterFault(.missingMember, pointer: first.pointer(below: ""), foreign("`\(first.text)` is missing"))
            }
        }
        if items.count > Self.maximumItems {
            throw AdapterFault(
                .tooLarge, pointer: "",
                "there are \(items.count) items in it, and at most \(Self.maximumItems) are taken; send fewer at a time")
        }
        let headers = JSONValue.object(
            Dictionary(headers.map { ($0.key.lowercased(), .string($0.value)) }, uniquingKeysWith: { first, _ in first }))
        let parser = EventParser(scale: scale)
        var adaptation = Adaptation()
        var size = 0
        for item in items {
            let scope = Scope(here: item.value, item: item.value, body: body, headers: headers, pointer: item.pointer)
            let before = adaptation.events.count
            apply(scope, parser, &adaptation)
            for event in adaptation.events[before...] { size += event.byteCount }
            if size > Self.maximumOutput {
                throw AdapterFault(
                    .tooLarge, pointer: item.pointer,
                    "it would become more than \(Self.maximumOutput >> 20) MiB of events; send fewer at a time")
            }
        }
        if adaptation.events.isEmpty, let fault = adaptation.faults.first { throw fault }
        return adaptation
    }

    private func apply(_ scope: Scope, _ parser: EventParser, _ adaptation: inout Adaptation) {
        if scope.item.object == nil {
            return adaptation.add(
                AdapterFault(.wrongType, pointer: scope.pointer, foreign("each item is an object, and this is \(scope.item.kind)")))
        }
        var fits = false
        for rule in rules {
            let places = rule.each.map { Self.items($0, in: scope) } ?? [Item(value: scope.here, pointer: scope.pointer)]
            var fitsHere = false
            for place in places {
                var inner = scope
                inner.here = place.value
                inner.pointer = place.pointer
                guard rule.when.holds(inner) else { continue }
                fitsHere = true
                if let reason = rule.skip {
                    if !fits { adaptation.note("nothing to tell: \(reason)", at: place.pointer) }
                } else if let reason = rule.refuse {
                    if !fits { adaptation.add(AdapterFault(.wrongType, pointer: place.pointer, foreign(reason))) }
                } else {
                    make(rule, inner, parser, &adaptation)
                }
            }
            fits = fits || fitsHere
            if fitsHere, !rule.goesOn { return }
        }
        if !fits { adaptation.note("nothing to tell: no rule of the adapter fits", at: scope.pointer) }
    }

    private func make(_ rule: Rule, _ scope: Scope, _ parser: EventParser, _ adaptation: inout Adaptation) {
        var maker = EventMaker(scope: scope, scale: parser.scale)
        let document = maker.document(rule.shape)
        for note in maker.notes { adaptation.note(note.message, at: note.pointer) }
        for (name, source, isThere) in [
            ("id", rule.shape.event["id"], document["id"] != nil),
            ("incident.id", rule.shape.incident["id"], document["incident"]?["id"] != nil),
        ] where !isThere {
            let paths = source?.paths ?? []
            let wanted = paths.prefix(6).map { "`\($0.text)`" }.joined(separator: ", ")
            let pointer = paths.first { $0.root == .here && scope[$0] == nil }?.pointer(below: scope.pointer) ?? scope.pointer
            let message = "`\(name)` cannot be made of it" + (wanted.isEmpty ? "" : ": it needs \(wanted)")
            return adaptation.add(AdapterFault(.missingMember, pointer: pointer, foreign(message)))
        }
        do throws(Rejection) {
            _ = try parser.event(from: document, origin: EventOrigin(file: name, modified: Timestamp.earliest, size: 0))
            adaptation.events.append(document)
        } catch {
            let member = error.pointer.map { $0.dropFirst().replacing("/", with: ".") } ?? ""
            adaptation.add(
                AdapterFault(
                    error.code, pointer: scope.pointer,
                    "the rule on line \(rule.line) of adapter `\(name)` makes no event of it: \(error.message)\(member.isEmpty ? "" : " (`\(member)`)")"
                ))
        }
    }

    private func checkExpected(_ body: JSONValue) throws(AdapterFault) {
        if body.object == nil, body.array == nil {
            throw AdapterFault(.wrongType, pointer: "", foreign("the body is an object, and this is \(body.kind)"))
        }
        for path in expected where ValuePath.find(path.steps[...], in: body) == nil {
            throw AdapterFault(.missingMember, pointer: path.pointer(below: ""), foreign("`\(path.text)` is missing"))
        }
    }

    /// The sentence, with what the tool should send.
    private func foreign(_ message: String) -> String {
        "\(message): this is not what \(title) sends" + (help.map { "; \($0)" } ?? "")
    }

    private static func value(_ paths: [ValuePath], in body: JSONValue) -> JSONValue? {
        for path in paths { if let value = ValuePath.find(path.steps[...], in: body) { return value } }
        return nil
    }

    /// The items at the first path that leads somewhere: the elements of a list, or the one value.
    private static func items(_ paths: [ValuePath], in scope: Scope) -> [Item] {
        for path in paths {
            guard let value = scope[path] else { continue }
            let pointer = path.root == .body ? path.pointer(below: "") : path.pointer(below: scope.pointer)
            guard let elements = value.array else { return [Item(value: value, pointer: pointer)] }
            return elements.enumerated().map { Item(value: $1, pointer: "\(pointer)/\($0)") }
        }
        return []
    }
}
