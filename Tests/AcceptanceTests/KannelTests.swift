// SMS through a real Kannel, to its fakesmsc, which stands in for the operator's network and prints what it gets.

import Foundation
import Glibc
import JSON
import Testing

/// Of a gateway with one SMS centre, fakesmsc, on four free ports: for administration, for smsbox, for the network, and for those
/// who send.
///
/// - Parameter service: what becomes of messages from the network, as lines of an `sms-service`.
func kannelConfiguration(_ ports: [Int], service: String) -> String {
    """
    group = core
    admin-port = \(ports[0])
    admin-interface = 127.0.0.1
    admin-password = admin
    smsbox-port = \(ports[1])
    smsbox-interface = 127.0.0.1
    box-allow-ip = 127.0.0.1
    dlr-storage = internal

    group = smsc
    smsc = fake
    smsc-id = FAKE
    port = \(ports[2])
    connect-allow-ip = 127.0.0.1

    group = smsbox
    bearerbox-host = 127.0.0.1
    bearerbox-port = \(ports[1])
    sendsms-port = \(ports[3])
    sendsms-interface = 127.0.0.1
    global-sender = 13013

    group = sendsms-user
    username = tester
    password = s3same-street
    max-messages = 3
    concatenation = true

    group = sms-service
    keyword = default
    \(service)
    """
}

final class Kannel {
    let port: Int
    private let folder: TemporaryFolder
    private var programs: [RunningProgram] = []
    private let network: RunningProgram

    init() async throws {
        let ports = try freePorts(4)
        let folder = try TemporaryFolder()
        try folder.write(kannelConfiguration(ports, service: #"text = "nobody reads this""#), to: "kannel.conf")
        self.folder = folder
        port = ports[3]
        programs.append(try RunningProgram("/usr/sbin/bearerbox", ["kannel.conf"], in: folder.path))
        try await eventually("bearerbox listens") { isListening(ports[1]) && isListening(ports[2]) }
        programs.append(try RunningProgram("/usr/sbin/smsbox", ["kannel.conf"], in: folder.path))
        network = try RunningProgram(
            "/usr/lib/kannel/test/fakesmsc", ["-H", "127.0.0.1", "-r", "\(ports[2])", "-i", "1", "-m", "1", "100 200 text hello"],
            in: folder.path)
        programs.append(network)
        try await eventually("smsbox listens and fakesmsc is connected") { [network] in
            isListening(ports[3]) && network.errors.contains("Got message 1:")
        }
    }

    /// What fakesmsc has got for a number: `text`, `ucs-2`, or `udh … data` for one part of several; and the text as it
    /// prints it.
    func received(by number: String) -> [(coding: String, text: String)] {
        network.errors.split(separator: "\n").compactMap { line in
            guard let match = String(line).firstMatch(of: /Got message \d+: <(\S+) (\S+) (text|ucs-2|udh \S+ data) (.*)>$/),
                match.output.2 == number
            else { return nil }
            return (String(match.output.3), String(match.output.4))
        }
    }

    func stop() async {
        // A program started from a test's thread has that thread's blocked signals, and Kannel never unblocks SIGTERM.
        for program in programs.reversed() { program.send(SIGKILL) }
        for program in programs { _ = await program.wait() }
    }
}

@Suite struct KannelTests {
    static func routes(_ port: Int, password: String = "${env:KANNEL_PASSWORD}") -> String {
        """
        version: 1
        channels:
          sms-gateway:
            type: sms
            gateway: http
            request:
              method: GET
              url: "http://127.0.0.1:\(port)/cgi-bin/sendsms"
              query: {username: tester, password: "\(password)", to: "{{address}}", text: "{{text}}", coding: "{{coding}}", charset: UTF-8}
            success: {status: [200, 202], body: "^0:"}
        routes:
          - {name: all, match: {}, to: ["sms-gateway:+447700900123"]}
        """
    }

    @Test func bothCodingsArriveAsTheyWereWritten() async throws {
        let kannel = try await Kannel()
        let workspace = try Workspace(Self.routes(kannel.port))
        let secret = ["KANNEL_PASSWORD": "s3same-street"]
        try workspace.drop(
            #"{"type": "escalation", "incident": {"id": "INC1", "title": "Café {down} & out: 5€ lost", "severity": "high"}}"#, as: "1.json")
        let first = try await workspace.run("run", "--once", environment: secret)
        #expect(first.status == 0, "\(first.errors)")
        try await eventually("the GSM-7 message") { kannel.received(by: "+447700900123").count == 1 }
        let gsm = try #require(kannel.received(by: "+447700900123").first)
        #expect(gsm.coding == "text")
        #expect(gsm.text.contains("Café {down} & out: 5€ lost"))
        #expect(gsm.text.contains("INC1"))

        try workspace.drop(
            #"{"type": "escalation", "incident": {"id": "INC2", "title": "Złącze 😀", "severity": "high"}}"#, as: "2.json")
        #expect(try await workspace.run("run", "--once", environment: secret).status == 0)
        // Its text does not fit into one part, so it comes in several, each with the header that joins them.
        try await eventually("the UCS-2 message") { kannel.received(by: "+447700900123").contains { $0.text.hasSuffix("%002") } }
        let parts = kannel.received(by: "+447700900123").dropFirst()
        for part in parts { #expect(part.coding.hasPrefix("udh %05%00%03")) }
        let text = try #require(Self.decoded(parts.map(\.text).joined()))
        #expect(text.contains("Złącze 😀") && text.hasSuffix("tocsin ack INC2"))

        let rows = try await workspace.deliveries()
        #expect(rows.map { $0["state"] } == ["delivered", "delivered"])
        await kannel.stop()
    }

    @Test func aWrongPasswordIsRefusedAndNeverShown() async throws {
        let kannel = try await Kannel()
        let workspace = try Workspace(Self.routes(kannel.port))
        let secret = ["KANNEL_PASSWORD": "wr0ng-street"]
        try workspace.drop(#"{"type": "escalation", "incident": {"id": "INC1", "title": "Down", "severity": "high"}}"#)
        let run = try await workspace.run("run", "--once", environment: secret)
        let dead = try await workspace.run("dead", "--json")
        #expect(dead.objects.first?["state"] == "dead", "\(run.errors)")
        let shown = try await workspace.run("deliveries", "show", "1", environment: secret)
        for text in [run.errors, run.output, dead.output, shown.output] { #expect(!text.contains("wr0ng-street")) }
        #expect(kannel.received(by: "+447700900123").isEmpty)
        await kannel.stop()
    }

    /// fakesmsc prints UCS-2 as its big-endian bytes, form-encoded.
    private static func decoded(_ text: String) -> String? {
        guard let raw = text.replacing("+", with: " ").data(using: .isoLatin1) else { return nil }
        var bytes: [UInt8] = []
        var rest = Array(raw)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), rest.count >= 2, let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(bytes: bytes, encoding: .utf16BigEndian)
    }
}
