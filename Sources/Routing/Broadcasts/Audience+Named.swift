// Those of an audience who are named: channels, people, teams, roles, rotations, addresses. Each once, in the order of the
// entries. Found anew for each part, but kept for as long as nothing about them can have changed.

import Foundation
import Incidents
import Synchronization

/// Whom the entries of an audience reach, but for `subscribers`.
struct NamedAudience: Sendable {
    var reached: [(entry: String, resolved: Resolved)] = []
    var unreached: [Unreached] = []
    /// `subscribers` is among the entries.
    var hasSubscribers = false
    /// Of who is reached, in their order.
    var digest: Int64 = 0
}

/// The large one that was found last. Shared by the copies of a table.
final class AudienceCache: Sendable {
    /// Fewer are found in no time.
    static let many = 256

    private let known = Mutex<(broadcast: String, named: NamedAudience)?>(nil)

    func named(in broadcast: String) -> NamedAudience? { known.withLock { $0?.broadcast == broadcast ? $0?.named : nil } }

    func keep(_ named: NamedAudience, of broadcast: String) {
        if named.reached.count >= Self.many { known.withLock { $0 = (broadcast, named) } }
    }
}

extension RoutingTable {
    /// What is wrong with an audience's entries: the first that names nobody there is.
    ///
    /// - Returns: its place, and why, in words; nil: they can all be understood.
    public func fault(inAudience entries: [String]) -> (place: Int, why: String)? {
        for (place, text) in entries.enumerated() {
            do throws(MatchError) {
                let entry = try RecipientEntry.parse(text, channels: Set(directory.channels.keys))
                if case .name(let name) = entry.subject, !isKnown(name) {
                    let near = directory.suggestion(forName: name)
                    return (place, "`\(quoted(name))` is no channel, person, team or rotation\(near)")
                }
                if let via = entry.via, directory.channels[via] == nil {
                    return (place, "there is no channel `\(quoted(via))`\(directory.suggestion(forChannel: via))")
                }
            } catch {
                return (place, error.message)
            }
        }
        return nil
    }

    private func isKnown(_ name: String) -> Bool {
        directory.channels[name] != nil || directory.people[name] != nil || directory.teams[name] != nil || people.rotations[name] != nil
    }

    func named(in broadcast: Broadcast, _ facts: MatchFacts) -> NamedAudience {
        // Absences and turns change with time; without them the table's answer is always the same.
        let key = facts.presence.isTrivial ? "\(broadcast.id)/\(broadcast.event)" : nil
        if let key, let named = audiences.named(in: key) { return named }
        let channels = Set(directory.channels.keys)
        var named = NamedAudience()
        var seen: Set<DestinationKey> = []
        var digest: UInt64 = 0xCBF2_9CE4_8422_2325
        for text in broadcast.audience {
            guard let entry = try? RecipientEntry.parse(text, channels: channels) else {
                named.unreached.append(Unreached(entry: text, reason: "it cannot be understood any more"))
                continue
            }
            if entry.subject == .subscribers {
                named.hasSubscribers = true
                continue
            }
            let found = resolve([entry], facts, nil)
            named.unreached += found.unreached
            for (entry, resolved) in found.reached where seen.insert(resolved.key).inserted {
                named.reached.append((entry.text, resolved))
                for byte in "\(resolved.key.channel)\n\(resolved.key.address)\n".utf8 {
                    digest = (digest ^ UInt64(byte)) &* 0x100_0000_01B3
                }
            }
        }
        named.digest = Int64(truncatingIfNeeded: digest)
        if let key { audiences.keep(named, of: key) }
        return named
    }
}
