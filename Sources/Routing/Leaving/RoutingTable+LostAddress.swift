// An address is lost: its owner hears of it by another way of theirs, and the operators do. Pure.

import Foundation
import Incidents
import JSON

extension RoutingTable {
    /// The event that says so, and whom it is for beside the operators; nil where it is nobody's in `people`: then
    /// `tocsin suppressions` has it, and nobody need do anything.
    ///
    /// - Parameter isSuppressed: whether nothing is sent to another address either.
    public func lostAddress(
        _ block: AddressBlock, now: Date, isSuppressed: (ChannelKind, String) throws -> Bool
    ) rethrows -> DueEvent? {
        guard let since = block.since else { return nil }
        let owners = directory.owners(of: block.address, block.kind)
        if owners.isEmpty { return nil }
        var directed: [Directed] = []
        var unreached: [String] = []
        for owner in owners {
            if let other = try otherWay(to: owner, than: block, isSuppressed) {
                let entry = RecipientEntry(subject: .name(owner.id), via: other.channel.name, text: owner.id)
                directed.append(Directed(.entry(entry), origin: .reminder, name: "suppressed.\(block.kind.rawValue)"))
            } else {
                unreached.append(owner.id)
            }
        }
        let names = owners.map(\.id).joined(separator: ", ")
        var text =
            "Nothing is sent to \(ClockText.oneLine(block.address)) (\(block.kind.rawValue) of \(names)) any more: \(block.explanation)."
        if !unreached.isEmpty { text += " \(unreached.joined(separator: ", ")) cannot be told by another channel: tell them yourself." }
        text += " Once it is put right: tocsin suppressions lift \(ClockText.oneLine(block.address)) --reason WHY"
        let event = Event.raised(
            .addressLost(kind: block.kind, address: block.address),
            id: ["address", block.kind.rawValue, block.address, Timestamp.format(since)], time: min(since, now), incident: nil,
            change: Change(to: "suppressed", reason: block.explanation), message: text,
            extra: [
                "address": .string(block.address), "channel": .string(block.kind.rawValue),
                "owners": .array(owners.map { .string($0.id) }),
            ])
        return DueEvent(event: event, directed: directed)
    }

    /// The first channel of theirs that leads elsewhere.
    public func otherWay(
        to person: Person, than block: AddressBlock, _ isSuppressed: (ChannelKind, String) throws -> Bool
    ) rethrows -> Resolved? {
        for name in person.via {
            guard let channel = directory.channels[name], channel.takesAddresses, let address = person.addresses[channel.kind] else {
                continue
            }
            let compared = AddressBlock.compared(address, channel.kind)
            if channel.kind == block.kind, compared == block.address { continue }
            if try !isSuppressed(channel.kind, compared) {
                return Resolved(channel: channel, address: address, recipient: person.id, person: person)
            }
        }
        return nil
    }
}
