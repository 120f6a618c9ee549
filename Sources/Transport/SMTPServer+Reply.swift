// A server's words as they may be shown and kept.

import Foundation

extension SMTPServer {
    /// Without control characters, at most 300 characters, and without our credentials should the server repeat them.
    package func presentable(_ reply: String) -> String {
        var text = reply
        for secret in secrets where !secret.isEmpty {
            text = text.replacingOccurrences(of: secret, with: "[redacted]")
        }
        var clean = ""
        var length = 0
        for scalar in text.unicodeScalars where length < 300 {
            let isControl = scalar.properties.generalCategory == .control || scalar.properties.generalCategory == .format
            clean.unicodeScalars.append(isControl || scalar.value == 0x2028 || scalar.value == 0x2029 ? " " : scalar)
            length += 1
        }
        return clean.trimmingCharacters(in: .whitespaces)
    }

    /// The password, and the ways it goes over the wire.
    private var secrets: [String] {
        guard let username, let password else { return [] }
        let forms = ["\0\(username)\0\(password)", password, "user=\(username)\u{1}auth=Bearer \(password)\u{1}\u{1}"]
        return forms.map { Data($0.utf8).base64EncodedString() } + [password]
    }
}
