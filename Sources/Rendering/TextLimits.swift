// How much text a message may bring, tried in turn until the whole fits. The texts of earlier messages give way first,
// so that the newest one stays whole where it can.

/// The limits of a kind of message, in UTF-16 units.
struct TextLimits: Sendable {
    struct Step: Sendable {
        /// The most that one text of the data may bring.
        var text: Int
        /// The most that the texts of earlier messages may bring together.
        var earlier: Int
    }

    private let plain: [Step]
    private let withEarlier: [Step]

    /// - Parameters:
    ///   - texts: falling, at least one.
    ///   - earlier: falling; tried with the first of `texts`, before earlier messages are left out.
    init(texts: [Int], earlier: [Int]) {
        plain = texts.map { Step(text: $0, earlier: 0) }
        withEarlier = earlier.map { Step(text: texts.first ?? 0, earlier: $0) } + plain
    }

    func steps(_ request: RenderRequest) -> [Step] { request.earlier.isEmpty ? plain : withEarlier }
}
