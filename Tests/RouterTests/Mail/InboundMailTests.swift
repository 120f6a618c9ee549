// Mail that came back, as others write it; and whatever else may come to that address.

import Foundation
import Testing

@testable import Router

@Suite struct InboundMailTests {
    private func bounce(_ text: String) -> InboundMail.Bounce? {
        if case .bounce(let bounce) = InboundMail.read(Reports.wire(text)) { bounce } else { nil }
    }

    private func isNothing(_ text: String) -> Bool { if case .nothing = InboundMail.read(Reports.wire(text)) { true } else { false } }
    private func isOther(_ bytes: [UInt8]) -> Bool { if case .other = InboundMail.read(bytes) { true } else { false } }

    @Test func postfix() throws {
        let found = try #require(bounce(Reports.postfix))
        #expect(found.token == Reports.token && found.recipient == "gone@example.net" && found.status == "5.1.1")
        #expect(found.diagnostic == "550 5.1.1 <gone@example.net>: Recipient address rejected: User unknown")
        #expect(InboundMail.read(Array(Reports.postfix.utf8)) == .bounce(found), "with the line ends of a Maildir")
        #expect(bounce(Reports.postfix)?.id == found.id && found.id.count == 32)
    }

    @Test func exim() throws {
        let found = try #require(bounce(Reports.exim))
        #expect(found.token == Reports.token && found.recipient == "gone@example.net" && found.status == "5.0.0")
    }

    @Test func exchange() throws {
        let found = try #require(bounce(Reports.exchange))
        #expect(found.token == Reports.token && found.recipient == "gone@example.net" && found.status == "5.1.10")
        #expect(found.diagnostic == "550 5.1.10 RESOLVER.ADR.RecipientNotFound")
    }

    @Test func theReportsDifferInTheirIDs() throws {
        #expect(Set([Reports.postfix, Reports.exim, Reports.exchange].compactMap { bounce($0)?.id }).count == 3)
    }

    @Test(
        arguments: [
            ("Action: failed", "Action: delayed"), ("Action: failed", "Action: delivered"), ("Status: 5.1.1", "Status: 5.7.1"),
            ("Status: 5.1.1", "Status: 5.2.2"), ("Status: 5.1.1", "Status: 4.4.1"), ("Status: 5.1.1", "Status: 5.3.4"),
            ("Message-ID: <\(Reports.token)@", "Message-ID: <somebody-elses@"),
            ("Final-Recipient: rfc822; gone@example.net\nOriginal-Recipient", "X"),
        ])
    func whatIsNoHardBounceCountsNothing(old: String, new: String) {
        #expect(Reports.postfix.contains(old))
        #expect(isNothing(Reports.postfix.replacing(old, with: new)))
    }

    @Test func aStatusMayStandInTheDiagnosticAlone() {
        #expect(bounce(Reports.postfix.replacing("Status: 5.1.1\n", with: ""))?.status == "5.1.1")
        #expect(bounce(Reports.exim.replacing("Status: 5.0.0\n", with: ""))?.status == "550")
    }

    @Test func aMailToUnsubscribe() {
        func subject(_ text: String) -> InboundMail {
            InboundMail.read(Reports.wire("From: x@example.com\nMessage-ID: <1@x>\nSubject: \(text)\n\n"))
        }
        func token(_ text: String) -> String? { if case .leave(let token, _) = subject(text) { token } else { nil } }
        #expect(token("unsubscribe AQab-_9") == "AQab-_9")
        #expect(token("Re: UNSUBSCRIBE AQab-_9 [external]") == "AQab-_9")
        #expect(token("unsubscribe") == nil && token("please do not unsubscribe me from this") == nil)
    }

    @Test func whatElseComesIsNoted() {
        #expect(isOther([]))
        #expect(isOther(Array("no header at all".utf8)))
        #expect(isOther(Reports.wire("From: x@example.com\nSubject: Out of office\n\nI am away.\n")))
        #expect(isOther([UInt8](repeating: 0x41, count: InboundMail.longest + 1)))
        #expect(isOther((0..<10_000).map { UInt8(truncatingIfNeeded: $0 &* 7919) }))
    }

    /// Cut anywhere, it is something, and nothing traps.
    @Test func cutAnywhere() {
        for report in [Reports.postfix, Reports.exim, Reports.exchange] {
            let bytes = Reports.wire(report)
            for length in stride(from: 0, to: bytes.count, by: 7) { _ = InboundMail.read(Array(bytes.prefix(length))) }
        }
    }

    @Test(.timeLimit(.minutes(1))) func deepAndWideMailsAreBounded() {
        var deep = "Content-Type: multipart/mixed; boundary=b\n\n"
        for _ in 0..<5_000 { deep += "--b\nContent-Type: multipart/mixed; boundary=b\n\n" }
        _ = InboundMail.read(Reports.wire(deep))
        let wide = "Content-Type: multipart/mixed; boundary=b\n\n" + String(repeating: "--b\n\nx\n", count: 200_000)
        _ = InboundMail.read(Reports.wire(wide))
        _ = InboundMail.read(Reports.wire(String(repeating: "X: y\n", count: 300_000)))
        _ = InboundMail.read(Reports.wire("X: y\n" + String(repeating: " z\n", count: 300_000)))
        _ = InboundMail.read(Reports.wire("Content-Type: " + String(repeating: "a=\"", count: 5_000) + "\n\n"))
    }

    @Test func controlCharactersDoNotGetThrough() throws {
        let hostile = Reports.postfix.replacing("rejected: User unknown\n\n--", with: "re\u{1B}[31mjected\u{7}: <!channel> <script>\n\n--")
        let found = try #require(bounce(hostile))
        #expect(found.diagnostic?.unicodeScalars.contains { $0.value < 0x20 } == false)
    }

    @Test(
        arguments: [
            ("5.1.1", true), ("550 5.1.1", true), ("550", true), ("554 5.7.1", false), ("552 5.2.2", false), ("5.2.1", true),
            ("5.4.4", true),
            ("5.4.7", false), ("5.1.7", false), ("550 5.1.8", false), ("5.4.3", false), ("5.4.6", false), ("5.1.0", true), ("5.4.1", true),
            ("4.1.1", false), ("", false), ("5.1", false), ("5..1", false), ("5.1.1.1", false), ("452 4.2.2", false),
        ])
    func whatAStatusSaysOfAnAddress(text: String, isOfAddress: Bool) { #expect(BounceStatus.isOfAddress(text) == isOfAddress) }
}
