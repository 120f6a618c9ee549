// What the clock raises events for.

/// What an event of the clock was raised for.
public indirect enum Raised: Sendable, Equatable {
    case warning(SLATarget)
    /// A warning that the breach has overtaken before it could be raised: it is written down, and told to nobody.
    case missedWarning(SLATarget)
    case breach(SLATarget)
    /// A step of a policy, from 0, and which repetition of it, from 0.
    case step(policy: String, step: Int, repeats: Int)
    /// A policy came to its end, and nobody has acknowledged.
    case unanswered(policy: String)
    /// Stakeholders have heard nothing for too long: the how-manieth reminder, from 1.
    case gap(Int)
    /// The communication lead was reminded twice, and nothing happened.
    case gapIgnored
    /// An automatic status report.
    case report
    /// A route tells again (`repeat`).
    case again(route: String)
    /// It comes and goes.
    case flapping
    /// It has stopped coming and going.
    case calm
    /// A silence that kept somebody from hearing has ended, and the incident has not.
    case stillOpen(silence: String)
    /// A silence is about to end, or has ended: told to its owner.
    case silenceEnding(silence: String)
    case silenceEnded(silence: String)
    /// A communication lead was chosen.
    case lead
    /// A response gave the incident to somebody.
    case response
    /// The next turn of a rotation begins.
    case handover(rotation: String)
    /// A broadcast waits for approval.
    case approvalWanted(broadcast: String)
    /// A broadcast was refused, or nobody approved it in time: told to its author.
    case broadcastOver(broadcast: String)
    /// Nothing is sent to an address any more: told to its owner by another way, and to the operators.
    case addressLost(kind: ChannelKind, address: String)
    /// Tocsin's own sign of life.
    case heartbeat
    /// Open incidents that nobody has touched for long: told to the operators.
    case neglected

    /// Of what the clock tells the operators: nobody answers. A lost address can wait until they look, and what has waited for a
    /// month as well.
    public var isUrgent: Bool {
        switch self {
        case .addressLost, .neglected: false
        default: true
        }
    }

    /// What `Course.raised` remembers; nil for what may be raised again.
    public var mark: String? {
        switch self {
        case .warning(let target), .missedWarning(let target): "warning.\(target.rawValue)"
        case .breach(let target): "breach.\(target.rawValue)"
        case .gapIgnored: "gap_ignored"
        default: nil
        }
    }
}
