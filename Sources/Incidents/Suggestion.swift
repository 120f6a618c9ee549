// "Did you mean": the nearest known word to one that is not known.

/// Suggestions for words that nobody knows.
public enum Suggestion {
    /// The candidate nearest to a word, if any is near enough to be what was meant.
    public static func nearest(to word: String, among candidates: some Sequence<String>) -> String? {
        nearest(to: word, among: candidates, limit: 1).first
    }

    /// The candidates near a word, nearest first.
    public static func nearest(to word: String, among candidates: some Sequence<String>, limit: Int) -> [String] {
        let wanted = Array(word.lowercased().unicodeScalars.prefix(64))
        let tolerance = max(1, (wanted.count + 1) / 3)
        return
            candidates
            .map { (name: $0, scalars: Array($0.lowercased().unicodeScalars.prefix(64))) }
            // Each letter more or less is an edit.
            .filter { abs($0.scalars.count - wanted.count) <= tolerance }
            .map { (name: $0.name, distance: distance(wanted, $0.scalars)) }
            .filter { $0.distance <= tolerance }
            .sorted { ($0.distance, $0.name) < ($1.distance, $1.name) }
            .prefix(limit).map(\.name)
    }

    /// `; did you mean `x`?`, or nothing.
    public static func clause(for word: String, among candidates: some Sequence<String>) -> String {
        nearest(to: word, among: candidates).map { "; did you mean `\($0)`?" } ?? ""
    }

    /// A word without what eyes and fingers confuse: case, marks between, zeros in front, and letters that look like digits. Two words
    /// of the same spelling are hardly meant to be two.
    public static func spelling(of word: String) -> String {
        let alike: [Character: Character] = ["o": "0", "i": "1", "l": "1", "s": "5", "b": "8", "z": "2"]
        var out: [Character] = []
        for character in word.prefix(200).lowercased() where character.isLetter || character.isNumber {
            let drawn = alike[character] ?? character
            // Zeros count only behind another digit.
            if drawn == "0", !(out.last?.isNumber ?? false) { continue }
            out.append(drawn)
        }
        return String(out)
    }

    /// Edits (insert, delete, replace, swap neighbours) between two words: optimal string alignment.
    private static func distance(_ a: [Unicode.Scalar], _ b: [Unicode.Scalar]) -> Int {
        if a.isEmpty || b.isEmpty { return max(a.count, b.count) }
        var before: [Int] = []
        var last = Array(0...b.count)
        for i in 1...a.count {
            var row = [i]
            for j in 1...b.count {
                var best = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1))
                if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] { best = min(best, before[j - 2] + 1) }
                row.append(best)
            }
            before = last
            last = row
        }
        return last[b.count]
    }
}
