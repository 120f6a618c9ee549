import Foundation
import TestKeys
import Testing

@testable import Cryptography

@Suite("A DKIM key")
struct DKIMKeyTests {
    @Test(
        "signs as its kind, and its signature is its own",
        arguments: [
            (TestKeys.rsa2048, DKIMKey.Algorithm.rsaSHA256, 256), (TestKeys.rsa2048Traditional, .rsaSHA256, 256),
            (TestKeys.rfc8463, .ed25519SHA256, 64),
        ])
    func signs(pem: String, algorithm: DKIMKey.Algorithm, length: Int) throws {
        let key = try DKIMKey(pem: pem)
        #expect(key.algorithm == algorithm)
        for text in ["", "a", String(repeating: "long ", count: 10_000)] {
            let bytes = Array(text.utf8)
            let signature = try #require(key.sign(bytes))
            #expect(signature.count == length)
            #expect(key.verifies(signature, of: bytes))
            #expect(!key.verifies(signature, of: bytes + [0]))
            var other = signature
            other[5] ^= 1
            #expect(!key.verifies(other, of: bytes))
        }
    }

    @Test("in both forms of RSA is the same key")
    func sameKey() throws {
        let one = try DKIMKey(pem: TestKeys.rsa2048)
        let two = try DKIMKey(pem: TestKeys.rsa2048Traditional)
        #expect(one.sign([1, 2, 3]) == two.sign([1, 2, 3]))
        #expect(one.record == two.record)
        #expect(one.record?.hasPrefix("v=DKIM1; k=rsa; p=MIIB") == true)
    }

    @Test("of RFC 8463 has the public key that the RFC prints")
    func record() throws {
        let key = try DKIMKey(pem: TestKeys.rfc8463)
        #expect(key.record == "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=")
    }

    @Test(
        "is refused with the reason, and without itself",
        arguments: [
            ("", CryptographyError.Code.notAKey), ("hello", .notAKey), (TestKeys.certificate, .notAKey),
            ("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", .notAKey), (TestKeys.rsa1024, .tooShort),
            (TestKeys.ellipticCurve, .unsupportedKind), (TestKeys.locked, .encrypted),
        ])
    func refused(pem: String, code: CryptographyError.Code) throws {
        let error = try #require(throws: CryptographyError.self) { _ = try DKIMKey(pem: pem) }
        #expect(error.code == code)
        for line in pem.split(separator: "\n") where line.count > 20 && !line.contains("KEY") {
            #expect(!error.message.contains(line))
        }
    }

    @Test("does not print")
    func doesNotPrint() throws {
        let key = try DKIMKey(pem: TestKeys.rsa2048)
        var out = "\(key) \(String(reflecting: key))"
        dump(key, to: &out)
        #expect(!out.contains("BEGIN") && !out.contains("MII"))
    }

    @Test("signs on many threads at once")
    func concurrently() async throws {
        let key = try DKIMKey(pem: TestKeys.rsa2048)
        let expected = key.sign([7])
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<64 { group.addTask { key.sign([7]) == expected } }
            for await same in group { #expect(same) }
        }
    }
}

@Suite("SHA-256 and certificates")
struct DigestTests {
    @Test(
        "digests as FIPS 180-4 says",
        arguments: [
            ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        ])
    func digest(text: String, hex: String) {
        #expect(SHA256.hex(Array(text.utf8)) == hex)
    }

    @Test("counts certificates")
    func certificates() {
        #expect(Certificates.count(inPEM: Array(TestKeys.certificate.utf8)) == 1)
        #expect(Certificates.count(inPEM: Array((TestKeys.certificate + "\n" + TestKeys.certificate).utf8)) == 2)
        #expect(Certificates.count(inPEM: Array(TestKeys.rsa2048.utf8)) == 0)
        #expect(Certificates.count(inPEM: []) == 0)
    }
}
