// Who may do what, and what they are told.

import Foundation
import HTTPTypes
import JSON
import Settings
import Testing

@testable import Web

@Suite struct AccessTests {
    private static let event = #"{"type": "escalation", "incident": {"id": "I"}}"#

    @Test func withoutATokenItIs401AndWithTheWrongScope403() async throws {
        let house = try IntakeHouse()
        let none = try await house.send(.post, "/v1/events", body: Self.event)
        #expect(none.status == 401 && none.codes == ["unauthorized"])
        #expect(none.headers[.wwwAuthenticate]?.hasPrefix("Bearer") == true)
        let wrong = try await house.post(Self.event, token: try house.token([.operate]))
        #expect(wrong.status == 403)
        let read = try await house.send(.get, "/v1/status", token: try house.token([.intake]))
        #expect(read.status == 403)
        #expect(try await house.send(.get, "/v1/status", token: try house.token([.operate])).status == 200)
    }

    @Test func aForgedTokenIsRefusedAndLoggedOnceWithoutItsText() async throws {
        let house = try IntakeHouse()
        let forged = String(try house.token().dropLast(4)) + "0000"
        let refusals = Refusals(house.house.logger)
        for _ in 0..<50 {
            let answer = try await house.post(Self.event, token: forged)
            #expect(answer.status == 401)
            #expect(answer.headers[.wwwAuthenticate]?.contains("invalid_token") == true)
            refusals.log("refused", key: "same", [:], now: Date())
        }
        #expect(!house.log.all.contains { $0.contains(forged.suffix(52)) })
        #expect(house.log.all.contains { $0.contains("a token was refused") })
        #expect(house.log.all.filter { $0.contains("warning refused") }.count == 1)
    }

    @Test func aTokenMayBeThePasswordOfBasic() throws {
        let token = "tocsin_" + String(repeating: "a", count: 8) + "_" + String(repeating: "b", count: 52)
        let basic = Data("tool:\(token)".utf8).base64EncodedString()
        #expect(TokenMiddleware.token("Basic \(basic)") == token)
        #expect(TokenMiddleware.token("bearer   \(token) ") == token)
        #expect(TokenMiddleware.token("Basic \(Data("u:p".utf8).base64EncodedString())") == nil)
        #expect(TokenMiddleware.token("Bearer") == "")
        #expect(TokenMiddleware.token("Digest x") == nil)
        #expect(TokenMiddleware.token(nil) == nil)
    }

    @Test func whatATokenAsksTooOftenWaits() async throws {
        let gate = RateGate()
        let rates = [Rate(count: 2, seconds: 1), Rate(count: 3, seconds: 60)]
        #expect(gate.take("a", rates: rates, now: 0) == nil)
        #expect(gate.take("a", rates: rates, now: 0) == nil)
        #expect(gate.take("a", rates: rates, now: 0) == 0.5)
        #expect(gate.take("b", rates: rates, now: 0) == nil)
        #expect(gate.take("a", rates: rates, now: 1) == nil)
        #expect((gate.take("a", rates: rates, now: 1) ?? 0) > 10)
        #expect(gate.take("a", rates: [], now: 1) == nil)
    }

    @Test func aWrongMethodIs405AndAWrongPath404() async throws {
        let house = try IntakeHouse()
        let method = try await house.send(.delete, "/v1/events")
        #expect(method.status == 405)
        #expect(method.headers[.allow] == "POST")
        #expect(method.codes == ["method_not_allowed"])
        #expect(try await house.send(.post, "/v1/deliveries/7", body: "{}").headers[.allow] == "GET")
        let path = try await house.send(.get, "/v1/nothing")
        #expect(path.status == 404 && path.codes == ["not_found"])
        #expect(path.headers[.cacheControl] == "no-store")
    }
}
