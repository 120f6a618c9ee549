// Figures, on request only: TOCSIN_LEDGER_SPEED=1 swift test -c release --filter SubscriptionSpeed. They assert counts, and
// nothing about time.

import Foundation
import Incidents
import JSON
import Ledger
import Routing
import Testing

@testable import Router

@Suite(.enabled(if: ProcessInfo.processInfo.environment["TOCSIN_LEDGER_SPEED"] != nil), .serialized)
struct SubscriptionSpeedTests {
    /// 100,000 subscriptions through the door, each of a service of its own but three; then events that three of them match.
    @Test(arguments: [100, 100_000]) func manyOfThem(count: Int) throws {
        let asker = try Asker()
        let clock = ContinuousClock()
        func wish(_ number: Int) -> [String: JSONValue] {
            let service = number % max(1, count / 3) == 7 ? "shop" : "service-\(number)"
            return ["match": ["service": .string(service)]]
        }
        let made = try clock.measure {
            for number in 0..<count { _ = try asker.subscribe("wish-\(number)", who: "ana", wish(number)) }
        }
        print("SPEED \(count) subscribe events: \(Int(Double(count) / made.seconds))/s")
        let reading = try clock.measure { _ = try asker.update() }
        print("SPEED first event after them: \(Int(reading.seconds * 1e6)) µs")
        let events = 500
        let told = try clock.measure {
            for _ in 0..<events {
                let planned = try asker.update()
                #expect(planned.count == 1)
            }
        }
        print("SPEED event that three of \(count) match: \(Int(told.seconds * 1e6) / events) µs")
        let mixed = try clock.measure {
            for number in 0..<events {
                _ = try asker.subscribe("wish-\(number)", who: "ana", wish(number + 1_000_000))
                _ = try asker.update()
            }
        }
        print("SPEED a change and an event among \(count): \(Int(mixed.seconds * 1e6) / events) µs")
        let gone = try clock.measure { try asker.send(["action": "unsubscribe", "id": "wish-50", "who": "ana"]) }
        print("SPEED unsubscribe among \(count): \(Int(gone.seconds * 1e6)) µs")
    }
}

extension SubscriptionSpeedTests {
    /// What the start costs, and what is left of it for the first event: 100,000 in the file, no two alike.
    @Test func theStart() async throws {
        let directory = NSTemporaryDirectory() + "speed-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let clock = ContinuousClock()
        let count = 100_000
        let asker = try Asker()
        func take(_ store: LedgerStore, _ id: String, _ changes: [StandingChange]) async throws {
            let document: JSONValue = ["type": "update", "id": .string(id), "incident": ["id": "INC1", "service": "shop"], "message": "x"]
            let event = try asker.setup.parser.event(from: document, origin: EventOrigin(file: id, modified: Date(), size: 1))
            let setup = asker.setup
            _ = try await store.accept([
                Arrival(event: event, digest: String(repeating: "0", count: 64), receivedAt: Date(), configVersion: "1") {
                    var decision = try Pipeline.decide(event, incident: $0, surroundings: $1, setup: setup, now: Date())
                    decision.changes += changes
                    return decision
                }
            ])
        }
        var store = try LedgerStore(directory: directory)
        let wishes = (0..<count).map { number -> StandingChange in
            let more: [String: JSONValue] = number.isMultiple(of: 2) ? ["severity": ">=high", "category": .string("*net*\(number)")] : [:]
            let match: [String: JSONValue] = ["service": .string("service-\(number)")]
            return .subscribe(Subscription(id: "wish-\(number)", who: .person("ana"), match: match.merging(more) { $1 }))
        }
        try await take(store, "many", wishes)
        await store.close()
        for isPrepared in [false, true] {
            store = try LedgerStore(directory: directory)
            let opened = store
            if isPrepared {
                let prepared = try clock.measure { try opened.prepareSubscriptions(scale: .standard) }
                print("SPEED start with \(count) subscriptions: \(Int(prepared.seconds * 1e3)) ms")
            }
            let first = try await clock.measure { try await take(opened, "first-\(isPrepared)", []) }
            print("SPEED first event after it, \(isPrepared ? "" : "not ")prepared: \(Int(first.seconds * 1e6)) µs")
            await store.close()
        }
    }
}

extension Swift.Duration {
    fileprivate var seconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}
