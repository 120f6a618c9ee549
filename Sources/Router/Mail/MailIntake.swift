// From a mail that came in to an event in the queue. The ledger says whether it is about a mail of ours; the event's id comes
// from the mail, so that the same mail counts once however often it is read.

import Foundation
import Incidents
import JSON
import Ledger
import Spool

/// Reads mail to the sender's address, for one configuration.
public struct MailIntake: Sendable {
    let links: Links
    let ledger: LedgerStore
    let queue: String

    public init(links: Links, ledger: LedgerStore, queue: String) {
        self.links = links
        self.ledger = ledger
        self.queue = queue
    }

    /// What became of a mail, with words for people.
    public enum Result: Sendable, Equatable {
        /// An event was dropped.
        case dropped(String)
        /// It is understood, and nothing follows.
        case nothing(String)
        case notUnderstood(String)

        public var words: String {
            switch self {
            case .dropped(let words), .nothing(let words), .notUnderstood(let words): words
            }
        }
    }

    /// - Throws: `LedgerError`, `SpoolError`: then nothing was dropped, and the mail can be read again.
    public func take(_ bytes: [UInt8]) async throws -> Result {
        switch InboundMail.read(bytes) {
        case .other(let why): return .notUnderstood(why)
        case .nothing(let why): return .nothing(why)
        case .bounce(let bounce):
            guard let address = try await ledger.mailAddress(ofToken: bounce.token) else {
                return .nothing("the mail that came back (\(bounce.token)) is none of ours, or too old to be known")
            }
            var payload: [String: JSONValue] = ["action": "bounce", "who": ["email": .string(address)], "code": .string(bounce.status)]
            payload["reason"] = bounce.diagnostic.map(JSONValue.string)
            // One mail comes back once, in however many reports; and whoever makes up reports has one for each mail.
            let id = "bounce/\(bounce.token)"
            if try await isKnown(id) { return .nothing("the mail that came back (\(bounce.token)) has been counted already") }
            try await drop(.object(payload), id: id)
            return .dropped(
                "mail to \(address) came back (\([bounce.status, bounce.diagnostic].compactMap(\.self).joined(separator: ": ")))")
        case .leave(let token, let id):
            guard let deed = links.deed(token) else { return .nothing("it asks to unsubscribe with a token that was not made here") }
            guard case .leave(let subscription) = deed else { return .nothing("its token confirms a subscription, and ends none") }
            guard let payload = deed.payload(ending: try await ledger.subscription(subscription), reason: "by mail") else {
                return .nothing("it asks to unsubscribe from what has ended already")
            }
            try await drop(payload, id: "unsubscribe/\(id)")
            return .dropped("its reader unsubscribes (\(payload["action"]?.string ?? "") \(payload["id"]?.string ?? ""))")
        }
    }

    private static let source = "tocsin-mail"

    private static func name(_ id: String) -> String { "mail-\(id.replacing("/", with: "-")).json" }

    /// Whether its event waits in the queue or was accepted. A file goes only after its event is in the ledger.
    private func isKnown(_ id: String) async throws -> Bool {
        let path = "\(queue)/\(Self.name(id))"
        if await Blocking.run({ FileManager.default.fileExists(atPath: path) }) { return true }
        return try await ledger.knows(event: id, source: Self.source)
    }

    private func drop(_ payload: JSONValue, id: String) async throws {
        // Without a time: the event is the same however often it is made.
        let event: JSONValue = [
            "id": .string(id), "type": .string(EventType.subscription.rawValue), "source": .string(Self.source), "subscription": payload,
        ]
        let (queue, name) = (queue, Self.name(id))
        let fault: SpoolError? = await Blocking.run { () -> SpoolError? in
            do throws(SpoolError) {
                try EventDrop.drop(event, into: queue, name: name)
                return nil
            } catch {
                return error
            }
        }
        if let fault { throw fault }
    }
}
