// What becomes of what was held at one address under one key, once it is due: messages of their own, one digest, or nothing.
// Pure.

import Incidents

/// One that leaves its hold.
struct HeldMessage: Equatable {
    var id: Int64
    /// The place of its event in the ledger's order.
    var event: Int64
    var incident: String?
    /// Its incident is over.
    var hasEnded: Bool
    /// A newer one about its incident has been told at this address, or is under way.
    var isOvertaken: Bool

    init(id: Int64, event: Int64, incident: String? = nil, hasEnded: Bool = false, isOvertaken: Bool = false) {
        self.id = id
        self.event = event
        self.incident = incident
        self.hasEnded = hasEnded
        self.isOvertaken = isOvertaken
    }
}

/// The decision about all that is due at one (channel, address) under one key.
struct ReleasePlan: Equatable {
    struct Superseded: Equatable {
        var id: Int64
        var by: Int64?
        var reason: String
    }

    /// Go out as themselves, in the order of their events.
    var alone: [Int64] = []
    /// Go into one digest.
    var digest: [Int64] = []
    var superseded: [Superseded] = []

    /// Late messages that go to one address by themselves, at most.
    static let lateLimit = 20
    static let late = "late"
    static let overtaken = "late, and something newer about the incident has been told here"
    static let ended = "its incident was over by the time it was told"

    /// - Parameter messages: in any order.
    init(key: String, messages: [HeldMessage]) {
        let messages = messages.sorted { ($0.event, $0.id) < ($1.event, $1.id) }
        if key == Self.late {
            planLate(messages)
        } else if messages.count == 1, let only = messages.first, !only.hasEnded, !only.isOvertaken {
            alone = [only.id]
        } else {
            digest = messages.map(\.id)
        }
    }

    /// The newest of each incident that is still open.
    private mutating func planLate(_ messages: [HeldMessage]) {
        // By their bytes: two spellings of one text are two incidents.
        var newest: [[UInt8]: Int64] = [:]
        for message in messages { message.incident.map { newest[Array($0.utf8)] = message.id } }
        var going: [Int64] = []
        for message in messages {
            guard let incident = message.incident, let last = newest[Array(incident.utf8)] else {
                going.append(message.id)
                continue
            }
            if message.hasEnded {
                superseded.append(Superseded(id: message.id, by: nil, reason: Self.ended))
            } else if message.isOvertaken {
                superseded.append(Superseded(id: message.id, by: nil, reason: Self.overtaken))
            } else if last == message.id {
                going.append(message.id)
            } else {
                superseded.append(Superseded(id: message.id, by: last, reason: "late, and overtaken by a newer one: see delivery \(last)"))
            }
        }
        if going.count > Self.lateLimit { digest = going } else { alone = going }
    }
}
