// What can be wrong with a key. Messages never hold key material.

/// A key that cannot be used; the message says what is wrong and how to mend it.
public struct CryptographyError: Error, Sendable, Equatable, CustomStringConvertible {
    public enum Code: String, Sendable {
        /// The text holds no private key in PEM.
        case notAKey = "not_a_key"
        /// The private key is locked with a passphrase.
        case encrypted
        /// A kind of key that DKIM does not know.
        case unsupportedKind = "unsupported_kind"
        /// An RSA key under 2048 bits (RFC 8301).
        case tooShort = "too_short"
    }

    public var code: Code
    public var message: String

    public init(code: Code, message: String) {
        self.code = code
        self.message = message
    }

    public var description: String { message }
}
