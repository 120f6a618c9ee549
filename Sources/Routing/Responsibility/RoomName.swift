// The name of an incident's own channel, from its template: `inc-{{incident.id}}`, made to Slack's rules. Pure.

import Foundation
import Incidents
import JSON

/// A template of names. Placeholders are `{{incident.MEMBER}}` and `{{incident.labels.NAME}}`.
public struct RoomName: Sendable {
    private enum Piece: Sendable {
        case text(String)
        case member([String])
    }

    /// Characters that Slack takes.
    public static let longest = 80

    private let pieces: [Piece]
    /// Placeholders that stand for nothing that an incident has.
    public let unknown: [String]
    /// An incident's name never changes, and no other incident has it.
    let isStable: Bool

    public init(_ template: String) {
        var pieces: [Piece] = []
        var unknown: [String] = []
        var rest = Substring(template)
        while let start = rest.range(of: "{{"), let end = rest[start.upperBound...].range(of: "}}") {
            pieces.append(.text(String(rest[..<start.lowerBound])))
            let name = rest[start.upperBound..<end.lowerBound].trimmingCharacters(in: CharacterSet(charactersIn: "{} &"))
            let path = name.split(separator: ".").map(String.init)
            if path.first == "incident", path.count == 2 || (path.count == 3 && path[1] == "labels") {
                pieces.append(.member(Array(path.dropFirst())))
            } else {
                unknown.append(name)
            }
            rest = rest[end.upperBound...]
        }
        pieces.append(.text(String(rest)))
        self.pieces = pieces
        self.unknown = unknown
        let members = pieces.compactMap { if case .member(let path) = $0 { path } else { nil } }
        isStable = members.allSatisfy { $0 == ["id"] } && !members.isEmpty
    }

    /// Lower case, `a-z0-9-_`, 1 to 80 characters. Where the incident's id cannot be spelt so, digits at the end keep its
    /// name apart from those of others.
    public func text(for incident: Incident) -> String {
        let raw = pieces.map { piece in
            switch piece {
            case .text(let text): text
            case .member(let path): value(path, incident)
            }
        }.joined()
        var name = Self.spelt(raw)
        if name.utf8.count > Self.longest || name.isEmpty || incident.id.isEmpty || !incident.id.utf8.allSatisfy(Self.isSpeakable) {
            let mark = String(Self.mark(incident.id), radix: 36)
            name = "\(name.isEmpty ? "incident" : String(name.prefix(Self.longest - mark.utf8.count - 1)))-\(mark)"
        }
        return name
    }

    private func value(_ path: [String], _ incident: Incident) -> String {
        if path == ["id"] { return incident.id }
        if path.count == 2 { return incident.label(path[1]) ?? "" }
        return incident.members[path[0]]?.scalarText ?? ""
    }

    /// What cannot stay becomes one hyphen; none stand at the ends.
    private static func spelt(_ text: String) -> String {
        var out: [UInt8] = []
        for byte in text.utf8.prefix(2_000) {
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): out.append(byte + 32)
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"): out.append(byte)
            default: if out.last != UInt8(ascii: "-") { out.append(UInt8(ascii: "-")) }
            }
        }
        let name = String(decoding: out, as: UTF8.self).trimmingCharacters(in: CharacterSet(charactersIn: "-"))
        // Slack refuses punctuation alone.
        return name.utf8.allSatisfy { $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-") } ? "" : name
    }

    private static func isSpeakable(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    /// FNV-1a: the same in every process.
    private static func mark(_ id: String) -> UInt32 {
        id.utf8.reduce(2_166_136_261) { ($0 ^ UInt32($1)) &* 16_777_619 }
    }
}
