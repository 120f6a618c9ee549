import Foundation
import Testing

@testable import Sandbox

@Suite struct SandboxTests {
    @Test func leavesNothingBehind() async throws {
        let sandbox = try await Sandbox.start()
        let directory = try #require(sandbox.directory)
        let ca = try #require(sandbox.endpoints.ca)
        #expect(FileManager.default.fileExists(atPath: ca))
        for name in ["ca.key", "server.key"] {
            let mode = try FileManager.default.attributesOfItem(atPath: directory + "/" + name)[.posixPermissions] as? Int
            #expect(mode == 0o600)
        }
        #expect(try FileManager.default.attributesOfItem(atPath: directory)[.posixPermissions] as? Int == 0o700)
        let (http, smtp, smtps) = (sandbox.httpPort, sandbox.smtpPort, sandbox.smtpsPort)
        let lines = try await offPool { Boxes(lines: [try Line(http), try Line(smtp), try Line(smtps)]) }
        await sandbox.stop()
        await sandbox.stop()
        #expect(sandbox.openConnections == 0)
        #expect(!FileManager.default.fileExists(atPath: directory))
        try await offPool {
            for line in lines.lines { _ = try? line.receiveAll() }
            for port in [http, smtp, smtps] { #expect(throws: Line.Failure.cannotConnect) { try Line(port) } }
        }
    }

    @Test func saysWhereItIs() async throws {
        let sandbox = try await Sandbox.start()
        let base = "http://127.0.0.1:\(sandbox.httpPort)"
        #expect(sandbox.endpoints.slackWebhook == base + "/slack/webhook")
        #expect(sandbox.endpoints.slackAPI == base + "/slack/api")
        #expect(sandbox.endpoints.teams == base + "/teams")
        #expect(sandbox.endpoints.twilio == base + "/twilio")
        #expect(sandbox.endpoints.gateway == base + "/gateway/cgi-bin/sendsms")
        #expect(sandbox.endpoints.smtpHost == "127.0.0.1")
        #expect(sandbox.endpoints.smtpPort == sandbox.smtpPort && sandbox.endpoints.smtpsPort == sandbox.smtpsPort)
        await sandbox.stop()
    }

    @Test func saysWhichPortIsTaken() async throws {
        let first = try await Sandbox.plain()
        let error = await #expect(throws: SandboxError.self) { try await Sandbox.plain { $0.httpPort = first.httpPort } }
        #expect(error?.code == .portTaken)
        #expect(error?.message.contains("port \(first.httpPort) ") == true)
        await first.stop()
    }

    @Test func saysThatOpensslIsMissing() async {
        var options = SandboxOptions()
        options.openssl = "/nowhere/openssl"
        let error = await #expect(throws: SandboxError.self) { try await Sandbox.start(options) }
        #expect(error?.code == .opensslMissing)
        #expect(error?.message.contains("apt-get install openssl") == true)
    }

    /// What a client that verifies says of each certificate.
    @Test(arguments: [nil, "expired", "wrong_name", "unknown_authority"])
    func certificatesAreGoodOrFlawed(flaw: String?) async throws {
        var options = SandboxOptions()
        options.https = true
        options.certificateFlaw = flaw.flatMap(CertificateFlaw.init(rawValue:))
        let sandbox = try await Sandbox.start(options)
        let ca = try #require(sandbox.endpoints.ca)
        let script = """
            import ssl, sys, urllib.request
            context = ssl.create_default_context(cafile=sys.argv[2])
            for host in ['127.0.0.1', 'localhost']:
                url = sys.argv[1].replace('127.0.0.1', host) + '/ops'
                r = urllib.request.Request(url, b'{"text":"x"}', {'Content-Type': 'application/json'})
                try: print(urllib.request.urlopen(r, context=context, timeout=20).read().decode())
                except Exception as e: print(e.reason.verify_message)
            """
        let output = try await python(script, [sandbox.endpoints.slackWebhook, ca]).split(separator: "\n")
        #expect(output.count == 2)
        switch options.certificateFlaw {
        case nil: #expect(output == ["ok", "ok"])
        case .expired: #expect(output.allSatisfy { $0.contains("certificate has expired") })
        case .wrongName: #expect(output.allSatisfy { $0.contains("mismatch") })
        case .unknownAuthority: #expect(output.allSatisfy { $0.contains("unable to get local issuer") })
        }
        #expect(sandbox.inbox.all().allSatisfy { $0.isSecure })
        await sandbox.stop()
    }

    @Test func keepsConnectionsAndTakesPipelinedRequests() async throws {
        let sandbox = try await Sandbox.plain()
        let port = sandbox.httpPort
        try await offPool {
            let line = try Line(port)
            let one = "POST /slack/webhook/a HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 12\r\n"
            line.send(one + "\r\n{\"text\":\"1\"}" + one + "\r\n{\"text\":\"2\"}")
            line.send(one + "Expect: 100-continue\r\nConnection: close\r\n\r\n")
            let answers = { () -> String in
                line.send("{\"text\":\"3\"}")
                return String(decoding: (try? line.receiveAll()) ?? [], as: UTF8.self)
            }()
            #expect(answers.components(separatedBy: "HTTP/1.1 200 OK").count == 4)
            #expect(answers.contains("HTTP/1.1 100 Continue"))
        }
        #expect(sandbox.inbox.all().map(\.text) == ["1", "2", "3"])
        await sandbox.stop()
    }

    @Test func refusesHugeBodies() async throws {
        let sandbox = try await Sandbox.plain()
        let port = sandbox.httpPort
        let status = try await offPool {
            let line = try Line(port)
            line.send("POST /slack/webhook/a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1100000\r\n\r\n")
            line.send([UInt8](repeating: 0x20, count: 1_100_000))
            return try line.line()
        }
        #expect(status == "HTTP/1.1 413 Payload Too Large")
        await sandbox.stop()
    }
}

struct Boxes: @unchecked Sendable {
    var lines: [Line]
}
