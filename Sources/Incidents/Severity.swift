// The ordered scale of urgency. Names and aliases are the operator's.

/// One step of the scale.
public struct Severity: Sendable, Hashable {
    public var name: String
    /// 0 is the most urgent.
    public var rank: Int

    public init(name: String, rank: Int) {
        self.name = name
        self.rank = rank
    }
}

/// The scale as configured: most urgent first, each step with its aliases.
public struct SeverityScale: Sendable, Equatable {
    public struct Step: Sendable, Equatable {
        public var name: String
        public var aliases: [String]

        public init(name: String, aliases: [String] = []) {
            self.name = name
            self.aliases = aliases
        }
    }

    public let steps: [Step]
    private let ranks: [String: Int]

    /// - Parameter steps: most urgent first, at least one.
    public init(steps: [Step]) {
        self.steps = steps
        var ranks: [String: Int] = [:]
        for (rank, step) in steps.enumerated() {
            for word in [step.name] + step.aliases where ranks[word.lowercased()] == nil {
                ranks[word.lowercased()] = rank
            }
        }
        self.ranks = ranks
    }

    /// What a configuration without `severities` means.
    public static let standard = SeverityScale(steps: [
        Step(name: "critical", aliases: ["sev1", "p1", "1"]),
        Step(name: "high", aliases: ["sev2", "p2", "2"]),
        Step(name: "medium", aliases: ["sev3", "p3", "3"]),
        Step(name: "low", aliases: ["sev4", "p4", "p5", "4", "5"]),
    ])

    /// The severity that a name or an alias means, without regard to case.
    public func severity(_ word: String) -> Severity? {
        guard let rank = ranks[word.lowercased()] else { return nil }
        return Severity(name: steps[rank].name, rank: rank)
    }

    public var all: [Severity] { steps.enumerated().map { Severity(name: $1.name, rank: $0) } }

    public var mostUrgent: Severity { Severity(name: steps.first?.name ?? "critical", rank: 0) }

    /// Whether an incident of this severity must not go unheard: the two most urgent ones (interfaces, section 8).
    public func mustBeHeard(_ severity: Severity) -> Bool { severity.rank <= 1 }
}
