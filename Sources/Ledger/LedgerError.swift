// The one error type of this room. The cause holds SQLite's own words, never the values of a statement: those may be
// secrets.

import Foundation
import GRDB
import Incidents

/// Why the ledger could not do what was asked.
public struct LedgerError: Error, Sendable, Equatable, CustomStringConvertible {
    public enum Code: String, Sendable, CaseIterable {
        /// There is none yet (read-only opening).
        case noLedger = "no_ledger"
        /// The state directory's path leads to something else.
        case notADirectory = "not_a_directory"
        case permission
        /// The file is damaged, or part of it is missing. Nothing was overwritten.
        case damaged
        /// The file is some other program's. Nothing was overwritten.
        case foreign
        /// Written by a newer version of this program. Nothing was changed.
        case tooNew = "too_new"
        /// Written by an older version, and opened for reading only.
        case tooOld = "too_old"
        case diskFull = "disk_full"
        /// Another process kept the ledger locked for longer than 5 s.
        case locked
        case io
        /// The store was closed.
        case closed
        /// Anything else that SQLite said: a mistake in this program.
        case internalFault = "internal_fault"
    }

    public var code: Code
    /// What is wrong and how to mend it.
    public var message: String
    /// What SQLite or the system said.
    public var cause: String?

    public init(_ code: Code, _ message: String, cause: String? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }

    public var description: String { "\(message)\(cause.map { " [\($0)]" } ?? "") (\(code.rawValue))" }
}

extension LedgerError {
    /// What an error of SQLite's means for the ledger at `path`.
    init(_ error: any Error, at path: String) {
        if let error = error as? LedgerError {
            self = error
            return
        }
        if let fault = error as? RowFault {
            self = .damaged(path, cause: "unexpected content: \(fault.what)")
            return
        }
        guard let error = error as? DatabaseError else {
            self.init(.internalFault, "the ledger \(path) could not be used", cause: String(describing: Swift.type(of: error)))
            return
        }
        let cause = "SQLite \(error.extendedResultCode.rawValue): \(error.message ?? "no message")"
        switch error.resultCode {
        case .SQLITE_FULL:
            self.init(
                .diskFull, "no space is left for the ledger \(path): make room on that file system; nothing was half written", cause: cause)
        case .SQLITE_CORRUPT, .SQLITE_NOTADB:
            self = .damaged(path, cause: cause)
        case .SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_PROTOCOL:
            self.init(
                .locked, "another process keeps the ledger \(path) locked; try again, or see who has it open: fuser \(path)", cause: cause)
        case .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_AUTH:
            self.init(
                .permission,
                "the ledger \(path) must not be written: check that its file system is mounted for writing, and who owns the file and its "
                    + "directory", cause: cause)
        case .SQLITE_CANTOPEN:
            self.init(
                .io,
                "the ledger \(path) cannot be opened: check that its directory exists, who owns it, and that file descriptors are left "
                    + "(ulimit -n)", cause: cause)
        case .SQLITE_IOERR:
            self.init(.io, "reading or writing the ledger \(path) failed: look for disk errors in `dmesg`", cause: cause)
        case .SQLITE_MISUSE:
            self.init(.closed, "the ledger \(path) has been closed", cause: cause)
        default:
            self.init(.internalFault, "the ledger \(path) refused a statement; please report this", cause: cause)
        }
    }

    static func damaged(_ path: String, cause: String?) -> LedgerError {
        LedgerError(
            .damaged,
            "the ledger \(path) is damaged; nothing was overwritten. Stop the router, copy the state directory away, then restore a backup, "
                + "or try: sqlite3 \(path) .recover | sqlite3 recovered.sqlite", cause: cause)
    }

    static func closed(_ path: String) -> LedgerError { LedgerError(.closed, "the ledger \(path) has been closed") }

    /// Whether one event's row is at fault, or what is stored of one incident, but neither the file nor the disk: the others
    /// of its batch can go on without it.
    static func isOfOneRow(_ error: any Error) -> Bool {
        if error is RowFault { return true }
        switch (error as? DatabaseError)?.resultCode {
        case .SQLITE_CONSTRAINT?, .SQLITE_MISMATCH?, .SQLITE_TOOBIG?: return true
        default: return false
        }
    }
}

extension LedgerError {
    /// What the producer of an event is told that cannot be stored.
    static func rejection(of error: any Error) -> Rejection {
        if let fault = error as? RowFault {
            return Rejection(
                .wrongType, "the event may be good, but what the ledger has to add it to is damaged (\(fault.what)); run `tocsin verify`")
        }
        let error = error as? DatabaseError
        let cause = "SQLite \(error?.extendedResultCode.rawValue ?? 0)"
        return error?.resultCode == .SQLITE_TOOBIG
            ? Rejection(.tooLarge, "the event is too large for the ledger [\(cause)]")
            : Rejection(.wrongType, "the ledger cannot store this event; please report this [\(cause): \(error?.message ?? "")]")
    }
}
