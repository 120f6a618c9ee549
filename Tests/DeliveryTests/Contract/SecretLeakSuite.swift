// No secret is seen, even where the peer sends everything back that it was given.

import Foundation
import Testing
import Transport

@testable import Delivery

@Suite("No channel shows its secrets")
struct SecretLeakSuite {
    /// What a peer could send back of a request, in the spellings in which it could.
    private static func echoes(_ whole: String) -> [String] {
        let json = String(decoding: JSONText.escaped(whole), as: UTF8.self)
        return [
            whole, json, json.replacingOccurrences(of: "/", with: "\\/"), PercentEncoding.encode(whole),
            whole.removingPercentEncoding ?? whole, "5.7.8 " + whole, String(whole.prefix(whole.count - 3)),
        ]
    }

    private static func printed(_ value: Any) -> String {
        var out = "\(value)" + String(reflecting: value)
        dump(value, to: &out)
        return out
    }

    private static func decodedBase64(_ text: String) -> String {
        text.split { !($0.isLetter || $0.isNumber || "+/=".contains($0)) }.compactMap { word in
            Data(base64Encoded: String(word)).map { String(decoding: $0, as: UTF8.self) }
        }.joined(separator: " ")
    }

    private func check(_ value: Any, _ subject: ContractSubject, _ hint: String) {
        let printed = Self.printed(value)
        for secret in subject.secrets {
            #expect(!printed.contains(secret), "\(hint): \(secret)")
            #expect(!Self.decodedBase64(printed).contains(secret), "\(hint): \(secret) in base64")
        }
    }

    @Test("in a channel", arguments: ContractSubject.all)
    func channel(_ subject: ContractSubject) {
        let channel = subject.channel(http: ScriptedHTTP([]), mail: ScriptedMail(.accepted(reply: "")))
        check(channel, subject, "channel")
        #expect(!channel.destination.isEmpty)
    }

    @Test("in a report on an HTTP answer that echoes the request", arguments: ContractSubject.all.filter { $0.wire == .http })
    func echoedRequest(_ subject: ContractSubject) async {
        for status in [200, 201, 202, 302, 400, 401, 403, 404, 413, 429, 500, 503] {
            for form in 0..<7 {
                let http = ScriptedHTTP(echo: { request in
                    let headers = request.headers.map { "\($0.name): \($0.value)" }.joined(separator: "\n")
                    let whole = "\(request.url)\n\(headers)\n\(String(decoding: request.body, as: UTF8.self))"
                    return .answered(HTTPResponse(status: status, body: Array(Self.echoes(whole)[form].utf8)))
                })
                let report = await subject.channel(http: http, mail: ScriptedMail(.accepted(reply: ""))).deliver(subject.parcel())
                check(report, subject, "status \(status), form \(form)")
            }
        }
    }

    @Test("in a report on an answer that names a secret as its code or id", arguments: ContractSubject.all)
    func echoedAsCode(_ subject: ContractSubject) async {
        for secret in subject.secrets {
            let bodies = [
                #"{"ok":false,"error":"\#(secret)"}"#, #"{"ok":true,"channel":"\#(secret)","ts":"\#(secret)"}"#,
                #"{"sid":"\#(secret)","status":"queued"}"#, "0: \(secret) id=\(secret)", secret,
            ]
            for body in bodies {
                for status in [200, 201, 400] {
                    let channel = subject.channel(
                        http: ScriptedHTTP([http(status, body)]), mail: ScriptedMail(.accepted(reply: "250 ok queued as \(secret)")))
                    check(await channel.deliver(subject.parcel()), subject, body)
                }
            }
        }
    }

    @Test("in a report on a failure", arguments: ContractSubject.all)
    func failure(_ subject: ContractSubject) async {
        for secret in subject.secrets {
            let failure = TransportFailure(kind: .other, mayHaveArrived: false, curlCode: 3, detail: "bad \(secret) here")
            let channel = subject.channel(http: ScriptedHTTP([.failed(failure)]), mail: ScriptedMail(.failed(failure)))
            let report = await channel.deliver(subject.parcel())
            check(report, subject, "failure")
            #expect(report.detail == "bad *** here")
        }
    }

    @Test("in a report on a mail server's reply that echoes the credentials")
    func echoedCredentials() async {
        let subject = ContractSubject.email
        for step in [SMTPResult.Step.connect, .authenticate, .sender, .recipient, .content] {
            let mail = ScriptedMail(echo: { _, server in
                let user = server.username ?? ""
                let password = server.password ?? ""
                let plain = Data("\0\(user)\0\(password)".utf8).base64EncodedString()
                let login = Data(password.utf8).base64EncodedString()
                return .rejected(code: 550, step: step, reply: "5.7.8 \(user) \(password) \(plain) \(login)")
            })
            let report = await subject.channel(http: ScriptedHTTP([]), mail: mail).deliver(subject.parcel())
            check(report, subject, "step \(step)")
            #expect(report.detail?.contains("tocsin ***") == true)
        }
    }
}
