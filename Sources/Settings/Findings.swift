// The diagnostics of one load, gathered while the readers go on after each mistake.

/// Where something stands in the file; both count from 1.
struct Place: Sendable, Hashable, Comparable {
    var line: Int
    var column: Int

    static func < (a: Place, b: Place) -> Bool { (a.line, a.column) < (b.line, b.column) }
}

/// Confined to the load that made it.
final class Findings {
    /// More than a person reads; what is over is counted.
    static let limit = 1_000

    let file: String
    private var diagnostics: [Diagnostic] = []
    private var seen: Set<String> = []
    private var beyond = 0
    private(set) var hasErrors = false
    /// What the file says that a later capability will act on, in the order of the file.
    private(set) var later: [String] = []

    init(file: String) { self.file = file }

    /// What is added now is counted, and no longer kept: no need to word it well.
    var isFull: Bool { diagnostics.count >= Self.limit }

    func error(_ message: String, at place: Place?, isUnknownMember: Bool = false) {
        hasErrors = true
        add(.error, message, place, isUnknownMember)
    }

    func warning(_ message: String, at place: Place?) { add(.warning, message, place) }

    /// Remembers an option that is checked and not acted on yet.
    func notYet(_ option: String) {
        if !later.contains(option) { later.append(option) }
    }

    private func add(_ severity: Diagnostic.Severity, _ message: String, _ place: Place?, _ isUnknownMember: Bool = false) {
        guard diagnostics.count < Self.limit else {
            beyond += 1
            return
        }
        var diagnostic = Diagnostic(severity: severity, file: file, line: place?.line, column: place?.column, message: message)
        diagnostic.isUnknownMember = isUnknownMember
        if seen.insert(diagnostic.description).inserted { diagnostics.append(diagnostic) }
    }

    /// Everything, in the order of the file; the one note about later capabilities comes last.
    var all: [Diagnostic] {
        var sorted = diagnostics.enumerated().sorted { a, b in
            let (left, right) = (a.element, b.element)
            return (left.line ?? 0, left.column ?? 0, a.offset) < (right.line ?? 0, right.column ?? 0, b.offset)
        }.map(\.element)
        if beyond > 0 {
            let message = "and \(beyond) more findings, not shown: mend the first ones, then check again"
            sorted.append(Diagnostic(severity: hasErrors ? .error : .warning, file: file, message: message))
        }
        if !later.isEmpty {
            let names = later.map { "`\($0)`" }.joined(separator: ", ")
            sorted.append(Diagnostic(severity: .note, file: file, message: "checked, but not acted on yet by this version: \(names)"))
        }
        return sorted
    }
}
