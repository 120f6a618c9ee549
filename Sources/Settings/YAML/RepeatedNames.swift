// Yams refuses a map in which a name is repeated, and with it the whole file. So the first of the two gets another name
// for the parser: its first character is replaced by one that the file does not have. No place moves, and the reader
// gives the name back and reports the repetition.

struct RepeatedNames {
    /// Each renaming costs another parse.
    private static let limit = 50
    /// Characters to parse again, all renamings together: up to 2 s. A file of 40 kB still gets all of them.
    private static let maximumWork = 2_000_000

    /// The names by the characters that stand for them.
    private(set) var renamed: [Unicode.Scalar: String] = [:]
    private var scalars: [Unicode.Scalar]
    /// Where each line begins.
    private var lines: [Int] = [0]
    private var free: [Unicode.Scalar]

    init(_ text: String) {
        scalars = Array(text.unicodeScalars)
        for (index, scalar) in scalars.enumerated() {
            // The line ends of YAML 1.1, as the parser counts them.
            switch scalar.value {
            case 0x0D where index + 1 < scalars.count && scalars[index + 1].value == 0x0A: continue
            case 0x0A, 0x0D, 0x85, 0x2028, 0x2029: lines.append(index + 1)
            default: continue
            }
        }
        // Private use: nobody's letters, and allowed in YAML.
        let used = Set(scalars.lazy.filter { (0xE000...0xF8FF).contains($0.value) })
        free = (UInt32(0xE000)...0xE0FF).compactMap { Unicode.Scalar($0) }.filter { !used.contains($0) }
    }

    var text: String { String(String.UnicodeScalarView(scalars)) }

    /// Renames what stands at a place; false where that is not surely the name, or enough has been renamed.
    mutating func rename(_ name: String, at place: Place) -> Bool {
        guard renamed.count < Self.limit, (renamed.count + 1) * scalars.count <= Self.maximumWork || renamed.isEmpty else { return false }
        guard lines.indices.contains(place.line - 1), let first = name.unicodeScalars.first, let stand = free.last else { return false }
        var index = lines[place.line - 1] + place.column - 1
        if scalars.indices.contains(index), scalars[index] == "\"" || scalars[index] == "'" { index += 1 }
        guard scalars.indices.contains(index), scalars[index] == first, first.properties.isAlphabetic || first == "_" || Self.isDigit(first)
        else { return false }
        free.removeLast()
        scalars[index] = stand
        renamed[stand] = name
        return true
    }

    private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }
}
