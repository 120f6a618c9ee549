// A telephone answers, through a real Kannel: fakesmsc sends `ACK INC1`, and reports that a message arrived.

import Foundation
import Glibc
import JSON
import Testing

/// A Kannel whose network sends one message when it is told to, and which hands everything to `getURL`.
final class AnsweringKannel {
    let port: Int
    private let ports: [Int]
    private let folder: TemporaryFolder
    private var programs: [RunningProgram] = []

    init(getURL: String) async throws {
        ports = try freePorts(4)
        folder = try TemporaryFolder()
        port = ports[3]
        let service = """
            catch-all = yes
            omit-empty = true
            max-messages = 3
            get-url = "\(getURL)"
            """
        try folder.write(kannelConfiguration(ports, service: service), to: "kannel.conf")
        programs.append(try RunningProgram("/usr/sbin/bearerbox", ["kannel.conf"], in: folder.path))
        try await eventually("bearerbox listens") { [ports] in isListening(ports[1]) && isListening(ports[2]) }
        programs.append(try RunningProgram("/usr/sbin/smsbox", ["kannel.conf"], in: folder.path))
        try await eventually("smsbox listens") { [ports] in isListening(ports[3]) }
    }

    /// The network: it stays, and sends this one message.
    func network(_ message: String) throws -> RunningProgram {
        let program = try RunningProgram(
            "/usr/lib/kannel/test/fakesmsc", ["-H", "127.0.0.1", "-r", "\(ports[2])", "-i", "1", "-m", "1", message], in: folder.path)
        programs.append(program)
        return program
    }

    func stop() async {
        for program in programs.reversed() { program.send(SIGKILL) }
        for program in programs { _ = await program.wait() }
    }
}

@Suite struct KannelAnswerTests {
    @Test func aTelephoneAcknowledgesAndTheNetworkReports() async throws {
        let port = try freePorts(1)[0]
        let workspace = try Workspace("version: 1")
        try workspace.write(routes(port: port, kannel: 1), to: "routes.yaml")
        let made = try await workspace.run("token", "create", "--scope", "intake")
        #expect(made.status == 0, "\(made.errors)")
        let token = try #require(made.output.split(whereSeparator: \.isWhitespace).last)
        let kannel = try await AnsweringKannel(
            getURL: "http://127.0.0.1:\(port)/v1/sms/inbound/sms-gateway?token=\(token)&from=%p&text=%a&id=%I")
        try workspace.write(routes(port: port, kannel: kannel.port), to: "routes.yaml")
        let secret = ["KANNEL_PASSWORD": "s3same-street"]
        let router = try await workspace.router(environment: secret)
        try await eventually("it answers") { isListening(port) }
        // The network connects with a word that means nothing, and hears what it can do.
        let network = try kannel.network("447700900999 13013 text hello")
        try await eventually("the help is answered: \(network.errors)") { network.errors.contains("ACK INC123") }
        try workspace.drop(
            #"{"id": "1", "type": "escalation", "incident": {"id": "INC1", "title": "Down", "severity": "high", "status": "open"}}"#)
        try await eventually("the message: \(network.errors)") { network.errors.contains("Answer ACK INC1") }
        try await eventually("the report of the network: \(router.errors)") {
            try await workspace.deliveries().first?["receipt"] == "confirmed"
        }
        // The telephone answers. Kannel talks to one network at a time.
        network.send(SIGKILL)
        _ = await network.wait()
        _ = try kannel.network("447700900123 13013 text ACK INC1")
        try await eventually("it is acknowledged: \(router.errors)") {
            try await workspace.run("incidents", "--json").objects.first?["acknowledged_by"] == "duty-engineer"
        }
        #expect(!router.errors.contains(String(token)), "the token is in the log")
        await router.stop()
        await kannel.stop()
        #expect(try await workspace.run("verify").status == 0)
    }

    private func routes(port: Int, kannel: Int) -> String {
        """
        version: 1
        http: {listen: "127.0.0.1:\(port)", callback_url: "http://127.0.0.1:\(port)"}
        router: {public_url: "http://127.0.0.1:\(port)"}
        channels:
          sms-gateway:
            type: sms
            gateway: http
            answers: true
            request:
              method: GET
              url: "http://127.0.0.1:\(kannel)/cgi-bin/sendsms"
              query:
                username: tester
                password: "${env:KANNEL_PASSWORD}"
                to: "{{address}}"
                text: "{{text}}"
                coding: "{{coding}}"
                charset: UTF-8
                dlr-mask: "3"
                dlr-url: "{{receipt}}?status=%d"
            success: {status: [200, 202], body: "^0:"}
        people:
          duty-engineer: {name: Duty Engineer, sms: "+447700900123", via: [sms-gateway]}
        routes:
          - {name: all, match: {severity: ">=high"}, to: [duty-engineer]}
        """
    }
}
