// What is checked already and not acted on yet, as far as its shape is given.

import Foundation
import Routing

extension ConfigurationReader {
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
    }
}
