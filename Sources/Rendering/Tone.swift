// How bad it is, as a colour and a sign.

import Incidents

/// The colour of a message.
enum Tone {
    case critical, high, medium, low, good, neutral

    init(_ facts: Facts) {
        if facts.isDigest, let digest = facts.digest {
            self = digest.openCount > 0 ? Self(rank: digest.worst?.rank) : digest.endedCount > 0 ? .good : .neutral
            return
        }
        if let stage = facts.stage, let tone = Self.stages[stage] {
            self = tone
            return
        }
        guard let incident = facts.request.incident else {
            self = .neutral
            return
        }
        if !incident.isOpen {
            self = .good
            return
        }
        self.init(rank: facts.request.severity?.rank)
    }

    /// Of the ready-made broadcasts.
    private static let stages: [String: Tone] = [
        "investigating": .high, "identified": .medium, "monitoring": .low, "resolved": .good, "maintenance": .low, "correction": .medium,
    ]

    /// What a broadcast begins with.
    static func symbol(stage: String?) -> String {
        switch stage {
        case "investigating": "🔎"
        case "identified": "🎯"
        case "monitoring": "👀"
        case "resolved": "✅"
        case "maintenance": "🛠️"
        case "correction": "✏️"
        default: "📣"
        }
    }

    private init(rank: Int?) {
        self =
            switch rank {
            case 0: .critical
            case 1: .high
            case 2: .medium
            case nil: .neutral
            default: .low
            }
    }

    var symbol: String? {
        switch self {
        case .critical: "🔴"
        case .high: "🟠"
        case .medium: "🟡"
        case .low: "🔵"
        case .good: "✅"
        case .neutral: nil
        }
    }

    /// A colour name of Adaptive Cards.
    var cardColor: String {
        switch self {
        case .critical: "attention"
        case .high, .medium: "warning"
        case .low: "accent"
        case .good: "good"
        case .neutral: "default"
        }
    }

    /// For HTML: readable on white and on black.
    var hex: String {
        switch self {
        case .critical: "#d92d20"
        case .high: "#e4600e"
        case .medium: "#b7860b"
        case .low: "#2e6fd0"
        case .good: "#1f8a4c"
        case .neutral: "#6b7280"
        }
    }
}
