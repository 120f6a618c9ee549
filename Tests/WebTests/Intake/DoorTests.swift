// What the router would refuse for what an event says and the configuration is told at the door, by the same codes; and what may be
// misspelt is noted.

import Foundation
import Incidents
import JSON
import Testing

@testable import Web

@Suite struct DoorTests {
    private static let routes = """
        people:
          ana: {name: Ana, email: ana@example.com}
          ben: {name: Ben, email: ben@example.com}
        broadcasts: {approve_over: 0, approvers: [ana]}
        """

    private static func house() throws -> IntakeHouse {
        let mail = "mail: {type: email, server: \"smtp://127.0.0.1:9\", tls: off, from: ops@example.com}"
        return try IntakeHouse(routes: routes, channels: mail)
    }

    @Test(arguments: [
        (#"{"type": "broadcast", "broadcast": {"audience": ["ana"], "message": "m"}}"#, "missing_member", "/broadcast/by"),
        (
            #"{"type": "broadcast", "broadcast": {"audience": ["nobody"], "message": "m", "by": "ben"}}"#, "wrong_type",
            "/broadcast/audience/0"
        ),
        (
            #"{"type": "broadcast", "broadcast": {"audience": ["ana"], "match": {"servce": "x"}, "message": "m", "by": "ben"}}"#,
            "wrong_type",
            "/broadcast/match"
        ),
        (
            #"{"type": "silence", "silence": {"match": {"severity": ">=hihg"}, "until": "UNTIL"}}"#, "wrong_type",
            "/silence/match"
        ),
        (#"{"type": "subscription", "subscription": {"action": "subscribe", "who": "anna"}}"#, "wrong_type", "/subscription/who"),
        (
            #"{"type": "subscription", "subscription": {"action": "subscribe", "who": "ana", "via": "room"}}"#, "wrong_type",
            "/subscription/via"
        ),
        (
            #"{"type": "subscription", "subscription": {"action": "subscribe", "who": "ana", "limit": "often"}}"#, "wrong_type",
            "/subscription/limit"
        ),
        (#"{"type": "absence", "absence": {"who": "anna", "until": "2099-01-01T00:00:00Z"}}"#, "wrong_type", "/absence/who"),
    ])
    func whatTheRouterWouldRefuseIsTold(_ event: String, _ code: String, _ pointer: String) async throws {
        let event = event.replacing("UNTIL", with: Timestamp.format(Date().addingTimeInterval(3_600)))
        let house = try Self.house()
        let answer = try await house.post(event, token: try house.token())
        #expect(answer.status == 400 && answer.codes == [code], "\(answer.json)")
        #expect(answer.errors.first?["pointer"]?.string == pointer)
        #expect(try house.queued().isEmpty)
        // The words are the router's own.
        try event.write(toFile: house.path + "/queue/x.json", atomically: true, encoding: .utf8)
        let rejected = try #require(try await house.take().first)
        #expect(rejected.code.rawValue == code && rejected.pointer == pointer)
        #expect(rejected.message == answer.errors.first?["message"]?.string)
    }

    @Test func allOrNothingAndWithItsPlace() async throws {
        let house = try Self.house()
        let lines = """
            {"type": "escalation", "incident": {"id": "INC1"}}

            {"type": "subscription", "subscription": {"action": "subscribe", "who": "anna"}}
            """
        let answer = try await house.post(lines, token: try house.token(), type: "application/x-ndjson")
        #expect(answer.codes == ["wrong_type"])
        #expect(answer.errors.first?["index"] == 1 && answer.errors.first?["line"] == 3)
        #expect(try house.queued().isEmpty)
    }

    /// What others may have said meanwhile is for the router: such a broadcast may wait in the queue.
    @Test func whatDependsOnOthersIsAccepted() async throws {
        let house = try Self.house()
        let token = try house.token()
        for event in [
            #"{"type": "approval", "approval": {"broadcast": "b9", "by": "ana", "decision": "approve"}}"#,
            #"{"type": "broadcast", "broadcast": {"corrects": "b9", "message": "m", "by": "ben"}}"#,
            #"{"type": "subscription", "subscription": {"action": "confirm", "code": "ABCD-EFGH"}}"#,
            #"{"type": "broadcast", "broadcast": {"audience": ["ana"], "message": "m", "by": "ben"}}"#,
        ] {
            #expect(try await house.post(event, token: token).status == 202, "\(event)")
        }
    }

    @Test func theSameAgainIsADuplicateWhateverIsConfiguredNow() async throws {
        let house = try Self.house()
        let token = try house.token()
        let event = #"{"id": "s1", "type": "subscription", "subscription": {"action": "subscribe", "who": "ana"}}"#
        #expect(try await house.post(event, token: token).status == 202)
        #expect(try await house.take().isEmpty)
        // Ana has gone from the configuration.
        house.current.replace(with: try house.setup(routes: ""))
        #expect(try await house.post(event, token: token).status == 202)
        #expect(try await house.post(event.replacing("s1", with: "s2"), token: token).codes == ["wrong_type"])
    }

    @Test func whatMayBeMisspeltIsNoted() async throws {
        let house = try IntakeHouse()
        let token = try house.token()
        let one = try await house.post(
            #"{"type": "escalation", "mesage": "m", "incident": {"id": "INC1", "sevrity": "high", "region": "eu"}}"#, token: token)
        #expect(one.status == 202)
        let notes = one.json["notes"]?.array?.compactMap(\.string) ?? []
        #expect(notes.count == 2 && notes.allSatisfy { !$0.hasPrefix("event") })
        #expect(notes.contains { $0.hasPrefix("/mesage: ") && $0.contains("`message`") })
        #expect(notes.contains { $0.hasPrefix("/incident/sevrity: ") && $0.contains("Did you mean `severity`?") })
        let two = try await house.post(
            #"[{"type": "escalation", "incident": {"id": "I"}}, {"type": "escalation", "incident": {"id": "I", "titel": "t"}}]"#,
            token: token)
        #expect(two.json["notes"]?.array?.first?.string?.hasPrefix("event 1: /incident/titel: ") == true)
        let clean = try await house.post(#"{"type": "escalation", "incident": {"id": "I", "title": "t", "titel": "t"}}"#, token: token)
        #expect(clean.status == 202 && clean.json["notes"] == nil, "who says both means both")
        let severity = try await house.post(#"{"type": "escalation", "incident": {"id": "I", "severity": "hihg"}}"#, token: token)
        #expect(severity.codes == ["unknown_severity"])
        #expect(severity.errors.first?["message"]?.string?.contains("did you mean `high`?") == true)
    }

    @Test(arguments: ["%", "[%]", "[ %, % ]", "\u{FEFF}\n[%]"])
    func anEventNestsUpTo64HoweverItComes(_ frame: String) async throws {
        let house = try IntakeHouse()
        let token = try house.token()
        func event(_ depth: Int) -> String {
            let inner = String(repeating: "[", count: depth - 1) + String(repeating: "]", count: depth - 1)
            return "{\"type\": \"update\", \"incident\": {\"id\": \"I\"}, \"message\": \"m\", \"deep\": \(inner)}"
        }
        let deepest = try await house.post(frame.replacing("%", with: event(64)), token: token)
        #expect(deepest.status == 202, "\(deepest.json)")
        #expect(try await house.take().isEmpty, "the router takes what the door took")
        let deeper = try await house.post(frame.replacing("%", with: event(65)), token: token)
        #expect(deeper.status == 400 && deeper.codes == ["too_deep"])
        #expect(deeper.errors.first?["message"]?.string == "arrays and objects of an event nest deeper than 64")
        let lines = try await house.post(event(65), token: token, type: "application/x-ndjson")
        #expect(lines.codes == ["too_deep"])
        #expect(lines.errors.first?["message"]?.string?.contains("deeper than 64") == true)
    }
}
