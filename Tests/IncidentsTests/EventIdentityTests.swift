// The identity of an event that brings none: its content, and where it has no time, the file it came in.

import Foundation
import Testing

@testable import Incidents

@Suite struct EventIdentityTests {
    private static let timed = #"{"type":"update","time":"2026-11-24T03:58:00Z","incident":{"id":"I"},"message":"m"}"#
    private static let untimed = #"{"type":"update","incident":{"id":"I"},"message":"m"}"#
    private static let others = [
        EventOrigin(file: "y.json", modified: noon, size: 100),
        EventOrigin(file: "x.json", modified: noon.addingTimeInterval(0.001), size: 100),
        EventOrigin(file: "x.json", modified: noon, size: 101), EventOrigin(file: "x.json", modified: noon, size: 100, line: 1),
        EventOrigin(file: "x.json", modified: noon, size: 100, line: 2),
    ]

    @Test func withATimeTheFileDoesNotCount() throws {
        let ids = try Set(([origin] + Self.others).map { try parse(Self.timed, origin: $0).id })
        #expect(ids.count == 1)
    }

    @Test func withoutATimeTheFileCounts() throws {
        let ids = try ([origin] + Self.others).map { try parse(Self.untimed, origin: $0).id }
        #expect(Set(ids).count == ids.count)
        #expect(try parse(Self.untimed).id == ids[0])
    }

    @Test func spellingDoesNotCount() throws {
        let other = #"{ "message":"\u006d", "incident":{"id":"I"}, "time":"2026-11-24T03:58:00Z", "type":"update" }"#
        #expect(try parse(other).id == parse(Self.timed).id)
    }

    @Test(arguments: [
        Self.timed.replacing("\"m\"", with: "\"n\""), Self.timed.replacing("03:58", with: "03:59"),
        Self.timed.replacing("{\"type", with: "{\"x\":null,\"type"), Self.timed.replacing("\"I\"", with: "\"i\""),
    ]) func contentCounts(text: String) throws {
        #expect(try parse(text).id != parse(Self.timed).id)
    }

    @Test func anIDOfItsOwnIsKept() throws {
        #expect(try parse(Self.untimed.replacing("{\"type", with: "{\"id\":\"mine\",\"type")).id == "mine")
        let minted = try parse(Self.untimed).id
        #expect(minted.hasPrefix("content-"))
        #expect(minted.count == 48)
    }
}
