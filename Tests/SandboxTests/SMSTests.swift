import Foundation
import JSON
import Testing

@testable import Sandbox

@Suite struct SMSTests {
    static let account = "AC" + String(repeating: "0", count: 32)
    let path = "/twilio/2010-04-01/Accounts/\(account)/Messages.json"
    let login = ["Authorization": "Basic " + Data("\(account):token".utf8).base64EncodedString()]

    @Test func twilioAccepts() async throws {
        let sandbox = try await Sandbox.plain()
        let reply = try await sandbox.post(path, form: ["To": "+447700900123", "From": "+15557654321", "Body": "INC1 ą & down"], login)
        #expect(reply.status == 201)
        let answer = try JSONValue.parse(reply.body.utf8)
        let sid = try #require(answer["sid"]?.string)
        #expect(sid.wholeMatch(of: /SM[0-9a-f]{32}/) != nil)
        #expect(answer["status"] == "queued")
        let message = try #require(sandbox.inbox.all().first)
        #expect(message.to == "+447700900123")
        #expect(message.from == "+15557654321")
        #expect(message.text == "INC1 ą & down\n(1 segment, UCS-2)")
        #expect(message.id == sid)
        await sandbox.stop()
    }

    static let refusals: [([String: String], Int)] = [
        (["To": "+447700900123"], 21603), (["From": "+15557654321", "Body": "x"], 21604),
        (["To": "07700900123", "From": "+15557654321", "Body": "x"], 21211),
        (["To": "+0123456789", "From": "+15557654321", "Body": "x"], 21211), (["To": "+447700900123", "From": "+15557654321"], 21602),
        (["To": "+447700900123", "From": "a much too long sender", "Body": "x"], 21212),
        (["To": "+447700900123", "From": "+15557654321", "Body": String(repeating: "x", count: 1_601)], 21617),
        (["To": "+447700900999", "From": "+15557654321", "Body": "x"], 21610),
        (["To": "+15005550002", "From": "+15557654321", "Body": "x"], 21612),
        (["To": "+15005550003", "From": "+15557654321", "Body": "x"], 21408),
        (["To": "+15005550009", "From": "+15557654321", "Body": "x"], 21614),
        (["To": "+447700900123", "From": "+15005550007", "Body": "x"], 21606),
    ]

    @Test(arguments: refusals)
    func twilioRefuses(form: [String: String], code: Int) async throws {
        let sandbox = try await Sandbox.plain { $0.optedOut = ["+447700900999"] }
        let reply = try await sandbox.post(path, form: form, login)
        #expect(reply.status == 400)
        let answer = try JSONValue.parse(reply.body.utf8)
        #expect(answer["code"]?.integer == code)
        #expect(answer["status"]?.integer == 400)
        #expect(sandbox.inbox.count == 0)
        await sandbox.stop()
    }

    @Test func twilioTakes1600CharactersAndAService() async throws {
        let sandbox = try await Sandbox.plain()
        let body = String(repeating: "x", count: 1_600)
        let reply = try await sandbox.post(path, form: ["To": "+447700900123", "MessagingServiceSid": "MG1", "Body": body], login)
        #expect(reply.status == 201)
        #expect(sandbox.inbox.all().first?.text.hasSuffix("(11 segments, GSM-7)") == true)
        await sandbox.stop()
    }

    @Test(arguments: [nil, "Basic " + Data("AC1:token".utf8).base64EncodedString(), "Basic !", "Bearer x"])
    func twilioWantsCredentials(header: String?) async throws {
        let sandbox = try await Sandbox.plain()
        let headers = header.map { ["Authorization": $0] } ?? [:]
        let reply = try await sandbox.post(path, form: ["To": "+447700900123", "From": "+15557654321", "Body": "x"], headers)
        #expect(reply.status == 401)
        #expect(try JSONValue.parse(reply.body.utf8)["code"]?.integer == 20003)
        await sandbox.stop()
    }

    @Test func gatewayAcceptsGetAndPost() async throws {
        let sandbox = try await Sandbox.plain()
        let query = "username=tester&password=p&to=%2B447700900123&text=gr%C3%BC%C3%9Fe+all&coding=2&charset=UTF-8"
        let got = try await request(sandbox.httpPort, "GET", "/gateway/cgi-bin/sendsms?" + query)
        #expect(got.status == 202)
        #expect(got.body == "0: Accepted for delivery")
        let form = ["username": "tester", "password": "p", "to": "+447700900123", "from": "TOCSIN", "text": "down"]
        #expect(try await sandbox.post("/gateway/cgi-bin/sendsms", form: form).status == 202)
        let other = try await sandbox.post("/gateway/v2/messages", json: #"{"recipients":["447700900123"],"body":"down"}"#)
        #expect(other.status == 202)
        let all = sandbox.inbox.all()
        #expect(all.map(\.title) == ["grüße all", "down", "down"])
        #expect(all.map(\.to) == ["+447700900123", "+447700900123", "447700900123"])
        #expect(all[1].from == "TOCSIN")
        await sandbox.stop()
    }

    /// Kannel takes `coding=2` for UTF-16BE unless a charset is named.
    @Test func gatewayReadsCoding2() async throws {
        let sandbox = try await Sandbox.plain()
        _ = try await request(sandbox.httpPort, "GET", "/gateway/cgi-bin/sendsms?user=t&pass=p&to=1234567&coding=2&text=%01%05%00a")
        #expect(sandbox.inbox.all().first?.title == "ąa")
        await sandbox.stop()
    }

    static let gatewayRefusals: [(String, Int, String)] = [
        ("to=1&text=x", 403, "Authorization failed for sendsms"),
        ("username=t&password=p&text=x", 400, "Missing receiver number, rejected"),
        ("username=t&password=p&to=1234", 400, "Empty text not allowed, rejected"),
        ("username=t&password=p&to=bob&text=x", 400, "Garbage 'to' field, rejected."),
        ("username=t&password=p&to=1234&text=x&coding=9", 400, "Coding field misformed, rejected"),
        ("username=t&password=p&to=1234&text=x&charset=klingon", 400, "Charset or body misformed, rejected"),
    ]

    @Test(arguments: gatewayRefusals)
    func gatewayRefuses(query: String, status: Int, text: String) async throws {
        let sandbox = try await Sandbox.plain()
        let reply = try await request(sandbox.httpPort, "GET", "/gateway/cgi-bin/sendsms?" + query)
        #expect(reply.status == status)
        #expect(reply.body == text)
        #expect(sandbox.inbox.count == 0)
        await sandbox.stop()
    }
}
