// A link that was sent to a room: whoever presses may say who they are.

import Foundation
import Hummingbird
import HummingbirdTesting
import JSON
import Testing

@testable import Web

@Suite struct RoomLinkTests {
    private func press(_ by: String, _ body: String, language: String = "en") async throws -> (TestResponse, [JSONValue]) {
        let house = try AnswerHouse()
        try await house.open()
        let token = house.token(to: by)
        let answer = try await house.ask { (client) async throws in
            let headers: HTTPFields = [.contentType: "application/x-www-form-urlencoded", .acceptLanguage: language]
            return try await client.execute(uri: "/a/\(token)", method: .post, headers: headers, body: ByteBuffer(string: body))
        }
        return (answer, try house.dropped())
    }

    private func by(_ events: [JSONValue]) -> String? { events.first?["change"]?["by"]?.string }

    @Test func onlyARoomAsksForAName() async throws {
        let house = try AnswerHouse()
        try await house.open()
        let (room, own) = (house.token(to: "ops"), house.token(to: "ana"))
        try await house.ask { (client) async throws in
            let page = try await client.execute(uri: "/a/\(room)", method: .get)
            #expect(page.text.contains("<input type=\"text\" name=\"name\"") && page.text.contains("maxlength=\"60\""))
            #expect(page.text.contains("this link was sent to ops") && !page.text.contains("required"))
            let mine = try await client.execute(uri: "/a/\(own)", method: .get)
            #expect(mine.status == .ok && !mine.text.contains("<input"), "one tap")
        }
    }

    @Test func theNameStandsBesideTheRoom() async throws {
        let (answer, events) = try await press("ops", "name=+Ben+%C3%84+")
        #expect(answer.status == .ok && answer.text.contains("Ben Ä, by the link sent to ops"))
        #expect(by(events) == "Ben Ä, by the link sent to ops")
        let (_, german) = try await press("ops", "name=Ben", language: "de")
        #expect(by(german) == "Ben, über den Link an ops")
    }

    @Test func withoutANameItIsTheRoom() async throws {
        for body in ["", "name=", "name=++"] {
            let (answer, events) = try await press("ops", body)
            #expect(answer.status == .ok && by(events) == "ops", "\(body)")
        }
    }

    @Test func aPersonsLinkIsTheirsWhateverIsSent() async throws {
        let (answer, events) = try await press("ana", "name=Eve")
        #expect(answer.status == .ok && by(events) == "ana")
    }

    @Test(arguments: ["a%0Ab", "a%00b", "a%1B%5B31m", "a%E2%80%AEb", "a%E2%80%A8b", String(repeating: "x", count: 61)])
    func whatIsNoPlainLineIsRefusedAndUsesUpNothing(_ name: String) async throws {
        let (answer, events) = try await press("ops", "name=\(name)")
        #expect(answer.status == .unprocessableContent && events.isEmpty)
        #expect(answer.text.contains("one line of up to 60 characters") && answer.text.contains("<form method=\"post\">"))
    }

    @Test func markupIsText() async throws {
        let (answer, events) = try await press("ops", "name=%3Cb%3EBen%3C%2Fb%3E")
        #expect(answer.text.contains("&lt;b&gt;Ben&lt;/b&gt;") && !answer.text.contains("<b>"))
        #expect(by(events) == "<b>Ben</b>, by the link sent to ops")
    }
}
