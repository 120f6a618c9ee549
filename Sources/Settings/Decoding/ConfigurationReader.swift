// One load: what the readers of all sections share. Values that refer to something are gathered as they are read, so
// that Validation looks at each of them, wherever it stands.

import Foundation
import Incidents
import Routing

/// A name of something that is declared elsewhere.
struct NameUse {
    var namespace: Namespace
    /// A rotation will do as well.
    var orRotation = false
    var name: String
    var place: Place
    var holdsSecret: Bool
}

/// An entry of `to`, wherever it stands.
struct RecipientUse {
    var entry: RecipientEntry
    var given: Given
    /// The option's path.
    var path: String
}

/// Confined to the load that made it.
final class ConfigurationReader {
    let findings: Findings
    let secrets: SecretSource
    let root: YAMLNode
    /// Nothing of the file was passed over: otherwise nothing is said about what nobody uses, or nobody hears of.
    let isWhole: Bool
    /// Absolute.
    let file: String
    /// Around it calendar files are written out.
    let now: Date
    var scale = SeverityScale.standard
    /// Where each severity of the scale is declared.
    var severityPlaces: [String: Place] = [:]
    /// All names that are declared, with the places, whatever else is wrong with them.
    private(set) var declared: [Namespace: [String: Place]] = [:]
    private let channelNames: Set<String>
    var names: [NameUse] = []
    var recipients: [RecipientUse] = []
    /// What unknown names were probably meant to be: nobody needs to hear that nothing uses those.
    var meant: Set<String> = []
    /// Kept from the reading of `router`.
    var routerSection: Section?
    /// Kept from the reading of `broadcasts`.
    var broadcastSection: Section?

    init(root: YAMLNode, isWhole: Bool, file: String, now: Date, secrets: SecretSource, findings: Findings) {
        self.root = root
        self.isWhole = isWhole
        self.file = file
        self.now = now
        self.secrets = secrets
        self.findings = findings
        channelNames = Set(root[Namespace.channel.section]?.members?.map(\.key) ?? [])
        for namespace in Namespace.allCases {
            let members = root[namespace.section]?.members ?? []
            declared[namespace] = Dictionary(members.map { ($0.key, $0.place) }, uniquingKeysWith: { first, _ in first })
        }
    }

    var directory: String { secrets.directory }

    var context: ReadingContext { ReadingContext(scale: scale, channels: channelNames) }

    func declaredNames(_ namespace: Namespace) -> [String] { declared[namespace].map { Array($0.keys) } ?? [] }
    func isDeclared(_ name: String, _ namespace: Namespace) -> Bool { declared[namespace]?[name] != nil }
}
