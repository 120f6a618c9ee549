// Why a template could not be used for a message.

struct RenderFailure: Error {
    var reason: String

    init(_ reason: String) { self.reason = reason }
}
