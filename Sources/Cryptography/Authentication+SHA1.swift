// SHA-1 is too weak for anything new; as the inside of an HMAC it still holds, and one provider signs with it.

import COpenSSL

extension HMAC {
    /// HMAC with SHA-1 (RFC 2202), 20 bytes: only to check what a provider signs so (Twilio).
    public static func sha1(_ message: [UInt8], key: [UInt8]) -> [UInt8] {
        var out = [UInt8](repeating: 0, count: 20)
        var count: UInt32 = 20
        _ = COpenSSL.HMAC(EVP_sha1(), key, Int32(key.count), message, message.count, &out, &count)
        return out
    }
}
