// One option's value, by its type: scalars, lists and maps of them.

import Foundation
import Incidents
import Routing

extension ConfigurationReader {
    func read(_ option: Option, _ member: YAMLMember) -> GivenOption {
        var given = GivenOption(option: option, node: member.value, place: member.place)
        switch option.type {
        case .section, .sections:
            if !member.value.isNothing, member.value.members == nil { wrongShape(&given, "a map (`name: value`)") }
        case .match, .fields:
            if member.value.members == nil { wrongShape(&given, "a map (`name: value`)") }
        case .entries:
            if case .list = member.value.content { break }
            if !member.value.isNothing { wrongShape(&given, "a list (each entry begins with `- `)") }
        case .json: break
        case .map, .severityMap: readMap(&given)
        case .perSeverity:
            if member.value.members == nil {
                readScalars(&given, member.value)
            } else {
                readMap(&given)
            }
        default: readScalars(&given, member.value)
        }
        return given
    }

    private func wrongShape(_ given: inout GivenOption, _ shape: String) {
        findings.error(
            "`\(given.option.name)` must be \(shape), and is \(given.node.kind)", at: given.node.isNothing ? given.place : given.node.place)
        given.isBroken = true
    }

    private func readScalars(_ given: inout GivenOption, _ node: YAMLNode) {
        (given.values, given.isBroken) = values(node, given.option, named: given.option.name, at: given.place)
    }

    private func readMap(_ given: inout GivenOption) {
        if given.node.isNothing { return }
        guard let members = given.node.members else { return wrongShape(&given, "a map (`name: value`)") }
        for member in members {
            if case .severityMap = given.option.type { checkSeverity(member) }
            if case .perSeverity = given.option.type { checkSeverity(member) }
            let (values, isBroken) = values(member.value, given.option, named: "\(given.option.name).\(member.key)", at: member.place)
            given.named.append((member.key, member.place, values))
            if isBroken { given.isBroken = true }
        }
    }

    /// A name that must be of the scale.
    func checkSeverity(_ member: YAMLMember) {
        guard scale.severity(member.key) == nil else { return }
        let names = scale.steps.map(\.name)
        let hint = Suggestion.clause(for: member.key, among: names)
        let known = hint.isEmpty ? "; the severities are \(names.joined(separator: ", "))" : hint
        findings.error("`\(member.key.shortened)` is no severity\(known)", at: member.place)
    }

    /// The scalars of a node: one, or the elements of a list where the type allows a list.
    private func values(_ node: YAMLNode, _ option: Option, named name: String, at place: Place) -> ([Given], isBroken: Bool) {
        let scalar = option.type.scalar ?? .text
        switch node.content {
        case .text(let text, _):
            let given = value(text, scalar, option, named: name, at: node.place)
            return ([given].compactMap(\.self), given == nil)
        case .list(let nodes) where option.type.allowsList:
            var values: [Given] = []
            var isBroken = false
            for node in nodes {
                guard case .text(let text, _) = node.content else {
                    findings.error("an entry of `\(name.shortened)` must be \(scalar.phrase), and is \(node.kind)", at: node.place)
                    isBroken = true
                    continue
                }
                guard let given = value(text, scalar, option, named: name, at: node.place) else {
                    isBroken = true
                    continue
                }
                values.append(given)
            }
            return (values, isBroken)
        case .nothing:
            findings.error("`\(name.shortened)` has no value; it must be \(option.type.scalar?.phrase ?? "a value")", at: place)
            return ([], true)
        default:
            findings.error("`\(name.shortened)` must be \(option.type.scalar?.phrase ?? "a value"), and is \(node.kind)", at: node.place)
            return ([], true)
        }
    }

    private func value(_ raw: String, _ type: OptionType, _ option: Option, named name: String, at place: Place) -> Given? {
        let expanded = secrets.expand(raw, at: place, findings)
        if expanded.isUnresolved { return nil }
        let text = expanded.isPlaceholder ? type.placeholder ?? option.standard ?? expanded.text : expanded.text
        if option.isSecret, !expanded.holdsSecret { warnWritten(name, at: place) }
        if case .url = type, !expanded.holdsSecret, (try? URLText(text))?.holdsPassword ?? false { warnWritten(name, at: place) }
        do {
            let value = try type.read(text, context)
            let given = Given(
                raw: raw, text: text, value: value, place: place, holdsSecret: expanded.holdsSecret, isPlaceholder: expanded.isPlaceholder)
            remember(given, type, option)
            return given
        } catch {
            let isHidden = option.isSecret || expanded.holdsSecret || type.isHidden
            findings.error(fault(error, name, text, type, isHidden: isHidden), at: place)
            return nil
        }
    }

    private func fault(_ fault: OptionFault, _ name: String, _ text: String, _ type: OptionType, isHidden: Bool) -> String {
        let name = name.shortened
        if fault.message.hasPrefix(": ") {
            return isHidden ? "an entry of `\(name)` is no entry as in `to`" : String(fault.message.dropFirst(2))
        }
        // A suggestion is made from the text.
        let message = isHidden ? fault.message.split(separator: "; did you mean").first.map(String.init) ?? "" : fault.message
        if isHidden { return "`\(name)` \(message)" }
        return message.hasPrefix("must")
            ? "`\(name)` is `\(text.shortened)`, and \(message)" : "`\(name)` is `\(text.shortened)`, which \(message)"
    }

    func warnWritten(_ name: String, at place: Place) {
        findings.warning(
            "`\(name)` is a secret, written out in this file; keep it elsewhere and write \"${env:NAME}\" or \"${file:PATH}\"", at: place)
    }

    private func remember(_ given: Given, _ type: OptionType, _ option: Option) {
        // What a placeholder names is nobody's mistake.
        if given.isPlaceholder { return }
        if case .name(let namespace) = type {
            names.append(NameUse(namespace: namespace, name: given.text, place: given.place, holdsSecret: given.holdsSecret))
        }
        if case .somebody = type {
            names.append(
                NameUse(namespace: .person, orRotation: true, name: given.text, place: given.place, holdsSecret: given.holdsSecret))
        }
        if let entry = given.recipient { recipients.append(RecipientUse(entry: entry, given: given, path: option.path)) }
    }
}

extension OptionType {
    var allowsList: Bool {
        switch self {
        case .list: true
        case .map(let element), .severityMap(let element), .perSeverity(let element): element.allowsList
        default: false
        }
    }

    /// URLs may carry secrets in them.
    var isHidden: Bool {
        switch self {
        case .url, .mailServer: true
        default: false
        }
    }

    /// What stands for a value whose secret is missing.
    var placeholder: String? {
        switch self {
        case .url: "https://placeholder.invalid/placeholder"
        case .mailServer: "smtp://placeholder.invalid"
        case .emailAddress, .mailbox: "placeholder@placeholder.invalid"
        case .phoneNumber, .smsSender: "+10000000000"
        case .slackMember: "U00000000"
        case .slackChannel: "C00000000"
        case .domain: "placeholder.invalid"
        default: nil
        }
    }
}
