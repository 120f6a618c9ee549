// How the reader of a message can leave, and what an attempt says against the address it went to.

import Delivery
import Foundation
import Incidents
import Ledger
import Rendering
import Routing
import Settings

extension Setup {
    /// Nil where there is nothing to leave: they were named.
    func leaving(for delivery: QueuedDelivery, now: Date) -> Leaving? {
        delivery.subscription.map { subscription in
            // Who is only asked whether they want to hear has nothing to change yet.
            delivery.origin == .confirmation
                ? leaving(subscription, by: delivery.channel) : leaving(subscription, of: delivery, address: delivery.address, now: now)
        }
    }

    /// How to leave a subscription, and where to change all of theirs, for whom a message is.
    func leaving(_ subscription: String, of delivery: some Addressed, address: String, now: Date) -> Leaving {
        var leaving = leaving(subscription, by: delivery.channel)
        guard delivery.kind == .email else { return leaving }
        let isPerson = configuration.table.directory.people[delivery.recipient] != nil
        leaving.manage = ownPage(of: isPerson ? .person(delivery.recipient) : .email(address), now: now)
        return leaving
    }

    /// How to leave a subscription.
    public func leaving(_ subscription: String, by channel: String) -> Leaving {
        let deed = Links.Deed.leave(subscription: subscription)
        let token = links.token(deed)
        return Leaving(
            url: links.url(deed), mailto: mailto(token, by: channel), code: token, what: "your subscription \(subscription)")
    }

    /// Where mail to the sender is read: `mailto:incidents@example.com?subject=unsubscribe%20TOKEN`.
    private func mailto(_ token: String, by channel: String) -> String? {
        guard configuration.router.mailbox != nil,
            case .email(let settings)? = configuration.channels.first(where: { $0.name == channel })?.way
        else { return nil }
        let address = (settings.replyTo ?? settings.from).address
        let plain = CharacterSet(charactersIn: "@.-_+=").union(.alphanumerics).intersection(CharacterSet(charactersIn: "\u{21}"..."\u{7E}"))
        return address.addingPercentEncoding(withAllowedCharacters: plain).map { "mailto:\($0)?subject=unsubscribe%20\(token)" }
    }

    /// What an attempt says against its address, and who is reached there all the same.
    func judge(_ record: inout AttemptRecord, _ report: AttemptReport, of delivery: QueuedDelivery, absences: [Absence]) {
        record.verdict = verdict(on: report.outcome, code: report.code, delivery)
        if record.verdict == nil { return }
        let table = configuration.table
        record.sparing = table.reachedThoughSuppressed(table.presence(absences: absences, now: record.at))
    }

    private func verdict(on outcome: Outcome, code: String?, _ delivery: QueuedDelivery) -> AddressVerdict? {
        switch outcome {
        case .refused(.optedOut): .optedOut
        case .refused(.noSuchRecipient) where delivery.kind == .email && BounceStatus.isOfAddress(code ?? ""):
            .bounced(configuration.table.people.bounces)
        default: nil
        }
    }
}

/// What a status code of RFC 3463 says of the address.
enum BounceStatus {
    /// Whether it says that mail to the address does not arrive, for good. Not of this mail alone (too large, its content,
    /// refused as spam), and not that a mailbox is full: that passes.
    ///
    /// - Parameter text: `5.1.1`, or a reply's code before it: `550 5.1.1`; a reply's code alone counts.
    static func isOfAddress(_ text: String) -> Bool {
        let words = text.split(whereSeparator: { $0 == " " || $0 == "-" })
        guard let status = words.first(where: { $0.contains(".") }) else { return text.hasPrefix("5") }
        let parts = status.split(separator: ".", omittingEmptySubsequences: false).map { Int($0) }
        guard parts.count == 3, parts[0] == 5, let subject = parts[1], let detail = parts[2] else { return false }
        switch subject {
        case 0: return true
        // 5.1.7 and 5.1.8: the sender's own address.
        case 1: return detail != 7 && detail != 8
        // 5.2.2 a full mailbox, 5.2.3 a mail that is too long, 5.2.4 a mailing list's trouble.
        case 2: return detail < 2
        // 5.4.4 and 5.4.1: there is no such host; 5.4.310 and the like are Exchange's. 5.4.3 a directory that does not answer,
        // 5.4.5 congestion, 5.4.6 a loop, 5.4.7 too old: the way there, not the address.
        case 4: return ![3, 5, 6, 7].contains(detail)
        default: return false
        }
    }
}
