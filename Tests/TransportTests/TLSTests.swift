// TLS is verified, always, and never given up: each bad certificate is refused, and a stripped STARTTLS ends the conversation.

import Foundation
import Testing

@testable import Transport

@Suite(.timeLimit(.minutes(1)))
struct TLSTests {
    private static let bad: [(TestAuthority.Certificate, String)] = [
        (.expired, "The peer's certificate has expired."),
        (.wrongName, "The peer's certificate is for another name."),
        (.unknownAuthority, "The peer's certificate is signed by an authority that is not trusted here: check `ca`."),
    ]

    @Test func aGoodCertificateIsTaken() async throws {
        let authority = try TestAuthority()
        let peer = try await TLSPeer("https", authority.make(.good))
        let client = makeHTTPClient()
        let request = HTTPRequest(url: "https://127.0.0.1:\(peer.port)/x", body: [1, 2], timeout: 30, ca: authority.authority)
        #expect(await client.send(request).response?.connects == 1)
        #expect(await client.send(request).response?.connects == 0)
        #expect(await peer.hasHeard("tls POST /x HTTP/1.1", times: 2))
        #expect(peer.heard == ["tls POST /x HTTP/1.1", "tls POST /x HTTP/1.1"])
        // The system's authorities do not know it.
        var other = request
        other.ca = nil
        #expect(await client.send(other).failure?.kind == .certificateNotTrusted)
        await client.close()
    }

    @Test(arguments: bad)
    func badCertificatesAreRefusedOverHTTP(kind: TestAuthority.Certificate, words: String) async throws {
        let authority = try TestAuthority()
        let peer = try await TLSPeer("https", authority.make(kind))
        let client = makeHTTPClient()
        let request = HTTPRequest(url: "https://127.0.0.1:\(peer.port)/x", body: [1], timeout: 30, ca: authority.authority)
        let failure = try #require(await client.send(request).failure)
        #expect(failure.kind == .certificateNotTrusted)
        #expect(!failure.mayHaveArrived)
        #expect(failure.detail == words)
        await peer.record.wait(for: "end")
        #expect(!peer.heard.contains { $0.hasPrefix("tls") })
        await client.close()
    }

    @Test func anUnusableAuthorityFile() async throws {
        let authority = try TestAuthority()
        let peer = try await TLSPeer("https", authority.make(.good))
        let client = makeHTTPClient()
        try Data("nothing\n".utf8).write(to: authority.directory.appendingPathComponent("empty.pem"))
        for file in ["missing.pem", "empty.pem"] {
            let request = HTTPRequest(url: "https://127.0.0.1:\(peer.port)/", body: [1], timeout: 30, ca: authority.path(file))
            let failure = try #require(await client.send(request).failure)
            #expect(failure.kind == .tlsFailed)
            #expect(failure.curlCode == 77)
            #expect(!failure.mayHaveArrived)
        }
        await client.close()
    }

    @Test func aPeerWithoutTLS() async throws {
        let server = try LoopbackServer { peer, _ in
            peer.write("HTTP/1.1 200 X\r\n\r\n")
            peer.waitForEnd()
        }
        let client = makeHTTPClient()
        let failure = try #require(await client.send(HTTPRequest(url: "https://127.0.0.1:\(server.port)/", body: [1])).failure)
        #expect(failure.kind == .tlsFailed)
        #expect(!failure.mayHaveArrived)
        await client.close()
    }

    private func server(_ peer: TLSPeer, _ authority: TestAuthority, implicit: Bool, login: Bool = false) -> SMTPServer {
        SMTPServer(
            host: "127.0.0.1", port: peer.port, implicitTLS: implicit, username: login ? "u" : nil, password: login ? "p" : nil,
            name: "tocsin.test", ca: authority.authority, timeout: 30)
    }

    @Test(arguments: [true, false])
    func mailUnderTLS(implicit: Bool) async throws {
        let authority = try TestAuthority()
        let peer = try await TLSPeer(implicit ? "smtps" : "smtp", authority.make(.good), ["login"])
        let client = makeSMTPClient()
        for _ in 0..<2 {
            #expect(await client.send(mail, to: server(peer, authority, implicit: implicit, login: true)) == .accepted(reply: "queued"))
        }
        await client.close()
        #expect(await peer.hasHeard("mail", times: 2))
        let clear = peer.heard.filter { $0.hasPrefix("clear") }
        #expect(clear == (implicit ? [] : ["clear EHLO tocsin.test", "clear STARTTLS"]))
        #expect(peer.heard.count { $0.hasPrefix("tls AUTH PLAIN") } == 1)
        #expect(peer.heard.count { $0 == "mail" } == 2)
    }

    @Test(arguments: [true, false], bad)
    func badCertificatesAreRefusedOverSMTP(implicit: Bool, bad: (TestAuthority.Certificate, String)) async throws {
        let authority = try TestAuthority()
        let peer = try await TLSPeer(implicit ? "smtps" : "smtp", authority.make(bad.0), ["login"])
        let client = makeSMTPClient()
        let failure = try #require(await client.send(mail, to: server(peer, authority, implicit: implicit, login: true)).failure)
        #expect(failure.kind == .certificateNotTrusted)
        #expect(failure.detail == bad.1)
        #expect(!failure.mayHaveArrived)
        await peer.record.wait(for: "end")
        #expect(!peer.heard.contains { $0.contains("MAIL") || $0.contains("AUTH") || $0.hasPrefix("tls") })
        await client.close()
    }

    @Test(arguments: ["stripped", "denied"])
    func withoutSTARTTLSNothingIsSaid(option: String) async throws {
        let authority = try TestAuthority()
        let peer = try await TLSPeer("smtp", authority.make(.good), [option, "plain-auth"])
        let client = makeSMTPClient()
        let failure = try #require(await client.send(mail, to: server(peer, authority, implicit: false, login: true)).failure)
        #expect(failure.kind == .tlsFailed)
        #expect(failure.curlCode == 64)
        #expect(!failure.mayHaveArrived)
        await peer.record.wait(for: "end")
        #expect(!peer.heard.contains { $0.contains("MAIL") || $0.contains("AUTH") })
        await client.close()
    }

    /// The offer before STARTTLS may be anybody's: only the one under TLS counts.
    @Test func aLoginOfferedOnlyInClearIsNone() async throws {
        let authority = try TestAuthority()
        let peer = try await TLSPeer("smtp", authority.make(.good), ["plain-auth"])
        let client = makeSMTPClient()
        let failure = try #require(await client.send(mail, to: server(peer, authority, implicit: false, login: true)).failure)
        #expect(failure.kind == .notAuthenticated)
        await peer.record.wait(for: "end")
        #expect(!peer.heard.contains { $0.contains("MAIL") || $0.contains("AUTH") })
        await client.close()
    }
}
