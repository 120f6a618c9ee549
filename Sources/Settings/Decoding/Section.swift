// A map of the file whose members are options: read by the table, so that unknown names, types and bounds are checked
// in one place. The decoders only fetch.

import Foundation
import Incidents
import Routing

/// One scalar that was given.
struct Given {
    /// As written: secrets are still `${…}`.
    var raw: String
    /// Secrets looked up.
    var text: String
    var value: OptionValue
    var place: Place
    var holdsSecret: Bool
    var isPlaceholder: Bool
}

/// Everything that was given for one option.
struct GivenOption {
    var option: Option
    var node: YAMLNode
    /// Where the option's name stands.
    var place: Place
    /// What could be read: one for a scalar, more for a list.
    var values: [Given] = []
    /// For maps: by name, in the order of the file.
    var named: [(name: String, place: Place, values: [Given])] = []
    /// Something of it could not be read; findings say what.
    var isBroken = false
}

/// A section of the file.
struct Section {
    /// Its path in the table.
    let path: String
    /// What it is, for findings: `channel `mail``.
    let title: String
    let place: Place
    var given: [String: GivenOption] = [:]
    /// Some member is unknown or broken.
    var isBroken = false
    /// What unknown members were probably meant to be: those are not reported as missing as well.
    var misspelt: Set<String> = []

    func has(_ name: String) -> Bool { given[name] != nil }
    func place(of name: String) -> Place { given[name]?.node.place ?? place }
    func node(_ name: String) -> YAMLNode? { given[name]?.node }
    func first(_ name: String) -> Given? { given[name]?.values.first }
    func all(_ name: String) -> [Given] { given[name]?.values ?? [] }
    func text(_ name: String) -> String? { first(name)?.text }
    func texts(_ name: String) -> [String] { all(name).map(\.text) }
    func word(_ name: String) -> String? {
        if case .text(let word)? = first(name)?.value { return word }
        return nil
    }
    func secret(_ name: String) -> Secret? { text(name).map { Secret($0) } }

    func flag(_ name: String) -> Bool? {
        if case .flag(let flag)? = first(name)?.value { return flag }
        return nil
    }

    func integer(_ name: String) -> Int? {
        if case .integer(let number)? = first(name)?.value { return number }
        return standard(name).flatMap { Int($0) }
    }

    func integers(_ name: String) -> [Int] {
        all(name).compactMap { given in
            if case .integer(let number) = given.value { return number }
            return nil
        }
    }

    func seconds(_ name: String) -> TimeInterval? {
        if case .seconds(let seconds)? = first(name)?.value { return seconds }
        return standard(name).flatMap(DurationText.parse)
    }

    /// One duration, or one for each severity; what the table says for those that are not named.
    func durations(_ name: String, _ scale: SeverityScale) -> SeverityDurations? {
        guard let standard = seconds(name) else { return nil }
        var durations = SeverityDurations(standard: standard)
        for (name, _, values) in given[name]?.named ?? [] {
            guard let severity = scale.severity(name), case .seconds(let seconds)? = values.first?.value else { continue }
            durations.byRank[severity.rank] = seconds
        }
        return durations
    }

    func mailbox(_ name: String) -> Mailbox? {
        if case .mailbox(let mailbox)? = first(name)?.value { return mailbox }
        return nil
    }

    func recipients(_ name: String) -> [RecipientEntry] { all(name).compactMap(\.recipient) }

    /// The table's default, as written.
    func standard(_ name: String) -> String? { OptionTable.option(path.isEmpty ? name : "\(path).\(name)")?.standard }
}

extension Given {
    var recipient: RecipientEntry? {
        guard case .recipient(var entry) = value else { return nil }
        // What `for` shows is what the file says, not what a secret in it holds.
        if holdsSecret { entry.text = raw }
        return entry
    }
}
