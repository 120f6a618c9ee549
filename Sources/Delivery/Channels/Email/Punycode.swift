// Internationalised domain names as the DNS and SMTP know them (RFC 3492, RFC 5891): `bücher.example` is
// `xn--bcher-kva.example`. Mapping is lower case and NFC, which is what a person's address needs.

import Foundation

enum Punycode {
    /// The domain in ASCII; nil where a label cannot be one.
    static func ascii(_ domain: String) -> String? {
        let labels = domain.precomposedStringWithCanonicalMapping.split(separator: ".", omittingEmptySubsequences: false)
        var out: [String] = []
        for label in labels {
            guard let encoded = self.label(String(label)), (1...63).contains(encoded.utf8.count) else { return nil }
            out.append(encoded)
        }
        let text = out.joined(separator: ".")
        return text.utf8.count <= 255 ? text : nil
    }

    private static func label(_ label: String) -> String? {
        if label.utf8.allSatisfy({ $0 < 0x80 }) {
            let isName = label.utf8.allSatisfy(isNameByte) && label.utf8.first != 45 && label.utf8.last != 45
            return isName ? label : nil
        }
        let mapped = label.lowercased().precomposedStringWithCanonicalMapping
        let scalars = Array(mapped.unicodeScalars)
        let isName = scalars.allSatisfy { $0.isASCII ? isNameByte(UInt8($0.value)) : isLetter($0) }
        return isName ? encode(scalars).map { "xn--" + $0 } : nil
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) || byte == 45 || byte == 95
    }

    private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .lowercaseLetter, .modifierLetter, .otherLetter, .nonspacingMark, .spacingMark, .decimalNumber: true
        default: false
        }
    }

    /// RFC 3492, section 6.3.
    private static func encode(_ scalars: [Unicode.Scalar]) -> String? {
        var out = scalars.filter(\.isASCII).map { UInt8($0.value) }
        let basic = out.count
        if basic > 0 { out.append(45) }
        var (n, delta, bias, handled) = (128, 0, 72, basic)
        while handled < scalars.count {
            guard let next = scalars.map({ Int($0.value) }).filter({ $0 >= n }).min() else { return nil }
            delta += (next - n) * (handled + 1)
            n = next
            for scalar in scalars {
                if scalar.value < n { delta += 1 }
                guard scalar.value == n else { continue }
                var quotient = delta
                var k = 36
                while true {
                    let threshold = min(max(k - bias, 1), 26)
                    if quotient < threshold { break }
                    out.append(digit(threshold + (quotient - threshold) % (36 - threshold)))
                    quotient = (quotient - threshold) / (36 - threshold)
                    k += 36
                }
                out.append(digit(quotient))
                bias = adapt(delta, handled + 1, isFirst: handled == basic)
                delta = 0
                handled += 1
            }
            delta += 1
            n += 1
        }
        return String(decoding: out, as: UTF8.self)
    }

    private static func digit(_ value: Int) -> UInt8 { UInt8(value < 26 ? value + 97 : value - 26 + 48) }

    private static func adapt(_ delta: Int, _ points: Int, isFirst: Bool) -> Int {
        var delta = isFirst ? delta / 700 : delta / 2
        delta += delta / points
        var k = 0
        while delta > 455 {
            delta /= 35
            k += 36
        }
        return k + 36 * delta / (delta + 38)
    }
}
