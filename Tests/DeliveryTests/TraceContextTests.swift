// W3C trace context: what is taken from an event, and what a request carries.

import Foundation
import JSON
import Testing
import Transport

@testable import Delivery

private let trace = "4bf92f3577b34da6a3ce929d0e0e4736"

@Suite struct TraceContextTests {
    @Test func whatIsWellFormedIsTaken() throws {
        let context = try #require(
            TraceContext(document: ["traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "tracestate": "a=1,b@c=2"]))
        #expect(context.trace == trace && context.parent == "00f067aa0ba902b7" && context.flags == "01" && context.state == "a=1,b@c=2")
        #expect(
            context.child(span: 255).headers.map { "\($0.name): \($0.value)" }
                == ["traceparent: 00-\(trace)-00000000000000ff-01", "tracestate: a=1,b@c=2"])
    }

    @Test(
        "whatIsNotIsIgnored",
        arguments: [
            "", "00", "00-\(trace)-00f067aa0ba902b7", "ff-\(trace)-00f067aa0ba902b7-01", "00-\(trace)-00f067aa0ba902b7-01-x",
            "00-\(trace.uppercased())-00f067aa0ba902b7-01", "00-\(String(repeating: "0", count: 32))-00f067aa0ba902b7-01",
            "00-\(trace)-0000000000000000-01", "00-\(trace)-00f067aa0ba902b7-1", "00-\(trace)-00f067aa0ba902b7-01\r\nX: y",
            "0g-\(trace)-00f067aa0ba902b7-01",
        ])
    func malformed(text: String) { #expect(TraceContext(traceparent: text) == nil) }

    @Test func aLaterVersionIsSpokenToInOurs() throws {
        let context = try #require(TraceContext(traceparent: "01-\(trace)-00f067aa0ba902b7-00-more"))
        #expect(context.child(span: 1).headers.map(\.value) == ["00-\(trace)-0000000000000001-00"])
    }

    @Test(
        arguments: [
            "", "novalue", "=1", "a=1\r\nX: y", String(repeating: "a=1,", count: 40), "a=" + String(repeating: "x", count: 600), "a=ü",
        ])
    func aBadStateIsLeftOutAlone(state: String) {
        #expect(TraceContext(traceparent: "00-\(trace)-00f067aa0ba902b7-01", tracestate: state).map { $0.state == nil } == true)
    }

    @Test("every channel over HTTP carries it", arguments: ContractSubject.all.filter { $0.wire == .http })
    func carried(_ subject: ContractSubject) async throws {
        let http = ScriptedHTTP([subject.acceptance])
        let channel = subject.channel(timeout: 4, http: http, mail: ScriptedMail(.accepted(reply: "")))
        let context = try #require(TraceContext(traceparent: "00-\(trace)-00f067aa0ba902b7-01", tracestate: "a=1"))
        _ = await channel.deliver(subject.parcel(), in: context)
        _ = await channel.deliver(subject.parcel(), in: nil)
        func values(_ request: HTTPRequest, _ name: String) -> [String] {
            request.headers.filter { $0.name.lowercased() == name }.map(\.value)
        }
        let first = try #require(http.requests.first)
        let parent = try #require(values(first, "traceparent").first)
        #expect(parent.hasPrefix("00-\(trace)-") && !parent.contains("00f067aa0ba902b7") && TraceContext(traceparent: parent) != nil)
        #expect(values(first, "tracestate") == ["a=1"])
        #expect(values(try #require(http.requests.last), "traceparent").isEmpty)
    }
}
