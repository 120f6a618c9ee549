// A promised time, and how it stands at a moment.

import Foundation

/// What is promised.
public enum SLATarget: String, Sendable, CaseIterable {
    /// That somebody has it.
    case acknowledge
    /// That it is over.
    case resolve
    /// That stakeholders hear of it again.
    case update
}

/// How a promise stands; the later the worse.
public enum SLAState: String, Sendable, CaseIterable, Comparable {
    case ok
    case atRisk = "at_risk"
    case breached

    public static func < (a: SLAState, b: SLAState) -> Bool { a.order < b.order }

    private var order: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}

/// One promise of one incident, at one moment.
public struct SLAClock: Sendable, Equatable {
    public var target: SLATarget
    public var state: SLAState
    /// Since when it runs.
    public var start: Date
    /// The promised time, in seconds of its calendar.
    public var length: TimeInterval
    /// When it comes to be at risk, and breached, if nothing happens: whole microseconds. Kept after the promise was met,
    /// too. Nil while it stands still for a pause that has no end, unless it came before the pause; nil also where the
    /// calendar does not open for that long within ten years. `warnsAt` is nil where no warning is wanted (`warn_at: 100%`).
    public var warnsAt: Date?
    public var breachesAt: Date?
    /// When the promise was met; nil while it runs.
    public var metAt: Date?
    /// It stands still (`on_hold`).
    public var isPaused: Bool

    public init(
        target: SLATarget, state: SLAState, start: Date, length: TimeInterval, warnsAt: Date?, breachesAt: Date?, metAt: Date? = nil,
        isPaused: Bool = false
    ) {
        self.target = target
        self.state = state
        self.start = start
        self.length = length
        self.warnsAt = warnsAt
        self.breachesAt = breachesAt
        self.metAt = metAt
        self.isPaused = isPaused
    }

    public var isRunning: Bool { metAt == nil && !isPaused }
}

/// All promises of one incident, at one moment.
public struct SLAClocks: Sendable, Equatable {
    /// In the order of `SLATarget.allCases`; only those that are promised.
    public var clocks: [SLAClock]

    public init(_ clocks: [SLAClock] = []) { self.clocks = clocks }

    public subscript(target: SLATarget) -> SLAClock? { clocks.first { $0.target == target } }

    /// The worst of the targets; nil where nothing is promised.
    public var worst: SLAState? { clocks.map(\.state).max() }
}
