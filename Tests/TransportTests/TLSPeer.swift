// Certificates made for a test, and a Python peer that uses them.

import Foundation
import Glibc
import Testing

@testable import Transport

/// A certificate authority in a temporary directory.
final class TestAuthority: Sendable {
    struct Failed: Error { var words: String }

    enum Certificate: String, Sendable, CaseIterable {
        case good, expired, wrongName, unknownAuthority
    }

    let directory: URL

    init() throws {
        directory = FileManager.default.temporaryDirectory.appendingPathComponent("transport-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        try makeAuthority("authority")
    }

    deinit {
        try? FileManager.default.removeItem(at: directory)
    }

    func path(_ name: String) -> String { directory.appendingPathComponent(name).path }

    var authority: String { path("authority.pem") }

    /// The certificate's and the key's path.
    func make(_ kind: Certificate) throws -> (certificate: String, key: String) {
        var issuer = "authority"
        if kind == .unknownAuthority {
            issuer = "stranger"
            try makeAuthority(issuer)
        }
        let name = kind == .wrongName ? "DNS:elsewhere.test,IP:127.0.0.2" : "DNS:localhost,IP:127.0.0.1"
        let period = kind == .expired ? ["-startdate", "20200101000000Z", "-enddate", "20210101000000Z"] : ["-days", "2"]
        try """
        [ca]
        default_ca = one
        [one]
        database = \(path("\(issuer).index"))
        new_certs_dir = \(directory.path)
        rand_serial = yes
        default_md = sha256
        policy = any
        x509_extensions = leaf
        [any]
        commonName = supplied
        [leaf]
        subjectAltName = \(name)
        """.write(toFile: path("\(kind).cnf"), atomically: true, encoding: .utf8)
        try Data().write(to: directory.appendingPathComponent("\(issuer).index"))
        try openssl([
            "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=peer", "-keyout",
            path("\(kind).key"), "-out", path("\(kind).csr"),
        ])
        try openssl(
            [
                "ca", "-batch", "-notext", "-config", path("\(kind).cnf"), "-cert", path("\(issuer).pem"), "-keyfile",
                path("\(issuer).key"),
                "-in", path("\(kind).csr"), "-out", path("\(kind).pem"),
            ] + period)
        return (path("\(kind).pem"), path("\(kind).key"))
    }

    private func makeAuthority(_ name: String) throws {
        try openssl([
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=\(name)",
            "-keyout", path("\(name).key"), "-out", path("\(name).pem"),
        ])
    }

    private func openssl(_ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
        process.arguments = arguments
        let errors = Pipe()
        process.standardError = errors
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        let words = errors.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failed(words: String(decoding: words, as: UTF8.self)) }
    }
}

/// The Python peer, as long as this object lives.
final class TLSPeer: Sendable {
    let port: Int
    let record = Record()
    private let process = Process()
    private let input = Pipe()

    init(_ mode: String, _ pair: (certificate: String, key: String), _ options: [String] = []) async throws {
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Fixtures/tls_peer.py")
        process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
        process.arguments = [script.path, mode, pair.certificate, pair.key] + options
        let output = Pipe()
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        let record = record
        let descriptor = output.fileHandleForReading.fileDescriptor
        Thread.detachNewThread {
            guard let file = fdopen(dup(descriptor), "r") else { return }
            defer { fclose(file) }
            withExtendedLifetime(output) {
                var line: UnsafeMutablePointer<CChar>?
                var size = 0
                while getline(&line, &size, file) > 0 {
                    if let line { record.add(String(cString: line).trimmingCharacters(in: .newlines)) }
                }
                free(line)
            }
            // A peer that could not start must not be waited for for ever.
            record.add("PORT 0")
        }
        await record.wait(for: "PORT")
        port = record.lines.first.flatMap { Int($0.dropFirst(5)) } ?? 0
        try #require(port > 0)
    }

    deinit {
        try? input.fileHandleForWriting.close()
        process.waitUntilExit()
    }

    /// Waits until it has said a line so many times: it says so through a pipe, and perhaps after its reply.
    func hasHeard(_ line: String, times: Int) async -> Bool {
        let deadline = ContinuousClock.now + .seconds(30)
        while ContinuousClock.now < deadline {
            if heard.count(where: { $0 == line }) >= times { return true }
            try? await Task.sleep(for: .milliseconds(5))
        }
        return false
    }

    /// What was heard, the port left out.
    var heard: [String] { record.lines.filter { !$0.hasPrefix("PORT") } }
}
