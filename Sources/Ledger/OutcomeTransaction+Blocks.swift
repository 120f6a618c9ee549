// What an attempt says against its address: it opted out, or does not exist. The transaction that records the outcome counts
// it; and where that suppresses the address, what else waits for it is taken back, and its alarm rings at once.

import Foundation
import GRDB
import Incidents
import Routing

/// What an attempt says against the address that it went to.
public enum AddressVerdict: Sendable, Equatable {
    /// The provider says that its owner opted out.
    case optedOut
    /// Refused for good; counted by this rule.
    case bounced(BounceRule)
}

extension OutcomeTransaction {
    mutating func judge(_ known: Known, _ record: AttemptRecord, tally: inout Tally) throws {
        guard let verdict = record.verdict else { return }
        let kind = try database.first("SELECT kind FROM deliveries WHERE id = ?", [known.id]) { $0.text(0) }
        guard let kind = kind.flatMap(ChannelKind.init(rawValue:)) else { return }
        let reason = [record.code, record.detail].compactMap(\.self).joined(separator: ": ")
        var block =
            try BlockTable.block(kind, known.address, database)
            ?? AddressBlock(kind: kind, address: known.address, since: nil, cause: verdict == .optedOut ? .optedOut : .bounces)
        let isLost =
            switch verdict {
            case .optedOut: block.since == nil && block.suppress(.optedOut, at: record.end, reason: reason, by: nil)
            case .bounced(let rule): block.count(bounceAt: record.end, reason: reason, by: rule)
            }
        try BlockTable.write(block, database)
        hasBlocks = true
        if isLost { try begin(block, sparing: record.sparing, tally: &tally) }
    }

    private mutating func begin(_ block: AddressBlock, sparing reached: Set<String>, tally: inout Tally) throws {
        let count = withdrawn.count
        try takeBack(allTo: block, sparing: reached, tally: &tally)
        changes.withdrawn += withdrawn[count...]
        changes.addresses.append((SuppressedAddresses.Key(kind: block.kind, address: block.address), true))
        let subject = Alarm.Subject.address(kind: block.kind, address: block.address)
        try AlarmTable.set(Alarm(subject: subject, due: now, what: "an address is lost"), of: subject, database)
    }
}
