// What keeps the noise down: `group`, `throttle` and `repeat` of routes, `dependencies`, and for whom quiet hours end.

import Foundation
import Incidents
import Routing

/// An entry of `dependencies`.
struct DecodedDependency {
    /// In lower case, as everything that is compared here.
    var service: String
    var needs: [String]
    var place: Place
}

extension ConfigurationReader {
    /// What a route says about it, as far as it could be read.
    func noise(_ route: Section) -> (group: GroupRule?, throttle: ThrottleRule?, repeatEvery: TimeInterval?) {
        var throttle: ThrottleRule?
        if case .throttle(let rule)? = route.first("throttle")?.value { throttle = rule }
        let again = route.node("repeat").flatMap { section($0, "routes[].repeat", "`repeat`") }
        return (group(route), throttle, again?.seconds("every"))
    }

    private func group(_ route: Section) -> GroupRule? {
        guard let node = route.node("group"), let group = section(node, "routes[].group", "`group`") else { return nil }
        for given in group.all("by") {
            let known = ConditionMembers.meanings.map(\.name)
            if given.text == "age" {
                findings.error("`age` is nothing to group by: it is never the same twice", at: given.place)
            } else if !ConditionMembers.isKnown(given.text) {
                findings.error(
                    "`\(given.raw.shortened)` is nothing to group by\(Suggestion.clause(for: given.raw, among: known))", at: given.place)
            }
        }
        guard let wait = group.seconds("wait"), let interval = group.seconds("interval") else { return nil }
        return GroupRule(by: group.texts("by"), wait: wait, interval: interval)
    }

    func dependencies(_ top: Section) -> [DecodedDependency] {
        var dependencies: [DecodedDependency] = []
        var lines: [String: Int] = [:]
        for entry in top.given["dependencies"]?.named ?? [] {
            let service = entry.name.lowercased()
            if let line = lines[service] {
                findings.error("`\(entry.name.shortened)` is there already (line \(line))", at: entry.place)
                continue
            }
            lines[service] = entry.place.line
            if entry.values.contains(where: { $0.text.lowercased() == service }) {
                findings.error("service `\(entry.name.shortened)` depends on itself", at: entry.place)
            }
            checkIsPlain(entry.name, at: entry.place)
            for need in entry.values { checkIsPlain(need.raw, at: need.place) }
            var seen: Set<String> = [service]
            let needs = entry.values.map { $0.text.lowercased() }.filter { seen.insert($0).inserted }
            dependencies.append(DecodedDependency(service: service, needs: needs, place: entry.place))
        }
        return dependencies
    }

    private func checkIsPlain(_ name: String, at place: Place) {
        guard name.isEmpty || name.contains("*") || "!~".contains(name.first ?? " ") else { return }
        findings.error("`\(name.shortened)` is no service's name: `dependencies` takes names, and no patterns", at: place)
    }

    /// The most urgent severity, where the file says nothing.
    func wakesFor() -> Severity? {
        guard let given = routerSection?.first("wake_for") else { return scale.mostUrgent }
        if case .severity(let severity) = given.value { return severity }
        return nil
    }
}
