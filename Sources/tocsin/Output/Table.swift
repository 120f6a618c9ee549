// Tables that fit the terminal, and are plain when piped. Long texts are cut there too: who wants them whole takes `--json`.

import Foundation

struct Table {
    struct Cell {
        var text: String
        var colour: Terminal.Colour?

        init(_ text: String, _ colour: Terminal.Colour? = nil) {
            self.text = Terminal.clean(text)
            self.colour = colour
        }
    }

    /// A column; those that `shrink` are cut where the table is wider than the terminal.
    struct Column {
        /// Characters of what producers and people wrote.
        static let mostText = 80

        var title: String
        var shrinks: Bool
        /// Characters, however wide the terminal is.
        var most: Int

        /// - Parameter most: larger for what is copied from the table, such as ids, and where the text is what was asked for.
        init(_ title: String, shrinks: Bool = false, most: Int = Column.mostText) {
            self.title = title
            self.shrinks = shrinks
            self.most = most
        }

        /// A column of what other commands take as it stands: it is never cut but for the terminal's width.
        static func name(_ title: String, shrinks: Bool = false) -> Column { Column(title, shrinks: shrinks, most: .max) }
    }

    let columns: [Column]
    private var rows: [[Cell]] = []
    /// A line below a row, by its index.
    private var notes: [Int: String] = [:]

    init(_ columns: [Column]) { self.columns = columns }

    var isEmpty: Bool { rows.isEmpty }

    /// - Parameter note: a line of its own below the row, whole.
    mutating func add(_ cells: [Cell], note: String? = nil) {
        if let note { notes[rows.count] = Terminal.clean(note) }
        rows.append(cells)
    }

    /// The lines of the table, its head first.
    func lines(width: Int? = Terminal.width) -> [String] {
        let head = columns.map { Cell($0.title, .bold) }
        let widths = widths(in: width)
        return ([head] + rows).enumerated().flatMap { number, row in
            var line = ""
            for (index, cell) in row.enumerated() {
                let fitted = Self.fitted(cell.text, widths[index])
                let isLast = index == row.count - 1
                let padding = isLast ? "" : String(repeating: " ", count: max(0, widths[index] - fitted.count) + 2)
                line += Terminal.coloured(fitted, cell.colour) + padding
            }
            return [line] + (notes[number - 1].map { ["    " + Terminal.coloured($0, .grey)] } ?? [])
        }
    }

    func show() { for line in lines() { Terminal.say(line) } }

    private func widths(in total: Int?) -> [Int] {
        var widths = columns.indices.map { index in
            let longest = rows.map { $0.indices.contains(index) ? $0[index].text.count : 0 }.max() ?? 0
            return max(columns[index].title.count, min(longest, columns[index].most))
        }
        guard let total else { return widths }
        var excess = widths.reduce(0, +) + 2 * (columns.count - 1) - total
        // The widest column that may shrink gives way first.
        while excess > 0 {
            let candidates = columns.indices.filter { columns[$0].shrinks && widths[$0] > 8 }
            guard let widest = candidates.max(by: { widths[$0] < widths[$1] }) else { break }
            widths[widest] -= 1
            excess -= 1
        }
        return widths
    }

    private static func fitted(_ text: String, _ width: Int) -> String {
        text.count <= width ? text : text.prefix(max(0, width - 1)) + "…"
    }
}
