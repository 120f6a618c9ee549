// From a taken file to arrivals at the ledger: each event checked, each fault with its line.

import Foundation
import Glibc
import Incidents
import JSON
import Ledger
import Routing
import Settings
import Spool

/// A file whose events are durable, with what could not be accepted of it.
struct SettledFile: Sendable {
    var file: TakenFile
    /// In the order of the lines. Empty: the file can be forgotten.
    var rejected: [RejectedPart] = []
}

/// As many arrivals as go into one commit, and the files that they come from.
struct Slice: Sendable {
    /// Arrivals to a commit, at most.
    static let capacity = 512

    private(set) var files: [SettledFile]
    private(set) var arrivals: [Arrival] = []
    /// The file and the document of each arrival, so that the ledger's refusals find their place.
    private var origins: [(file: Int, document: TakenDocument)] = []

    init(_ files: [TakenFile]) { self.files = files.map { SettledFile(file: $0) } }

    var isFull: Bool { arrivals.count >= Self.capacity }

    /// The documents of a file that can be looked at; a file that cannot is rejected whole.
    mutating func documents(of file: TakenFile, at index: Int) -> TakenDocuments {
        if case .unreadable(let rejection) = file.content { files[index].rejected.append(RejectedPart(rejection: rejection)) }
        return file.documents
    }

    mutating func add(_ arrival: Arrival, _ document: TakenDocument, of index: Int) {
        arrivals.append(arrival)
        origins.append((index, document))
    }

    mutating func reject(_ document: TakenDocument, of index: Int, _ rejection: Rejection) {
        files[index].rejected.append(RejectedPart(line: document.line, bytes: document.bytes, rejection: rejection))
    }

    /// Takes in what the ledger said of the arrivals, and is empty again.
    mutating func settle(_ receipts: [Receipt]) {
        var touched: Set<Int> = []
        for (origin, receipt) in zip(origins, receipts) {
            guard case .rejected(let rejection) = receipt else { continue }
            reject(origin.document, of: origin.file, rejection)
            touched.insert(origin.file)
        }
        for index in touched { files[index].rejected.sort { ($0.line ?? 0) < ($1.line ?? 0) } }
        arrivals = []
        origins = []
    }
}

extension Pipeline {
    func read(_ document: TakenDocument, of file: TakenFile, setup: Setup) -> Result<Arrival, Rejection> {
        if let rejection = document.rejection { return .failure(rejection) }
        do {
            let event = try setup.parser.parse(document.bytes, origin: file.origin(line: document.line))
            if let trust = setup.trust, !setup.isFromHTTP(file), !trust[file.owner, default: []].contains(event.type) {
                return .failure(.forbidden(event.type, owner: file.owner))
            }
            return .success(Self.arrival(event, file: file.name, setup: setup, now: clock()))
        } catch {
            var rejection = error
            // Within an .ndjson file the reader wants the file's line, not the event's only one.
            if let line = document.line, rejection.line != nil { rejection.line = line }
            return .failure(rejection)
        }
    }

    /// An event on its way into the ledger, with the decision that is to be made there.
    static func arrival(_ event: Event, file: String?, setup: Setup, now: Date) -> Arrival {
        Arrival(
            event: event, digest: digest(of: event), receivedAt: now, file: file, configVersion: setup.configuration.version,
            decide: { incident, surroundings in
                try decide(event, incident: incident, surroundings: surroundings, setup: setup, now: now)
            })
    }

    /// What tells a duplicate from a conflict.
    public static func digest(of event: Event) -> String { EventDigest.of(event.document, source: event.source, id: event.id) }
}

extension Rejection {
    static func forbidden(_ type: EventType, owner: UInt32) -> Rejection {
        Rejection(
            .forbiddenType,
            "the owner of this file (user id \(owner)) may not drop \(type.phrase) event: `router.trust` in routes.yaml says who may",
            pointer: "/type")
    }

    static func unknownIncident(_ id: String) -> Rejection {
        Rejection(
            .unknownIncident, "nobody has heard of incident `\(id)`; `tocsin incidents` lists those that are known",
            pointer: "/incident/id")
    }
}
