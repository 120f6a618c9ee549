// Which form of a phrase goes with a number: the rules of CLDR 46 for whole numbers from 0.

/// A language's rule.
enum PluralRule: String, Sendable {
    enum Category: String, Sendable, CaseIterable {
        case zero, one, two, few, many, other
    }

    /// One form for all numbers: Chinese, Japanese, Korean, …
    case none
    case english, french, slavic, polish, czech, slovene, lithuanian, latvian, romanian, arabic, hebrew, irish, welsh, croatian

    /// - Parameter language: in lower case; a region does not matter.
    init(language: String) {
        self =
            switch language.prefix(while: { $0 != "-" }) {
            case "ja", "zh", "ko", "vi", "th", "id", "ms", "my", "lo": .none
            case "fr", "pt", "hy", "fa", "hi", "bn", "gu", "kn", "am", "zu": .french
            case "ru", "uk", "be": .slavic
            case "sr", "hr", "bs": .croatian
            case "pl": .polish
            case "cs", "sk": .czech
            case "sl": .slovene
            case "lt": .lithuanian
            case "lv": .latvian
            case "ro": .romanian
            case "ar": .arabic
            case "he": .hebrew
            case "ga": .irish
            case "cy": .welsh
            default: .english
            }
    }

    func category(_ count: Int) -> Category {
        let n = abs(count)
        let (ten, hundred) = (n % 10, n % 100)
        let isFew = (2...4).contains(ten) && !(12...14).contains(hundred)
        switch self {
        case .none: return .other
        case .english: return n == 1 ? .one : .other
        case .french: return n <= 1 ? .one : .other
        case .slavic: return ten == 1 && hundred != 11 ? .one : isFew ? .few : .many
        case .croatian: return ten == 1 && hundred != 11 ? .one : isFew ? .few : .other
        case .polish: return n == 1 ? .one : isFew ? .few : .many
        case .czech: return n == 1 ? .one : (2...4).contains(n) ? .few : .other
        case .slovene: return hundred == 1 ? .one : hundred == 2 ? .two : (3...4).contains(hundred) ? .few : .other
        case .lithuanian:
            if (11...19).contains(hundred) { return .other }
            return ten == 1 ? .one : ten >= 2 ? .few : .other
        case .latvian: return ten == 0 || (11...19).contains(hundred) ? .zero : ten == 1 ? .one : .other
        case .romanian: return n == 1 ? .one : n == 0 || (1...19).contains(hundred) ? .few : .other
        case .arabic:
            if n <= 2 { return [.zero, .one, .two][n] }
            return (3...10).contains(hundred) ? .few : (11...99).contains(hundred) ? .many : .other
        case .hebrew: return n == 1 ? .one : n == 2 ? .two : .other
        case .irish: return n == 1 ? .one : n == 2 ? .two : (3...6).contains(n) ? .few : (7...10).contains(n) ? .many : .other
        case .welsh:
            let special: [Int: Category] = [0: .zero, 1: .one, 2: .two, 3: .few, 6: .many]
            return special[n] ?? .other
        }
    }
}
