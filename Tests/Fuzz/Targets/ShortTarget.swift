// Short messages: they count as a network counts, and what is cut fits.

import Rendering

extension FuzzTarget {
    static let short = FuzzTarget("sms", share: 80, few: 1200, Mutator(corpus: texts, tokens: [])) { input in
        let text = input.text
        let limit = 1 + input.chance.below(4)
        let whole = SMSText.segments(text)
        input.check(whole.parts.isEmpty == text.isEmpty, "a text without parts")
        let most = whole.encoding == .gsm7 ? ChannelLimits.SMS.single7Bit : ChannelLimits.SMS.singleUCS2
        input.check(whole.parts.allSatisfy { (1...most).contains($0) }, "a part of \(whole.parts.max() ?? 0)")
        let cut = SMSText.shortened(text, segments: limit)
        input.wasTaken = cut == text
        input.check(SMSText.segments(cut).count <= limit, "\(SMSText.segments(cut).count) segments of \(limit)")
        if whole.count <= limit { input.check(cut == text, "a text that fits was cut") }
    }
}
