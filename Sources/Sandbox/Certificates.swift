// A certificate authority and a certificate for loopback, made by the `openssl` command when the sandbox starts and thrown
// away when it stops. Elliptic curve P-256: made in milliseconds. Key files are for their owner only.

import Foundation

/// Where the files of one sandbox are.
struct Certificates: Sendable {
    let directory: String

    var authority: String { directory + "/ca.pem" }
    var certificate: String { directory + "/server.pem" }
    var key: String { directory + "/server.key" }

    /// Blocks while openssl runs: call it off the cooperative pool.
    static func make(flaw: CertificateFlaw?, openssl: String?) throws(SandboxError) -> Certificates {
        let command = try path(openssl)
        let directory = try temporaryDirectory()
        let certificates = Certificates(directory: directory)
        do {
            try certificates.write(command, flaw)
        } catch {
            certificates.remove()
            throw error
        }
        return certificates
    }

    func remove() {
        try? FileManager.default.removeItem(atPath: directory)
    }

    private func write(_ command: String, _ flaw: CertificateFlaw?) throws(SandboxError) {
        let host = flaw == .wrongName ? "elsewhere.example" : "localhost"
        let addresses = flaw == .wrongName ? "" : ",IP:127.0.0.1,IP:::1"
        let settings = """
            [req]
            distinguished_name = name
            prompt = no
            [name]
            CN = Tocsin sandbox
            [authority]
            basicConstraints = critical, CA:TRUE
            keyUsage = critical, keyCertSign, cRLSign
            subjectKeyIdentifier = hash
            [server]
            basicConstraints = critical, CA:FALSE
            keyUsage = critical, digitalSignature
            extendedKeyUsage = serverAuth
            subjectKeyIdentifier = hash
            subjectAltName = DNS:\(host)\(addresses)

            """
        do {
            try settings.write(toFile: directory + "/openssl.cnf", atomically: false, encoding: .utf8)
        } catch {
            throw SandboxError(code: .certificateFailed, message: "cannot write to \(directory): \(error.localizedDescription)")
        }
        try makeAuthority(command, name: "ca")
        var signer = "ca"
        if flaw == .unknownAuthority {
            signer = "other"
            try makeAuthority(command, name: signer)
        }
        try run(
            command,
            ["req", "-new", "-config", "openssl.cnf", "-subj", "/CN=\(host)", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]
                + ["-nodes", "-keyout", "server.key", "-out", "server.csr"])
        try run(
            command,
            ["x509", "-req", "-in", "server.csr", "-CA", "\(signer).pem", "-CAkey", "\(signer).key", "-set_serial", "1", "-sha256"]
                + ["-days", flaw == .expired ? "-1" : "30", "-extfile", "openssl.cnf", "-extensions", "server", "-out", "server.pem"])
        for name in ["ca.key", "other.key", "server.key"] { _ = chmod(directory + "/" + name, 0o600) }
    }

    private func makeAuthority(_ command: String, name: String) throws(SandboxError) {
        try run(
            command,
            ["req", "-x509", "-config", "openssl.cnf", "-extensions", "authority", "-subj", "/CN=Tocsin sandbox authority \(name)"]
                + ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "30", "-sha256"]
                + ["-keyout", "\(name).key", "-out", "\(name).pem"])
    }

    private func run(_ command: String, _ arguments: [String]) throws(SandboxError) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: command)
        process.arguments = arguments
        process.currentDirectoryURL = URL(fileURLWithPath: directory)
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        let complaints = Pipe()
        process.standardError = complaints
        do {
            try process.run()
        } catch {
            throw SandboxError(code: .opensslMissing, message: "cannot run \(command): \(error.localizedDescription)")
        }
        let text = String(decoding: complaints.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            let last = text.split(separator: "\n").last.map(String.init) ?? "no reason given"
            throw SandboxError(
                code: .certificateFailed,
                message: "`\(command) \(arguments.first ?? "")` could not make the sandbox's certificate: \(last)")
        }
    }

    private static func path(_ given: String?) throws(SandboxError) -> String {
        let directories = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(String.init) + ["/usr/bin"]
        let candidates = given.map { [$0] } ?? directories.map { $0 + "/openssl" }
        if let found = candidates.first(where: { FileManager.default.isExecutableFile(atPath: $0) }) { return found }
        throw SandboxError(
            code: .opensslMissing,
            message: "the sandbox makes its TLS certificate with the openssl command, which is not \(given ?? "on PATH"); "
                + "install it (Debian: apt-get install openssl)")
    }

    private static func temporaryDirectory() throws(SandboxError) -> String {
        let base = FileManager.default.temporaryDirectory.path
        var template = Array((base + "/tocsin-sandbox-XXXXXX").utf8CString)
        // mkdtemp makes it with mode 0700.
        guard mkdtemp(&template) != nil else {
            throw SandboxError(code: .certificateFailed, message: "cannot make a directory in \(base): \(String(cString: strerror(errno)))")
        }
        return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
