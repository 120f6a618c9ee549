// POST /v1/intake/NAME: by token or by signature, through the tool's adapter.

import Foundation
import Incidents
import JSON
import Testing

@testable import Web

/// A tool that sends `{"alerts": [NAME, …]}` and signs by the header `x-secret`.
private struct TestTool: ToolAdapter {
    func events(from body: JSONValue, headers: [String: String], scale: SeverityScale) throws(ToolFault) -> (
        events: [JSONValue], notes: [String]
    ) {
        guard let alerts = body["alerts"]?.array else { throw ToolFault(code: "missing_member", message: "no alerts", pointer: "/alerts") }
        return (
            alerts.map {
                ["id": .string("tool-\($0.scalarText ?? "")"), "type": "escalation", "incident": ["id": .string($0.scalarText ?? "")]]
            }, []
        )
    }

    func verify(headers: [String: String], body: [UInt8], secret: String, now: Date) throws(ToolFault) {
        if headers["x-secret"] != secret { throw ToolFault(code: "bad_signature", message: "it does not fit") }
    }
}

@Suite struct ToolIntakeTests {
    private func house(_ http: String = "{}") throws -> IntakeHouse {
        try IntakeHouse(
            http: http,
            adapters: ToolAdapters(shipped: ["alertmanager"]) { name in
                name == "broken" ? .failure(ToolFault(code: "unknown_adapter", message: "no such file")) : .success(TestTool())
            })
    }

    @Test func eventsAreMadeOfIt() async throws {
        let house = try house()
        let answer = try await house.send(.post, "/v1/intake/alertmanager", token: try house.token(), body: #"{"alerts": ["A", "B"]}"#)
        #expect(answer.status == 202 && answer.ids == ["tool-A", "tool-B"])
        #expect(try house.queued().map { $0["source"]?.string } == ["alertmanager", "alertmanager"])
    }

    @Test func whatTellsNothingIsAcceptedWithANote() async throws {
        let house = try house()
        let answer = try await house.send(.post, "/v1/intake/alertmanager", token: try house.token(), body: #"{"alerts": []}"#)
        #expect(answer.status == 202 && answer.ids.isEmpty)
        #expect(answer.json["notes"]?.array?.isEmpty == false)
        #expect(try house.queued().isEmpty)
    }

    @Test func anUnknownNameIs404WithTheNearest() async throws {
        let house = try house()
        let answer = try await house.send(.post, "/v1/intake/alertmanger", token: try house.token(), body: "{}")
        #expect(answer.status == 404)
        #expect(answer.errors.first?["message"]?.string?.contains("`alertmanager`") == true)
        #expect(try await house.send(.post, "/v1/intake/alertmanger", body: "{}").status == 401)
    }

    @Test func withASecretTheSignatureIsEnoughAndAWrongOneIsLogged() async throws {
        let house = try house("{intake: {pager: {adapter: alertmanager, secret: hush}}}")
        let body = #"{"alerts": ["A"]}"#
        #expect(try await house.send(.post, "/v1/intake/pager", headers: ["x-secret": "hush"], body: body).status == 202)
        let forged = try await house.send(.post, "/v1/intake/pager", headers: ["x-secret": "guess"], body: body)
        #expect(forged.status == 401 && forged.codes == ["bad_signature"])
        #expect(house.log.all.contains { $0.contains("a webhook was refused") && $0.contains("pager") && !$0.contains("hush") })
        #expect(try await house.send(.post, "/v1/intake/pager", token: try house.token(), body: body).status == 202)
        #expect(try await house.send(.post, "/v1/intake/pager", body: body).status == 401)
    }

    @Test func whatTheAdapterRefusesIsToldWithItsPlace() async throws {
        let house = try house("{intake: {own: {adapter: broken}}}")
        let token = try house.token()
        let answer = try await house.send(.post, "/v1/intake/alertmanager", token: token, body: "{}")
        #expect(answer.status == 400 && answer.codes == ["missing_member"])
        #expect(answer.errors.first?["pointer"] == "/alerts")
        #expect(try await house.send(.post, "/v1/intake/alertmanager", token: token, body: "{").codes == ["not_json"])
        #expect(try await house.send(.post, "/v1/intake/own", token: token, body: "{}").status == 503)
    }

    @Test func aSignedToolIsBoundByTheRate() async throws {
        let house = try house("{rate: 1/h, intake: {pager: {adapter: alertmanager, secret: hush}}}")
        let body = #"{"alerts": ["A"]}"#
        // Who is not believed uses up nothing.
        #expect(try await house.send(.post, "/v1/intake/pager", headers: ["x-secret": "guess"], body: body).status == 401)
        #expect(try await house.send(.post, "/v1/intake/pager", headers: ["x-secret": "hush"], body: body).status == 202)
        let second = try await house.send(.post, "/v1/intake/pager", headers: ["x-secret": "hush"], body: body)
        #expect(second.status == 429 && second.codes == ["rate"])
    }
}
