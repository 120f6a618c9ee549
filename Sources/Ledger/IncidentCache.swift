// The incidents that were touched last, so that a burst about one incident does not read it again for each event. Only
// this process writes incidents, so what is here is what is in the file: changes enter after COMMIT, never before.

import Incidents

/// A bounded cache in two generations: what is used moves to the young one, the old one is dropped when the young is
/// full. Close to least-recently-used, without a list. Belongs to the writer's thread.
final class IncidentCache {
    /// Standing wishes, and what else is known of the file.
    var memory = WriterMemory()
    /// What others must know of it at once.
    let suppressed: SuppressedAddresses
    private var young: [String: Incident] = [:]
    private var old: [String: Incident] = [:]
    private var bytes = 0
    private let capacity: Int
    private let maximumBytes: Int

    /// - Parameters:
    ///   - capacity: incidents, about.
    ///   - maximumBytes: of their stored form, about.
    init(capacity: Int = 4_096, maximumBytes: Int = 16 << 20, suppressed: SuppressedAddresses = SuppressedAddresses()) {
        self.suppressed = suppressed
        self.capacity = capacity
        self.maximumBytes = maximumBytes
    }

    subscript(id: String) -> Incident? { (young[id] ?? old[id])?.named(id) }

    var count: Int { young.count + old.count }

    /// It is gone from the file.
    func forget(_ id: String) {
        young[id] = nil
        old[id] = nil
    }

    func keep(_ incident: Incident, bytes size: Int) {
        young[incident.id] = incident
        bytes += size
        if young.count * 2 >= capacity || bytes * 2 >= maximumBytes {
            old = young
            young = [:]
            bytes = 0
        }
    }
}

extension Incident {
    /// Itself, if this is its id to the byte: two spellings of one text are equal in Swift, and two ids in the file.
    func named(_ id: String) -> Incident? { self.id.utf8.elementsEqual(id.utf8) ? self : nil }
}
