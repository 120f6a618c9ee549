// Where in a file something stands.

/// A line and a column, from 1; columns in Unicode scalars.
struct TextPlace: Equatable {
    var line = 1
    var column = 1

    /// The place of the scalar at an offset.
    init(_ text: String, offset: Int) {
        for scalar in text.unicodeScalars.prefix(offset) {
            if scalar == "\n" {
                line += 1
                column = 1
            } else {
                column += 1
            }
        }
    }
}

/// The strings of a JSON text that is known to be well formed: where each begins, by its JSON Pointer.
struct JSONPlaces {
    private let scalars: [Unicode.Scalar]
    private var position = 0
    /// Pointer to offset of the opening quote, in scalars.
    private(set) var strings: [String: Int] = [:]

    init(_ text: String) {
        scalars = Array(text.unicodeScalars)
        value(at: "")
    }

    /// The offset in the text of a scalar of a string's content, past the escapes before it.
    func offset(in pointer: String, contentOffset: Int) -> Int? {
        guard var index = strings[pointer].map({ $0 + 1 }) else { return nil }
        for _ in 0..<contentOffset where index < scalars.count {
            guard scalars[index] == "\\" else {
                index += 1
                continue
            }
            let isUnicode = index + 1 < scalars.count && scalars[index + 1] == "u"
            index += isUnicode ? 6 : 2
        }
        return index
    }

    private mutating func value(at pointer: String) {
        skip()
        guard position < scalars.count else { return }
        switch scalars[position] {
        case "{": container(pointer, isObject: true)
        case "[": container(pointer, isObject: false)
        case "\"":
            strings[pointer] = position
            _ = string()
        default: while position < scalars.count, !",]} \n\r\t".unicodeScalars.contains(scalars[position]) { position += 1 }
        }
    }

    private mutating func container(_ pointer: String, isObject: Bool) {
        position += 1
        var index = 0
        while position < scalars.count {
            skip()
            guard position < scalars.count else { return }
            if scalars[position] == "}" || scalars[position] == "]" {
                position += 1
                return
            }
            if scalars[position] == "," {
                position += 1
                continue
            }
            var token = String(index)
            if isObject {
                token = string()
                skip()
                if position < scalars.count, scalars[position] == ":" { position += 1 }
            }
            let before = position
            value(at: "\(pointer)/\(token)")
            if position == before { position += 1 }
            index += 1
        }
    }

    /// Past a string; its raw content, which is the member's name where it holds no escapes.
    private mutating func string() -> String {
        var content = String.UnicodeScalarView()
        guard position < scalars.count, scalars[position] == "\"" else {
            position += 1
            return ""
        }
        position += 1
        while position < scalars.count, scalars[position] != "\"" {
            if scalars[position] == "\\", position + 1 < scalars.count {
                content.append(scalars[position])
                position += 1
            }
            content.append(scalars[position])
            position += 1
        }
        position += 1
        return String(content)
    }

    private mutating func skip() {
        while position < scalars.count, " \n\r\t".unicodeScalars.contains(scalars[position]) { position += 1 }
    }
}
