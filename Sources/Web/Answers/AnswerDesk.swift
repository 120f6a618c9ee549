// What all answers share: the house, and what has come back already. A token that acknowledges, and a message of a gateway, count
// once: the ledger knows those whose events it has taken, this desk those that are on their way there.

import Cryptography
import Foundation
import Incidents
import JSON
import Ledger
import Logging
import Router
import Settings
import Spool
import Synchronization

final class AnswerDesk: Sendable {
    /// The source of all events that are made here.
    static let source = "tocsin-answers"

    let house: House
    private let seen = Mutex(AnsweredKeys())

    private let refusals: Refusals

    init(_ house: House) {
        self.house = house
        refusals = Refusals(house.logger)
    }

    var setup: Setup { house.setup.value }
    var configuration: RouterConfiguration { setup.configuration }
    var now: Date { house.clock() }

    /// Whether a key comes for the first time since the start, among the last 20,000. It is seen from now on.
    func isFirst(_ key: String) -> Bool { seen.withLock { $0.insert(key) } }

    /// Whether a key has come since the start.
    func hasSeen(_ key: String) -> Bool { seen.withLock { $0.contains(key) } }

    /// It may come again: nothing has come of it.
    func forget(_ key: String) { seen.withLock { $0.remove(key) } }

    /// Drops an event that counts once.
    ///
    /// - Returns: false where one of that id was dropped, or accepted, before.
    func dropOnce(_ event: JSONValue, id: String) async throws -> Bool {
        guard isFirst(id) else { return false }
        do {
            if try await house.ledger.knows(event: id, source: Self.source) { return false }
            try await house.events.drop([Self.signed(event, id: id)])
            return true
        } catch {
            forget(id)
            throw error
        }
    }

    /// Drops an event that may come again without harm.
    func drop(_ event: JSONValue) async throws {
        try await house.events.drop([Self.signed(event, id: UUID().uuidString.lowercased())])
    }

    /// Without a time: the same answer twice is the same event.
    private static func signed(_ event: JSONValue, id: String) -> JSONValue {
        var members = event.object ?? [:]
        members["id"] = .string(id)
        members["source"] = .string(source)
        return .object(members)
    }

    /// Says in the log that something was refused: what, why, and from where; never a token. Once a minute for each reason and
    /// address: anybody can come with a link that is none.
    ///
    /// - Parameters:
    ///   - what: fixed words.
    ///   - why: fixed words too: nothing of the request, so that nobody makes new ones.
    func refused(_ what: String, _ why: String, from context: WebContext, _ more: Logger.Metadata = [:]) {
        var metadata = more
        metadata["why"] = "\(why)"
        let address = context.clientAddress ?? "unknown"
        metadata["from"] = "\(address)"
        refusals.log("\(what) was refused", key: "\(what), \(why), \(address)", metadata, now: now)
    }

    /// The person who has an address of a kind.
    func person(_ kind: ChannelKind, where isTheirs: (String) -> Bool) -> String? {
        let people = configuration.table.directory.people.values.filter { $0.addresses[kind].map(isTheirs) ?? false }
        return people.map(\.id).min()
    }
}

/// The last keys, each once.
private struct AnsweredKeys: Sendable {
    private static let capacity = 20_000
    private var keys: Set<String> = []
    private var order: [String] = []
    private var next = 0

    mutating func insert(_ key: String) -> Bool {
        guard keys.insert(key).inserted else { return false }
        if order.count < Self.capacity {
            order.append(key)
        } else {
            keys.remove(order[next])
            order[next] = key
            next = (next + 1) % Self.capacity
        }
        return true
    }

    func contains(_ key: String) -> Bool { keys.contains(key) }

    mutating func remove(_ key: String) {
        keys.remove(key)
        // Its place is given away later; an empty key is nobody's.
        if let index = order.lastIndex(of: key) { order[index] = "" }
    }
}
