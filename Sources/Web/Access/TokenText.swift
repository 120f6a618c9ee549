// What a token looks like: `tocsin_ID_SECRET`, one word that scanners for leaked secrets know by its beginning.

import Cryptography
import Foundation

/// The text of a token. Whoever has it may do what the token allows: it is printed once, and only its hash is kept.
enum TokenText {
    static let prefix = "tocsin_"
    /// Characters of the id: it is no secret.
    static let idLength = 8
    /// Characters of 5 bits each: 260 bits that nobody guesses, so a plain hash of it is as good as a slow one.
    static let secretLength = 52

    /// Lower case, without letters that look alike.
    private static let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)

    /// A new one; nil where the system gives no randomness.
    static func make() -> (id: String, text: String)? {
        guard let bytes = RandomBytes.make(idLength + secretLength) else { return nil }
        let symbols = bytes.map { alphabet[Int($0 & 31)] }
        let id = String(decoding: symbols[..<idLength], as: UTF8.self)
        return (id, prefix + id + "_" + String(decoding: symbols[idLength...], as: UTF8.self))
    }

    /// The id in what may be a token; nil where it is none.
    static func id(of text: String) -> String? {
        let bytes = Array(text.utf8)
        guard bytes.count == prefix.utf8.count + idLength + 1 + secretLength, text.hasPrefix(prefix) else { return nil }
        let id = bytes[prefix.utf8.count..<prefix.utf8.count + idLength]
        let secret = bytes[(prefix.utf8.count + idLength + 1)...]
        guard bytes[prefix.utf8.count + idLength] == UInt8(ascii: "_"), (id + secret).allSatisfy(alphabet.contains) else { return nil }
        return String(decoding: id, as: UTF8.self)
    }

    /// What is kept of it.
    static func digest(_ text: String) -> [UInt8] { SHA256.digest(Array(text.utf8)) }
}
