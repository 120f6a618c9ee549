// The GSM 03.38 alphabet, and what may stand for characters that it lacks.

extension SMSText {
    /// The basic set; ESC (0x1B) is left out: it introduces the extension.
    static let basic =
        "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
    /// Two septets each.
    static let extended = "\u{0C}^{}\\[~]|€"

    private static let costs: [Unicode.Scalar: Int] = {
        var costs: [Unicode.Scalar: Int] = [:]
        for scalar in basic.unicodeScalars { costs[scalar] = 1 }
        for scalar in extended.unicodeScalars { costs[scalar] = 2 }
        return costs
    }()

    /// For ASCII, which most texts are: 0 where the alphabet lacks it.
    private static let asciiCosts: [Int] = (0..<128).map { value in Unicode.Scalar(UInt32(value)).flatMap { costs[$0] } ?? 0 }

    /// Septets of a character; nil where GSM-7 lacks it.
    static func septets(_ scalar: Unicode.Scalar) -> Int? {
        if scalar.value < 128 {
            let cost = asciiCosts[Int(scalar.value)]
            return cost == 0 ? nil : cost
        }
        return costs[scalar]
    }

    /// Typographic characters for which plain ones say the same: one curly quote would more than halve a message's room.
    private static let plainer: [Unicode.Scalar: String] = [
        "\u{2018}": "'", "\u{2019}": "'", "\u{201A}": "'", "\u{201B}": "'", "\u{2032}": "'", "`": "'", "\u{B4}": "'",
        "\u{201C}": "\"", "\u{201D}": "\"", "\u{201E}": "\"", "\u{201F}": "\"", "\u{2033}": "\"", "\u{AB}": "\"", "\u{BB}": "\"",
        "\u{2039}": "'", "\u{203A}": "'",
        "\u{2010}": "-", "\u{2011}": "-", "\u{2012}": "-", "\u{2013}": "-", "\u{2014}": "-", "\u{2015}": "-", "\u{2212}": "-",
        "\u{2026}": "...", "\u{2022}": "-", "\u{B7}": "-", "\u{2219}": "-", "\u{25CF}": "-",
        "\u{2192}": "->", "\u{2190}": "<-", "\u{21D2}": "=>", "\u{D7}": "x", "\u{2044}": "/", "\u{2265}": ">=", "\u{2264}": "<=",
        "\u{A0}": " ", "\u{2002}": " ", "\u{2003}": " ", "\u{2007}": " ", "\u{2009}": " ", "\u{200A}": " ", "\u{202F}": " ",
        "\u{3000}": " ", "\t": " ", "\u{200C}": "", "\u{200D}": "",
        "\u{A9}": "(c)", "\u{AE}": "(R)", "\u{2122}": "(TM)",
    ]

    /// The text with harmless replacements for typographic characters, where that makes it GSM-7; else as it was.
    public static func transliterated(_ text: String) -> String {
        if coding(text) == .gsm7 { return text }
        // What was cut ends its sentence: one more dot would be a fourth.
        let text = text.replacing("….", with: "…")
        var out = ""
        for scalar in text.unicodeScalars {
            if septets(scalar) != nil {
                out.unicodeScalars.append(scalar)
            } else if let plain = plainer[scalar] {
                out += plain
            } else {
                return text
            }
        }
        return out
    }
}
