// The whole file, in the order in which its parts need one another: the scale first, for everything speaks of it.

import Foundation
import Incidents
import Routing

/// Every part of the file that could be read, with the places that Validation needs.
struct Decoded {
    var router: RouterSettings
    /// The directories in `router` are those that the file means.
    var directoriesAreKnown = false
    var calendars: [String: BusinessCalendar] = [:]
    var channels: [DecodedChannel] = []
    var people: [DecodedPerson] = []
    var teams: [DecodedTeam] = []
    var communicationLeads: [String: [String]] = [:]
    var unrouted: [RecipientEntry] = []
    var operators: [RecipientEntry] = []
    var routes: [DecodedRoute] = []
    var sla: [Int: SLAPolicy] = [:]
    var escalation: [DecodedPolicy] = []
    var reports: [DecodedReport] = []
    var dependencies: [DecodedDependency] = []
    var flap: FlapRule?
    var rotations: [DecodedRotation] = []
    var responses: [DecodedResponse] = []
    var incidentChannel: IncidentChannelRule?
    var broadcasts = BroadcastRules()
    var bounces = BounceRule()
    var http: HTTPSettings?
    var heartbeat: Heartbeat?
    var deadMen: [DeadManRule] = []
    /// See `TimeRules.wakesFor`.
    var wakesFor: Severity?
    /// What the file says has no routes, or some that could not be read: then nothing is said about who hears of what.
    var routesAreWhole = true
}

extension ConfigurationReader {
    /// Nil where the file is no map at all.
    func decode() -> Decoded? {
        decodeScale()
        guard let top = section(root, "", "the file") else { return nil }
        checkSeverities(top)
        var decoded = Decoded(router: routerSettings(top))
        decoded.directoriesAreKnown = knowsDirectories(top)
        if let router = routerSection {
            decoded.unrouted = router.recipients("unrouted")
            decoded.operators = router.recipients("operators")
        }
        decoded.calendars = calendars(top, zone: decoded.router.timezone)
        decoded.channels = channels(top)
        decoded.people = people(top, channels: decoded.channels)
        decoded.rotations = rotations(top, zone: decoded.router.timezone, people: decoded.people)
        decoded.teams = teams(top)
        decoded.communicationLeads = communicationLeads(top)
        decoded.routes = routes(top, calendars: decoded.calendars)
        decoded.routesAreWhole = !(top.given["routes"]?.isBroken ?? false) && decoded.routes.allSatisfy { $0.route != nil }
        decoded.sla = sla(top, calendars: decoded.calendars)
        decoded.escalation = escalation(top)
        decoded.reports = statusReports(top)
        decoded.dependencies = dependencies(top)
        if case .flap(let flap)? = top.first("flap")?.value { decoded.flap = flap }
        decoded.wakesFor = wakesFor()
        decoded.responses = responses(top)
        decoded.incidentChannel = incidentChannel(top, channels: decoded.channels)
        decoded.broadcasts = broadcasts(top)
        if case .bounces(let rule)? = routerSection?.first("suppress_after")?.value { decoded.bounces = rule }
        decoded.http = http(top)
        decoded.heartbeat = heartbeat(top)
        decoded.deadMen = deadMen(top)
        return decoded
    }

    /// The members of a section of sections, each with its name.
    func named(_ section: Section, _ name: String) -> [YAMLMember] { section.node(name)?.members ?? [] }

    /// The entries of a list of sections.
    func entries(_ section: Section, _ name: String) -> [YAMLNode] {
        if case .list(let nodes)? = section.node(name)?.content { return nodes }
        return []
    }
}
