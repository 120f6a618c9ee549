// From bytes to nodes, through Yams. Anchors are refused where they stand and never followed, so a bomb of aliases
// costs nothing; depth and number of nodes are bounded; a fault of syntax is one error with its place. Names that are
// repeated in a map are faults that leave the rest readable.

import Foundation
import Yams

/// Why a text is no usable YAML.
struct YAMLFault: Error, Equatable {
    var message: String
    var place: Place?
}

struct YAMLReader {
    /// `routes` → a route → `match` → a list is 5; nobody needs more than this.
    static let maximumDepth = 32
    static let maximumNodes = 200_000
    /// Fewer aliases than this cannot make a document that takes long to compare with itself.
    private static let harmlessAliases = 20

    private(set) var faults: [YAMLFault] = []
    /// Names that are there again; the first of each counts.
    private var repeats: [YAMLFault] = []
    private var renamed: [Unicode.Scalar: String] = [:]
    private var nodes = 0

    /// The root, or nil where the faults say why not; a root beside faults lacks what repeated names say. Parsing recurses once for each level (libyaml allows 1,000), so
    /// it has a thread with a stack of its own.
    static func read(_ text: String) -> (root: YAMLNode?, faults: [YAMLFault]) {
        if let fault = aliasBomb(in: text) { return (nil, [fault]) }
        let done = DispatchSemaphore(value: 0)
        let box = ResultBox()
        let thread = Thread {
            box.result = parse(text)
            done.signal()
        }
        thread.stackSize = 64 << 20
        thread.start()
        done.wait()
        return box.result
    }

    /// Written by the thread before the signal, read after it.
    private final class ResultBox: @unchecked Sendable {
        var result: (root: YAMLNode?, faults: [YAMLFault]) = (nil, [])
    }

    private static func parse(_ text: String) -> (root: YAMLNode?, faults: [YAMLFault]) {
        var names: RepeatedNames?
        var known: [YAMLFault] = []
        while true {
            do {
                let parser = try Parser(yaml: names?.text ?? text, encoding: .utf8)
                guard let root = try parser.singleRoot() else { return (nil, []) }
                var reader = YAMLReader()
                reader.renamed = names?.renamed ?? [:]
                // Nodes refer weakly to their anchors, which the parser holds.
                let node = withExtendedLifetime(parser) { reader.convert(root, depth: 0) }
                return (reader.faults.isEmpty ? node : nil, reader.faults + reader.repeats)
            } catch {
                // Yams stops at a name that is repeated: without it, the rest can be read all the same.
                let fault = fault(error, text)
                known.append(fault)
                guard let (name, place) = repeated(error) else { return (nil, known) }
                if names == nil { names = RepeatedNames(text) }
                if names?.rename(name, at: place) != true { return (nil, known) }
            }
        }
    }

    private mutating func convert(_ node: Node, depth: Int) -> YAMLNode? {
        let place = Place(line: node.mark?.line ?? 1, column: node.mark?.column ?? 1)
        nodes += 1
        if nodes > Self.maximumNodes {
            if nodes == Self.maximumNodes + 1 {
                faults.append(YAMLFault(message: "the file has more than \(Self.maximumNodes) values", place: place))
            }
            return nil
        }
        if let anchor = node.anchor {
            refuse(anchor, at: place)
            return nil
        }
        if depth > Self.maximumDepth {
            let fault = YAMLFault(message: "nested deeper than \(Self.maximumDepth) levels", place: place)
            if faults.last?.message != fault.message { faults.append(fault) }
            return nil
        }
        switch node {
        case .scalar(let scalar):
            let tag = scalar.tag.description
            if tag.hasPrefix("!"), tag != "!" {
                // `service: !x` is an empty text with a tag to YAML, and the negation of `x` to whoever wrote it.
                faults.append(
                    YAMLFault(message: "`\(tag.shortened)` is a tag to YAML; a text that begins with `!` needs quotes", place: place))
                return nil
            }
            let isPlain = scalar.style == .plain || scalar.style == .any
            if isPlain, ["", "~", "null"].contains(scalar.string) { return YAMLNode(content: .nothing, place: place) }
            return YAMLNode(content: .text(scalar.string, isPlain: isPlain), place: place)
        case .sequence(let sequence):
            return YAMLNode(content: .list(sequence.compactMap { convert($0, depth: depth + 1) }), place: place)
        case .mapping(let mapping):
            return YAMLNode(content: .map(members(of: mapping, depth: depth + 1)), place: place)
        case .alias:
            faults.append(YAMLFault(message: "aliases are not understood here; write the value out", place: place))
            return nil
        }
    }

    /// An alias is seen as what its anchor marks, in the anchor's place: each is reported once.
    private mutating func refuse(_ anchor: Anchor, at place: Place) {
        let message = "anchors and aliases (`&\(anchor.rawValue)`, `*\(anchor.rawValue)`) are not understood here; write the value out"
        let fault = YAMLFault(message: message, place: place)
        if !faults.contains(fault) { faults.append(fault) }
    }

    private mutating func members(of mapping: Node.Mapping, depth: Int) -> [YAMLMember] {
        var members: [YAMLMember] = []
        var first: [String: (line: Int, index: Int?)] = [:]
        for (key, value) in mapping {
            let place = Place(line: key.mark?.line ?? 1, column: key.mark?.column ?? 1)
            if let anchor = key.anchor {
                refuse(anchor, at: place)
                continue
            }
            guard case .scalar(let name) = key else {
                faults.append(YAMLFault(message: "a name must be a single word, and is a list or a map", place: place))
                continue
            }
            let key = name.string.unicodeScalars.first.flatMap { renamed[$0] } ?? name.string
            // Yams compares resolved types: `1` and `"1"` are two keys to it.
            if let (line, index) = first[key] {
                repeats.append(YAMLFault(message: "`\(key.shortened)` is there twice; the first is on line \(line)", place: place))
                if let index {
                    members[index].isRepeated = true
                    // Sections that were written in two parts: what both declare is known to the rest of the file.
                    if depth == 1, let more = convert(value, depth: depth) { members[index].value.append(more) }
                }
                continue
            }
            let value = convert(value, depth: depth)
            first[key] = (place.line, value == nil ? nil : members.count)
            if let value { members.append(YAMLMember(key: key, place: place, value: value)) }
        }
        return members
    }

    /// Yams compares the keys of a map with each other, and an alias in a key multiplies that work; so a text that uses
    /// many aliases is refused before it is parsed.
    private static func aliasBomb(in text: String) -> YAMLFault? {
        var anchors: Set<Substring> = []
        var aliases = 0
        var first: Place?
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
        where line.contains(where: { $0 == "&" || $0 == "*" }) {
            var before: Character = " "
            for position in line.indices {
                let character = line[position]
                if character == "&" || character == "*", before.isWhitespace || "[{,".contains(before) {
                    let name = line[line.index(after: position)...].prefix { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "-" }
                    if character == "&", !name.isEmpty {
                        anchors.insert(name)
                        if first == nil { first = Place(line: index + 1, column: line.distance(from: line.startIndex, to: position) + 1) }
                    } else if anchors.contains(name) {
                        aliases += 1
                    }
                }
                before = character
            }
        }
        guard aliases >= harmlessAliases else { return nil }
        return YAMLFault(message: "anchors and aliases (`&name`, `*name`) are not understood here; write the values out", place: first)
    }
}
