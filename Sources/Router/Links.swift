// What people feed back: links and codes that only this router can have made, and that say what they are for only to it.
//
// A token is authenticated encryption in the manner of SIV (RFC 5297): the code over the deed is also what the stream
// begins with that hides it. So the same deed always has the same token, and nothing else can be made of it.

import Cryptography
import Foundation
import Incidents
import Routing

/// Makes and reads tokens and codes. The key never leaves the state directory.
public struct Links: Sendable, CustomStringConvertible, CustomReflectable {
    /// Of a token's first byte.
    private static let version: UInt8 = 1
    /// Bytes of the code.
    private static let size = 16
    /// Longer ones are none of ours.
    private static let longest = 2_048

    private let codes: [UInt8]
    private let stream: [UInt8]
    private let words: [UInt8]
    /// Without a slash at the end.
    private let publicURL: String?

    public init(key: [UInt8], publicURL: String?) {
        codes = HMAC.sha256(Array("tocsin links 1: codes".utf8), key: key)
        stream = HMAC.sha256(Array("tocsin links 1: stream".utf8), key: key)
        words = HMAC.sha256(Array("tocsin links 1: words".utf8), key: key)
        self.publicURL = publicURL
    }

    /// For what leaves no trace: scenarios, `explain`, tests. Never for a router that runs: everybody knows its key.
    public static let fixed = preview(publicURL: nil)

    /// The same, with links: they look like real ones, and open nothing.
    public static func preview(publicURL: String?) -> Links { Links(key: [UInt8](repeating: 7, count: 32), publicURL: publicURL) }

    public var description: String { "Links" }
    public var customMirror: Mirror { Mirror(self, children: []) }

    /// Opaque, and the same for the same deed.
    public func token(_ deed: Deed) -> String {
        let plain = deed.bytes
        let code = Array(HMAC.sha256(plain, key: codes).prefix(Self.size))
        return Base64URL.text([Self.version] + code + hidden(plain, by: code))
    }

    /// Nil for what was not made here, or was changed.
    public func deed(_ token: String) -> Deed? {
        guard token.utf8.count <= Self.longest, let bytes = Base64URL.bytes(token), bytes.count > Self.size + 1, bytes[0] == Self.version
        else { return nil }
        let code = Array(bytes[1...Self.size])
        let plain = hidden(Array(bytes[(Self.size + 1)...]), by: code)
        guard HMAC.isEqual(HMAC.sha256(plain, key: codes).prefix(Self.size), code) else { return nil }
        return Deed(bytes: plain)
    }

    /// `https://…/u/TOKEN`; nil without `router.public_url`.
    public func url(_ deed: Deed) -> String? { publicURL.map { url(deed, at: $0) } }

    /// The same below another address, which has no slash at its end.
    public func url(_ deed: Deed, at base: String) -> String {
        let place =
            switch deed {
            case .leave, .confirm: "u"
            case .acknowledge: "a"
            case .manage: "s"
            case .receipt: "r"
            }
        return "\(base)/\(place)/\(token(deed))"
    }

    /// Short enough to be typed: what an address feeds back to confirm a subscription. `ABCD-EFGH`.
    public func code(confirming subscription: String, to address: String) -> String {
        let code = HMAC.sha256(Array(subscription.utf8) + [0] + Array(address.utf8), key: words)
        let text = code.prefix(8).map { Self.alphabet[Int($0 & 31)] }
        return String(text[..<4]) + "-" + String(text[4...])
    }

    /// By what a typed code is found: it says nothing of the code. Nil for what can be no code.
    public func mark(of text: String) -> Int64? {
        guard let code = Self.typed(text) else { return nil }
        let bytes = HMAC.sha256(Array("mark ".utf8) + Array(code.utf8), key: words).prefix(8)
        return bytes.reduce(0) { $0 << 8 | Int64($1) }
    }

    /// A code as it is written here, however it was typed: without regard to case, dashes and spaces, and to O for 0, and I
    /// and L for 1. Nil for what can be no code.
    public static func typed(_ text: String) -> String? {
        var out: [Character] = []
        for character in text.uppercased() {
            switch character {
            case "-", " ", "\t", "\n", "\r", "\r\n": continue
            case "O": out.append("0")
            case "I", "L": out.append("1")
            case _ where alphabet.contains(character): out.append(character)
            default: return nil
            }
            if out.count > 8 { return nil }
        }
        return out.count == 8 ? String(out[..<4]) + "-" + String(out[4...]) : nil
    }

    /// Crockford's base 32.
    private static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ")

    /// Hides, or shows again.
    private func hidden(_ bytes: [UInt8], by code: [UInt8]) -> [UInt8] {
        var out = bytes
        var block: [UInt8] = []
        for index in out.indices {
            if index.isMultiple(of: 32) {
                let number = UInt32(index / 32)
                block = HMAC.sha256(code + withUnsafeBytes(of: number.bigEndian, Array.init), key: stream)
            }
            out[index] ^= block[index % 32]
        }
        return out
    }
}

/// Base 64 as it can stand in links (RFC 4648, section 5), without padding.
enum Base64URL {
    static func text(_ bytes: [UInt8]) -> String {
        Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }

    /// Nil for anything but what `text` gives.
    static func bytes(_ text: String) -> [UInt8]? {
        guard text.utf8.allSatisfy({ $0 == 0x2D || $0 == 0x5F || ($0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A) || (0x30...0x39).contains($0) })
        else { return nil }
        let padding = String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
        let standard = text.replacing("-", with: "+").replacing("_", with: "/") + padding
        guard let data = Data(base64Encoded: standard) else { return nil }
        let bytes = Array(data)
        return Self.text(bytes) == text ? bytes : nil
    }
}
