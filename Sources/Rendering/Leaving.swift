// How the reader of a message can stop such messages.

/// The ways to leave.
public struct Leaving: Sendable, Equatable {
    /// An https link that leads to leaving (RFC 8058: a GET does nothing by itself, a POST ends it); nil without
    /// `router.public_url`.
    public var url: String?
    /// `mailto:…`, where mail that is sent there is read.
    public var mailto: String?
    /// What `tocsin confirm` takes.
    public var code: String
    /// What they leave, in words: `your subscription s1 (service pay*)`. Data: to be escaped.
    public var what: String
    /// A page where they change and stop all of theirs; nil where nothing answers.
    public var manage: String?

    public init(url: String? = nil, mailto: String? = nil, code: String, what: String, manage: String? = nil) {
        self.manage = manage
        self.url = url
        self.mailto = mailto
        self.code = code
        self.what = what
    }
}

/// What a broadcast corrects.
public struct Correction: Sendable, Equatable {
    /// The id of the original.
    public var id: String
    public var subject: String?
    public var message: String
    public var at: String

    public init(id: String, subject: String? = nil, message: String, at: String) {
        self.id = id
        self.subject = subject
        self.message = message
        self.at = at
    }
}
