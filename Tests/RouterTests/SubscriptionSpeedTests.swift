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

extension Swift.Duration {
    fileprivate var seconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}
