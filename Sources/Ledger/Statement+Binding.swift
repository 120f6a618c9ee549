// Values straight into SQLite's statements and out of them, for what runs thousands of times a second: GRDB's arguments
// and rows are built anew for each run. Statements are GRDB's, prepared once for each connection.

import Foundation
import GRDB
import GRDBSQLite

/// A value that can stand for a `?`.
protocol Bindable {
    /// Binds a copy; returns SQLite's result code.
    func bind(to statement: SQLiteStatement, at index: CInt) -> CInt
}

extension Int64: Bindable {
    func bind(to statement: SQLiteStatement, at index: CInt) -> CInt { sqlite3_bind_int64(statement, index, self) }
}

extension Int: Bindable {
    func bind(to statement: SQLiteStatement, at index: CInt) -> CInt { sqlite3_bind_int64(statement, index, Int64(self)) }
}

extension Bool: Bindable {
    func bind(to statement: SQLiteStatement, at index: CInt) -> CInt { sqlite3_bind_int64(statement, index, self ? 1 : 0) }
}

extension String: Bindable {
    /// A text ends at U+0000, where SQLite's readers would end it as well: see `storable`.
    func bind(to statement: SQLiteStatement, at index: CInt) -> CInt {
        var text = self
        return text.withUTF8 { bytes in
            guard let base = bytes.baseAddress else { return sqlite3_bind_text(statement, index, "", 0, copied) }
            let count = strnlen(UnsafeRawPointer(base).assumingMemoryBound(to: CChar.self), bytes.count)
            return sqlite3_bind_text(
                statement, index, UnsafeRawPointer(base).assumingMemoryBound(to: CChar.self), CInt(clamping: count), copied)
        }
    }
}

extension Array: Bindable where Element == UInt8 {
    func bind(to statement: SQLiteStatement, at index: CInt) -> CInt {
        // An empty array may have no address, which would be null.
        if isEmpty { return sqlite3_bind_zeroblob(statement, index, 0) }
        return withUnsafeBytes { sqlite3_bind_blob64(statement, index, $0.baseAddress, sqlite3_uint64($0.count), copied) }
    }
}

extension Data: Bindable {
    func bind(to statement: SQLiteStatement, at index: CInt) -> CInt { Array(self).bind(to: statement, at: index) }
}

/// SQLITE_TRANSIENT, which is a macro: SQLite copies the bytes before it returns.
private let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

extension Database {
    /// Runs a statement of ours that gives no rows.
    func run(_ sql: String, _ values: [(any Bindable)?]) throws {
        let statement = try bound(sql, values)
        defer { sqlite3_reset(statement) }
        while try step(statement) {}
    }

    /// What `read` makes of the first row; nil where there is none. The row is good only inside `read`.
    func first<Value>(_ sql: String, _ values: [(any Bindable)?], _ read: (Columns) throws -> Value?) throws -> Value? {
        let statement = try bound(sql, values)
        defer { sqlite3_reset(statement) }
        return try step(statement) ? read(Columns(statement: statement)) : nil
    }

    /// Calls `read` for each row, until it returns false. It must not run the same statement.
    func each(_ sql: String, _ values: [(any Bindable)?], _ read: (Columns) throws -> Bool) throws {
        let statement = try bound(sql, values)
        defer { sqlite3_reset(statement) }
        while try step(statement), try read(Columns(statement: statement)) {}
    }

    func has(_ sql: String, _ values: [(any Bindable)?]) throws -> Bool { try first(sql, values) { _ in true } ?? false }

    private func bound(_ sql: String, _ values: [(any Bindable)?]) throws -> SQLiteStatement {
        let statement = try cachedStatement(sql: sql).sqliteStatement
        // It resets with the code of the last run, which was thrown then.
        sqlite3_reset(statement)
        sqlite3_clear_bindings(statement)
        var index: CInt = 0
        for value in values {
            index += 1
            guard let value else { continue }
            let code = value.bind(to: statement, at: index)
            if code != SQLITE_OK { throw failure(code) }
        }
        return statement
    }

    /// Whether there is a row.
    private func step(_ statement: SQLiteStatement) throws -> Bool {
        switch sqlite3_step(statement) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        case let code: throw failure(code)
        }
    }

    private func failure(_ code: CInt) -> DatabaseError {
        DatabaseError(resultCode: ResultCode(rawValue: code), message: sqliteConnection.map { String(cString: sqlite3_errmsg($0)) })
    }
}

/// The row that a statement stands on.
struct Columns: StoredRow {
    fileprivate let statement: SQLiteStatement

    func int64(_ index: Int) -> Int64? {
        sqlite3_column_type(statement, CInt(index)) == SQLITE_INTEGER ? sqlite3_column_int64(statement, CInt(index)) : nil
    }

    func text(_ index: Int) -> String? {
        guard sqlite3_column_type(statement, CInt(index)) == SQLITE_TEXT else { return nil }
        return sqlite3_column_text(statement, CInt(index)).map { String(cString: $0) }
    }

    func bytes(_ index: Int) -> [UInt8]? {
        guard sqlite3_column_type(statement, CInt(index)) == SQLITE_BLOB else { return nil }
        let count = Int(sqlite3_column_bytes(statement, CInt(index)))
        return Array(UnsafeRawBufferPointer(start: sqlite3_column_blob(statement, CInt(index)), count: count))
    }
}
