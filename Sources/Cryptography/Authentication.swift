// Codes that only who holds the key can make, and randomness for keys.

import COpenSSL

/// HMAC with SHA-256 (RFC 2104).
public enum HMAC {
    /// 32 bytes.
    public static func sha256(_ message: [UInt8], key: [UInt8]) -> [UInt8] {
        var out = [UInt8](repeating: 0, count: 32)
        var count: UInt32 = 32
        _ = COpenSSL.HMAC(EVP_sha256(), key, Int32(key.count), message, message.count, &out, &count)
        return out
    }

    /// Whether two codes are the same; how long it takes does not tell where they differ.
    public static func isEqual(_ a: some Collection<UInt8>, _ b: some Collection<UInt8>) -> Bool {
        let (a, b) = (Array(a), Array(b))
        return a.count == b.count && CRYPTO_memcmp(a, b, a.count) == 0
    }
}

/// Bytes that nobody can guess.
public enum RandomBytes {
    /// Nil where the system gives none.
    public static func make(_ count: Int) -> [UInt8]? {
        var out = [UInt8](repeating: 0, count: count)
        return RAND_bytes(&out, Int32(count)) == 1 ? out : nil
    }
}
