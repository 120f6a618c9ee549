// What pages are put together from: headings, tables, badges, times, facts, forms.

import Foundation
import Incidents
import Ledger

extension HTML {
    /// A heading with what belongs to it.
    static func section(_ title: String, id: String, _ children: HTML...) -> HTML {
        element(
            .section, [.id: id, .ariaLabelledby: "\(id)-title"],
            all: [element(.h2, [.id: "\(id)-title"], HTML(title))] + children)
    }

    static func paragraph(_ text: String, class name: String? = nil) -> HTML { element(.p, [.class: name], HTML(text)) }

    /// - Parameter path: within the page or `http(s)`; what leads elsewhere is shown without being a link.
    static func link(_ text: String, to path: String) -> HTML {
        guard address(path) != nil else { return HTML(text) }
        let isOutside = !path.hasPrefix("/") && !path.hasPrefix("?") && !path.hasPrefix("#")
        return element(.a, [.href: path, .rel: isOutside ? "noreferrer noopener external" : nil], HTML(text))
    }

    /// A table that becomes a list of cards on a narrow screen.
    ///
    /// - Parameters:
    ///   - caption: for screen readers.
    ///   - columns: the titles.
    ///   - rows: a cell for each column.
    ///   - none: what is said where there is no row.
    static func table(caption: String, columns: [String], rows: [[HTML]], none: String) -> HTML {
        if rows.isEmpty { return paragraph(none, class: "none") }
        let head = columns.map { element(.th, [.scope: "col"], HTML($0)) }
        let body = rows.map { row in
            element(
                .tr,
                all: row.enumerated().map { index, cell in
                    element(.td, [.dataLabel: columns.indices.contains(index) ? columns[index] : ""], element(.div, [:], cell))
                })
        }
        return element(
            .table, [:], element(.caption, [:], HTML(caption)), element(.thead, [:], element(.tr, all: head)), element(.tbody, all: body))
    }

    /// Names and what they are; those with nothing are left out.
    static func facts(_ facts: [(name: String, value: HTML?)]) -> HTML {
        element(
            .dl, [.class: "facts"],
            all: facts.compactMap { fact in
                guard let value = fact.value, !value.isEmpty else { return nil }
                return element(.div, [:], element(.dt, [:], HTML(fact.name)), element(.dd, [:], value))
            })
    }

    /// A word with a tone; the word says all, the colour only helps.
    static func badge(_ text: String, _ tone: Tone = .plain) -> HTML {
        element(
            .span, [.class: "badge \(tone.rawValue)"], element(.span, [.class: "mark", .ariaHidden: "true"], HTML(tone.mark)), HTML(text))
    }

    /// How good or bad something is. Each has a shape besides its colour.
    enum Tone: String, CaseIterable {
        case plain, good, quiet, warn, bad, worst

        var mark: String {
            switch self {
            case .plain: "○"
            case .good: "✓"
            case .quiet: "–"
            case .warn: "△"
            case .bad: "▲"
            case .worst: "▲▲"
            }
        }

        static func of(_ state: DeliveryState) -> Tone {
            switch state {
            case .delivered: .good
            case .dead: .bad
            case .unknown, .retrying: .warn
            case .expired, .superseded, .suppressed, .held: .quiet
            case .pending: .plain
            }
        }

        static func of(_ state: SLAState) -> Tone {
            switch state {
            case .ok: .good
            case .atRisk: .warn
            case .breached: .bad
            }
        }

        /// By the place on the scale, the most urgent first.
        static func severity(_ rank: Int) -> Tone {
            switch rank {
            case 0: .worst
            case 1: .bad
            case 2: .warn
            default: .plain
            }
        }
    }

    /// A box that says that something is wrong, or went well.
    static func notice(_ tone: Tone, id: String? = nil, _ children: HTML...) -> HTML {
        element(
            .div, [.class: "notice \(tone.rawValue)", .id: id, .role: "status"],
            all: [element(.span, [.class: "mark", .ariaHidden: "true"], HTML(tone.mark))] + [element(.div, all: children)])
    }
}

// MARK: Forms

extension HTML {
    /// A form that changes something. The token against forged requests is put in when the page leaves.
    ///
    /// - Parameter confirm: asked before it is sent, where scripts run.
    static func form(_ action: String, id: String? = nil, confirm: String? = nil, _ children: HTML...) -> HTML {
        let token = element(.input, [.type: "hidden", .name: FormToken.field, .value: FormToken.placeholder])
        return element(.form, [.method: "post", .action: action, .id: id, .dataConfirm: confirm], all: [token] + children)
    }

    /// A form that asks: a GET.
    static func search(_ action: String, _ children: HTML...) -> HTML {
        element(.form, [.method: "get", .action: action, .class: "filters", .role: "search"], all: children)
    }

    /// One line of text with its label.
    static func field(
        _ label: String, name: String, value: String? = nil, type: String = "text", placeholder: String? = nil, isRequired: Bool = false,
        limit: Int = 200, autocomplete: String? = "off"
    ) -> HTML {
        element(
            .label, [.class: "field"], element(.span, [:], HTML(label)),
            element(
                .input,
                [
                    .type: type, .name: name, .value: value, .placeholder: placeholder, .required: isRequired ? "" : nil,
                    .maxlength: String(limit), .autocomplete: autocomplete,
                ]))
    }

    /// Many lines of text with their label.
    static func area(_ label: String, name: String, value: String = "", rows: Int = 3, isRequired: Bool = false, limit: Int = 100_000)
        -> HTML
    {
        element(
            .label, [.class: "field wide"], element(.span, [:], HTML(label)),
            element(
                .textarea, [.name: name, .rows: String(rows), .required: isRequired ? "" : nil, .maxlength: String(limit)], HTML(value)))
    }

    /// - Parameter options: value and text; `chosen` is the value of one of them.
    static func choice(_ label: String, name: String, options: [(value: String, text: String)], chosen: String?) -> HTML {
        let list = options.map { option in
            element(.option, [.value: option.value, .selected: option.value == chosen ? "" : nil], HTML(option.text))
        }
        return element(.label, [.class: "field"], element(.span, [:], HTML(label)), element(.select, [.name: name], all: list))
    }

    static func hidden(_ name: String, _ value: String) -> HTML { element(.input, [.type: "hidden", .name: name, .value: value]) }

    static func button(_ text: String, name: String? = nil, value: String? = nil, tone: Tone = .plain) -> HTML {
        element(.button, [.type: "submit", .name: name, .value: value, .class: tone.rawValue], HTML(text))
    }
}
