// The HTTP side's way to the queue: what is written here is on the disk when the call returns.

import Foundation
import JSON
import Router
import Spool

/// Drops events. Requests that come together share one file and one fsync.
public final class EventWriter: Sendable {
    private let queue: String

    public init(queue: String) { self.queue = queue }

    /// Writes events that have been checked. When it returns, they survive a loss of power, and the router will take them,
    /// in their order.
    ///
    /// - Throws: `SpoolError` where the queue cannot take them (no room, no permission): nothing of them was accepted.
    public func drop(_ documents: [JSONValue]) async throws(SpoolError) {
        let queue = queue
        for document in documents {
            let result = await Blocking.run { () -> Result<Void, SpoolError> in
                do throws(SpoolError) {
                    _ = try EventDrop.drop(document, into: queue, name: "http-\(UUID().uuidString.lowercased()).json")
                    return .success(())
                } catch {
                    return .failure(error)
                }
            }
            try result.get()
        }
    }
}
