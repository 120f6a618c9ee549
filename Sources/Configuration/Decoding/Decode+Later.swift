// What is checked already and not acted on yet, as far as its shape is given.

import Foundation
import Routing

extension ConfigurationReader {
    func checkSLA(_ top: Section) {
        var seen: [String: String] = [:]
        for member in named(top, "sla") {
            checkSeverity(member)
            if let severity = scale.severity(member.key) {
                if let other = seen[severity.name] {
                    findings.error("`\(member.key)` and `\(other)` are the same severity", at: member.place)
                }
                seen[severity.name] = member.key
            }
            guard let sla = section(member.value, "sla.*", "`sla` of `\(member.key.shortened)`") else { continue }
            if !sla.isBroken, !["acknowledge", "resolve", "update"].contains(where: sla.has) {
                findings.warning("\(sla.title) promises nothing: name `acknowledge`, `resolve` or `update`", at: member.place)
            }
        }
    }

    func checkLater(_ top: Section) {
        if let node = top.node("broadcasts") { _ = section(node, "broadcasts", "`broadcasts`") }
        for member in named(top, "rotations") {
            guard let rotation = section(member.value, "rotations.*", "rotation `\(member.key.shortened)`") else { continue }
            checkIsNotEmpty(rotation, "people")
        }
        if let node = top.node("http") { _ = section(node, "http", "`http`") }
        for (index, node) in entries(top, "responses").enumerated() {
            guard let response = section(node, "responses[]", "response \(index + 1)") else { continue }
            _ = match(response.node("match"))
        }
        if let node = top.node("incident_channel"), let channel = section(node, "incident_channel", "`incident_channel`") {
            let values = channel.texts("severity")
            if let given = channel.first("severity") {
                do {
                    _ = try Condition(member: "severity", values: values, scale: scale)
                } catch {
                    let message = given.holdsSecret ? "the value of `severity` cannot be understood" : error.message
                    findings.error(message, at: given.place)
                }
            }
        }
        if let node = top.node("heartbeat"), let heartbeat = section(node, "heartbeat", "`heartbeat`") { checkIsNotEmpty(heartbeat, "to") }
        let dependencies = top.given["dependencies"]?.named ?? []
        for service in dependencies where service.values.contains(where: { $0.text == service.name }) {
            findings.error("service `\(service.name.shortened)` depends on itself", at: service.place)
        }
    }
}
