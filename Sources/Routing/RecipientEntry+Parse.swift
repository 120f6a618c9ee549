// An entry of `to`, from its text. Names are looked up later: the directory may change, the entry does not.

import Foundation
import Incidents

extension RecipientEntry {
    /// Reads `NAME`, `NAME via CHANNEL`, `CHANNEL:ADDRESS`, a role of the incident, or `subscribers`.
    ///
    /// - Parameter channels: the names of all channels; what stands before a colon must be one of them. Other names are
    ///   not looked up here.
    /// - Throws: `MatchError` where the text is none of these.
    public static func parse(_ text: String, channels: Set<String>) throws(MatchError) -> RecipientEntry {
        let text = text.trimmingCharacters(in: .whitespacesAndNewlines)
        if text.isEmpty { throw MatchError(message: "an entry of `to` is empty; name a channel, a person or a team") }
        if text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) {
            throw MatchError(message: "`\(quoted(text))` holds control characters")
        }
        let (name, via) = try splitVia(text)
        if let colon = name.firstIndex(of: ":") {
            return try address(name, colon, via: via, text: text, channels: channels)
        }
        if let role = Role(rawValue: name) { return RecipientEntry(subject: .role(role), via: via, text: text) }
        if name == "subscribers" {
            if via != nil { throw MatchError(message: "`\(quoted(text))`: subscribers are told by their own `via`; write `subscribers`") }
            return RecipientEntry(subject: .subscribers, text: text)
        }
        return RecipientEntry(subject: .name(name), via: via, text: text)
    }

    private static func splitVia(_ text: String) throws(MatchError) -> (name: String, via: String?) {
        let words = text.split(whereSeparator: \.isWhitespace)
        guard let at = words.lastIndex(of: "via"), words.count > 1 else { return (text, nil) }
        if at == 0 { throw MatchError(message: "`\(quoted(text))` names nobody before `via`; write `NAME via CHANNEL`") }
        if at == words.count - 1 { throw MatchError(message: "`\(quoted(text))` names no channel after `via`; write `NAME via CHANNEL`") }
        if at < words.count - 2 {
            let rest = words[(at + 1)...].joined(separator: " ")
            throw MatchError(message: "`\(quoted(text))`: after `via` stands one channel, and `\(quoted(rest))` is none")
        }
        let name = text[..<words[at].startIndex].trimmingCharacters(in: .whitespaces)
        if name.split(whereSeparator: \.isWhitespace).contains("via") {
            throw MatchError(message: "`\(quoted(text))` says `via` twice; write one entry for each channel")
        }
        return (name, String(words[at + 1]))
    }

    private static func address(
        _ name: String, _ colon: String.Index, via: String?, text: String, channels: Set<String>
    ) throws(MatchError) -> RecipientEntry {
        let channel = name[..<colon].trimmingCharacters(in: .whitespaces)
        let address = name[name.index(after: colon)...].trimmingCharacters(in: .whitespaces)
        guard channels.contains(channel) else {
            throw MatchError(
                message: "`\(quoted(text))`: before the colon stands a channel, and there is no channel "
                    + "`\(quoted(channel))`\(Suggestion.clause(for: channel, among: channels))")
        }
        if address.isEmpty { throw MatchError(message: "`\(quoted(text))` has no address after the colon") }
        if via != nil { throw MatchError(message: "`\(quoted(text))`: an address already names its channel; leave `via` out") }
        return RecipientEntry(subject: .address(channel: channel, address: address), text: text)
    }
}
