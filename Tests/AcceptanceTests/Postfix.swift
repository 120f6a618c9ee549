// A real Postfix in a folder of the test's own: STARTTLS with a certificate of the test's own authority, SASL against a
// database of its own, everything delivered to one maildir.

import Foundation
import Glibc

final class Postfix {
    let port: Int
    let folder: TemporaryFolder
    private let master: RunningProgram

    /// The authority's certificate.
    var ca: String { "\(folder.path)/ca.pem" }

    init(offersTLS: Bool = true) async throws {
        let folder = try TemporaryFolder()
        port = try freePorts(1)[0]
        self.folder = folder
        try await Self.makeCertificates(in: folder)
        try await Self.makeAccount(in: folder)
        try folder.write(Self.main(folder.path, offersTLS: offersTLS), to: "main.cf")
        try folder.write(Self.services(port), to: "master.cf")
        try await shell(
            """
            mkdir -p spool data mail/inbox/new mail/inbox/cur mail/inbox/tmp
            chown postfix data && chown -R nobody mail
            """, in: folder.path)
        master = try RunningProgram("/usr/sbin/postfix", ["-c", folder.path, "start-fg"], in: folder.path)
        let port = port
        try await eventually("Postfix listens: \(log)\(master.errors)", within: 60) { isListening(port) && log.contains("daemon started") }
    }

    var log: String { (try? String(contentsOfFile: "\(folder.path)/log", encoding: .utf8)) ?? "" }

    /// The mails that have arrived, as files.
    func mails() -> [String] {
        let inbox = "\(folder.path)/mail/inbox/new"
        return ((try? FileManager.default.contentsOfDirectory(atPath: inbox)) ?? []).sorted().map { "\(inbox)/\($0)" }
    }

    func stop() async {
        _ = try? await shell("postfix -c \(folder.path) stop || true", in: "/")
        _ = await master.wait()
    }

    private static func main(_ path: String, offersTLS: Bool) -> String {
        """
        compatibility_level = 3.6
        queue_directory = \(path)/spool
        data_directory = \(path)/data
        command_directory = /usr/sbin
        daemon_directory = /usr/lib/postfix/sbin
        mail_owner = postfix
        setgid_group = postdrop
        maillog_file = \(path)/log
        maillog_file_prefixes = /tmp, /var, \(path)
        inet_interfaces = 127.0.0.1
        inet_protocols = ipv4
        myhostname = mail.example.com
        mydestination =
        mynetworks =
        alias_maps =
        alias_database =
        virtual_mailbox_domains = example.com
        virtual_mailbox_base = \(path)/mail
        virtual_mailbox_maps = static:inbox/
        virtual_minimum_uid = 1
        virtual_uid_maps = static:65534
        virtual_gid_maps = static:65534
        smtpd_tls_cert_file = \(path)/mail.pem
        smtpd_tls_key_file = \(path)/mail.key
        smtpd_tls_security_level = \(offersTLS ? "may" : "none")
        smtpd_tls_auth_only = \(offersTLS ? "yes" : "no")
        smtpd_tls_received_header = yes
        smtpd_sasl_auth_enable = yes
        smtpd_sasl_authenticated_header = yes
        smtpd_sasl_type = cyrus
        smtpd_sasl_path = smtpd
        cyrus_sasl_config_path = \(path)/sasl
        smtpd_sasl_local_domain = example.com
        smtpd_relay_restrictions = permit_sasl_authenticated, reject
        smtpd_recipient_restrictions = check_recipient_access inline:{ {gone@example.com = 550 5.1.1 no such user} }, permit_sasl_authenticated, reject
        transport_maps = inline:{ {later@example.com = nouser:} }
        """
    }

    private static func services(_ port: Int) -> String {
        """
        127.0.0.1:\(port) inet n - n - - smtpd
        pickup unix n - n 60 1 pickup
        cleanup unix n - n - 0 cleanup
        qmgr unix n - n 300 1 qmgr
        tlsmgr unix - - n 1000? 1 tlsmgr
        rewrite unix - - n - - trivial-rewrite
        bounce unix - - n - 0 bounce
        defer unix - - n - 0 bounce
        trace unix - - n - 0 bounce
        flush unix n - n 1000? 0 flush
        proxymap unix - - n - - proxymap
        showq unix n - n - - showq
        error unix - - n - - error
        retry unix - - n - - error
        virtual unix - n n - - virtual
        nouser unix - n n - - pipe user=nobody argv=/bin/sh -c {exit 67}
        anvil unix - - n - 1 anvil
        scache unix - - n - 1 scache
        postlog unix-dgram n - n - 1 postlogd

        """
    }

    private static func makeCertificates(in folder: TemporaryFolder) async throws {
        try await shell(
            """
            openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj "/CN=Test CA" -keyout ca.key -out ca.pem
            openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=localhost" -keyout mail.key -out mail.csr
            printf 'subjectAltName=DNS:localhost,IP:127.0.0.1' > san
            openssl x509 -req -in mail.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile san -out mail.pem
            chmod 600 mail.key
            """, in: folder.path)
    }

    private static func makeAccount(in folder: TemporaryFolder) async throws {
        try await shell(
            """
            mkdir sasl
            printf 'pwcheck_method: auxprop\\nauxprop_plugin: sasldb\\nsasldb_path: %s/sasl/sasldb2\\nmech_list: PLAIN LOGIN\\n' "$PWD" > sasl/smtpd.conf
            printf 's3same-street' | saslpasswd2 -p -c -f sasl/sasldb2 -u example.com tocsin
            chown postfix sasl/sasldb2
            """, in: folder.path)
    }
}
