// What is checked already and not acted on yet, as far as its shape is given.

extension ConfigurationReader {
    func checkLater(_ top: Section) {
        if let node = top.node("http") { _ = section(node, "http", "`http`") }
        if let node = top.node("heartbeat"), let heartbeat = section(node, "heartbeat", "`heartbeat`") { checkIsNotEmpty(heartbeat, "to") }
    }
}
