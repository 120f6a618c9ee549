// How the ledger is, for health and metrics.

import Foundation
import GRDB

extension LedgerStore {
    /// Writes down that the router was alive. Throws where the ledger cannot be written.
    public func noteAlive(_ now: Date) async throws(LedgerError) {
        try await writing { try $0.run(Self.setMeta, ["alive", String(now.microseconds)]) }
    }

    /// Where the HTTP side of the running router listens.
    public func noteListening(_ address: String) async throws(LedgerError) {
        try await writing { try $0.run(Self.setMeta, ["http_address", address]) }
    }

    /// Where it listened last.
    public func listening() async throws(LedgerError) -> String? {
        try await readers.read { try $0.row("SELECT value FROM meta WHERE name = 'http_address'")?.text(0) }
    }

    /// Open incidents by severity, as it was judged. The cost is that of what is open.
    ///
    /// - Parameter other: the name under which those count that were never judged.
    public func openIncidents(bySeverityOrElse other: String) async throws(LedgerError) -> [String: Int] {
        try await readers.read { database in
            var counts: [String: Int] = [:]
            for row in try database.rows(Self.bySeverity) { counts[row.text(0) ?? other, default: 0] += row.int(1) ?? 0 }
            return counts
        }
    }

    /// Bytes of the file, and of its write-ahead log. Looks at the file system.
    public var sizes: (ledger: Int, log: Int) { (LedgerFile.bytes(of: file.path), LedgerFile.bytes(of: file.path + "-wal")) }

    private static let setMeta = "INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)"
    private static let bySeverity = """
        SELECT judged, count(*) FROM incidents INDEXED BY incidents_open WHERE is_open = 1 GROUP BY judged
        """
}

extension LedgerFile {
    /// 0 where there is none.
    static func bytes(of path: String) -> Int {
        var status = stat()
        return stat(path, &status) == 0 ? Int(clamping: status.st_size) : 0
    }
}
