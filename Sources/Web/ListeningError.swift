// Why the HTTP side cannot listen, in words that say how to mend it.

import Foundation
import Glibc

/// `http.listen` cannot be listened on.
public struct ListeningError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What is wrong and how to mend it.
    public var message: String

    public var description: String { message }

    /// - Parameters:
    ///   - address: as in `http.listen`.
    ///   - error: the system's errno.
    public init(_ address: String, error: Int32) {
        let port = Int(address.split(separator: ":").last ?? "") ?? 0
        let why =
            switch error {
            case EADDRINUSE: "the port is in use: another program listens there (`ss -ltnp` says which); choose another port, or stop it"
            case EACCES where port < 1_024:
                "ports below 1024 are for root: choose a higher one behind a proxy, or give the service AmbientCapabilities=CAP_NET_BIND_SERVICE"
            case EACCES, EPERM: "the system does not permit it"
            case EADDRNOTAVAIL: "this machine has no such address; 127.0.0.1 is always there, 0.0.0.0 stands for all"
            default: String(cString: strerror(error))
            }
        message = "`http.listen`: cannot listen on \(address): \(why)"
    }

    init(files: String) { message = "`http.certificate` and `http.key` cannot be used: \(files)" }
}
