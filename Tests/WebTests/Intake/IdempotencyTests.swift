// What comes again is accepted once.

import Foundation
import JSON
import Testing

@testable import Web

@Suite struct IdempotencyTests {
    private static let events =
        #"[{"type": "escalation", "incident": {"id": "I"}}, {"type": "update", "incident": {"id": "I"}, "message": "m"}]"#
    private static let key = ["Idempotency-Key": "k-1"]

    @Test func theSameKeyGivesTheSameIdsAndOneEffect() async throws {
        let house = try IntakeHouse()
        let token = try house.token()
        let first = try await house.post(Self.events, token: token, headers: Self.key)
        let second = try await house.post(Self.events, token: token, headers: Self.key)
        #expect(first.status == 202 && second.status == 202)
        #expect(first.ids == second.ids && Set(first.ids).count == 2)
        #expect(try await house.take().isEmpty)
        let third = try await house.post(Self.events, token: token, headers: Self.key)
        #expect(third.ids == first.ids)
        #expect(try await house.take().isEmpty)
        #expect(try await house.ledger.summary(now: Date()).events == 2)
    }

    @Test func anotherBodyWithTheSameKeyIsRefused() async throws {
        let house = try IntakeHouse()
        let token = try house.token()
        #expect(try await house.post(Self.events, token: token, headers: Self.key).status == 202)
        let other = Self.events.replacing("\"m\"", with: "\"n\"")
        #expect(try await house.post(other, token: token, headers: Self.key).status == 422)
        // Also where only the ledger still knows the key.
        try await house.take()
        let later = House(setup: house.current, ledger: house.ledger, logger: house.house.logger)
        let intake = EventIntake(later)
        let submitter = Submitter(name: "monitoring", id: try #require(TokenText.id(of: token)), key: "k-1")
        let body = Array(other.utf8)
        await #expect(throws: RefusedRequest.self) {
            _ = try await intake.accept(try EventFormat.json.documents(in: body, [:]), body, from: submitter, format: .json)
        }
    }

    @Test func keysOfTwoTokensAreTwoKeys() async throws {
        let house = try IntakeHouse()
        let first = try await house.post(Self.events, token: try house.token(name: "a"), headers: Self.key)
        let second = try await house.post(Self.events, token: try house.token(name: "b"), headers: Self.key)
        #expect(first.status == 202 && second.status == 202)
        #expect(first.ids != second.ids)
    }

    @Test func anIdOfItsOwnMakesARetryADuplicateAlsoInAnotherTrace() async throws {
        let house = try IntakeHouse()
        let token = try house.token()
        let event = #"{"id": "e1", "type": "escalation", "incident": {"id": "I"}}"#
        for span in ["b7ad6b7169203331", "b7ad6b7169203332"] {
            _ = try await house.post(event, token: token, headers: ["traceparent": "00-0af7651916cd43dd8448eb211c80319c-\(span)-01"])
        }
        #expect(try await house.take().isEmpty)
        #expect(try await house.ledger.summary(now: Date()).events == 1)
    }

    @Test(arguments: ["", String(repeating: "k", count: 201)])
    func aKeyHasBounds(key: String) async throws {
        let house = try IntakeHouse()
        let answer = try await house.post(Self.events, token: try house.token(), headers: ["Idempotency-Key": key])
        #expect(answer.status == 400 && answer.codes == ["bad_idempotency_key"])
    }

    @Test func aRefusedRequestUsesUpNoKey() async throws {
        let house = try IntakeHouse()
        let token = try house.token()
        let wrong = Self.events.replacing("\"update\"", with: "\"updat\"")
        #expect(try await house.post(wrong, token: token, headers: Self.key).status == 400)
        // Nor does what cannot be written.
        try FileManager.default.moveItem(atPath: house.path + "/queue", toPath: house.path + "/away")
        #expect(try await house.post(Self.events, token: token, headers: Self.key).status == 503)
        try FileManager.default.moveItem(atPath: house.path + "/away", toPath: house.path + "/queue")
        let other = Self.events.replacing("\"m\"", with: "\"n\"")
        #expect(try await house.post(other, token: token, headers: Self.key).status == 202)
        #expect(try await house.post(Self.events, token: token, headers: Self.key).status == 422)
    }
}
