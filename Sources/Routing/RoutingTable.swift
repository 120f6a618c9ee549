// Routes, in file order, and the decision: which of them count for an event, and who is told. Pure.

import Foundation
import Incidents

/// All the rules of one configuration.
public struct RoutingTable: Sendable {
    public var routes: [Route] { didSet { prepare() } }
    public var directory: Directory { didSet { prepare() } }
    public var scale: SeverityScale { didSet { standing = StandingIndex() } }
    /// For incidents that come without a severity.
    public var assumedSeverity: Severity
    /// Who hears of an event that reached nobody.
    public var unrouted: [RecipientEntry]
    /// Who hears of Tocsin's own troubles.
    public var operators: [RecipientEntry]
    /// By channel name: where a message goes that the channel cannot deliver.
    public var fallbacks: [String: RecipientEntry]
    public var rules: TimeRules
    public var people: PeopleRules { didSet { if people.rotations != oldValue.rotations { prepare() } } }
    public var deadMen = DeadMen()
    public var heartbeat: HeartbeatRule?
    /// Over the matches of `routes`.
    private(set) var index: MatchIndex
    /// Of each route.
    private(set) var reach: [[Reach]]
    /// The places of those routes that tell again.
    public private(set) var repeating: [Int]
    /// A route or a person has terms by which a message may have to wait.
    private(set) var hasTerms: Bool
    /// Of silences.
    private(set) var standing = StandingIndex()
    private(set) var audiences = AudienceCache()
    /// What people are called.
    public private(set) var names: PeopleNames

    public init(
        routes: [Route], directory: Directory, scale: SeverityScale, assumedSeverity: Severity, unrouted: [RecipientEntry] = [],
        operators: [RecipientEntry] = [], fallbacks: [String: RecipientEntry] = [:], rules: TimeRules = TimeRules(),
        people: PeopleRules = PeopleRules()
    ) {
        self.routes = routes
        self.directory = directory
        self.scale = scale
        self.assumedSeverity = assumedSeverity
        self.unrouted = unrouted
        self.operators = operators
        self.fallbacks = fallbacks
        self.rules = rules
        self.people = people
        names = PeopleNames(directory.people)
        index = MatchIndex(routes.lazy.map(\.match))
        reach = directory.reach(of: routes, rotations: Set(people.rotations.keys))
        repeating = routes.indices.filter { routes[$0].repeatEvery != nil }
        hasTerms = Self.hasTerms(routes, directory)
    }

    private mutating func prepare() {
        audiences = AudienceCache()
        names = PeopleNames(directory.people)
        index = MatchIndex(routes.lazy.map(\.match))
        reach = directory.reach(of: routes, rotations: Set(people.rotations.keys))
        repeating = routes.indices.filter { routes[$0].repeatEvery != nil }
        hasTerms = Self.hasTerms(routes, directory)
    }

    private static func hasTerms(_ routes: [Route], _ directory: Directory) -> Bool {
        routes.contains { $0.group != nil || $0.throttle != nil }
            || directory.people.values.contains { $0.quietHours != nil || !$0.limits.isEmpty }
    }
}
