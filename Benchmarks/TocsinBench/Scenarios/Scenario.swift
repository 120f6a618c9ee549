// What can be measured, by name.

/// One measurement.
struct Scenario: Sendable {
    let name: String
    let title: String
    let run: @Sendable (Conditions) throws -> Void
}

/// What holds for all measurements.
struct Conditions: Sendable {
    /// The program that is measured.
    var tocsin: String
    /// Small figures instead of the marks' own: to see that the scenarios work.
    var isQuick = false

    func count(_ whole: Int, quick: Int) -> Int { isQuick ? quick : whole }
}

extension Scenario {
    static let all: [Scenario] = [
        .latency, .oneDelivery, .filesWaiting, .tenRecipients, .mails, .manyRoutes, .backlog, .timers, .broadcast, .pages,
    ]
    /// Needs a program that is not ours: only where asked for by name.
    static let others: [Scenario] = [.alertmanager]
}
