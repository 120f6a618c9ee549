// Connections for reading. Each has a dispatch queue of its own, so that nothing blocks the cooperative pool; each read
// sees one consistent state, the latest committed one.

import Foundation
import GRDB
import Synchronization

/// A few reading connections; a read goes to the one with the least to do.
final class LedgerReaders: Sendable {
    private let connections: [DatabaseQueue]
    private let path: String
    private let loads: Mutex<[Int]>
    private let isClosed = Mutex(false)

    init(_ file: LedgerFile, count: Int) throws(LedgerError) {
        path = file.path
        var connections: [DatabaseQueue] = []
        for index in 0..<count { connections.append(try LedgerConnection.reader(file, check: index == 0)) }
        self.connections = connections
        loads = Mutex(Array(repeating: 0, count: count))
    }

    /// The value that `changeMarker` starts from, where there is one connection only. Blocks.
    func marker() throws(LedgerError) -> Int {
        do {
            return try connections.first?.read { try $0.number(LedgerStore.marker) } ?? 0
        } catch {
            throw LedgerError(error, at: path)
        }
    }

    /// As `read`, at once and on the caller's thread. Blocks: not for the cooperative pool.
    func readNow<Value>(_ body: (Database) throws -> Value) throws(LedgerError) -> Value {
        if isClosed.withLock(\.self) { throw .closed(path) }
        guard let connection = connections.first else { throw .closed(path) }
        do {
            return try connection.read(body)
        } catch {
            throw LedgerError(error, at: path)
        }
    }

    /// Runs `body` on a reading connection. It is not stopped by the cancellation of the caller's task.
    func read<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws(LedgerError) -> Value {
        if isClosed.withLock(\.self) { throw .closed(path) }
        let index = loads.withLock { loads in
            let index = loads.indices.min { loads[$0] < loads[$1] } ?? 0
            loads[index] += 1
            return index
        }
        let result: Result<Value, LedgerError> = await withCheckedContinuation { continuation in
            connections[index].asyncRead { [path] database in
                do {
                    continuation.resume(returning: .success(try body(try database.get())))
                } catch {
                    continuation.resume(returning: .failure(LedgerError(error, at: path)))
                }
            }
        }
        loads.withLock { $0[index] -= 1 }
        return try result.get()
    }

    func close() async {
        isClosed.withLock { $0 = true }
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async { [connections] in
                // Reading leaves nothing behind that a failure to close could lose.
                for connection in connections { try? connection.close() }
                continuation.resume()
            }
        }
    }
}
