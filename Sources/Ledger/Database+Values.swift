// Short ways to run statements and to read their values. Reading never traps: what does not fit is nil.

import Foundation
import GRDB
import JSON

extension Database {
    /// The first row.
    func row(_ sql: String, _ arguments: StatementArguments = []) throws -> Row? {
        try Row.fetchOne(cachedStatement(sql: sql), arguments: arguments)
    }

    func rows(_ sql: String, _ arguments: StatementArguments = []) throws -> [Row] {
        try Row.fetchAll(cachedStatement(sql: sql), arguments: arguments)
    }

    /// The first column of the first row; 0 where there is none.
    func number(_ sql: String, _ arguments: StatementArguments = []) throws -> Int {
        Int(try row(sql, arguments)?.int64(0) ?? 0)
    }
}

/// A row's values by their columns.
protocol StoredRow {
    func int64(_ index: Int) -> Int64?
    func text(_ index: Int) -> String?
    func bytes(_ index: Int) -> [UInt8]?
}

extension Row: StoredRow {
    func int64(_ index: Int) -> Int64? { Int64.fromDatabaseValue(self[index]) }
    func text(_ index: Int) -> String? { String.fromDatabaseValue(self[index]) }
    func bytes(_ index: Int) -> [UInt8]? { Data.fromDatabaseValue(self[index]).map(Array.init) }
}

extension StoredRow {
    func int(_ index: Int) -> Int? { int64(index).map(Int.init) }
    func flag(_ index: Int) -> Bool { (int64(index) ?? 0) != 0 }
    func date(_ index: Int) -> Date? { int64(index).map(Date.init(microseconds:)) }
    func json(_ index: Int) throws -> JSONValue? { try bytes(index).map { try JSONValue.parse(bytes: $0, maximumDepth: 256) } }

    /// A column that must be there and of its type.
    func need<Value>(_ value: Value?, _ what: String) throws -> Value {
        guard let value else { throw RowFault(what: what) }
        return value
    }
}

extension String {
    /// The text without U+0000, at which SQLite's interface ends a text: U+FFFD stands in its place, so that nothing
    /// behind it is cut off.
    var storable: String {
        utf8.contains(0) ? String(String.UnicodeScalarView(unicodeScalars.map { $0.value == 0 ? "\u{FFFD}" : $0 })) : self
    }
}

/// A row that does not hold what this program writes: the file was changed by somebody else, or is damaged.
struct RowFault: Error {
    var what: String
}

extension Date {
    /// Microseconds since 1970, rounded; clamped to what a 64-bit integer holds.
    var microseconds: Int64 {
        let value = (timeIntervalSince1970 * 1_000_000).rounded()
        guard value > -9.2e18 else { return .min }
        guard value < 9.2e18 else { return .max }
        return Int64(value)
    }

    init(microseconds: Int64) { self.init(timeIntervalSince1970: Double(microseconds) / 1_000_000) }
}
