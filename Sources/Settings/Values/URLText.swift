// URLs, taken apart as far as their safety asks. A fault never quotes the URL: it may be a secret.

import Foundation

/// The parts of a URL that matter here.
struct URLText: Equatable {
    var scheme: String
    var host: String
    var port: Int?
    /// With its password; nil where there is none.
    var user: String?
    /// Path, query and fragment.
    var rest: String

    init(_ text: String) throws(OptionFault) {
        if text.isEmpty { throw OptionFault("is empty") }
        if AddressText.holdsControls(text) || text.contains(where: \.isWhitespace) {
            throw OptionFault("is no URL: it holds white space or control characters")
        }
        guard let mark = text.firstRange(of: "://"), mark.lowerBound > text.startIndex,
            text[..<mark.lowerBound].allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber) })
        else { throw OptionFault("is no URL: it does not begin with a scheme such as https://") }
        scheme = text[..<mark.lowerBound].lowercased()
        let end = text[mark.upperBound...].firstIndex { "/?#".contains($0) } ?? text.endIndex
        var authority = text[mark.upperBound..<end]
        // Also in the user's name: nobody's data decides whom the router speaks to, or as whom (docs/decisions/0008-networks.md).
        if authority.contains("{{") {
            throw OptionFault("takes its host from `{{…}}`: placeholders may stand in the path and the query only")
        }
        rest = String(text[end...])
        if let at = authority.lastIndex(of: "@") {
            user = String(authority[..<at])
            authority = authority[authority.index(after: at)...]
        }
        var name = authority
        let bracket = authority.lastIndex(of: "]") ?? authority.startIndex
        if let colon = authority[bracket...].lastIndex(of: ":") {
            guard AddressText.isPort(authority[authority.index(after: colon)...]) else {
                throw OptionFault("is no URL: its port is no number from 1 to 65535")
            }
            port = Int(authority[authority.index(after: colon)...])
            name = authority[..<colon]
        }
        host = String(name)
        let isBracketed = host.hasPrefix("[") && host.hasSuffix("]")
        guard isBracketed ? AddressText.isIPv6(host.dropFirst().dropLast()) : AddressText.isDomain(host) else {
            throw OptionFault(host.isEmpty ? "is no URL: it names no host" : "is no URL: its host is no name or address")
        }
    }

    var isLoopback: Bool { AddressText.isLoopback(host) }

    /// The password in the URL, where it has one.
    var holdsPassword: Bool { user?.contains(":") ?? false }

    /// For people: scheme and host, and `…` for everything that may be secret.
    var redacted: String { "\(scheme)://\(host)\(port.map { ":\($0)" } ?? "")/…" }

    /// - Parameter schemes: the first is the one to recommend. Of `http` and `https`, `http` is for loopback only.
    static func check(_ text: String, schemes: [String]) throws(OptionFault) {
        let url = try URLText(text)
        guard schemes.contains(url.scheme) else { throw OptionFault("must be \(OptionType.url(schemes).phrase)") }
        if url.scheme == "http", schemes.first == "https", !url.isLoopback {
            throw OptionFault("must begin with https://: http:// is for loopback only (127.0.0.1, ::1, localhost)")
        }
    }
}

/// `smtp://host:port`, `smtps://host:port`.
struct MailServer: Equatable {
    var host: String
    var port: Int
    var implicitTLS: Bool
    var isLoopback: Bool

    init(_ text: String) throws(OptionFault) {
        if !text.isEmpty, !text.contains("://") {
            throw OptionFault(
                "has no scheme: write `smtp://` before the host, as in `smtp://mail.example.com:587`, or `smtps://` where TLS begins at once"
            )
        }
        let url = try URLText(text)
        guard ["smtp", "smtps"].contains(url.scheme) else { throw OptionFault("must be \(OptionType.mailServer.phrase)") }
        if url.user != nil { throw OptionFault("must not name a user: use `username` and `password`") }
        if !url.rest.isEmpty, url.rest != "/" { throw OptionFault("must end after the port") }
        implicitTLS = url.scheme == "smtps"
        host = url.host
        port = url.port ?? (implicitTLS ? 465 : 25)
        isLoopback = url.isLoopback
    }
}
