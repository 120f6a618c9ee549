// Mail through a real Postfix with STARTTLS and AUTH, parsed back by Python's mail library, its DKIM signature verified by
// OpenDKIM: neither knows anything of Tocsin.

import Foundation
import Glibc
import JSON
import Testing

@Suite(.serialized, .enabled(if: geteuid() == 0, "Postfix runs as root only"))
struct PostfixTests {
    /// A mail, as another program understands it.
    static let reader = """
        import email, email.policy, json, sys
        mail = email.message_from_binary_file(open(sys.argv[1], "rb"), policy=email.policy.default)
        parts = [p for p in mail.walk() if not p.is_multipart()]
        print(json.dumps({
            "headers": {k.lower(): str(v) for k, v in mail.items()},
            "received": [str(v) for v in mail.get_all("received", [])],
            "types": [p.get_content_type() for p in parts],
            "text": mail.get_body(("plain",)).get_content(),
            "html": mail.get_body(("html",)).get_content(),
            "longest": max(len(l) for l in open(sys.argv[1], "rb").read().split(b"\\n")),
        }))
        """

    static func routes(_ postfix: Postfix, dkim: Bool = true) -> String {
        """
        version: 1
        channels:
          mail:
            type: email
            server: "smtp://localhost:\(postfix.port)"
            username: "tocsin@example.com"
            password: "${env:SMTP_PASSWORD}"
            from: "Störungen <incidents@example.com>"
            ca: "\(postfix.ca)"
            \(dkim ? "dkim: {domain: example.com, selector: tocsin, key: \"${file:dkim.pem}\"}" : "")
        routes:
          - {name: all, match: {}, to: ["mail:cto@example.com"]}
        """
    }

    static let password = ["SMTP_PASSWORD": "s3same-street"]

    static func read(_ mail: String) async throws -> JSONValue {
        let script = try TemporaryFolder()
        try script.write(reader, to: "read.py")
        return try JSONValue.parse(bytes: Array(try await shell("python3 read.py '\(mail)'", in: script.path).utf8))
    }

    static func event(_ type: String, _ title: String, status: String) -> String {
        """
        {"type": "\(type)", "source": "monitor", "incident": {"id": "INC1", "title": "\(title)", "severity": "critical", "status": "\(status)"},
         "change": {"reason": ".a line that begins with a dot"}}
        """
    }

    @Test(arguments: ["rsa:2048", "ed25519"]) func aMailArrivesWholeSignedAndThreaded(key: String) async throws {
        let postfix = try await Postfix()
        let workspace = try Workspace(Self.routes(postfix))
        let algorithm = key == "ed25519" ? "-algorithm ed25519" : "-algorithm RSA -pkeyopt rsa_keygen_bits:2048"
        try await shell("openssl genpkey \(algorithm) -out dkim.pem && chmod 600 dkim.pem", in: workspace.path)
        let title = "Störung: Zahlungen schlagen fehl – größer als gedacht, und mit einem Titel, der länger ist als eine Zeile"
        try workspace.drop(Self.event("escalation", title, status: "open"), as: "1.json")
        let first = try await workspace.run("run", "--once", environment: Self.password)
        #expect(first.status == 0, "\(first.errors)\(postfix.log)")
        try await eventually("the first mail: \(postfix.log)") { postfix.mails().count == 1 }
        let firstMail = try #require(postfix.mails().first)
        try workspace.drop(Self.event("status_change", title, status: "resolved"), as: "2.json")
        #expect(try await workspace.run("run", "--once", environment: Self.password).status == 0)
        try await eventually("the second mail: \(postfix.log)") { postfix.mails().count == 2 }
        let secondMail = try #require(postfix.mails().first { $0 != firstMail })

        let opened = try await Self.read(firstMail)
        let closed = try await Self.read(secondMail)
        #expect(opened["headers"]?["subject"]?.string?.contains("INC1") == true)
        #expect(opened["headers"]?["subject"]?.string?.contains("Störung: Zahlungen schlagen fehl – größer") == true)
        #expect(opened["headers"]?["from"] == "Störungen <incidents@example.com>")
        #expect(opened["headers"]?["to"] == "cto@example.com")
        #expect(opened["headers"]?["auto-submitted"] == "auto-generated")
        #expect(opened["types"] == ["text/plain", "text/html"])
        #expect(opened["text"]?.string?.contains(title) == true)
        #expect(opened["text"]?.string?.contains(".a line that begins with a dot") == true)
        #expect(opened["html"]?.string?.contains("Störung") == true)
        #expect((opened["longest"]?.integer ?? 9_999) <= 998)
        let received = opened["received"]?.array?.compactMap(\.string).joined() ?? ""
        #expect(received.contains("ESMTPSA"), "through TLS, and authenticated: \(received)")

        let root = try #require(opened["headers"]?["references"]?.string)
        #expect(closed["headers"]?["references"]?.string?.contains(root) == true, "one thread")
        #expect(opened["headers"]?["message-id"] != closed["headers"]?["message-id"])
        #expect(opened["headers"]?["message-id"]?.string?.hasSuffix("@example.com>") == true)
        try await Self.verifySignature(of: firstMail, key: "\(workspace.path)/dkim.pem", ed25519: key == "ed25519")
        await postfix.stop()
    }

    /// OpenDKIM does not know Ed25519; that one is checked by dkimpy's algorithm on the same key, written out in Python.
    static func verifySignature(of mail: String, key: String, ed25519: Bool) async throws {
        let folder = try TemporaryFolder()
        try await shell("openssl pkey -in '\(key)' -pubout -outform DER -out public.der", in: folder.path)
        if ed25519 {
            try folder.write(Ed25519Check.script, to: "check.py")
            let said = try await shell("python3 check.py '\(mail)' public.der", in: folder.path)
            #expect(said.contains("verified"))
            return
        }
        let public_ = try await shell("base64 -w0 public.der", in: folder.path)
        // Postfix's own headers (Return-Path, Delivered-To, Received) come above, and are not signed.
        try folder.write("tocsin._domainkey.example.com v=DKIM1; k=rsa; p=\(public_)\n", to: "keys")
        try folder.write("TestPublicKeys \(folder.path)/keys\nSyslog no\n", to: "opendkim.conf")
        let checked = try RunningProgram("/usr/sbin/opendkim", ["-x", "opendkim.conf", "-t", mail, "-v"], in: folder.path)
        _ = await checked.wait()
        #expect((checked.output + checked.errors).contains("verification (s=tocsin, d=example.com"), "\(checked.output)\(checked.errors)")
        #expect((checked.output + checked.errors).contains("succeeded"), "\(checked.output)\(checked.errors)")
    }

    @Test func aWrongPasswordSendsNothingAndIsNotShown() async throws {
        let postfix = try await Postfix()
        let workspace = try Workspace(Self.routes(postfix, dkim: false))
        try workspace.drop(Self.event("escalation", "Down", status: "open"))
        let run = try await workspace.run("run", "--once", environment: ["SMTP_PASSWORD": "wr0ng-street"])
        let row = try #require(try await workspace.deliveries().first)
        #expect(row["attempts"]?.array?.first?["code"]?.string?.hasPrefix("535") == true)
        #expect(row["attempts"]?.array?.first?["reason"]?.string?.hasPrefix("not_authenticated") == true)
        #expect(postfix.mails().isEmpty)
        #expect(!"\(run.errors)\(run.output)\(row.text)".contains("wr0ng-street"))
        await postfix.stop()
    }

    @Test func withoutSTARTTLSNothingIsSaidInClear() async throws {
        let postfix = try await Postfix(offersTLS: false)
        let workspace = try Workspace(Self.routes(postfix, dkim: false))
        try workspace.drop(Self.event("escalation", "Down", status: "open"))
        #expect(try await workspace.run("run", "--once", environment: Self.password).status == 75, "it waits until that is mended")
        let row = try #require(try await workspace.deliveries().first)
        #expect(row["state"] == "retrying")
        #expect(row["attempts"]?.array?.first?["reason"]?.string?.hasPrefix("tls_failed") == true)
        #expect(!postfix.log.contains("sasl_username"))
        #expect(postfix.mails().isEmpty)
        await postfix.stop()
    }
}
