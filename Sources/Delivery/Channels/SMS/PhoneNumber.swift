// Numbers as the providers want them.

/// Telephone numbers.
enum PhoneNumber {
    /// E.164: `+`, then 7 to 15 digits of which the first is no zero.
    static func isE164(_ text: String) -> Bool {
        guard text.utf8.first == UInt8(ascii: "+") else { return false }
        let digits = text.utf8.dropFirst()
        return (7...15).contains(digits.count) && digits.first != UInt8(ascii: "0") && digits.allSatisfy { (48...57).contains($0) }
    }

    /// The report on an address that is no number.
    static let refusal = AttemptReport(
        .refused(.badAddress), detail: "the number must be written as E.164, for instance +447700900123")
}
