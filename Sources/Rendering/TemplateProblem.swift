// What is wrong with a template, and where.

/// A finding about a template file. Errors mean that the file is not used as it is: messages are rendered plainly instead.
public struct TemplateProblem: Error, Sendable, Equatable, CustomStringConvertible {
    /// The path, with the templates' directory in front.
    public var file: String
    /// From 1.
    public var line: Int?
    /// From 1, in characters.
    public var column: Int?
    public var message: String
    public var isError: Bool

    public init(file: String, line: Int? = nil, column: Int? = nil, message: String, isError: Bool = true) {
        self.file = file
        self.line = line
        self.column = column
        self.message = message
        self.isError = isError
    }

    /// `templates/x/sms.txt:3:5: error: text`.
    public var description: String {
        let place = [line, column].compactMap { $0.map { ":\($0)" } }.joined()
        return "\(file)\(place): \(isError ? "error" : "warning"): \(message)"
    }
}
