// What is refused before libcurl sees it: libcurl would pass CR and LF on as further headers (a tried fact, not a fear).

extension HTTPRequest {
    /// Why this request is not handed to libcurl; nil where it may be.
    var refusal: TransportFailure? {
        if url.utf8.contains(where: { $0 <= 0x20 || $0 == 0x7F }) {
            return .refused("The address contains a control character or a space.")
        }
        guard ["http://", "https://"].contains(where: { url.prefix($0.count).lowercased() == $0 }) else {
            return .refused("The address does not begin with http:// or https://.")
        }
        guard !method.isEmpty, method.utf8.allSatisfy(\.isTokenCharacter) else {
            return .refused("The method is not an HTTP token.")
        }
        if !sendsBody, !body.isEmpty {
            return .refused("A \(method) request has no body.")
        }
        for header in headers {
            if let words = Self.refusal(ofHeader: header.name, header.value) { return .refused(words) }
        }
        for path in [ca, proxy].compactMap(\.self) where path.utf8.contains(where: \.isLineBreaking) {
            return .refused("The path of `ca`, or the proxy, contains CR, LF or NUL.")
        }
        return nil
    }

    /// GET and HEAD have no body; everything else has one, if an empty one.
    var sendsBody: Bool { method != "GET" && method != "HEAD" }

    /// Scheme and authority in lower case, `https://example.net:8443`: where no destination is given, connections are counted for each.
    var origin: String {
        guard
            let authority = url.utf8.firstIndex(of: UInt8(ascii: ":")).flatMap({
                url.utf8.index($0, offsetBy: 3, limitedBy: url.utf8.endIndex)
            })
        else { return url }
        let rest = url.utf8[authority...]
        let end = rest.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "#") }
        return url[..<(end ?? url.endIndex)].lowercased()
    }

    private static func refusal(ofHeader name: String, _ value: String) -> String? {
        guard !name.isEmpty, name.utf8.allSatisfy(\.isTokenCharacter) else { return "A header's name is not an HTTP token." }
        if value.utf8.contains(where: \.isLineBreaking) { return "The value of the header \(name) contains CR, LF or NUL." }
        switch name.lowercased() {
        case "content-length", "transfer-encoding", "connection", "upgrade", "expect", "te", "trailer":
            return "The header \(name) is set by the transport and cannot be given."
        default: return nil
        }
    }
}

extension UInt8 {
    /// CR, LF or NUL.
    var isLineBreaking: Bool { self == 0x0D || self == 0x0A || self == 0 }

    /// RFC 9110, section 5.6.2.
    var isTokenCharacter: Bool {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "!"), UInt8(ascii: "#")...UInt8(ascii: "'"), UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "-"),
            UInt8(ascii: "."), UInt8(ascii: "^"), UInt8(ascii: "_"), UInt8(ascii: "`"), UInt8(ascii: "|"), UInt8(ascii: "~"):
            true
        default: false
        }
    }
}
