// What should come of a scenario, or must not: conditions on a line of its timeline. Pure.

import Foundation
import Incidents

/// One entry of `expect`.
public struct Expectation: Sendable {
    /// How often it should happen.
    public enum Amount: Sendable, Equatable {
        /// At least once.
        case some
        case never
        case exactly(Int)
    }

    /// What a condition looks at.
    public enum Member: String, Sendable, CaseIterable {
        case incident, type, to, channel, address, route, template, severity, event, reason
    }

    /// Words of which any is enough; `*` in one stands for any text.
    public struct Condition: Sendable, Equatable {
        public var member: Member
        public var words: [String]

        public init(_ member: Member, _ words: [String]) {
            self.member = member
            self.words = words
        }

        func holds(for text: String?) -> Bool { text.map { text in words.contains { Glob.matches($0, text) } } ?? false }

        /// For messages: `level-2`, `a or b`.
        var phrase: String { words.joined(separator: " or ") }
    }

    public var place: ScenarioPlace
    /// As written, on one line.
    public var text: String
    /// Nil: at any time.
    public var window: ClosedRange<Date>?
    public var conditions: [Condition]
    public var actions: Set<TimelineLine.Action>
    public var amount: Amount

    public init(
        place: ScenarioPlace, text: String, window: ClosedRange<Date>? = nil, conditions: [Condition] = [],
        actions: Set<TimelineLine.Action> = [.send, .release], amount: Amount = .some
    ) {
        self.place = place
        self.text = text
        self.window = window
        self.conditions = conditions
        self.actions = actions
        self.amount = amount
    }

    subscript(member: Member) -> Condition? { conditions.first { $0.member == member } }

    /// In what a line is not what was expected.
    enum Difference: Equatable {
        /// Seconds from the window to the line; negative: before it.
        case time(TimeInterval)
        case action
        case member(Member)

        /// How far from the expectation it leads away.
        var weight: Int {
            switch self {
            case .time, .action: 2
            case .member(.incident): 9
            case .member(.type), .member(.to), .member(.event): 4
            case .member: 3
            }
        }
    }

    func isMet(by line: TimelineLine) -> Bool { differences(from: line).isEmpty }

    /// Empty: the line is what was expected. A digest is so by any of what it holds.
    func differences(from line: TimelineLine) -> [Difference] {
        var outer: [Difference] = []
        if let distance = distance(to: line.at), distance != 0 { outer.append(.time(distance)) }
        if !actions.contains(line.action) { outer.append(.action) }
        var best: [Difference]?
        for part in [line] + line.contents {
            let found = conditions.filter { !holds($0, part, in: line) }.map { Difference.member($0.member) }
            if best.map({ found.weight < $0.weight }) ?? true { best = found }
        }
        return outer + (best ?? [])
    }

    /// Seconds from the window, 0 within it; nil: any time is right. Half a second is no difference.
    private func distance(to time: Date) -> TimeInterval? {
        guard let window else { return nil }
        let early = time.timeIntervalSince(window.lowerBound)
        let late = time.timeIntervalSince(window.upperBound)
        return early < -0.5 ? early : late > 0.5 ? late : 0
    }

    private func holds(_ condition: Condition, _ part: TimelineLine, in line: TimelineLine) -> Bool {
        switch condition.member {
        case .incident: condition.holds(for: part.incident)
        case .type: condition.holds(for: part.type)
        case .event: condition.holds(for: part.event)
        case .severity: condition.holds(for: part.severity)
        case .channel: condition.holds(for: line.channel)
        case .address: condition.holds(for: line.address)
        case .template: condition.holds(for: line.template) || condition.holds(for: part.template)
        case .reason: condition.holds(for: line.reason) || condition.holds(for: part.reason)
        case .route: (line.routes + part.routes).contains(where: condition.holds)
        case .to: (line.names + part.names).contains(where: condition.holds)
        }
    }
}

extension [Expectation.Difference] {
    var weight: Int { reduce(0) { $0 + $1.weight } }
}

extension TimelineLine {
    /// What `to` of an expectation may call the recipient.
    var names: [String] {
        var names = [recipient, `for`, "\(channel):\(address)"]
        if let via = `for`.range(of: " via ") { names.append(String(`for`[..<via.lowerBound])) }
        return names
    }
}

/// Words in which `*` stands for any text, without regard to case.
enum Glob {
    static func matches(_ pattern: String, _ text: String) -> Bool {
        if !pattern.contains("*") { return pattern.lowercased() == text.lowercased() }
        return matches(Array(pattern.lowercased()), Array(text.lowercased()))
    }

    /// Goes back to the last `*` only: linear in the product of both.
    private static func matches(_ pattern: [Character], _ text: [Character]) -> Bool {
        var (at, position) = (0, 0)
        var star: (pattern: Int, text: Int)?
        while position < text.count {
            if at < pattern.count, pattern[at] == "*" {
                star = (at, position)
                at += 1
            } else if at < pattern.count, pattern[at] == text[position] {
                at += 1
                position += 1
            } else if let last = star {
                star = (last.pattern, last.text + 1)
                at = last.pattern + 1
                position = last.text + 1
            } else {
                return false
            }
        }
        return pattern[at...].allSatisfy { $0 == "*" }
    }
}
