// One message for each channel and address, whichever routes ask for it (interfaces, section 8).

import Foundation
import Incidents

struct PlanDraft {
    let event: Event
    let now: Date
    let priority: Int
    private(set) var deliveries: [PlannedDelivery] = []
    /// Of the delivery at the same place; filled only where something has terms.
    private(set) var terms: [Terms] = []
    /// Who is on duty or stands in for whom, of those who are told; each once.
    private(set) var notes: [String] = []
    private let keepsTerms: Bool
    /// Of the delivery at the same place.
    private var keys: [DestinationKey] = []
    /// Filled only where there are so many that looking through `keys` would take longer.
    private var places: [DestinationKey: Int] = [:]
    private static let few = 16

    init(event: Event, now: Date, priority: Int, keepsTerms: Bool) {
        self.event = event
        self.now = now
        self.priority = priority
        self.keepsTerms = keepsTerms
    }

    /// Adds what one route asks for; routes come in file order.
    mutating func add(
        _ reached: [(entry: RecipientEntry, resolved: Resolved)], of route: Route, origin: Origin = .route
    ) {
        for (entry, resolved) in reached { add(resolved, resolved.key, for: entry.text, of: route, origin: origin) }
    }

    /// - Parameter route: whatever asks for it: a step or a subscription is like a route of its own.
    mutating func add(_ resolved: Resolved, _ key: DestinationKey, for entry: String, of route: Route, origin: Origin = .route) {
        for note in resolved.notes where !notes.contains(note) { notes.append(note) }
        let expires = route.expire.map { now.addingTimeInterval($0) }
        if let place = place(of: key) {
            merge(route, expires, resolved, origin, into: place)
            return
        }
        if !places.isEmpty { places[key] = keys.count }
        keys.append(key)
        if keys.count == Self.few { places = Dictionary(uniqueKeysWithValues: zip(keys, keys.indices)) }
        deliveries.append(
            PlannedDelivery(
                channel: resolved.channel.name, kind: resolved.channel.kind, address: resolved.address,
                recipient: resolved.recipient, for: entry, routes: [route.name],
                template: route.template ?? event.templateName, language: resolved.person?.language,
                timezone: resolved.person?.timezone, isUrgent: route.isUrgent, priority: priority, due: now, expires: expires,
                retryFor: route.retryFor, origin: origin, subscription: resolved.subscription))
        if keepsTerms { terms.append(Terms(route, resolved)) }
    }

    /// Adds somebody who was told before. Their language and zone are what they were, where nobody knows better.
    mutating func add(_ told: ToldAddress, as resolved: Resolved, of route: Route, origin: Origin) {
        let count = deliveries.count
        add(resolved, resolved.key, for: told.for, of: route, origin: origin)
        guard deliveries.count > count else { return }
        deliveries[count].language = deliveries[count].language ?? told.language
        deliveries[count].timezone = deliveries[count].timezone ?? told.timezone
    }

    /// Adds what one delivery says, by another way.
    mutating func add(_ planned: PlannedDelivery, by resolved: Resolved) {
        guard !has(resolved.key) else { return }
        if !places.isEmpty { places[resolved.key] = keys.count }
        keys.append(resolved.key)
        var other = planned
        other.channel = resolved.channel.name
        other.kind = resolved.channel.kind
        other.address = resolved.address
        deliveries.append(other)
        if keepsTerms { terms.append(Terms(Route(name: planned.routes.first ?? "", match: Match(), to: []), resolved)) }
    }

    /// Whether a message for this address is planned.
    func has(_ key: DestinationKey) -> Bool { place(of: key) != nil }

    /// Nobody hears at once: whoever is there waits for a digest of their own wish. An incident's own channel, which may be
    /// empty, is nobody.
    ///
    /// - Parameter lost: those who cannot be told.
    func tellsNobodyNow(besides lost: Set<DestinationKey> = []) -> Bool {
        deliveries.indices.allSatisfy { place in
            deliveries[place].origin == .room || (keepsTerms && terms[place].gathering != nil) || lost.contains(keys[place])
        }
    }

    /// Decides what is to become of each delivery, from the one at `first` on.
    mutating func settle(from first: Int = 0, _ body: (inout PlannedDelivery, Terms?) throws -> Void) rethrows {
        for place in deliveries.indices.dropFirst(first) { try body(&deliveries[place], keepsTerms ? terms[place] : nil) }
    }

    private func place(of key: DestinationKey) -> Int? { places.isEmpty ? keys.firstIndex(of: key) : places[key] }

    /// The first route gave template, recipient and entry. A route that sets no end to a message's worth wins over one
    /// that does.
    private mutating func merge(_ route: Route, _ expires: Date?, _ resolved: Resolved, _ origin: Origin, into place: Int) {
        if deliveries[place].routes.last != route.name {
            deliveries[place].routes.append(route.name)
            if let now = deliveries[place].expires { deliveries[place].expires = expires.map { max($0, now) } }
            deliveries[place].retryFor = Self.longest(deliveries[place].retryFor, route.retryFor, standard: resolved.channel.retryFor)
        }
        deliveries[place].isUrgent = deliveries[place].isUrgent || route.isUrgent
        deliveries[place].language = deliveries[place].language ?? resolved.person?.language
        deliveries[place].timezone = deliveries[place].timezone ?? resolved.person?.timezone
        // Whoever is named by anything else would still hear if they left it.
        if resolved.subscription == nil { deliveries[place].subscription = nil }
        // Whether a step was heard is told by the deliveries that are the step's.
        if origin == .step { deliveries[place].origin = .step }
        if keepsTerms { terms[place].merge(Terms(route, resolved)) }
    }

    /// Nil is the channel's own, and stays nil where that is the longer one.
    private static func longest(_ a: TimeInterval?, _ b: TimeInterval?, standard: TimeInterval) -> TimeInterval? {
        (a ?? standard) >= (b ?? standard) ? a : b
    }
}
