// `routes`.

import Foundation
import Incidents
import Routing

/// A route of the file; `route` is nil where it could not be read.
struct DecodedRoute {
    var name: String
    var place: Place
    var route: Route?
    var template: TemplateReference?
}

extension ConfigurationReader {
    func routes(_ top: Section, calendars: [String: BusinessCalendar]) -> [DecodedRoute] {
        let nodes = entries(top, "routes")
        if nodes.isEmpty, !(top.given["routes"]?.isBroken ?? false), !top.misspelt.contains("routes") {
            findings.warning("there are no `routes`: nobody is told of anything", at: top.given["routes"]?.place ?? root.place)
        }
        var seen: [String: Int] = [:]
        return nodes.enumerated().map { index, node in
            let standard = "route-\(index + 1)"
            let title = node["name"]?.text.map { "route `\($0.shortened)`" } ?? "route \(index + 1)"
            var decoded = DecodedRoute(name: standard, place: node.place)
            if node.isNothing {
                findings.error("route \(index + 1) is empty", at: node.place)
                return decoded
            }
            guard let section = section(node, "routes[]", title) else { return decoded }
            decoded.name = section.first("name")?.raw ?? standard
            let namePlace = section.first("name")?.place ?? node.place
            checkRouteName(decoded.name, at: namePlace)
            if let line = seen[decoded.name] {
                findings.error("two routes are called `\(decoded.name.shortened)`; the first is on line \(line)", at: namePlace)
            }
            seen[decoded.name] = seen[decoded.name] ?? namePlace.line
            let match = match(section.node("match"))
            let noise = noise(section)
            let hours = hours(section, calendars)
            checkIsNotEmpty(section, "to")
            if let name = section.first("template") {
                decoded.template = TemplateReference(
                    name: name.text, route: decoded.name, line: name.place.line, column: name.place.column)
            }
            guard let match, let hours, !section.isBroken else { return decoded }
            decoded.route = Route(
                name: decoded.name, match: match, to: section.recipients("to"), isUrgent: section.flag("urgent") ?? false,
                stops: section.flag("stop") ?? false, template: section.text("template"), during: hours.during, outside: hours.outside,
                expire: section.seconds("expire"), retryFor: section.seconds("retry_for"), group: noise.group, throttle: noise.throttle,
                repeatEvery: noise.repeatEvery)
            return decoded
        }
    }

    private func checkRouteName(_ name: String, at place: Place) {
        if name.isEmpty || AddressText.holdsControls(name) || name.count > 100 {
            findings.error("a route's name must have 1 to 100 characters, and no control characters", at: place)
        } else if ["router.unrouted", "router.operators"].contains(name) {
            findings.error("`\(name)` cannot be a route's name: deliveries of the router itself carry it", at: place)
        }
    }

    private func hours(_ section: Section, _ calendars: [String: BusinessCalendar]) -> (
        during: BusinessCalendar?, outside: BusinessCalendar?
    )? {
        let during = section.text("during")
        let outside = section.text("outside")
        if let during, during == outside {
            findings.error("`during` and `outside` name the same calendar: that is never", at: section.place(of: "outside"))
            return nil
        }
        // A calendar that is not known, or broken, has a finding of its own.
        for name in [during, outside].compactMap(\.self) where calendars[name] == nil { return nil }
        return (during.flatMap { calendars[$0] }, outside.flatMap { calendars[$0] })
    }

    func checkIsNotEmpty(_ section: Section, _ name: String) {
        guard let given = section.given[name], case .list(let nodes) = given.node.content, nodes.isEmpty else { return }
        findings.error("`\(name)` of \(section.title) is empty: nobody would be told", at: given.node.place)
    }
}
