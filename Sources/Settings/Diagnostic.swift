// What is wrong with a configuration, and where.

/// One finding of `check`. It never holds a secret's text.
public struct Diagnostic: Sendable, Equatable, CustomStringConvertible {
    public enum Severity: String, Sendable, CaseIterable {
        /// The configuration cannot be used.
        case error
        /// It can be used, but hardly as meant; an error under `--strict`.
        case warning
        /// Worth knowing; changes no exit status.
        case note
    }

    public var severity: Severity
    /// As the user named it.
    public var file: String
    /// From 1; nil where the finding is about the file as a whole.
    public var line: Int?
    /// From 1, in Unicode scalars.
    public var column: Int?
    public var message: String
    /// A member that nobody knows. What it was meant to say is missing in other places, which have findings of their own: where
    /// only one can be said, it is this.
    public var isUnknownMember = false

    public init(severity: Severity, file: String, line: Int? = nil, column: Int? = nil, message: String) {
        self.severity = severity
        self.file = file
        self.line = line
        self.column = column
        self.message = message
    }

    /// `routes.yaml:14:5: error: unknown member …`.
    public var description: String { "\(place): \(severity.rawValue): \(message)" }

    /// `routes.yaml:14:5: unknown member …`, for where the severity is said beside it.
    public var unmarked: String { "\(place): \(message)" }

    private var place: String {
        var place = file
        if let line { place += ":\(line)" }
        if line != nil, let column { place += ":\(column)" }
        return place
    }
}
