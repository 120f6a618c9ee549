// A ledger in a directory of its own, and events to put into it.

import Cryptography
import Foundation
import GRDB
import Incidents
import JSON
import Routing
import Testing

@testable import Ledger

/// A temporary state directory; removed with the fixture.
final class LedgerFixture: Sendable {
    let directory: String
    var path: String { directory + "/ledger.sqlite" }

    init() throws {
        directory = NSTemporaryDirectory() + "ledger-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: directory) }

    func open() throws -> LedgerStore { try LedgerStore(directory: directory) }

    /// Changes the file behind the store's back; foreign keys are not looked at.
    func damage(_ sql: String) throws {
        var configuration = Configuration()
        configuration.foreignKeysEnabled = false
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        try queue.writeWithoutTransaction { try $0.execute(sql: sql) }
        try queue.close()
    }
}

let start = Date(timeIntervalSince1970: 1_795_000_000)

/// An event as it would come out of the parser.
func event(
    _ id: String, incident: String? = "INC1", source: String = "monitor", type: EventType = .statusChange, status: String = "open",
    message: String? = nil, time: Date = start
) throws -> Event {
    var document: [String: JSONValue] = [
        "id": .string(id), "type": .string(type.rawValue), "source": .string(source), "time": .string(Timestamp.format(time)),
    ]
    if let incident {
        document["incident"] = ["id": .string(incident), "severity": "P1", "status": .string(status), "title": "Payments API failing"]
    }
    document["message"] = message.map(JSONValue.string)
    return try EventParser(scale: .standard, allowsReservedTypes: true).event(
        from: .object(document), origin: EventOrigin(file: "\(id).json", modified: time, size: 100))
}

func delivery(
    _ channel: String = "ops-slack", _ address: String = "C1", priority: Int = 0, due: Date = start, urgent: Bool = false
) -> PlannedDelivery {
    PlannedDelivery(
        channel: channel, kind: .slack, address: address, recipient: channel, for: channel, routes: ["first", "second"],
        template: "escalation", language: "en", timezone: "Europe/London", isUrgent: urgent, priority: priority, due: due,
        expires: due.addingTimeInterval(3600))
}

/// An arrival whose decision merges the event into its incident and plans the given deliveries.
func arrival(
    _ event: Event, _ deliveries: [PlannedDelivery] = [delivery()], digest: String? = nil, rejection: Rejection? = nil,
    at now: Date = start, lane: String? = nil
) -> Arrival {
    Arrival(
        event: event, digest: digest ?? SHA256.hex(event.document.canonicalBytes), receivedAt: now, file: "\(event.id).json",
        configVersion: "v1"
    ) { incident, _ in
        let application = Incident.apply(event, to: incident, now: now)
        let isStale = application?.isStale ?? false
        return Decision(
            application: application, plan: Plan(deliveries: isStale ? [] : deliveries),
            lanes: deliveries.map { lane ?? "lane-\($0.channel)" }, rejection: rejection)
    }
}

func accepted(_ delivery: Int64, at time: Date = start) -> AttemptRecord {
    AttemptRecord(
        delivery: delivery, at: time, milliseconds: 12, outcome: "accepted", code: "200", remoteID: "r-\(delivery)", next: .delivered)
}

func refused(_ delivery: Int64, at time: Date = start) -> AttemptRecord {
    AttemptRecord(
        delivery: delivery, at: time, milliseconds: 3, outcome: "refused", code: "404", reason: "no_such_destination", detail: "no_service",
        next: .dead("no_such_destination"))
}

func deferred(_ delivery: Int64, until due: Date, at time: Date = start, fallbackAt: Date? = nil) -> AttemptRecord {
    AttemptRecord(
        delivery: delivery, at: time, milliseconds: 5, outcome: "deferred", code: "503", reason: "unavailable", next: .retry(at: due),
        fallbackAt: fallbackAt)
}

func overtaken(_ delivery: Int64, at time: Date) -> AttemptRecord {
    AttemptRecord(delivery: delivery, at: time, outcome: "", next: .overtaken)
}

/// The time that many seconds after `start`.
func after(_ seconds: TimeInterval) -> Date { start.addingTimeInterval(seconds) }

extension Receipt {
    var sequence: Int64? { if case .accepted(let sequence, _, _, _, _) = self { sequence } else { nil } }
    var ready: [QueuedDelivery] { if case .accepted(_, _, let deliveries, _, _) = self { deliveries } else { [] } }
    var isStale: Bool { if case .accepted(_, let stale, _, _, _) = self { stale } else { false } }
    var raised: [RaisedHead] { if case .accepted(_, _, _, _, let raised) = self { raised } else { [] } }
    var isDuplicate: Bool { if case .duplicate = self { true } else { false } }
    var rejection: Rejection? { if case .rejected(let rejection) = self { rejection } else { nil } }
}

extension LedgerStore {
    /// Accepts one event and returns the ids of all deliveries planned so far, oldest first.
    @discardableResult
    func take(_ arrivals: Arrival...) async throws -> [Int64] {
        _ = try await accept(arrivals)
        return try await deliveries().map(\.id)
    }

    func number(_ sql: String) async throws -> Int { try await readers.read { try $0.number(sql) } }
}

/// Keeps a store's writer busy, so that calls gather behind it.
struct Gate {
    private let semaphore = DispatchSemaphore(value: 0)
    private let holding: Task<Void, any Error>
    private let store: LedgerStore

    /// Returns once the writer is held.
    init(_ store: LedgerStore) async {
        self.store = store
        let entered = AsyncStream<Void>.makeStream()
        holding = Task { [semaphore] in
            try await store.writing { _ in
                entered.continuation.finish()
                semaphore.wait()
            }
        }
        for await _ in entered.stream {}
    }

    /// Lets the writer go on once that many calls wait for it.
    func open(after calls: Int) async throws {
        while store.depth < calls { await Task.yield() }
        semaphore.signal()
        try await holding.value
    }
}

/// The code of the error that `body` throws.
func code(_ body: () async throws -> Void) async -> LedgerError.Code? {
    do {
        try await body()
        return nil
    } catch {
        return (error as? LedgerError)?.code
    }
}
