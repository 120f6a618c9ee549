// Networks in CIDR notation, and whether an address is in one of them.

import Glibc

/// A list of networks.
struct Networks: Sendable {
    private var networks: [(bytes: [UInt8], length: Int)] = []

    /// What cannot be read is left out; `check` has said so.
    init(_ texts: [String]) {
        networks = texts.compactMap { text in
            let parts = text.split(separator: "/", maxSplits: 1).map(String.init)
            guard let bytes = parts.first.flatMap(Self.bytes) else { return nil }
            let length = parts.count > 1 ? Int(parts[1]) : bytes.count * 8
            guard let length, (0...bytes.count * 8).contains(length) else { return nil }
            return (bytes, length)
        }
    }

    func contains(_ address: String?) -> Bool {
        guard !networks.isEmpty, let address = address.flatMap(Self.bytes) else { return false }
        return networks.contains { network in
            guard network.bytes.count == address.count else { return false }
            let whole = network.length / 8
            guard network.bytes[..<whole] == address[..<whole] else { return false }
            let rest = network.length % 8
            if rest == 0 { return true }
            let mask = UInt8(truncatingIfNeeded: 0xFF << (8 - rest))
            return network.bytes[whole] & mask == address[whole] & mask
        }
    }

    /// Four bytes or sixteen; an IPv4 address that comes as IPv6 (`::ffff:10.0.0.1`) is the IPv4 one. Nil for what is no address.
    static func bytes(_ text: String) -> [UInt8]? {
        let text = String(text.prefix { $0 != "%" })
        var four = in_addr()
        if inet_pton(AF_INET, text, &four) == 1 { return withUnsafeBytes(of: &four) { Array($0) } }
        var six = in6_addr()
        guard inet_pton(AF_INET6, text, &six) == 1 else { return nil }
        let bytes = withUnsafeBytes(of: &six) { Array($0) }
        let mapped: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF]
        return Array(bytes.prefix(12)) == mapped ? Array(bytes.suffix(4)) : bytes
    }
}
