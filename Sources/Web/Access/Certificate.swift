// The certificate of the HTTP side: read again when its files change, so that a renewal needs no restart.

import Foundation
import Glibc
import Logging
import NIOCore
import NIOSSL
import Settings
import Synchronization

/// A certificate with its key, as it is in its files. What cannot be used leaves the one before in force.
final class Certificate: Sendable {
    /// Seconds between two looks at the files, at least.
    static let pause = 30.0

    struct Pair: Sendable {
        var chain: [NIOSSLCertificateSource]
        var key: NIOSSLPrivateKeySource
    }

    private struct State {
        var pair: Pair
        var stamps: [Stamp?]
        var looked: Double
    }

    private struct Stamp: Equatable, Sendable {
        var inode: UInt64
        var size: Int
        var seconds: Int
        var nanoseconds: Int
    }

    private let files: (certificate: String, key: String)
    private let logger: Logger
    private let state: Mutex<State>

    /// - Throws: `ListeningError` where the files cannot be used.
    init(certificate: String, key: String, logger: Logger) throws(ListeningError) {
        files = (certificate, key)
        self.logger = logger
        let stamps = Self.stamps(certificate, key)
        do {
            state = Mutex(State(pair: try Self.read(certificate, key), stamps: stamps, looked: Monotonic.seconds))
        } catch {
            throw ListeningError(files: "they must be PEM files, and the key one without a passphrase [\(error)]")
        }
    }

    /// What a server is configured with: TLS 1.2 at least, and for each handshake the certificate of that time.
    var configuration: TLSConfiguration {
        let pair = current(now: Monotonic.seconds)
        var tls = Self.configuration(pair)
        tls.sslContextCallback = { _, promise in
            let pair = self.current(now: Monotonic.seconds)
            var change = NIOSSLContextConfigurationOverride()
            (change.certificateChain, change.privateKey) = (pair.chain, pair.key)
            promise.succeed(change)
        }
        return tls
    }

    /// - Parameter now: seconds of a clock that only goes forward.
    func current(now: Double) -> Pair {
        state.withLock { state in
            guard now - state.looked >= Self.pause else { return state.pair }
            state.looked = now
            let stamps = Self.stamps(files.certificate, files.key)
            guard stamps != state.stamps else { return state.pair }
            do {
                state.pair = try Self.read(files.certificate, files.key)
                state.stamps = stamps
                logger.notice("the certificate of the HTTP side was read again", metadata: ["certificate": "\(files.certificate)"])
            } catch {
                // While they are being replaced, one may not fit the other: the next look tells.
                logger.error(
                    "the new certificate of the HTTP side cannot be used, so the one before stays; are they PEM files that belong together?",
                    metadata: ["certificate": "\(files.certificate)", "key": "\(files.key)", "error": "\(error)"])
            }
            return state.pair
        }
    }

    /// - Throws: also where the key is another certificate's.
    private static func read(_ certificate: String, _ key: String) throws -> Pair {
        let pair = Pair(
            chain: try NIOSSLCertificate.fromPEMFile(certificate).map { .certificate($0) },
            key: .privateKey(try NIOSSLPrivateKey(file: key, format: .pem)))
        _ = try NIOSSLContext(configuration: configuration(pair))
        return pair
    }

    private static func configuration(_ pair: Pair) -> TLSConfiguration {
        var tls = TLSConfiguration.makeServerConfiguration(certificateChain: pair.chain, privateKey: pair.key)
        tls.minimumTLSVersion = .tlsv12
        return tls
    }

    private static func stamps(_ paths: String...) -> [Stamp?] {
        paths.map { path in
            var facts = stat()
            guard stat(path, &facts) == 0 else { return nil }
            return Stamp(
                inode: UInt64(facts.st_ino), size: Int(facts.st_size), seconds: facts.st_mtim.tv_sec, nanoseconds: facts.st_mtim.tv_nsec)
        }
    }
}
