// A short message within its segments.

enum SMSBody {
    /// Renders with ever shorter texts of the data until the message fits; what still does not is cut at its end, where
    /// templates put what matters least.
    ///
    /// - Parameter preferred: tried first: so many segments, with as little text of the data as that takes.
    static func within(
        _ segments: Int, preferred: Int? = nil, _ render: (Int) throws(RenderFailure) -> String
    ) throws(RenderFailure) -> String {
        let most = max(1, segments)
        if let preferred, preferred < most, let body = try fitting(preferred, render).body { return body }
        let (fitting, shortest) = try fitting(most, render)
        if let fitting { return fitting }
        let bounded = SMSText.transliterated(Shortening.cut(shortest, to: ChannelLimits.SMS.twilioBody - 3))
        return SMSText.shortened(bounded, segments: most)
    }

    /// The longest rendering that fits, if one does, and the last that was tried.
    private static func fitting(
        _ most: Int, _ render: (Int) throws(RenderFailure) -> String
    ) throws(RenderFailure) -> (body: String?, last: String) {
        var body = ""
        for limit in TemplateLibrary.Limits.sms {
            body = SMSText.transliterated(try render(limit))
            if body.isEmpty { throw RenderFailure("the template gives an empty message") }
            if body.utf8.count <= most * ChannelLimits.SMS.single7Bit * 4, SMSText.segments(body).count <= most,
                body.utf16.count <= ChannelLimits.SMS.twilioBody
            {
                return (body, body)
            }
        }
        return (nil, body)
    }

    /// The message with a note behind it, where there is room for it.
    static func with(_ note: String, after body: String, segments: Int) -> String {
        if note.isEmpty { return body }
        let both = SMSText.transliterated(body + note)
        let fits = SMSText.segments(both).count <= max(1, segments) && both.utf16.count <= ChannelLimits.SMS.twilioBody
        return fits ? both : body
    }
}
