// Logging in: what is said, and that nothing goes out where it did not take place (channels.md, 0.3).

import Foundation
import Testing

@testable import Transport

@Suite(.timeLimit(.minutes(1)))
struct SMTPLoginTests {
    @Test func plain() async throws {
        let server = try MailServer(.offering("AUTH LOGIN PLAIN"))
        let client = makeSMTPClient()
        #expect(await client.send(mail, to: server.address(username: "u", password: "p", mechanism: "PLAIN")).failure == nil)
        let encoded = Data("\0u\0p".utf8).base64EncodedString()
        #expect(server.commands.joined(separator: " ").contains("AUTH PLAIN"))
        #expect(server.commands.contains { $0.hasSuffix(encoded) })
        #expect(server.contents.count == 1)
        // The login is the connection's: the next mail needs none.
        #expect(await client.send(mail, to: server.address(username: "u", password: "p", mechanism: "PLAIN")).failure == nil)
        #expect(server.commands.count { $0.hasPrefix("AUTH") } == 1)
        await client.close()
    }

    @Test func login() async throws {
        let server = try MailServer(.offering("AUTH LOGIN PLAIN"))
        let client = makeSMTPClient()
        #expect(await client.send(mail, to: server.address(username: "user", password: "pass", mechanism: "LOGIN")).failure == nil)
        let said = server.commands.dropFirst().prefix(3)
        #expect(Array(said) == ["AUTH LOGIN", Data("user".utf8).base64EncodedString(), Data("pass".utf8).base64EncodedString()])
        await client.close()
    }

    @Test func bearer() async throws {
        let server = try MailServer(.offering("AUTH PLAIN XOAUTH2"))
        let client = makeSMTPClient()
        #expect(await client.send(mail, to: server.address(username: "u", password: "tok", mechanism: "XOAUTH2")).failure == nil)
        let encoded = Data("user=u\u{1}auth=Bearer tok\u{1}\u{1}".utf8).base64EncodedString()
        #expect(server.commands.contains { $0.hasSuffix(encoded) })
        await client.close()
    }

    @Test(arguments: [535, 454, 534, 421])
    func aRefusedLoginIsRejected(code: Int) async throws {
        var script = MailScript.offering("AUTH PLAIN")
        script.authenticate = .say("\(code) 5.7.8 not you")
        let server = try MailServer(script)
        let client = makeSMTPClient()
        let result = await client.send(mail, to: server.address(username: "u", password: "p"))
        #expect(result == .rejected(code: code, step: .authenticate, reply: "5.7.8 not you"))
        #expect(!server.commands.contains { $0.hasPrefix("MAIL") })
        await client.close()
    }

    /// Lower case is not seen by libcurl, which would go on without a login.
    @Test(arguments: ["8BITMIME", "auth PLAIN", "XAUTH PLAIN", "AUTH=PLAIN", "AUTHENTICATE PLAIN", "AUTH", "AUTH GSSAPI-UNKNOWN"])
    func withoutAnOfferNothingGoesOut(offer: String) async throws {
        let server = try MailServer(.offering(offer))
        let client = makeSMTPClient()
        for _ in 0..<2 {
            let failure = try #require(await client.send(mail, to: server.address(username: "u", password: "p")).failure)
            #expect(failure.kind == .notAuthenticated)
            #expect(!failure.mayHaveArrived)
        }
        await client.close()
        #expect(!server.commands.contains { $0.hasPrefix("MAIL") || $0.hasPrefix("DATA") })
        #expect(server.contents.isEmpty)
    }

    @Test func aServerWithoutEHLOGetsNothing() async throws {
        var script = MailScript()
        script.hello = .say("502 5.5.1 what?")
        let server = try MailServer(script)
        let client = makeSMTPClient()
        let failure = try #require(await client.send(mail, to: server.address(username: "u", password: "p")).failure)
        #expect(failure.kind == .notAuthenticated)
        #expect(!server.commands.contains { $0.hasPrefix("MAIL") })
        // Without a user name the old greeting is enough.
        #expect(await client.send(mail, to: server.address()).failure == nil)
        await client.close()
    }

    @Test func theMechanismThatIsAskedForIsNotOffered() async throws {
        let server = try MailServer(.offering("AUTH LOGIN"))
        let client = makeSMTPClient()
        let failure = try #require(await client.send(mail, to: server.address(username: "u", password: "p", mechanism: "PLAIN")).failure)
        #expect(failure.kind == .notAuthenticated)
        #expect(!server.commands.contains { $0.hasPrefix("MAIL") || $0.hasPrefix("AUTH") })
        await client.close()
    }
}
