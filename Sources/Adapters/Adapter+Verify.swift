// Whether a webhook was signed by who holds the secret.

import Cryptography
import Foundation

extension Adapter {
    /// The longest header that is looked at, in bytes, and the most signatures in one.
    private static let maximumHeader = 8_192
    private static let maximumSignatures = 16

    /// Checks the signature of a request. How long it takes does not tell where a wrong one differs.
    ///
    /// - Parameters:
    ///   - headers: of the request; names in any case.
    ///   - body: exactly as it was received.
    ///   - secret: what the tool was given; not empty.
    ///   - now: against which a time of signing is held.
    /// - Throws: `SignatureFault` unless one of the signatures is right.
    public func verify(headers: [String: String], body: [UInt8], secret: String, now: Date) throws(SignatureFault) {
        if signatures.isEmpty { throw .unsupported }
        if secret.isEmpty { throw .unusableSecret("it is empty") }
        let headers = Dictionary(headers.map { ($0.key.lowercased(), $0.value) }, uniquingKeysWith: { first, _ in first })
        var fault: SignatureFault?
        for scheme in signatures {
            guard let value = headers[scheme.header] else { continue }
            let found = Self.fault(scheme, value, headers, body, secret, now)
            guard let found else { return }
            fault = fault ?? found
        }
        throw fault ?? .missing(headers: Array(Set(signatures.map(\.header))).sorted())
    }

    private static func fault(
        _ scheme: SignatureScheme, _ value: String, _ headers: [String: String], _ body: [UInt8], _ secret: String, _ now: Date
    ) -> SignatureFault? {
        let wrong = SignatureFault.wrong(header: scheme.header)
        if value.utf8.count > maximumHeader { return wrong }
        var timestamp = ""
        if let first = scheme.timestamps.first {
            let name = scheme.timestamps.first { headers[$0] != nil } ?? first
            timestamp = headers[name]?.trimmed ?? ""
            let isNumber = !timestamp.isEmpty && timestamp.utf8.count <= 15 && timestamp.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 }
            guard isNumber, let number = Double(timestamp) else { return .stale(header: name, tolerance: Int(scheme.tolerance)) }
            // Milliseconds are told by their size.
            let seconds = number >= 1e11 ? number / 1_000 : number
            if abs(seconds - now.timeIntervalSince1970) > scheme.tolerance { return .stale(header: name, tolerance: Int(scheme.tolerance)) }
        }
        guard let key = key(scheme, secret) else { return .unusableSecret("it must be base64, as in `whsec_…`") }
        guard let message = message(scheme, timestamp, headers, body) else { return wrong }
        let right = HMAC.sha256(message, key: key)
        var isRight = false
        let parts = scheme.separator.map { value.split(separator: $0) } ?? [Substring(value)]
        for part in parts.prefix(maximumSignatures) {
            let text = String(part).trimmed
            guard text.hasPrefix(scheme.prefix), let given = bytes(String(text.dropFirst(scheme.prefix.count)), scheme.encoding) else {
                continue
            }
            if HMAC.isEqual(given, right) { isRight = true }
        }
        return isRight ? nil : wrong
    }

    private static func message(
        _ scheme: SignatureScheme, _ timestamp: String, _ headers: [String: String], _ body: [UInt8]
    ) -> [UInt8]? {
        var message: [UInt8] = []
        message.reserveCapacity(body.count + 128)
        for piece in scheme.signs {
            switch piece {
            case .text(let text): message += text.utf8
            case .body: message += body
            case .timestamp: message += timestamp.utf8
            case .header(let name):
                guard let value = headers[name], !value.isEmpty, value.utf8.count <= maximumHeader else { return nil }
                message += value.utf8
            }
        }
        return message
    }

    private static func key(_ scheme: SignatureScheme, _ secret: String) -> [UInt8]? {
        switch scheme.key {
        case .text: return Array(secret.utf8)
        case .base64:
            let encoded = secret.hasPrefix("whsec_") ? String(secret.dropFirst(6)) : secret
            guard let key = bytes(encoded, .base64), !key.isEmpty else { return nil }
            return key
        }
    }

    private static func bytes(_ text: String, _ encoding: SignatureScheme.Encoding) -> [UInt8]? {
        switch encoding {
        case .base64: return Data(base64Encoded: text).map(Array.init)
        case .hex:
            let digits = Array(text.utf8)
            guard digits.count == 64 else { return nil }
            var bytes: [UInt8] = []
            bytes.reserveCapacity(32)
            for place in stride(from: 0, to: 64, by: 2) {
                guard let high = value(digits[place]), let low = value(digits[place + 1]) else { return nil }
                bytes.append(high << 4 | low)
            }
            return bytes
        }
    }

    private static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case 0x30...0x39: digit - 0x30
        case 0x61...0x66: digit - 0x57
        case 0x41...0x46: digit - 0x37
        default: nil
        }
    }
}
