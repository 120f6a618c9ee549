// The four ways out.

/// What a channel speaks; also the kind of address that a person has for it.
public enum ChannelKind: String, Sendable, CaseIterable, Hashable {
    case slack
    case teams
    case email
    case sms
}
