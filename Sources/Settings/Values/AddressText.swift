// Addresses of people and of the network, as far as a text alone shows whether they can be right.

import Foundation

enum AddressText {
    static func isWordByte(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || byte == UInt8(ascii: "_")
    }

    private static func isDigits(_ text: some StringProtocol) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }

    static func holdsControls(_ text: some StringProtocol) -> Bool {
        text.unicodeScalars.contains { $0.properties.generalCategory == .control || $0.value == 0x2028 || $0.value == 0x2029 }
    }

    /// RFC 5321: a local part of up to 64 bytes, a domain of up to 255; no quoted local parts, no white space.
    static func isEmail(_ text: String) -> Bool {
        guard let at = text.lastIndex(of: "@") else { return false }
        let local = text[..<at]
        let domain = text[text.index(after: at)...]
        guard !local.isEmpty, local.utf8.count <= 64, !holdsControls(text), !text.contains(where: \.isWhitespace) else { return false }
        guard !local.hasPrefix("."), !local.hasSuffix("."), !local.contains(".."), !local.contains(where: { "@<>()[]\\,;:\"".contains($0) })
        else { return false }
        return isDomain(String(domain))
    }

    /// Labels of letters, digits and hyphens (beyond ASCII as well), up to 63 bytes each and 255 in all; also an
    /// address in brackets.
    static func isDomain(_ text: String) -> Bool {
        guard !text.isEmpty, text.utf8.count <= 255, !holdsControls(text) else { return false }
        if text.hasPrefix("["), text.hasSuffix("]") { return text.dropFirst().dropLast().allSatisfy { $0.isHexDigit || ".:".contains($0) } }
        return text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
            !label.isEmpty && label.utf8.count <= 63 && !label.hasPrefix("-") && !label.hasSuffix("-")
                && label.unicodeScalars.allSatisfy { $0.value > 127 || isWordByte(UInt8($0.value)) || $0 == "-" }
        }
    }

    /// `Name <address>` or an address alone.
    static func mailbox(_ text: String) -> Mailbox? {
        let text = text.trimmingCharacters(in: .whitespaces)
        guard !holdsControls(text) else { return nil }
        guard text.hasSuffix(">") else { return isEmail(text) ? Mailbox(address: text) : nil }
        guard let open = text.lastIndex(of: "<") else { return nil }
        let address = String(text[text.index(after: open)...].dropLast())
        var name = text[..<open].trimmingCharacters(in: .whitespaces)
        if name.count >= 2, name.hasPrefix("\""), name.hasSuffix("\"") { name = String(name.dropFirst().dropLast()) }
        guard isEmail(address), name.utf8.count <= 200, !name.contains("<"), !name.contains(">") else { return nil }
        return Mailbox(displayName: name.isEmpty ? nil : name, address: address)
    }

    /// E.164, with a plus sign.
    static func isNumber(_ text: String) -> Bool {
        text.hasPrefix("+") && isDigits(text.dropFirst()) && (8...15).contains(text.utf8.count - 1) && !text.hasPrefix("+0")
    }

    static func isSender(_ text: String) -> Bool {
        if isNumber(text) { return true }
        if isDigits(text) { return (3...8).contains(text.count) }
        return (1...11).contains(text.count) && text.contains(where: \.isLetter)
            && text.utf8.allSatisfy { isWordByte($0) || $0 == 0x20 || $0 == UInt8(ascii: "-") }
    }

    private static func isSlack(_ text: String, _ kinds: String) -> Bool {
        guard let first = text.first, kinds.contains(first), (3...20).contains(text.count) else { return false }
        return text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) }
    }

    static func isSlackMember(_ text: String) -> Bool { isSlack(text, "UW") }
    static func isSlackID(_ text: String) -> Bool { isSlack(text, "CGDUW") }

    /// The first subtags of BCP 47: `en`, `pt-BR`, `zh-Hans`.
    static func isLanguage(_ text: String) -> Bool {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard let first = parts.first, (2...3).contains(first.count), first.allSatisfy({ $0.isASCII && $0.isLowercase }) else {
            return false
        }
        return parts.count <= 4
            && parts.dropFirst().allSatisfy { (2...8).contains($0.count) && $0.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) } }
    }

    static func isPort(_ text: some StringProtocol) -> Bool { isDigits(text) && Int(text).map { (1...65_535).contains($0) } ?? false }

    static func isListen(_ text: String) -> Bool {
        guard let colon = text.lastIndex(of: ":") else { return false }
        let host = text[..<colon]
        let port = text[text.index(after: colon)...]
        let bare = host.hasPrefix("[") && host.hasSuffix("]") ? host.dropFirst().dropLast() : host
        return (isPort(port) || port == "0") && (isIPv4(bare) || host == "localhost" || (host.hasPrefix("[") && isIPv6(bare)))
    }

    static func isNetwork(_ text: String) -> Bool {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count <= 2, let address = parts.first else { return false }
        let widest = isIPv4(address) ? 32 : isIPv6(address) ? 128 : -1
        guard widest > 0 else { return false }
        guard parts.count == 2 else { return true }
        return isDigits(parts[1]) && Int(parts[1]).map { $0 <= widest } ?? false
    }

    static func isIPv4(_ text: some StringProtocol) -> Bool {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts.allSatisfy { isDigits($0) && $0.count <= 3 && Int($0).map { $0 <= 255 } ?? false }
    }

    static func isIPv6(_ text: some StringProtocol) -> Bool {
        var address = in6_addr()
        return inet_pton(AF_INET6, String(text), &address) == 1
    }

    /// 127.0.0.0/8, ::1 or localhost.
    static func isLoopback(_ host: String) -> Bool {
        let bare = host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : host
        if bare.lowercased() == "localhost" { return true }
        if isIPv4(bare) { return bare.hasPrefix("127.") }
        var address = in6_addr()
        guard inet_pton(AF_INET6, bare, &address) == 1 else { return false }
        return withUnsafeBytes(of: &address) { bytes in bytes.dropLast().allSatisfy { $0 == 0 } && bytes.last == 1 }
    }
}
