// From a taken file to arrivals at the ledger: each event checked, each fault with its line.

import Cryptography
import Foundation
import Incidents
import JSON
import Ledger
import Routing
import Spool

/// A file that was read: its good events, and what is wrong with the others.
struct ReadFile: Sendable {
    var file: TakenFile
    /// The document of each arrival, so that the ledger's refusals find their place.
    var documents: [TakenDocument] = []
    var arrivals: [Arrival] = []
    var rejected: [RejectedPart] = []
}

/// What became of files: after the commit, before they are touched.
struct Accepted: Sendable {
    struct Settled: Sendable {
        var file: TakenFile
        /// Empty: the file can be forgotten.
        var rejected: [RejectedPart]
    }

    var files: [Settled] = []
    /// Ready to go out.
    var ready: [QueuedDelivery] = []
    var events = 0
    var duplicates = 0

    init(_ read: [ReadFile], _ receipts: [Receipt]) {
        var remaining = receipts[...]
        for one in read {
            var rejected = one.rejected
            for (document, receipt) in zip(one.documents, remaining) {
                switch receipt {
                case .accepted(_, _, let deliveries, _):
                    events += 1
                    ready += deliveries
                case .duplicate: duplicates += 1
                case .rejected(let rejection):
                    rejected.append(RejectedPart(line: document.line, bytes: document.bytes, rejection: rejection))
                }
            }
            remaining = remaining.dropFirst(one.documents.count)
            rejected.sort { ($0.line ?? 0) < ($1.line ?? 0) }
            files.append(Settled(file: one.file, rejected: rejected))
        }
    }
}

extension Pipeline {
    func read(_ file: TakenFile, setup: Setup, now: Date) -> ReadFile {
        var read = ReadFile(file: file)
        if case .unreadable(let rejection) = file.content {
            read.rejected.append(RejectedPart(rejection: rejection))
        }
        for document in file.documents {
            if let rejection = document.rejection {
                read.rejected.append(RejectedPart(line: document.line, bytes: document.bytes, rejection: rejection))
            } else {
                add(document, to: &read, setup: setup, now: now)
            }
        }
        return read
    }

    private func add(_ document: TakenDocument, to read: inout ReadFile, setup: Setup, now: Date) {
        do {
            let event = try setup.parser.parse(document.bytes, origin: read.file.origin(line: document.line))
            read.documents.append(document)
            read.arrivals.append(Self.arrival(event, file: read.file.name, setup: setup, now: now))
        } catch {
            var rejection = error
            // Within an .ndjson file the reader wants the file's line, not the event's only one.
            if let line = document.line, rejection.line != nil { rejection.line = line }
            read.rejected.append(RejectedPart(line: document.line, bytes: document.bytes, rejection: rejection))
        }
    }

    /// An event on its way into the ledger, with the decision that is to be made there.
    static func arrival(_ event: Event, file: String?, setup: Setup, now: Date) -> Arrival {
        Arrival(
            event: event, digest: SHA256.hex(event.document.canonicalBytes), receivedAt: now, file: file,
            configVersion: setup.configuration.version,
            decide: { incident in decide(event, incident: incident, setup: setup, now: now) })
    }
}

extension Rejection {
    static func unknownIncident(_ id: String) -> Rejection {
        Rejection(
            .unknownIncident, "nobody has heard of incident `\(id)`; `tocsin incidents` lists those that are known",
            pointer: "/incident/id")
    }
}
