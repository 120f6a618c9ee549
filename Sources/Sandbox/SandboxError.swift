// Why a sandbox cannot start.

/// An error of `Sandbox.start`.
public struct SandboxError: Error, Sendable, Equatable, CustomStringConvertible {
    public enum Code: String, Sendable {
        case portTaken = "port_taken"
        case opensslMissing = "openssl_missing"
        case certificateFailed = "certificate_failed"
        case cannotListen = "cannot_listen"
    }

    public var code: Code
    /// What went wrong and how to mend it.
    public var message: String

    public init(code: Code, message: String) {
        self.code = code
        self.message = message
    }

    public var description: String { message }
}
