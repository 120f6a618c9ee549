// What can be checked only when the whole file has been read: names, ways, cycles, routes that cannot count.

import Incidents
import Routing

struct Validation {
    let reader: ConfigurationReader
    let decoded: Decoded
    let channels: [String: DecodedChannel]
    let people: [String: DecodedPerson]
    let teams: [String: DecodedTeam]
    let rotations: [String: DecodedRotation]

    init(_ reader: ConfigurationReader, _ decoded: Decoded) {
        self.reader = reader
        self.decoded = decoded
        channels = Dictionary(decoded.channels.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        people = Dictionary(decoded.people.map { ($0.person.id, $0) }, uniquingKeysWith: { first, _ in first })
        teams = Dictionary(decoded.teams.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        rotations = Dictionary(decoded.rotations.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    var findings: Findings { reader.findings }

    func run() {
        checkDeclaredNames()
        checkNameUses()
        for use in reader.recipients { check(use) }
        checkPeople()
        checkTeamCycles()
        checkFallbackCycles()
        checkDependencyCycles()
        checkPolicies()
        checkWaking()
        checkBroadcasts()
        checkResponses()
        checkStateDirectory()
        guard reader.isWhole else { return }
        checkUsage()
        checkUnreachableRoutes()
        checkUnheardSeverities()
        if !findings.hasErrors { lint() }
    }
}
