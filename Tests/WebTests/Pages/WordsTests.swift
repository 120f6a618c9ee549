// The page speaks each of its languages whole, and its colours can be read.

import Foundation
import Incidents
import Ledger
import Routing
import Testing

@testable import Web

@Suite struct WordsTests {
    @Test func bothLanguagesHaveTheSameWords() {
        let (english, german) = (Words.phrases("en"), Words.phrases("de"))
        #expect(!english.isEmpty)
        #expect(Set(english.keys).symmetricDifference(german.keys).sorted() == [])
        for (key, phrase) in english {
            let other = german[key] ?? ""
            #expect(!phrase.isEmpty && !other.isEmpty, "\(key)")
            #expect(places(phrase) == places(other), "\(key): the same places in each language")
            #expect(phrase.contains("|") == other.contains("|") || key.hasPrefix("number."), "\(key): as many forms in each language")
        }
    }

    private func places(_ phrase: String) -> Set<String> {
        let whole = phrase.contains("|") ? String(phrase.split(separator: "|").last ?? "") : phrase
        return Set(whole.matches(of: /\{([a-z]+)\}/).map { String($0.1) })
    }

    @Test func everyWordThatIsSaidIsThere() throws {
        let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Sources/Web")
        let known = Words.phrases("en")
        var count = 0
        for path in try FileManager.default.subpathsOfDirectory(atPath: sources.path) where path.hasSuffix(".swift") {
            let text = try String(contentsOf: sources.appending(path: path), encoding: .utf8)
            for said in text.matches(of: /words\(\s*"([^"\\]+)"/) {
                count += 1
                #expect(known[String(said.1)] != nil, "\(said.1) in \(path)")
            }
        }
        #expect(count > 100)
    }

    @Test func everyStateAndTypeHasAWord() {
        let words = Words.german
        for state in DeliveryState.allCases { #expect(words.has("state.\(state.rawValue)")) }
        for status in IncidentStatus.allCases { #expect(words.has("status.\(status.rawValue)")) }
        for type in EventType.allCases { #expect(words.has("type.\(type.rawValue)")) }
        for kind in Hold.Kind.allCases { #expect(words.has("hold.\(kind.rawValue)")) }
        for origin in Origin.allCases { #expect(words.has("origin.\(origin.rawValue)")) }
        for target in SLATarget.allCases { #expect(words.has("target.\(target.rawValue)")) }
        for state in SLAState.allCases { #expect(words.has("sla.\(state.rawValue)")) }
        for entry in Page.navigation { #expect(words.has(entry.name)) }
    }

    @Test func placesAreFilledOnce() {
        #expect(Words.english("story.from-to", ["from": "{to}", "to": "b"]) == "{to} → b")
        #expect(Words.english("now.open", ["n": "1"]) == "1 open incident")
        #expect(Words.german("now.open", ["n": "2"]) == "2 offene Vorfälle")
        #expect(Words.german.count(1_234_567) == "1.234.567")
        #expect(Words.english.relative(Date(timeIntervalSince1970: 100), now: Date(timeIntervalSince1970: 400)) == "5 min ago")
    }

    // MARK: Colours

    /// WCAG 2.2, 1.4.3 and 1.4.11: what is read has 4.5:1, what is only seen (edges of fields, the focus) 3:1.
    @Test func coloursContrastInLightAndDark() throws {
        let css = String(decoding: Assets.style.bytes, as: UTF8.self)
        let dark = try #require(css.range(of: "@media (prefers-color-scheme: dark)"))
        let light = variables(css[..<dark.lowerBound])
        let night = light.merging(variables(css[dark.lowerBound...])) { $1 }
        let read = [
            ("text", "ground"), ("text", "surface"), ("text", "sunk"), ("muted", "ground"), ("muted", "surface"), ("muted", "sunk"),
            ("link", "ground"), ("link", "surface"), ("link", "sunk"), ("on-action", "action"), ("good", "good-ground"),
            ("warn", "warn-ground"), ("bad", "bad-ground"), ("worst", "worst-ground"), ("quiet", "quiet-ground"), ("bad", "sunk"),
        ]
        let seen = [
            ("edge", "surface"), ("edge", "ground"), ("focus", "ground"), ("focus", "surface"), ("bad", "surface"), ("warn", "surface"),
            ("series-1", "surface"), ("series-2", "surface"), ("series-3", "surface"), ("series-4", "surface"),
        ]
        for (name, colours) in [("light", light), ("dark", night)] {
            for (pairs, least) in [(read, 4.5), (seen, 3.0)] {
                for (front, back) in pairs {
                    let ratio = contrast(try #require(colours[front]), try #require(colours[back]))
                    #expect(ratio >= least, "\(front) on \(back), \(name): \(ratio)")
                }
            }
        }
    }

    private func variables(_ css: Substring) -> [String: Double] {
        var variables: [String: Double] = [:]
        for found in css.matches(of: /--([a-z0-9-]+): #([0-9a-f]{6});/) { variables[String(found.1)] = luminance(String(found.2)) }
        return variables
    }

    private func luminance(_ hex: String) -> Double {
        let value = Int(hex, radix: 16) ?? 0
        let parts = [value >> 16 & 255, value >> 8 & 255, value & 255].map { part -> Double in
            let share = Double(part) / 255
            return share <= 0.04045 ? share / 12.92 : pow((share + 0.055) / 1.055, 2.4)
        }
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
    }

    private func contrast(_ a: Double, _ b: Double) -> Double { (max(a, b) + 0.05) / (min(a, b) + 0.05) }
}
