// The words of what Tocsin says of its own troubles: what happened and what it means first, then which, then what to do.
// They are read at night, by somebody who has just been woken.

import Foundation
import Incidents
import JSON

extension OperatorsDesk.Kind {
    /// What happened, to how many, and what it means.
    func head(_ count: Int) -> String {
        let isOne = count == 1
        return switch self {
        case .gaveUp:
            isOne
                ? "A message was given up. Its recipient may not know."
                : "\(count) messages were given up. Their recipients may not know."
        case .breakerOpen:
            "\(isOne ? "A channel does" : "\(count) channels do") not get through. What is due there waits, or goes by its fallback."
        case .breakerClosed: "\(isOne ? "A channel gets" : "\(count) channels get") through again. What waited is going out."
        case .disk: "The disk is nearly full. When it is full, events stay in the queue and nobody is told of them."
        case .rejected:
            isOne
                ? "A file was rejected. Nobody has been told what is in it."
                : "\(count) files were rejected. Nobody has been told what is in them."
        case .channelGone: "\(isOne ? "A channel is" : "\(count) channels are") gone. What still waited there is dead."
        }
    }

    /// What to do.
    var advice: String? {
        switch self {
        case .gaveUp: "`tocsin dead show ID` says what it was; once the cause is mended, `tocsin dead retry ID` tries again."
        case .breakerOpen: "`tocsin status` shows it. Tocsin goes on trying by itself."
        case .breakerClosed: nil
        case .disk: "Make room; Tocsin goes on by itself."
        case .rejected: "`tocsin rejected` says why; `tocsin requeue NAME` puts a file back once it is mended."
        case .channelGone: "`tocsin dead` lists it."
        }
    }
}

extension Event {
    /// - Parameters:
    ///   - lines: the first of them, one for each trouble.
    ///   - count: of all.
    static func operations(_ kind: OperatorsDesk.Kind, lines: [String], count: Int, now: Date) -> Event {
        let rest = count > lines.count ? ["… and \(count - lines.count) more"] : []
        let message = ([kind.head(count)] + lines + rest + [kind.advice].compactMap { $0 }).joined(separator: "\n")
        let id = "operations-\(UUID().uuidString.lowercased())"
        return Event(
            id: id, source: "tocsin", type: .operations, time: now, change: Change(field: kind.rawValue), message: message,
            document: [
                "id": .string(id), "type": "operations", "source": "tocsin", "time": .string(Timestamp.format(now)),
                "message": .string(message), "change": ["field": .string(kind.rawValue)],
            ])
    }
}
