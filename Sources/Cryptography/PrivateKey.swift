// The owner of one EVP_PKEY. Read-only after `init`, which is what makes sharing it between threads sound: OpenSSL 3
// allows concurrent signatures with one key, and each signature has a context of its own.

import COpenSSL

final class PrivateKey: @unchecked Sendable {
    private let key: OpaquePointer

    /// Reads the first private key in `pem` (PKCS #8, or the traditional RSA form). Nil where there is none, or where it
    /// is locked: nobody is asked for a passphrase.
    init?(pem: String) {
        let text = Array(pem.utf8)
        guard text.count <= 65_536, let bio = BIO_new_mem_buf(text, Int32(text.count)) else { return nil }
        defer { BIO_free(bio) }
        // Without a callback OpenSSL would ask on the terminal.
        guard let key = PEM_read_bio_PrivateKey(bio, nil, { _, _, _, _ in -1 }, nil) else {
            ERR_clear_error()
            return nil
        }
        self.key = key
    }

    deinit { EVP_PKEY_free(key) }

    var kind: Int32 { EVP_PKEY_get_base_id(key) }
    var bits: Int { Int(EVP_PKEY_get_bits(key)) }

    /// Signs `bytes`, digested with SHA-256 first where `digesting`.
    func sign(_ bytes: [UInt8], digesting: Bool) -> [UInt8]? {
        guard let context = EVP_MD_CTX_new() else { return nil }
        defer { EVP_MD_CTX_free(context) }
        guard EVP_DigestSignInit(context, nil, digesting ? EVP_sha256() : nil, nil, key) == 1 else { return failed() }
        var length = 0
        guard EVP_DigestSign(context, nil, &length, bytes, bytes.count) == 1 else { return failed() }
        var signature = [UInt8](repeating: 0, count: length)
        guard EVP_DigestSign(context, &signature, &length, bytes, bytes.count) == 1 else { return failed() }
        return Array(signature.prefix(length))
    }

    func verifies(_ signature: [UInt8], of bytes: [UInt8], digesting: Bool) -> Bool {
        guard let context = EVP_MD_CTX_new() else { return false }
        defer { EVP_MD_CTX_free(context) }
        guard EVP_DigestVerifyInit(context, nil, digesting ? EVP_sha256() : nil, nil, key) == 1,
            EVP_DigestVerify(context, signature, signature.count, bytes, bytes.count) == 1
        else {
            ERR_clear_error()
            return false
        }
        return true
    }

    /// The public half as a SubjectPublicKeyInfo in DER.
    var publicKeyInfo: [UInt8]? {
        let length = i2d_PUBKEY(key, nil)
        guard length > 0 else { return nil }
        var out = [UInt8](repeating: 0, count: Int(length))
        let written = out.withUnsafeMutableBufferPointer { buffer -> Int32 in
            var cursor = buffer.baseAddress
            return i2d_PUBKEY(key, &cursor)
        }
        return written == length ? out : nil
    }

    /// The public half of an Ed25519 key: 32 bytes.
    var rawPublicKey: [UInt8]? {
        var length = 32
        var out = [UInt8](repeating: 0, count: length)
        guard EVP_PKEY_get_raw_public_key(key, &out, &length) == 1 else { return nil }
        return Array(out.prefix(length))
    }

    private func failed() -> [UInt8]? {
        ERR_clear_error()
        return nil
    }
}
