// The channel's own guard on length. The renderer has already fitted the text; what reaches the provider over the limit
// would cost money or be refused.

import Rendering

enum SMSLength {
    /// The text in at most so many segments.
    static func fitted(_ text: String, segments: Int) -> String {
        SMSText.segments(text).count <= segments ? text : SMSText.shortened(text, segments: segments)
    }

    /// What is said of a text that was shortened here.
    static func words(_ segments: Int) -> String { "text shortened to \(segments) segments" }

    /// What gateways call coding: 0 for GSM-7, 2 for UCS-2 (3GPP TS 23.038).
    static func coding(_ text: String) -> String {
        switch SMSText.coding(text) {
        case .gsm7: "0"
        case .ucs2: "2"
        }
    }
}
