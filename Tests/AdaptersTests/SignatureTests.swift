import Foundation
import Incidents
import Testing

@testable import Adapters

@Suite struct SignatureTests {
    /// The vector that Standard Webhooks publishes.
    static let id = "msg_p5jXN8AQM9LWM0D4loKWxJek"
    static let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    static let body = Array(#"{"test": 2432232314}"#.utf8)
    static let right = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    static let signedAt = Date(timeIntervalSince1970: 1_614_265_330)

    private func standard(
        _ signature: String, id: String = Self.id, time: String = "1614265330", secret: String = Self.secret, body: [UInt8] = Self.body,
        now: Date = Self.signedAt
    ) throws -> SignatureFault? {
        let adapter = try adapter("version: 1\nrules: [{skip: x}]\nsignature: standard_webhooks")
        do throws(SignatureFault) {
            try adapter.verify(
                headers: ["Webhook-Id": id, "webhook-timestamp": time, "WEBHOOK-SIGNATURE": signature], body: body, secret: secret, now: now
            )
            return nil
        } catch {
            return error
        }
    }

    @Test func standardWebhooks() throws {
        let wrong = SignatureFault.wrong(header: "webhook-signature")
        #expect(try standard(Self.right) == nil)
        #expect(try standard("v1,bm9wZQ== v2,x \(Self.right)") == nil)
        #expect(try standard(Self.right, secret: String(Self.secret.dropFirst(6))) == nil)
        #expect(try standard("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OA=") == wrong)
        #expect(try standard(String(Self.right.dropFirst(3))) == wrong)
        #expect(try standard("") == wrong)
        #expect(try standard(Self.right, id: "msg_other") == wrong)
        #expect(try standard(Self.right, body: Self.body + [0x20]) == wrong)
        #expect(try standard(Self.right, secret: "whsec_AAAA") == wrong)
        #expect(try standard(String(repeating: "v1,AAAA ", count: 100_000) + Self.right) == wrong)
        if case .unusableSecret? = try standard(Self.right, secret: "whsec_%%%") {} else { Issue.record("a secret that is no base64") }
    }

    @Test func replays() throws {
        let stale = SignatureFault.stale(header: "webhook-timestamp", tolerance: 300)
        #expect(try standard(Self.right, now: Self.signedAt + 299) == nil)
        #expect(try standard(Self.right, now: Self.signedAt - 299) == nil)
        #expect(try standard(Self.right, now: Self.signedAt + 301) == stale)
        #expect(try standard(Self.right, now: Self.signedAt - 301) == stale)
        for time in ["", "soon", "-1614265330", "1614265330.0", "0x60379a32", "99999999999999999999"] {
            #expect(try standard(Self.right, time: time) == stale, "\(time)")
        }
        #expect(try standard(Self.right, time: "1614265331") == .wrong(header: "webhook-signature"))
    }

    static let hour = Date(timeIntervalSince1970: 1_795_492_200)

    @Test(arguments: [
        (
            "pagerduty", "pd-secret", #"{"event":{"id":"1"}}"#,
            ["X-PagerDuty-Signature": "v1=48d81370ec6ccdc9063618a09b47622f60e66c78134001af266c81b82b43acc7"]
        ),
        (
            "pagerduty", "pd-secret", #"{"event":{"id":"1"}}"#,
            [
                "x-pagerduty-signature":
                    "v1=783e862b116492963b89afdabff7a7b2bfd19684f7aee6d96ca0cb969d6938a4, v1=48d81370ec6ccdc9063618a09b47622f60e66c78134001af266c81b82b43acc7"
            ]
        ),
        (
            "grafana", "gf-secret", #"{"alerts":[]}"#,
            ["X-Grafana-Alerting-Signature": "e3c6120f806e74e4b7fcc0e5e4e5d259b1798686f1fc1be9939560214718c8d2"]
        ),
        (
            "grafana", "gf-secret", #"{"alerts":[]}"#,
            [
                "X-Grafana-Alerting-Signature": "8008c7dbd9237a4dc1977a987b0e2fd305413efffdfc37d4b3489a12299de8f4",
                "X-Grafana-Alerting-Signature-Timestamp": "1795492200",
            ]
        ),
        (
            "grafana", "gf-secret", #"{"alerts":[]}"#,
            [
                "X-Grafana-Alerting-Signature": "8008C7DBD9237A4DC1977A987B0E2FD305413EFFFDFC37D4B3489A12299DE8F4",
                "X-Grafana-Alerting-Timestamp": "1795492200",
            ]
        ),
        (
            "jira", "It's a Secret to Everybody", "Hello, World!",
            ["X-Hub-Signature": "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"]
        ),
        (
            "servicenow", "It's a Secret to Everybody", "Hello, World!",
            ["X-Hub-Signature-256": "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"]
        ),
    ])
    func providers(name: String, secret: String, body: String, headers: [String: String]) throws {
        let adapter = try #require(Adapter.shipped(name))
        let bytes = Array(body.utf8)
        try adapter.verify(headers: headers, body: bytes, secret: secret, now: Self.hour)
        #expect(throws: SignatureFault.self) { try adapter.verify(headers: headers, body: bytes, secret: secret + "x", now: Self.hour) }
        #expect(throws: SignatureFault.self) { try adapter.verify(headers: headers, body: bytes + [0x0A], secret: secret, now: Self.hour) }
        #expect(throws: SignatureFault.self) { try adapter.verify(headers: headers, body: bytes, secret: "", now: Self.hour) }
        #expect(throws: SignatureFault.self) { try adapter.verify(headers: [:], body: bytes, secret: secret, now: Self.hour) }
        for (header, value) in headers {
            for forged in [String(value.dropLast()), value + "0", "", "v1=", "sha256=", value.replacing("sha256=", with: "sha1=") + "!"] {
                var others = headers
                others[header] = forged
                #expect(throws: SignatureFault.self) { try adapter.verify(headers: others, body: bytes, secret: secret, now: Self.hour) }
            }
        }
        if headers.keys.contains(where: { $0.contains("Timestamp") }) {
            #expect(throws: SignatureFault.self) { try adapter.verify(headers: headers, body: bytes, secret: secret, now: Self.hour + 600) }
        }
    }

    @Test func anAdapterWithoutSignatures() throws {
        let adapter = try #require(Adapter.shipped("alertmanager"))
        #expect(throws: SignatureFault.unsupported) { try adapter.verify(headers: [:], body: [], secret: "x", now: Self.hour) }
    }

    @Test func nothingThatIsSaidHoldsTheSecret() throws {
        let adapter = try #require(Adapter.shipped("pagerduty"))
        do throws(SignatureFault) {
            try adapter.verify(headers: ["X-PagerDuty-Signature": "v1=00"], body: [], secret: "hunter2", now: Self.hour)
        } catch {
            #expect(!"\(error)".contains("hunter2") && "\(error)".contains("x-pagerduty-signature"))
        }
    }
}
