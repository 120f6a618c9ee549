// Standing wishes and broadcasts at the door: what the router would refuse in them is told at once.

import Foundation
import Incidents
import Router

extension EventIntake {
    /// - Throws: `RefusedRequest` with what is wrong with each, at most 100.
    func checkWishes(_ checked: CheckedEvents) async throws {
        let (setup, now) = (house.setup.value, house.clock())
        var problems: [Problem] = []
        for (number, wish) in checked.wishes.enumerated() {
            if number > 0, number.isMultiple(of: 256) { await Task.yield() }
            guard let rejection = try await objection(to: wish.event, setup, now: now) else { continue }
            // What was accepted before is accepted again, whatever has been configured since.
            if try await house.ledger.knows(event: wish.event.id, source: wish.event.source) { continue }
            var problem = Problem(rejection, index: wish.index)
            problem.line = wish.line
            problems.append(problem)
            if problems.count == EventDoor.maximumProblems { break }
        }
        if !problems.isEmpty { throw RefusedRequest(.badRequest, problems) }
    }

    /// Only a broadcast asks who there is: whether it needs an approval, and so an author, depends on how many it reaches.
    private func objection(to event: Event, _ setup: Setup, now: Date) async throws -> Rejection? {
        guard event.type == .broadcast else { return try setup.objection(to: event, now: now) }
        var incident: Incident?
        if let id = event.incident?.id { incident = try await house.ledger.incident(id) }
        return try await house.ledger.surroundings { [incident] surroundings in
            try setup.objection(to: event, incident: incident, surroundings: surroundings, now: now)
        }
    }
}
