// What each channel takes, as its provider documents it. The renderer keeps to these numbers, and the sandbox refuses
// what goes beyond them, as the provider would. Texts are counted in UTF-16 code units.

/// The documented limits of the channels.
public enum ChannelLimits {
    /// Slack: https://docs.slack.dev/reference/block-kit/blocks and chat.postMessage.
    public enum Slack {
        /// `text` of a message: what Slack asks to keep to. Over `truncatedText` it cuts by itself.
        public static let text = 4_000
        /// `text` beyond this is cut by Slack.
        public static let truncatedText = 40_000
        public static let blocks = 50
        /// The plain text of a `header` block.
        public static let headerText = 150
        /// The text of a `section` block; also the most for any other text object.
        public static let sectionText = 3_000
        public static let sectionFields = 10
        public static let fieldText = 2_000
        public static let contextElements = 10
        public static let actionElements = 25
        public static let buttonText = 75
        public static let buttonValue = 2_000
        public static let url = 3_000
        /// `block_id` and `action_id`.
        public static let identifier = 255
        /// `title` and `alt_text` of an image.
        public static let imageText = 2_000
        /// The whole message as JSON, in characters: larger ones have been seen to fail with `msg_blocks_too_long`.
        public static let message = 9_000
    }

    /// Microsoft Teams: https://learn.microsoft.com/microsoftteams/platform/bots/how-to/format-your-bot-messages
    public enum Teams {
        /// Bytes of JSON. Teams refuses 28 KB after it has written the card anew, which makes it larger.
        public static let message = 20_000
        /// The same, with everything that is not ASCII written as `\uXXXX`, as Teams may do.
        public static let escapedMessage = 26_000
        public static let actions = 6
        /// The newest version of the Adaptive Card schema that every Teams client shows.
        public static let cardVersion = "1.4"
    }

    /// Email: RFC 5322 sets no limit to what we render; these are ours.
    public enum Email {
        /// A subject that is still read whole somewhere.
        public static let subject = 200
        /// Bytes of each part.
        public static let body = 262_144
    }

    /// SMS: 3GPP TS 23.038 and 23.040.
    public enum SMS {
        /// Septets of a message in GSM-7 that stands alone.
        public static let single7Bit = 160
        /// Septets of each part of a longer one.
        public static let part7Bit = 153
        /// UTF-16 units of a message in UCS-2 that stands alone.
        public static let singleUCS2 = 70
        /// UTF-16 units of each part of a longer one.
        public static let partUCS2 = 67
        /// Twilio's `Body`.
        public static let twilioBody = 1_600
    }

    /// Bytes of one template file.
    public static let templateFile = 262_144
}
