import Foundation
import Testing

@testable import Sandbox

@Suite struct SMTPTests {
    static let mail =
        "From: Incidents <incidents@example.com>\r\nDate: Tue, 24 Nov 2026 12:00:00 +0000\r\nSubject: INC1 down\r\n\r\nbody\r\n"

    /// Sends lines; each reply's code.
    static func dialogue(_ port: Int, _ commands: [String]) async throws -> [String] {
        try await offPool {
            let line = try Line(port)
            var codes = [String(try line.reply().prefix(3))]
            for command in commands { codes.append(String(try line.ask(command).prefix(3))) }
            return codes
        }
    }

    @Test func offersAndTakesAMail() async throws {
        let sandbox = try await Sandbox.plain()
        let port = sandbox.smtpPort
        try await offPool {
            let line = try Line(port)
            #expect(try line.reply().hasPrefix("220 localhost ESMTP"))
            let offers = try line.ask("EHLO me.example").split(separator: "\n").map { String($0.dropFirst(4)) }
            #expect(offers == ["localhost", "PIPELINING", "SIZE 10485760", "AUTH PLAIN LOGIN XOAUTH2", "ENHANCEDSTATUSCODES"])
            #expect(try line.ask("MAIL FROM:<incidents@example.com> SIZE=120") == "250 2.1.0 Ok")
            #expect(try line.ask("RCPT TO:<duty@example.com>") == "250 2.1.5 Ok")
            #expect(try line.ask("rcpt to:<cto@example.com>") == "250 2.1.5 Ok")
            #expect(try line.ask("DATA").hasPrefix("354 "))
            let reply = try line.ask(Self.mail + "..dotted\r\n...\r\n.")
            #expect(reply.hasPrefix("250 2.0.0 Ok: queued as "))
            #expect(try line.ask("QUIT").hasPrefix("221 "))
            #expect(try line.receiveAll().isEmpty)
        }
        let message = try #require(sandbox.inbox.all().first)
        #expect(message.title == "INC1 down")
        #expect(message.text == "body\n.dotted\n..\n")
        #expect(message.to == "duty@example.com, cto@example.com")
        #expect(message.from == "Incidents <incidents@example.com>")
        #expect(message.header("subject") == "INC1 down")
        #expect(message.raw == Array((Self.mail + ".dotted\r\n..\r\n").utf8))
        #expect(message.id != nil)
        await sandbox.stop()
    }

    static let orders: [([String], [String])] = [
        (["MAIL FROM:<a@b.c>"], ["220", "503"]), (["EHLO"], ["220", "501"]), (["EHLO x", "RCPT TO:<a@b.c>"], ["220", "250", "503"]),
        (["EHLO x", "DATA"], ["220", "250", "503"]), (["HELO x", "MAIL FROM:<a@b.c>", "DATA"], ["220", "250", "250", "503"]),
        (["EHLO x", "MAIL FROM:<a@b.c>", "MAIL FROM:<a@b.c>"], ["220", "250", "250", "503"]),
        (["EHLO x", "MAIL FROM:<a@b.c>", "RSET", "RCPT TO:<a@b.c>"], ["220", "250", "250", "250", "503"]),
        (["EHLO x", "MAIL FROM:a@b.c"], ["220", "250", "501"]), (["EHLO x", "MAIL FROM:<a@b.c> SIZE=99999999"], ["220", "250", "552"]),
        (["EHLO x", "MAIL FROM:<a@b.c> BODY=8BITMIME"], ["220", "250", "555"]),
        (["EHLO x", "MAIL FROM:<a@b.c> SMTPUTF8"], ["220", "250", "555"]),
        (["EHLO x", "MAIL FROM:<>", "RCPT TO:<>"], ["220", "250", "250", "501"]),
        (["NOOP", "VRFY a", "HELP", "FROB"], ["220", "250", "252", "214", "500"]),
        (["EHLO x", "STARTTLS"], ["220", "250", "502"]), (["EHLO x", "AUTH CRAM-MD5"], ["220", "250", "504"]),
        (["EHLO x", "AUTH PLAIN !!"], ["220", "250", "501"]), (["EHLO x", "AUTH LOGIN", "*"], ["220", "250", "334", "501"]),
        (["EHLO " + String(repeating: "x", count: 600)], ["220", "500"]),
        (["EHLO " + String(repeating: "x", count: 40_000), "NOOP"], ["220", "500", "250"]),
        (["EHLO x\nNOOP"], ["220", "500"]),
    ]

    @Test(arguments: orders)
    func keepsTheOrder(commands: [String], codes: [String]) async throws {
        let sandbox = try await Sandbox.plain()
        #expect(try await Self.dialogue(sandbox.smtpPort, commands) == codes)
        await sandbox.stop()
    }

    static let mails: [(String, String)] = [
        (mail, "250"), (mail + String(repeating: "x", count: 998) + "\r\n", "250"),
        (mail + String(repeating: "x", count: 999) + "\r\n", "500"),
        (mail + "." + String(repeating: ".", count: 998) + "\r\n", "250"), (mail + "bare\nfeed\r\n", "550"),
        (mail + "bare\rreturn\r\n", "550"),
        (mail + "\n.\nMAIL FROM:<smuggler@b.c>\r\n", "550"), (mail + "grüße\r\n", "554"), ("Subject: no from\r\n\r\nx\r\n", "550"),
        (mail + String(repeating: "x", count: 20_000) + "\r\n", "500"),
    ]

    @Test(arguments: mails)
    func checksTheMail(content: String, code: String) async throws {
        let sandbox = try await Sandbox.plain()
        let codes = try await Self.dialogue(
            sandbox.smtpPort, ["EHLO x", "MAIL FROM:<a@b.c>", "RCPT TO:<d@e.f>", "DATA", content + ".", "NOOP"])
        #expect(codes == ["220", "250", "250", "250", "354", code, "250"])
        #expect(sandbox.inbox.count == (code == "250" ? 1 : 0))
        #expect(sandbox.inbox.refusedCount == (code == "250" ? 0 : 1))
        await sandbox.stop()
    }

    @Test func refusesLargeMails() async throws {
        let sandbox = try await Sandbox.plain { $0.smtp.maximumSize = 1_000 }
        let large = Self.mail + String(repeating: "1234567890\r\n", count: 100) + "."
        let codes = try await Self.dialogue(sandbox.smtpPort, ["EHLO x", "MAIL FROM:<a@b.c>", "RCPT TO:<d@e.f>", "DATA", large, "NOOP"])
        #expect(codes == ["220", "250", "250", "250", "354", "552", "250"])
        await sandbox.stop()
    }

    @Test func answersPipelinedCommandsInOrder() async throws {
        let sandbox = try await Sandbox.plain()
        let port = sandbox.smtpPort
        let codes = try await offPool {
            let line = try Line(port)
            line.send("EHLO x\r\nMAIL FROM:<a@b.c>\r\nRCPT TO:<d@e.f>\r\nDATA\r\n\(Self.mail).\r\nMAIL FROM:<a@b.c>\r\nQUIT\r\n")
            return try (0..<8).map { _ in String(try line.reply().prefix(3)) }
        }
        #expect(codes == ["220", "250", "250", "250", "354", "250", "250", "221"])
        await sandbox.stop()
    }

    static let client = """
        import smtplib, ssl, sys, email.message, email.policy
        mode, port, ca, mech = sys.argv[1:5]
        context = ssl.create_default_context(cafile=ca)
        if mode == 'smtps': s = smtplib.SMTP_SSL('localhost', int(port), context=context, timeout=20)
        else: s = smtplib.SMTP('localhost', int(port), timeout=20)
        try:
            s.ehlo()
            if mode == 'starttls':
                print(s.starttls(context=context)[0]); s.ehlo()
            if mech == 'XOAUTH2':
                print(s.docmd('AUTH', 'XOAUTH2 ' + __import__('base64').b64encode(b'user=me\\x01auth=Bearer right\\x01\\x01').decode())[0])
            elif mech != 'NONE':
                s.user, s.password = 'me', 'right'
                print(s.auth(mech, s.auth_plain if mech == 'PLAIN' else s.auth_login)[0])
            m = email.message.EmailMessage(policy=email.policy.SMTP)
            m['From'] = 'Vorfälle <incidents@example.com>'; m['To'] = 'duty@example.com'; m['Date'] = 'Tue, 24 Nov 2026 12:00:00 +0000'
            m['Subject'] = 'Störung an INC1 — ' + 'sehr lang ' * 12
            m.set_content('Grüße\\n.\\n.. Punkte\\n', cte='quoted-printable'); m.add_alternative('<p>Grüße</p>', subtype='html', cte='base64')
            s.send_message(m); print('sent')
            s.quit()
        except smtplib.SMTPResponseException as e: print(e.smtp_code)
        """

    @Test(arguments: [("starttls", "PLAIN"), ("starttls", "LOGIN"), ("starttls", "XOAUTH2"), ("smtps", "PLAIN"), ("plain", "LOGIN")])
    func talksWithSmtplib(mode: String, mechanism: String) async throws {
        var options = SandboxOptions()
        options.smtp.credentials = ["me": "right"]
        options.smtp.requiresAuthentication = true
        let sandbox = try await Sandbox.start(options)
        let port = mode == "smtps" ? sandbox.smtpsPort : sandbox.smtpPort
        let ca = try #require(sandbox.endpoints.ca)
        let output = try await python(Self.client, [mode, String(port), ca, mechanism])
        #expect(output == (mode == "starttls" ? "220\n235\nsent" : "235\nsent"))
        let message = try #require(sandbox.inbox.all().first)
        #expect(message.user == "me")
        #expect(message.isSecure == (mode != "plain"))
        #expect(message.title.hasPrefix("Störung an INC1 — sehr lang"))
        #expect(message.from == "Vorfälle <incidents@example.com>")
        #expect(message.text == "Grüße\n.\n.. Punkte\n")
        #expect(message.html?.trimmingCharacters(in: .newlines) == "<p>Grüße</p>")
        await sandbox.stop()
    }

    @Test func wantsTheRightPassword() async throws {
        let sandbox = try await Sandbox.plain {
            $0.smtp.credentials = ["me": "other"]
            $0.smtp.requiresAuthentication = true
        }
        func base64(_ text: String) -> String { Data(text.utf8).base64EncodedString() }
        let codes = try await Self.dialogue(
            sandbox.smtpPort,
            [
                "EHLO x", "MAIL FROM:<a@b.c>", "AUTH PLAIN " + base64("\0me\0right"), "AUTH LOGIN", base64("me"), base64("right"),
                "AUTH XOAUTH2 " + base64("user=me\u{1}auth=Bearer x\u{1}\u{1}"), "", "AUTH PLAIN", base64("\0me\0other"), "AUTH PLAIN",
                "MAIL FROM:<a@b.c>",
            ])
        #expect(codes == ["220", "250", "530", "535", "334", "334", "535", "334", "535", "334", "235", "503", "250"])
        await sandbox.stop()
    }

    @Test func mayWantTLSFirst() async throws {
        var options = SandboxOptions()
        options.smtp.requiresTLS = true
        let sandbox = try await Sandbox.start(options)
        #expect(try await Self.dialogue(sandbox.smtpPort, ["EHLO x", "AUTH PLAIN", "MAIL FROM:<a@b.c>"]) == ["220", "250", "530", "530"])
        await sandbox.stop()
    }

    /// What was said in clear after STARTTLS is forgotten, and the offers change with TLS.
    @Test func startTLSBeginsAnew() async throws {
        var options = SandboxOptions()
        options.smtp.authenticatesInClear = false
        let sandbox = try await Sandbox.start(options)
        let script = """
            import socket, ssl, sys
            s = socket.create_connection(('127.0.0.1', int(sys.argv[1])), 20)
            def ask(t):
                s.sendall(t.encode()); b = b''
                while not b.endswith(b'\\r\\n') or b.splitlines()[-1][3:4] == b'-': b += s.recv(4096)
                return b.decode().splitlines()
            ask('')
            print([l[4:] for l in ask('EHLO x\\r\\n') if 'AUTH' in l or 'STARTTLS' in l])
            print(ask('STARTTLS\\r\\nNOOP\\r\\n'))
            s = ssl.create_default_context(cafile=sys.argv[2]).wrap_socket(s, server_hostname='localhost')
            print(ask('MAIL FROM:<a@b.c>\\r\\n')[0][:3])
            print([l[4:] for l in ask('EHLO x\\r\\n') if 'AUTH' in l or 'STARTTLS' in l])
            print(ask('STARTTLS\\r\\n')[0][:3])
            """
        let ca = try #require(sandbox.endpoints.ca)
        let output = try await python(script, [String(sandbox.smtpPort), ca])
        #expect(
            output == """
                ['STARTTLS']
                ['220 2.0.0 Ready to start TLS']
                503
                ['AUTH PLAIN LOGIN XOAUTH2']
                503
                """)
        await sandbox.stop()
    }
}
