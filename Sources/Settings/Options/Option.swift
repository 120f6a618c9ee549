// One option of routes.yaml: everything that the reader, the checks and the documentation know about it.

import Foundation

/// The kinds of channel that have options of their own.
public enum ChannelVariant: String, Sendable, CaseIterable {
    case slack
    case teams
    case email
    case twilio
    case gateway

    /// As `type` and `gateway` name it.
    public var words: String {
        switch self {
        case .slack, .teams, .email: "`type: \(rawValue)`"
        case .twilio: "`type: sms, gateway: twilio`"
        case .gateway: "`type: sms, gateway: http`"
        }
    }
}

/// One option.
public struct Option: Sendable {
    /// From the top of the file: `router.queue`; `*` stands for a name of the operator's, `[]` for each entry of a list.
    public let path: String
    /// The last component: what stands in the file.
    public let name: String
    /// The path of what it stands in; empty at the top.
    let parent: String
    public let type: OptionType
    /// As it would be written in the file; nil where leaving it out means that it is not there.
    public let standard: String?
    public let isRequired: Bool
    /// Its text must not be seen; written out in the file it is a warning.
    public let isSecret: Bool
    /// The channels that have it; all where empty.
    public let on: Set<ChannelVariant>
    /// One line.
    public let meaning: String
    /// Checked, but not acted on yet.
    public let isLater: Bool

    init(
        _ path: String, _ type: OptionType, default standard: String? = nil, required: Bool = false, secret: Bool = false,
        on: Set<ChannelVariant> = [], later: Bool = false, _ meaning: String
    ) {
        self.path = path
        let parts = path.split(separator: ".")
        name = parts.last.map(String.init) ?? path
        parent = parts.dropLast().joined(separator: ".")
        self.type = type
        self.standard = standard
        isRequired = required
        isSecret = secret
        self.on = on
        isLater = later
        self.meaning = meaning
    }

}
