// Connections to the file: what each must be told, and the look at a file before anything is written to it.

import Foundation
import GRDB

enum LedgerConnection {
    /// Seconds for which a lock of another process is waited for.
    static let patience: TimeInterval = 5

    /// Opens the ledger for writing: checks that it is ours and not newer, switches to the write-ahead log, migrates.
    static func writer(_ file: LedgerFile) throws(LedgerError) -> DatabaseQueue {
        do {
            let queue = try open(file.path, cacheKilobytes: 8_192)
            try queue.writeWithoutTransaction { database in
                let isNew = try recognise(database, file: file)
                let mode = try String.fetchOne(database, sql: "PRAGMA journal_mode = WAL")
                guard mode == "wal" else {
                    throw LedgerError(
                        .io, "the file system of \(file.path) cannot hold a write-ahead log; put `router.state` on a local disk")
                }
                // So that a long reader's effect on the log's size does not stay.
                try database.execute(sql: "PRAGMA journal_size_limit = 67108864; PRAGMA wal_autocheckpoint = 2000")
                try LedgerSchema.migrate(database)
                if !isNew { try probe(database) }
            }
            return queue
        } catch {
            throw LedgerError(error, at: file.path)
        }
    }

    /// Opens one connection for reading; the ledger must be there, ours, and of this version.
    static func reader(_ file: LedgerFile, check: Bool) throws(LedgerError) -> DatabaseQueue {
        do {
            let queue: DatabaseQueue
            if file.isWritable {
                // Not SQLite's read-only mode: after a crash the log must be recovered, which needs the right to write.
                queue = try open(file.path, cacheKilobytes: 1_024)
            } else {
                let plain = URL(fileURLWithPath: file.path).absoluteString
                queue = try open(file.hasLog ? file.path : plain + "?immutable=1", cacheKilobytes: 1_024, readOnly: true)
            }
            if check {
                try queue.read { database in
                    if try recognise(database, file: file) {
                        throw LedgerError(.noLedger, "no ledger in \(file.directory) yet: the router has not run")
                    }
                    guard try database.number("PRAGMA user_version") == LedgerSchema.version else {
                        throw LedgerError(
                            .tooOld, "the ledger \(file.path) was written by an older version: start the router once to bring it up to date"
                        )
                    }
                }
            }
            return queue
        } catch {
            throw LedgerError(error, at: file.path)
        }
    }

    private static func open(_ path: String, cacheKilobytes: Int, readOnly: Bool = false) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.label = "tocsin.ledger"
        configuration.readonly = readOnly
        configuration.foreignKeysEnabled = true
        configuration.busyMode = .timeout(patience)
        configuration.prepareDatabase { database in
            try database.execute(sql: "PRAGMA synchronous = FULL; PRAGMA cache_size = -\(cacheKilobytes); PRAGMA temp_store = MEMORY")
        }
        return try DatabaseQueue(path: path, configuration: configuration)
    }

    /// Whether the file is empty and ours to fill; throws where it is not a ledger, or a newer program's.
    private static func recognise(_ database: Database, file: LedgerFile) throws -> Bool {
        let application = try database.number("PRAGMA application_id")
        let version = try database.number("PRAGMA user_version")
        let objects = try database.number("SELECT count(*) FROM sqlite_schema")
        if application == 0, version == 0, objects == 0 { return true }
        guard application == Int(LedgerSchema.applicationID) else {
            throw LedgerError(
                .foreign,
                "\(file.path) is another program's database, not a ledger; move it away, or let `router.state` name another directory")
        }
        guard version <= LedgerSchema.version else {
            throw LedgerError(
                .tooNew,
                "the ledger \(file.path) was written by a newer version (schema \(version), this program knows \(LedgerSchema.version)); "
                    + "nothing was changed: install that version again, or restore the backup made before the upgrade")
        }
        return false
    }

    /// Reads the ends of the large tables, where damage by a crash of the disk is likeliest: better seen now than at night.
    private static func probe(_ database: Database) throws {
        _ = try database.number("SELECT ifnull(max(sequence), 0) FROM events")
        _ = try database.number("SELECT ifnull(max(id), 0) FROM deliveries")
        _ = try database.number("SELECT count(*) FROM (SELECT 1 FROM deliveries WHERE \(LedgerSchema.uncommon) LIMIT 10)")
        _ = try database.number("SELECT count(*) FROM tallies")
    }
}
