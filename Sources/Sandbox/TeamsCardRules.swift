// The shape of a message with Adaptive Cards that Teams shows: https://adaptivecards.io/explorer, version 1.5 at most.

import JSON
import Rendering

struct TeamsCardRules {
    struct Mistake: Error {
        var message: String
    }

    private static let colors: Set<String> = ["default", "dark", "light", "accent", "good", "warning", "attention"]
    private static let containers = ["items", "columns", "body", "rows", "cells"]
    private static let elements: Set<String> = [
        "TextBlock", "FactSet", "Container", "ColumnSet", "Column", "Image", "ImageSet", "ActionSet", "RichTextBlock", "Table", "TableRow",
        "TableCell", "Media",
    ]
    private static let maximumMinor = 5

    func check(_ payload: JSONValue) throws(Mistake) {
        guard payload.object != nil else { throw Mistake(message: "expected an object, got \(payload.kind)") }
        guard payload["type"]?.string == "message" else { throw Mistake(message: "/type must be \"message\"") }
        guard let attachments = payload["attachments"]?.array, !attachments.isEmpty else {
            throw Mistake(message: "/attachments must be an array with at least one card")
        }
        for (index, attachment) in attachments.enumerated() {
            let place = "/attachments/\(index)"
            guard attachment["contentType"]?.string == "application/vnd.microsoft.card.adaptive" else {
                throw Mistake(message: "\(place)/contentType must be \"application/vnd.microsoft.card.adaptive\"")
            }
            try card(attachment["content"], place + "/content")
        }
    }

    private func card(_ card: JSONValue?, _ place: String) throws(Mistake) {
        guard let card, card["type"]?.string == "AdaptiveCard" else { throw Mistake(message: "\(place)/type must be \"AdaptiveCard\"") }
        let version = (card["version"]?.string ?? "").split(separator: ".").map { Int($0) }
        guard version.count == 2, version[0] == 1, let minor = version[1], (0...Self.maximumMinor).contains(minor) else {
            throw Mistake(message: "\(place)/version must be \"1.0\" to \"1.\(Self.maximumMinor)\"")
        }
        guard let body = card["body"]?.array, !body.isEmpty else {
            throw Mistake(message: "\(place)/body must be an array with an element")
        }
        for (index, element) in body.enumerated() { try self.element(element, "\(place)/body/\(index)") }
        try actions(card["actions"], place + "/actions")
    }

    private func element(_ element: JSONValue, _ place: String) throws(Mistake) {
        let type = element["type"]?.string ?? ""
        // A column inside `columns` and a row inside `rows` may leave their type out.
        guard Self.elements.contains(type) || (type.isEmpty && (element["items"] ?? element["cells"]) != nil) else {
            throw Mistake(message: "\(place)/type: there is no element `\(type)`")
        }
        switch type {
        case "TextBlock":
            guard element["text"]?.string != nil else { throw Mistake(message: "\(place)/text must be a string") }
            if let color = element["color"] {
                guard let name = color.string?.lowercased(), Self.colors.contains(name) else {
                    throw Mistake(message: "\(place)/color must be one of \(Self.colors.sorted().joined(separator: ", "))")
                }
            }
        case "FactSet":
            guard let facts = element["facts"]?.array, !facts.isEmpty else { throw Mistake(message: "\(place)/facts must not be empty") }
            for (index, fact) in facts.enumerated() where fact["title"]?.string == nil || fact["value"]?.string == nil {
                throw Mistake(message: "\(place)/facts/\(index) must have the strings `title` and `value`")
            }
        case "Image":
            guard element["url"]?.string != nil else { throw Mistake(message: "\(place)/url must be a string") }
        case "ActionSet": try actions(element["actions"], place + "/actions")
        default: break
        }
        for name in Self.containers {
            guard let children = element[name] else { continue }
            // A table's `columns` are widths, not elements.
            if type == "Table", name == "columns" { continue }
            guard let children = children.array else { throw Mistake(message: "\(place)/\(name) must be an array") }
            for (index, child) in children.enumerated() { try self.element(child, "\(place)/\(name)/\(index)") }
        }
    }

    private func actions(_ value: JSONValue?, _ place: String) throws(Mistake) {
        guard let value else { return }
        guard let actions = value.array else { throw Mistake(message: "\(place) must be an array") }
        if actions.count > ChannelLimits.Teams.actions { throw Mistake(message: "\(place): \(actions.count) actions; at most 6") }
        for (index, action) in actions.enumerated() {
            let place = "\(place)/\(index)"
            switch action["type"]?.string {
            case "Action.OpenUrl":
                let url = action["url"]?.string ?? ""
                let isURL =
                    ["https://", "http://", "mailto:", "tel:"].contains { url.hasPrefix($0) } && !url.contains(where: \.isWhitespace)
                if !isURL { throw Mistake(message: "\(place)/url must be a URL") }
            case "Action.ShowCard": try card(action["card"], place + "/card", inherits: true)
            case "Action.ToggleVisibility":
                guard action["targetElements"]?.array != nil else { throw Mistake(message: "\(place)/targetElements must be an array") }
            default: throw Mistake(message: "\(place)/type: a workflow's card can hold OpenUrl, ShowCard and ToggleVisibility only")
            }
        }
    }

    /// The card of `Action.ShowCard` takes its version from the outer one.
    private func card(_ card: JSONValue?, _ place: String, inherits: Bool) throws(Mistake) {
        guard inherits, var members = card?.object, members["version"] == nil else { return try self.card(card, place) }
        members["version"] = "1.0"
        try self.card(.object(members), place)
    }
}
