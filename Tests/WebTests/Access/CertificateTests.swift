// A renewed certificate is taken without a restart, and a bad one is not.

import Foundation
import Logging
import NIOSSL
import Testing

@testable import Web

@Suite struct CertificateTests {
    private let directory = NSTemporaryDirectory() + "certificate-\(UUID().uuidString)"

    private func make(_ name: String) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
        process.arguments = [
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=\(name)",
            "-keyout", "\(directory)/\(name).key", "-out", "\(directory)/\(name).pem",
        ]
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
    }

    private func put(_ from: String, _ to: String) throws {
        try? FileManager.default.removeItem(atPath: "\(directory)/\(to)")
        try FileManager.default.copyItem(atPath: "\(directory)/\(from)", toPath: "\(directory)/\(to)")
    }

    @Test func aRenewalIsTakenOnceItsKeyFits() throws {
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        for name in ["old", "new"] { try make(name) }
        try put("old.pem", "tls.pem")
        try put("old.key", "tls.key")
        let log = LogLines()
        let certificate = try Certificate(
            certificate: "\(directory)/tls.pem", key: "\(directory)/tls.key", logger: Logger(label: "test") { _ in log.handler })
        #expect(certificate.configuration.minimumTLSVersion == .tlsv12)
        let (old, new) = (
            try NIOSSLCertificate.fromPEMFile("\(directory)/old.pem"), try NIOSSLCertificate.fromPEMFile("\(directory)/new.pem")
        )
        let start = Monotonic.seconds
        func isNow(_ expected: [NIOSSLCertificate], after seconds: Double) -> Bool {
            certificate.current(now: start + seconds).chain == expected.map { .certificate($0) }
        }
        #expect(isNow(old, after: 0))
        try put("new.pem", "tls.pem")
        #expect(isNow(old, after: 100), "its key is another's")
        #expect(log.all.contains { $0.contains("cannot be used") })
        try put("new.key", "tls.key")
        #expect(isNow(old, after: 110), "not looked at so soon")
        #expect(isNow(new, after: 200))
        #expect(throws: ListeningError.self) {
            _ = try Certificate(
                certificate: "\(directory)/old.pem", key: "\(directory)/new.key", logger: Logger(label: "test") { _ in log.handler })
        }
    }
}
