// Mails as they go out, and a reader for them that shares no code with what wrote them.

import Cryptography
import Foundation
import Rendering
import Settings
import Testing
import Transport

@testable import Delivery

enum MailFixture {
    static func settings(from: Mailbox = Mailbox(displayName: "Incidents", address: "incidents@example.com")) -> EmailSettings {
        EmailSettings(host: "mail.example.com", port: 587, from: from)
    }

    /// The bytes that the channel hands over.
    static func send(
        _ settings: EmailSettings = settings(), to address: String = "duty@example.com", subject: String = "INC-1 db down",
        text: String = "The db is down.\n", html: String = "<p>The db is down.</p>\n", dkim: String? = nil, token: String = "d-7",
        incident: String? = "INC-1", isFirst: Bool = true, leaving: Leaving? = nil
    ) async throws -> [UInt8] {
        var settings = settings
        if let dkim { settings.dkim = DKIMSettings(domain: "example.com", selector: "tocsin", key: Secret(dkim)) }
        let mail = ScriptedMail(.accepted(reply: "250 ok"))
        let channel = try EmailChannel(
            name: "mail", settings: settings, options: ChannelOptions(), hostName: "router.example", mail: mail)
        let parcel = Parcel(
            token: token, address: address, message: Message(content: .email(subject: subject, text: text, html: html)),
            incident: incident, isFirst: isFirst, date: Date(timeIntervalSince1970: 1_795_521_600), leaving: leaving)
        let report = await channel.deliver(parcel)
        guard case .accepted = report.outcome else { throw NotSent(report: report) }
        return try #require(mail.mails.first).mail.content
    }

    struct NotSent: Error {
        let report: AttemptReport
    }
}

/// A mail as a receiver reads it.
struct ReceivedMail {
    var fields: [(name: String, raw: String)] = []
    var body: [UInt8]

    init(_ bytes: [UInt8]) throws {
        let data = Data(bytes)
        let end = try #require(data.range(of: Data("\r\n\r\n".utf8)))
        let head = String(decoding: data[..<end.lowerBound], as: UTF8.self)
        body = Array(data[end.upperBound...])
        for line in head.components(separatedBy: "\r\n") {
            if let first = line.first, first == " " || first == "\t", !fields.isEmpty {
                fields[fields.count - 1].raw += "\r\n" + line
            } else {
                let colon = try #require(line.firstIndex(of: ":"))
                fields.append((String(line[..<colon]), String(line[colon...].dropFirst())))
            }
        }
    }

    func values(_ name: String) -> [String] {
        fields.filter { $0.name.lowercased() == name.lowercased() }.map {
            $0.raw.replacingOccurrences(of: "\r\n", with: "").trimmingCharacters(in: .whitespaces)
        }
    }

    func value(_ name: String) -> String? { values(name).count == 1 ? values(name)[0] : nil }

    /// RFC 2047, as section 6.2 reads it: white space between encoded words is nothing.
    static func decodedWords(_ value: String) -> String {
        var out = ""
        var lastWasEncoded = false
        for word in value.split(separator: " ", omittingEmptySubsequences: false) {
            let parts = word.split(separator: "?", omittingEmptySubsequences: false)
            var decoded: String?
            if parts.count == 5, parts[0] == "=", parts[4] == "=" {
                if parts[2] == "B" {
                    decoded = Data(base64Encoded: String(parts[3])).flatMap { String(data: $0, encoding: .utf8) }
                } else {
                    decoded =
                        parts[3].replacingOccurrences(of: "_", with: " ").replacingOccurrences(of: "=", with: "%").removingPercentEncoding
                }
            }
            if !out.isEmpty, !(lastWasEncoded && decoded != nil) { out += " " }
            out += decoded ?? String(word)
            lastWasEncoded = decoded != nil
        }
        return out
    }

    /// The parts of a multipart body, with their decoded texts.
    func parts() throws -> [(type: String, text: String)] {
        let type = try #require(value("Content-Type"))
        let mark = try #require(type.range(of: "boundary=\""))
        let boundary = String(type[mark.upperBound...].dropLast())
        let text = "\r\n" + String(decoding: body, as: UTF8.self)
        var pieces = text.components(separatedBy: "\r\n--\(boundary)")
        #expect(pieces.removeLast() == "--\r\n")
        return try pieces.dropFirst().map { piece in
            let end = try #require(piece.range(of: "\r\n\r\n"))
            let type = piece[..<end.lowerBound].components(separatedBy: "Content-Type: ").last?.prefix { $0 != "\r\n" } ?? ""
            return (String(type), Self.decodedQuotedPrintable(String(piece[end.upperBound...])))
        }
    }

    static func decodedQuotedPrintable(_ text: String) -> String {
        let joined = text.replacingOccurrences(of: "=\r\n", with: "").replacingOccurrences(of: "%", with: "=25")
        return joined.replacingOccurrences(of: "=", with: "%").removingPercentEncoding ?? "undecodable"
    }

    /// Checks the first DKIM-Signature as RFC 6376, section 6.1.3 says.
    func dkimVerifies(_ key: DKIMKey) throws -> Bool {
        let first = try #require(fields.first { $0.name == "DKIM-Signature" })
        var tags: [String: String] = [:]
        for tag in first.raw.split(separator: ";") {
            let parts = tag.split(separator: "=", maxSplits: 1).map(String.init)
            tags[parts[0].trimmingCharacters(in: .whitespacesAndNewlines)] = parts.count == 2 ? parts[1].filter { !$0.isWhitespace } : ""
        }
        let lines = String(decoding: body, as: UTF8.self).components(separatedBy: "\r\n").map(Self.squeezed(right:))
        var trimmed = lines
        while trimmed.last == "" { trimmed.removeLast() }
        let canonical = trimmed.isEmpty ? "" : trimmed.joined(separator: "\r\n") + "\r\n"
        guard Data(SHA256.digest(Array(canonical.utf8))).base64EncodedString() == tags["bh"] else { return false }
        var left = fields.filter { $0.name != "DKIM-Signature" }
        var signed = ""
        for name in (tags["h"] ?? "").split(separator: ":") {
            guard let index = left.lastIndex(where: { $0.name.lowercased() == name }) else { continue }
            signed += "\(name):\(Self.squeezed(left[index].raw))\r\n"
            left.remove(at: index)
        }
        let mark = try #require(first.raw.range(of: " b=", options: .backwards))
        signed += "dkim-signature:" + Self.squeezed(String(first.raw[..<mark.upperBound]))
        let signature = try #require(Data(base64Encoded: tags["b"] ?? ""))
        return key.verifies(Array(signature), of: Array(signed.utf8))
    }

    private static func squeezed(_ text: String) -> String {
        text.replacingOccurrences(of: "\r\n", with: "").split { $0 == " " || $0 == "\t" }.joined(separator: " ")
    }

    private static func squeezed(right text: String) -> String {
        (text.first == " " || text.first == "\t" ? " " : "") + squeezed(text)
    }
}
