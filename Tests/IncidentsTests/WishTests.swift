// Silences and subscriptions: what they must say, and what they are called.

import Foundation
import JSON
import Testing

@testable import Incidents

@Suite struct WishTests {
    private func silence(_ members: String, time: String = "2026-11-24T12:00:00Z") -> String {
        #"{"type":"silence","id":"e1","time":"\#(time)","silence":{\#(members)}}"#
    }

    private func subscription(_ members: String) -> String {
        #"{"type":"subscription","id":"e1","subscription":{"action":"subscribe","who":"bob"\#(members)}}"#
    }

    @Test(arguments: [
        #""match":{"service":"search"},"until":"2026-11-24T12:00:01Z""#,
        #""action":"START","match":{"severity":"*"},"until":"2026-11-25T12:00:00Z","reason":"maintenance","by":"bob""#,
        #""action":null,"match":{"service":["a","b"],"labels.rack":7,"reopened":true},"until":"2027-11-24T12:00:00Z""#,
        #""match":{"service":"a"},"from":"2026-11-25T00:00:00Z","until":"2027-11-25T00:00:00Z""#,
        #""match":{"service":"a"},"from":"2026-11-01T00:00:00Z","until":"2026-11-24T13:00:00Z""#,
        #""action":"end","id":"x1""#,
    ]) func goodSilences(members: String) throws {
        #expect(try parse(silence(members)).type == .silence)
    }

    static let badSilences: [(members: String, code: RejectionCode, pointer: String)] = [
        (#""until":"2026-11-24T13:00:00Z""#, .missingMember, "/silence/match"),
        (#""match":{},"until":"2026-11-24T13:00:00Z""#, .missingMember, "/silence/match"),
        (#""match":null,"until":"2026-11-24T13:00:00Z""#, .missingMember, "/silence/match"),
        (#""match":"*","until":"2026-11-24T13:00:00Z""#, .wrongType, "/silence/match"),
        (#""match":{"service":null},"until":"2026-11-24T13:00:00Z""#, .wrongType, "/silence/match/service"),
        (#""match":{"service":[]},"until":"2026-11-24T13:00:00Z""#, .wrongType, "/silence/match/service"),
        (#""match":{"service":["a",{}]},"until":"2026-11-24T13:00:00Z""#, .wrongType, "/silence/match/service"),
        (#""match":{"labels":{"a/b":"c"}},"until":"2026-11-24T13:00:00Z""#, .wrongType, "/silence/match/labels"),
        (#""match":{"service":"a"}"#, .missingMember, "/silence/until"),
        (#""match":{"service":"a"},"until":null"#, .missingMember, "/silence/until"),
        (#""match":{"service":"a"},"until":"tomorrow""#, .badTime, "/silence/until"),
        (#""match":{"service":"a"},"until":"2026-11-24T12:00:00Z""#, .badTime, "/silence/until"),
        (#""match":{"service":"a"},"until":"2027-11-26T12:00:00Z""#, .badTime, "/silence/until"),
        (#""match":{"service":"a"},"from":"2026-11-26T00:00:00Z","until":"2026-11-25T00:00:00Z""#, .badTime, "/silence/until"),
        (#""match":{"service":"a"},"from":"now","until":"2026-11-25T00:00:00Z""#, .badTime, "/silence/from"),
        (#""match":{"service":"a"},"until":"2026-11-25T00:00:00Z","id":"""#, .wrongType, "/silence/id"),
        (#""match":{"service":"a"},"until":"2026-11-25T00:00:00Z","id":"a\nb""#, .wrongType, "/silence/id"),
        (#""action":"stop","id":"x1""#, .wrongType, "/silence/action"), (#""action":"end""#, .missingMember, "/silence/id"),
        (#""action":"end","id":"""#, .missingMember, "/silence/id"), (#""action":7,"id":"x1""#, .wrongType, "/silence/action"),
    ]

    @Test(arguments: badSilences) func silencesThatAreNone(members: String, code: RejectionCode, pointer: String) {
        let found = rejection(silence(members))
        #expect(found?.code == code, "\(found?.message ?? "accepted")")
        #expect(found?.pointer == pointer)
    }

    /// Without a time of its own, the event has its file's.
    @Test func theEndIsMeasuredByTheEventsTime() throws {
        let text = #"{"type":"silence","silence":{"match":{"service":"a"},"until":"2026-11-24T12:00:00Z"}}"#
        #expect(rejection(text)?.code == .badTime)
        let earlier = EventOrigin(file: "x.json", modified: noon.addingTimeInterval(-1), size: 100)
        #expect(try parse(text, origin: earlier).type == .silence)
    }

    @Test func labelsAreExplained() {
        let found = rejection(silence(#""match":{"labels":{"a":"b"}},"until":"2026-11-25T00:00:00Z""#))
        #expect(found?.message.contains("write `labels.NAME`") ?? false)
    }

    @Test func whatBeginsHasAName() throws {
        let plain = #""match":{"service":"a"},"until":"2026-11-25T00:00:00Z""#
        #expect(try parse(silence(plain)).payload?["id"] == "e1")
        #expect(try parse(silence(plain + #","id":null"#)).payload?["id"] == "e1")
        #expect(try parse(silence(plain + #","id":"x1""#)).payload?["id"] == "x1")
        #expect(try parse(subscription("")).payload?["id"] == "e1")
        #expect(try parse(subscription(#","id":"s1""#)).payload?["id"] == "s1")
        let unnamed = #"{"type":"silence","silence":{\#(plain)}}"#
        let event = try parse(unnamed)
        #expect(event.payload?["id"] == .string(event.id) && event.id.hasPrefix("content-"))
        #expect(event.document["silence"]?["id"] == nil, "the document stays as it was dropped")
    }

    /// An end without a name means another one than itself.
    @Test(arguments: ["unsubscribe", "stop", "Stop"]) func whatEndsHasNone(action: String) throws {
        let text = #"{"type":"subscription","id":"e1","subscription":{"action":"\#(action)","who":"bob"}}"#
        #expect(try parse(text).payload?["id"] == nil)
    }

    @Test(arguments: [
        "immediate", "hourly", "daily 09:00", "daily 9:00", "daily 00:00", "daily 23:59", "weekly mon 09:00", "weekly Sunday 18:30",
        "HOURLY",
        "weekly  fri  09:00",
    ]) func cadences(text: String) throws {
        let event = try parse(subscription(#","deliver":"\#(text)""#))
        #expect(event.payload?["deliver"] == .string(text))
    }

    @Test(arguments: [
        "", "now", "daily", "daily 24:00", "daily 9", "daily 09:60", "daily 09:00 mon", "weekly 09:00", "weekly mon", "weekly mo 09:00",
        "hourly 5", "monthly 1 09:00", "daily 0９:00", "daily 009:00", "daily -1:00",
    ]) func noCadences(text: String) {
        let found = rejection(subscription(#","deliver":"\#(text)""#))
        #expect(found?.code == .wrongType && found?.pointer == "/subscription/deliver")
        #expect(found?.message.contains("must be one of immediate, hourly, daily HH:MM, weekly DAY HH:MM") ?? false)
    }

    static let badSubscriptions: [(members: String, code: RejectionCode, pointer: String)] = [
        (#","deliver":5"#, .wrongType, "/subscription/deliver"), (#","match":{"service":{}}"#, .wrongType, "/subscription/match/service"),
        (#","from":"2026-11-25T00:00:00Z","until":"2026-11-25T00:00:00Z""#, .badTime, "/subscription/until"),
        (#","until":"2026-11-24T11:00:00Z""#, .badTime, "/subscription/until"), (#","until":"soon""#, .badTime, "/subscription/until"),
        (#","id":"""#, .wrongType, "/subscription/id"), (#","via":"a\nb""#, .wrongType, "/subscription/via"),
        (#","until":"resolved""#, .wrongType, "/subscription/until"),
        (#","until":"resolved","match":{"id":"INC*"}"#, .wrongType, "/subscription/until"),
        (#","until":"resolved","match":{"id":["A","B"]}"#, .wrongType, "/subscription/until"),
        (#","limit":5"#, .wrongType, "/subscription/limit"),
    ]

    @Test(arguments: badSubscriptions) func subscriptionsThatAreNone(members: String, code: RejectionCode, pointer: String) {
        let found = rejection(subscription(members))
        #expect(found?.code == code, "\(found?.message ?? "accepted")")
        #expect(found?.pointer == pointer)
    }

    @Test func everythingASubscriptionMaySay() throws {
        let members = #","match":{},"via":"mail","deliver":"hourly","from":"2026-11-25T00:00:00Z","until":"2026-12-25T00:00:00Z""#
        #expect(try parse(subscription(members)).type == .subscription)
    }

    @Test(arguments: [
        (#""who":{"email":"nobody"}"#, "/subscription/who/email"), (#""who":{"email":"a@b@c"}"#, "/subscription/who/email"),
        (#""who":{"email":"a b@example.com"}"#, "/subscription/who/email"),
        (#""who":{"email":"a@example.com,b@example.com"}"#, "/subscription/who/email"),
        (#""who":{"email":"a@example.com>"}"#, "/subscription/who/email"), (#""who":{"sms":"07700 900123"}"#, "/subscription/who/sms"),
        (#""who":{"sms":"+44x"}"#, "/subscription/who/sms"), (#""who":{"email":"a@example.com\r\nBcc: b"}"#, "/subscription/who/email"),
    ]) func addressesThatAreNone(who: String, pointer: String) {
        let found = rejection(#"{"type":"subscription","id":"e1","subscription":{"action":"subscribe",\#(who)}}"#)
        #expect(found?.code == .wrongType && found?.pointer == pointer, "\(found?.message ?? "accepted")")
    }

    @Test(arguments: [
        #""action":"confirm","code":"ABCD-EFGH""#, #""action":"confirm","id":"s1","by":"desk""#, #""action":"unsubscribe","id":"s1""#,
        #""action":"snooze","who":"bob","until":"2026-11-24T12:00:01Z""#, #""action":"wake","who":{"sms":"+447700900123"}"#,
        #""action":"subscribe","who":"bob","match":{"id":"INC1"},"until":"Resolved""#,
        #""action":"subscribe","who":"bob","limit":"5 per 1d""#,
    ]) func whatElseASubscriptionMaySay(members: String) throws {
        let text = #"{"type":"subscription","id":"e1","time":"2026-11-24T12:00:00Z","subscription":{\#(members)}}"#
        #expect(try parse(text).type == .subscription)
    }

    @Test(arguments: [
        (#""action":"confirm""#, "/subscription/code"), (#""action":"confirm","id":"s1""#, "/subscription/code"),
        (#""action":"unsubscribe""#, "/subscription/who"), (#""action":"snooze","who":"bob""#, "/subscription/until"),
        (#""action":"snooze","who":"bob","until":"2026-11-24T12:00:00Z""#, "/subscription/until"),
        (#""action":"wake""#, "/subscription/who"),
    ]) func whatIsMissing(members: String, pointer: String) {
        let found = rejection(#"{"type":"subscription","id":"e1","time":"2026-11-24T12:00:00Z","subscription":{\#(members)}}"#)
        #expect(found?.pointer == pointer, "\(found?.message ?? "accepted")")
    }

    /// Ending what has ended is no mistake.
    @Test func anEndMayComeLate() throws {
        let text = #"{"type":"subscription","subscription":{"action":"unsubscribe","who":"bob","until":"2020-01-01T00:00:00Z"}}"#
        #expect(try parse(text).type == .subscription)
    }
}
