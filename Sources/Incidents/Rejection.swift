// Why an event, or a file of events, is not accepted: named, placed, and with the way to mend it.

import JSON

/// The reasons to reject (interfaces, section 2).
public enum RejectionCode: String, Sendable, CaseIterable {
    case notJSON = "not_json"
    case notUTF8 = "not_utf8"
    case tooLarge = "too_large"
    case tooDeep = "too_deep"
    case notRegularFile = "not_regular_file"
    case duplicateMember = "duplicate_member"
    case missingMember = "missing_member"
    case wrongType = "wrong_type"
    case badTime = "bad_time"
    case unknownType = "unknown_type"
    case unknownSeverity = "unknown_severity"
    case unknownStatus = "unknown_status"
    case reservedType = "reserved_type"
    case forbiddenType = "forbidden_type"
    case idConflict = "id_conflict"
    case unknownIncident = "unknown_incident"
    /// What was fed back confirms nothing.
    case wrongCode = "wrong_code"
    case unknownBroadcast = "unknown_broadcast"
    case notAllowed = "not_allowed"
}

/// One reason to reject, with its place.
public struct Rejection: Error, Sendable, Equatable, CustomStringConvertible {
    public var code: RejectionCode
    /// What is wrong and how to mend it.
    public var message: String
    /// From 1; known where the text itself is at fault.
    public var line: Int?
    /// From 1, in Unicode scalars.
    public var column: Int?
    /// A JSON Pointer to the member at fault; the empty text is the whole document.
    public var pointer: String?
    /// The text is a good beginning: its writer may still be at work.
    public var endsEarly: Bool

    public init(
        _ code: RejectionCode, _ message: String, line: Int? = nil, column: Int? = nil, pointer: String? = nil, endsEarly: Bool = false
    ) {
        self.code = code
        self.message = message
        self.line = line
        self.column = column
        self.pointer = pointer
        self.endsEarly = endsEarly
    }

    public init(_ error: JSONError) {
        let code: RejectionCode =
            switch error.code {
            case .notJSON: .notJSON
            case .notUTF8: .notUTF8
            case .tooDeep: .tooDeep
            case .duplicateMember: .duplicateMember
            }
        self.init(
            code, error.message, line: error.line, column: error.column, pointer: error.pointer, endsEarly: error.endsEarly)
    }

    public var description: String {
        let place = line.map { "line \($0), column \(column ?? 1): " } ?? pointer.map { $0.isEmpty ? "" : "\($0): " } ?? ""
        return "\(place)\(message) (\(code.rawValue))"
    }
}
