// Maps into sections, by the option table.

import Foundation
import Incidents
import Routing

extension ConfigurationReader {
    /// Reads a map whose members are the options of `path`; nil where it is no map.
    ///
    /// - Parameters:
    ///   - title: what it is, for findings.
    ///   - variant: the kind of channel that it describes.
    func section(_ node: YAMLNode, _ path: String, _ title: String, variant: ChannelVariant? = nil) -> Section? {
        var section = Section(path: path, title: title, place: node.place)
        switch node.content {
        case .nothing: break
        case .map(let members):
            for member in members { read(member, into: &section, variant) }
        default:
            findings.error("\(title) must be a map (`name: value`), and is \(node.kind)", at: node.place)
            return nil
        }
        for option in OptionTable.members(of: path) where option.isRequired && !section.has(option.name) && belongs(option, variant) {
            if !section.misspelt.contains(option.name) {
                findings.error("\(title) needs `\(option.name)`: \(option.meaning.lowercasedFirst)", at: node.place)
            }
            section.isBroken = true
        }
        return section
    }

    private func belongs(_ option: Option, _ variant: ChannelVariant?) -> Bool {
        option.on.isEmpty || variant.map { option.on.contains($0) } ?? false
    }

    private func read(_ member: YAMLMember, into section: inout Section, _ variant: ChannelVariant?) {
        let path = section.path.isEmpty ? member.key : "\(section.path).\(member.key)"
        guard member.key != "*", let option = OptionTable.option(path, variant: variant) else {
            unknown(member, in: &section, variant)
            return
        }
        if let variant, !belongs(option, variant) {
            let homes = OptionTable.variants(of: path, parent: section.path)
            let words = ChannelVariant.allCases.filter(homes.contains).map(\.words).joined(separator: " or ")
            findings.error("`\(member.key)` belongs to channels of \(words); this one is \(variant.words)", at: member.place)
            return
        }
        if option.isLater { noteLater(option) }
        let given = read(option, member)
        if given.isBroken { section.isBroken = true }
        section.given[member.key] = given
    }

    private func unknown(_ member: YAMLMember, in section: inout Section, _ variant: ChannelVariant?) {
        section.isBroken = true
        if findings.isFull { return findings.error("unknown member", at: member.place) }
        let known = OptionTable.members(of: section.path).filter { variant == nil || belongs($0, variant) }.map(\.name)
        let nearest = Suggestion.nearest(to: member.key, among: known)
        if let nearest { section.misspelt.insert(nearest) }
        let hint = nearest.map { "; did you mean `\($0)`?" } ?? ""
        var message = "unknown member `\(member.key.shortened)`\(hint)"
        if hint.isEmpty {
            message = "unknown member `\(member.key.shortened)` in \(section.title)"
            let homes = Set(OptionTable.options.filter { $0.name == member.key }.map(\.parent)).sorted()
            if (1...2).contains(homes.count) {
                let words = homes.map { $0.isEmpty ? "at the top of the file" : "in `\($0.replacing("*", with: "NAME"))`" }
                message += "; its place is \(words.joined(separator: " or ")): is it indented as meant?"
            } else {
                message += "; known here: \(Set(known).sorted().joined(separator: ", "))"
            }
        }
        findings.error(message, at: member.place, isUnknownMember: true)
    }

    /// Options under a section that is not acted on are named by the section alone.
    private func noteLater(_ option: Option) {
        let parts = option.path.replacing("[]", with: "").split(separator: ".").filter { $0 != "*" }
        let top = OptionTable.option(String(parts.first ?? ""))
        if let top, top.isLater {
            findings.notYet(top.path)
        } else {
            findings.notYet(parts.prefix(2).joined(separator: "."))
        }
    }
}

extension String {
    /// For the middle of a sentence; words such as `DKIM` and `SID` keep their capitals.
    var lowercasedFirst: String {
        guard let first, !(dropFirst().first?.isUppercase ?? false) else { return self }
        let rest = hasSuffix(".") ? dropFirst().dropLast() : dropFirst()
        return first.lowercased() + rest
    }

    /// Short enough for a line on a terminal, without control characters.
    var shortened: String {
        let clean = String(unicodeScalars.prefix(200).map { $0.properties.generalCategory == .control ? "\u{FFFD}" : Character($0) })
        return clean.count > 60 ? clean.prefix(60) + "…" : clean
    }
}
