// What counts as the same event: its content, or its id alone where it says so.

import Foundation
import Incidents
import JSON
import Testing

@testable import Router

@Suite struct IdentityTests {
    private func digest(_ text: String) throws -> String {
        let origin = EventOrigin(file: "x.json", modified: Date(timeIntervalSince1970: 1_800_000_000), size: text.utf8.count)
        return try EventParser(scale: .standard).parse(Array(text.utf8), origin: origin).digest
    }

    @Test func otherWordsAreAnotherContent() throws {
        let one = try digest(#"{"id":"e","source":"s","type":"update","message":"a","incident":{"id":"I"}}"#)
        #expect(try one == digest(#"{"source":"s","id":"e","type":"update","message":"a","incident":{"id":"I"}}"#))
        #expect(try one != digest(#"{"id":"e","source":"s","type":"update","message":"b","incident":{"id":"I"}}"#))
    }

    @Test func unlessTheIDAloneIsTheIdentity() throws {
        let one = try digest(#"{"id":"e","source":"s","identity":"id","type":"update","message":"a","incident":{"id":"I"}}"#)
        #expect(try one == digest(#"{"id":"e","source":"s","identity":"id","type":"update","message":"b","incident":{"id":"I"}}"#))
        #expect(try one != digest(#"{"id":"f","source":"s","identity":"id","type":"update","message":"a","incident":{"id":"I"}}"#))
        #expect(try one != digest(#"{"id":"e","source":"t","identity":"id","type":"update","message":"a","incident":{"id":"I"}}"#))
        // One that does not say so is not taken for the other.
        #expect(try one != digest(#"{"id":"e","source":"s","type":"update","message":"a","incident":{"id":"I"}}"#))
        // Without an id there is nothing that it could be known by.
        #expect(
            try digest(#"{"identity":"id","type":"update","message":"a","incident":{"id":"I"}}"#)
                != digest(#"{"identity":"id","type":"update","message":"b","incident":{"id":"I"}}"#))
    }
}
