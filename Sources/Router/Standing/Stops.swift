// What an event says of addresses: nothing is to be sent to them any more, they may be written to again, or mail came back.

import Foundation
import Incidents
import JSON
import Ledger
import Routing

extension Pipeline {
    /// What a `subscription` event does to addresses; nil where its action is about something else.
    static func stopEffects(
        _ event: Event, _ who: Subscription.Who, _ surroundings: any Surroundings, _ setup: Setup, _ now: Date
    ) throws -> Result<Effects, Rejection>? {
        let payload = event.payload ?? [:]
        guard let action = payload["action"]?.string.flatMap({ AddressAction(rawValue: $0.lowercased()) }) else { return nil }
        let table = setup.configuration.table
        let addresses: [(kind: ChannelKind, address: String)]
        switch who {
        case .person(let name):
            guard let person = table.directory.people[name] else { return .failure(.nobody(name, table.directory)) }
            addresses = person.addresses.sorted { $0.key.rawValue < $1.key.rawValue }.map { ($0.key, $0.value) }
        case .email(let address): addresses = [(.email, address)]
        case .sms(let number): addresses = [(.sms, EventParser.plainNumber(number))]
        }
        var changes: [StandingChange] = []
        let reached = table.reachedThoughSuppressed(try table.presence(surroundings, now: now))
        for (kind, address) in addresses {
            let known = try surroundings.block(kind: kind, address: AddressBlock.compared(address, kind))
            switch action {
            case .start:
                if let known { changes.append(.unblock(kind: known.kind, address: known.address)) }
            case .stop:
                var block = known ?? AddressBlock(kind: kind, address: address, since: nil, cause: .stop)
                let by = payload["by"]?.string
                let isNews = block.suppress(by == nil ? .stop : .byOperator, at: now, reason: payload["reason"]?.string, by: by)
                changes.append(.block(block, alarm: isNews ? alarm(of: block, now) : nil, sparing: reached))
            case .bounce:
                var block = known ?? AddressBlock(kind: kind, address: address, since: nil, cause: .bounces)
                let (code, words) = (payload["code"]?.string ?? "", payload["reason"]?.string ?? "")
                let reason = [words.contains(code) ? "" : code, words].filter { !$0.isEmpty }.joined(separator: ": ")
                let isLost = block.count(bounceAt: now, reason: reason, by: table.people.bounces)
                changes.append(.block(block, alarm: isLost ? alarm(of: block, now) : nil, sparing: reached))
            }
        }
        return .success(Effects(changes: changes))
    }

    /// The clock has told that an address is lost: once is enough.
    static func lostAddressEffects(_ event: Event, _ surroundings: any Surroundings) throws -> Effects {
        guard case .addressLost(let kind, let address)? = event.raised, var block = try surroundings.block(kind: kind, address: address)
        else { return Effects() }
        block.isAnnounced = true
        return Effects(changes: [.block(block, alarm: nil)])
    }

    private static func alarm(of block: AddressBlock, _ now: Date) -> Alarm {
        Alarm(subject: .address(kind: block.kind, address: block.address), due: now, what: "an address is lost")
    }
}

/// What an event may say of an address.
private enum AddressAction: String {
    case stop
    case start
    case bounce
}

extension Rejection {
    static func nobody(_ name: String, _ directory: Directory) -> Rejection {
        let hint = Suggestion.clause(for: name, among: directory.people.keys.sorted())
        return Rejection(
            .wrongType,
            "there is nobody `\(String(name.prefix(60)))` in `people`\(hint); an address is written {\"email\": …} or {\"sms\": …}",
            pointer: "/subscription/who")
    }
}
