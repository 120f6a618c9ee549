// Charts, drawn on the server as SVG. Each has a title and a description for whoever does not see it, and stands beside a table
// with the same figures.

import Foundation

/// Draws.
enum Chart {
    private static let width = 720.0
    private static let height = 210.0
    private static let left = 52.0
    private static let bottom = 26.0
    private static let top = 10.0

    struct Column {
        /// Under it; empty: nothing.
        var label: String
        /// What is said of it where one points at it.
        var title: String
        /// From below: the number of the series, from 1, and how much.
        var parts: [(series: Int, value: Double)]
    }

    /// Columns of parts that stand on one another.
    static func columns(id: String, title: String, about: String, _ columns: [Column]) -> HTML {
        let most = columns.map { $0.parts.reduce(0) { $0 + $1.value } }.max() ?? 0
        let limit = niceLimit(most)
        let plot = height - bottom - top
        var drawn: [HTML] = [0, 0.5, 1].map { share in
            grid(at: top + plot * (1 - share), number(limit * share))
        }
        let step = (width - left) / Double(max(1, columns.count))
        let labelled = max(1, Int((46 / step).rounded(.up)))
        for (index, column) in columns.enumerated() {
            let x = left + Double(index) * step
            var y = top + plot
            var bars: [HTML] = [.element(.title, [:], HTML(column.title))]
            for part in column.parts where part.value > 0 {
                let size = max(1, plot * part.value / limit)
                y -= size
                bars.append(
                    .element(
                        .rect,
                        [
                            .class: "series-\(part.series)", .x: place(x + step * 0.1), .y: place(y), .width: place(step * 0.8),
                            .height: place(size),
                        ]))
            }
            // Something to point at also where there is nothing to see.
            bars.append(.element(.rect, [.class: "blank", .x: place(x), .y: place(top), .width: place(step), .height: place(plot)]))
            drawn.append(.element(.g, [:], all: bars))
            if index.isMultiple(of: labelled), !column.label.isEmpty {
                drawn.append(text(column.label, x: x + step / 2, y: height - 8, anchor: "middle"))
            }
        }
        return frame(id: id, title: title, about: about, drawn)
    }

    struct Line {
        var series: Int
        var isDashed = false
        /// What each point says where one points at it.
        var points: [(value: Double, title: String)?]
    }

    /// Lines over steps, the values on a logarithmic scale: seconds and days in one picture.
    ///
    /// - Parameter marks: values, ascending, at which there is a line with its name.
    static func lines(id: String, title: String, about: String, labels: [String], marks: [(Double, String)], _ lines: [Line]) -> HTML {
        let values = lines.flatMap { $0.points.compactMap { $0?.value } }.filter { $0 > 0 }
        // From mark to mark, so that what lies between is told by the lines above and below it.
        let (least, most) = (values.min() ?? 1, values.max() ?? 60)
        let low = log(max(1, marks.last { $0.0 <= least }?.0 ?? least * 0.7))
        let high = max(low + 1, log(max(2, marks.first { $0.0 >= most }?.0 ?? most * 1.4)))
        let plot = height - bottom - top
        func y(_ value: Double) -> Double { top + plot * (1 - (log(max(1, value)) - low) / (high - low)) }
        let step = (width - left) / Double(max(1, labels.count))
        var drawn = marks.filter { (low...high).contains(log($0.0)) }.map { grid(at: y($0.0), $0.1) }
        for (index, label) in labels.enumerated() where index.isMultiple(of: max(1, Int((64 / step).rounded(.up)))) {
            drawn.append(text(label, x: left + (Double(index) + 0.5) * step, y: height - 8, anchor: "middle"))
        }
        for line in lines {
            let style = "line series-\(line.series)" + (line.isDashed ? " dashed" : "")
            var run: [String] = []
            func end() {
                if run.count > 1 { drawn.append(.element(.polyline, [.class: style, .points: run.joined(separator: " ")])) }
                run = []
            }
            for (index, point) in line.points.enumerated() {
                guard let point else {
                    end()
                    continue
                }
                let x = left + (Double(index) + 0.5) * step
                run.append("\(place(x)),\(place(y(point.value)))")
                drawn.append(
                    .element(
                        .circle,
                        [.class: "series-\(line.series)", .cx: place(x), .cy: place(y(point.value)), .r: line.isDashed ? "2.5" : "3.5"],
                        .element(.title, [:], HTML(point.title))))
            }
            end()
        }
        return frame(id: id, title: title, about: about, drawn)
    }

    /// A line as high as a word. Steps without a value are gaps.
    static func spark(_ title: String, _ values: [Double?]) -> HTML {
        let most = max(1, values.compactMap(\.self).max() ?? 0)
        let step = 120 / Double(max(1, values.count))
        let bars = values.enumerated().compactMap { index, value -> HTML? in
            guard let value else { return nil }
            let size = max(1.5, 22 * value / most)
            return .element(
                .rect,
                [
                    .class: "series-1", .x: place(Double(index) * step), .y: place(24 - size), .width: place(max(1, step * 0.75)),
                    .height: place(size),
                ])
        }
        return .element(
            .svg, [.class: "spark", .viewBox: "0 0 120 24", .role: "img", .ariaLabel: title],
            all: [.element(.title, [:], HTML(title))] + bars)
    }

    /// How much of something was kept, as a bar.
    static func share(_ title: String, _ share: Double) -> HTML {
        .element(
            .svg, [.class: "share", .viewBox: "0 0 120 12", .role: "img", .ariaLabel: title],
            .element(.title, [:], HTML(title)),
            .element(.rect, [.class: "series-2", .x: "0", .y: "0", .width: "120", .height: "12"]),
            .element(.rect, [.class: "series-3", .x: "0", .y: "0", .width: place(120 * min(1, max(0, share))), .height: "12"]))
    }

    /// What the colours mean.
    static func legend(_ names: [(series: Int, name: String)]) -> HTML {
        .element(
            .ul, [.class: "legend"],
            all: names.map { entry in
                .element(
                    .li, [:],
                    .element(
                        .svg, [.class: "swatch", .viewBox: "0 0 12 12", .ariaHidden: "true"],
                        .element(.rect, [.class: "series-\(entry.series)", .x: "0", .y: "0", .width: "12", .height: "12"])),
                    HTML(entry.name))
            })
    }

    private static func frame(id: String, title: String, about: String, _ drawn: [HTML]) -> HTML {
        .element(
            .svg,
            [
                .class: "chart", .viewBox: "0 0 \(Int(width)) \(Int(height))", .role: "img", .ariaLabelledby: "\(id)-name",
                .ariaDescribedby: "\(id)-about",
            ],
            all: [
                .element(.title, [.id: "\(id)-name"], HTML(title)), .element(.desc, [.id: "\(id)-about"], HTML(about)),
            ] + drawn)
    }

    private static func grid(at y: Double, _ label: String) -> HTML {
        [
            .element(.line, [.class: "grid", .x1: place(left), .x2: place(width), .y1: place(y), .y2: place(y)]),
            text(label, x: left - 6, y: y + 4, anchor: "end"),
        ]
    }

    private static func text(_ text: String, x: Double, y: Double, anchor: String) -> HTML {
        .element(.text, [.x: place(x), .y: place(y), .textAnchor: anchor], HTML(text))
    }

    /// One decimal at most.
    private static func place(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return tenths.isMultiple(of: 10) ? "\(tenths / 10)" : "\(tenths < 0 ? "-" : "")\(abs(tenths) / 10).\(abs(tenths) % 10)"
    }

    /// `950`, `12k`, `3.4M`.
    static func number(_ value: Double) -> String {
        switch value {
        case ..<10_000: place(value)
        case ..<1_000_000: "\(place(value / 1_000))k"
        default: "\(place(value / 1_000_000))M"
        }
    }

    /// The next of 1, 2, 4, 5, 10, 20 …
    static func niceLimit(_ most: Double) -> Double {
        guard most > 0, most.isFinite else { return 1 }
        let size = pow(10, log10(most).rounded(.down))
        return [1.0, 2, 4, 5, 10].map { $0 * size }.first { $0 >= most * 0.999_999 } ?? size * 10
    }
}
