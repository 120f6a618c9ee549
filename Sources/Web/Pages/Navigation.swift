// Where one can go: the same on each page.

/// A part of the page.
struct NavigationEntry: Sendable {
    var path: String
    /// The key of its name in `Words`.
    var name: String
}

extension Page {
    /// In the order in which they are shown.
    static let navigation: [NavigationEntry] = [
        .init(path: "/", name: "nav.now"), .init(path: "/incidents", name: "nav.incidents"),
        .init(path: "/deliveries", name: "nav.deliveries"), .init(path: "/channels", name: "nav.channels"),
        .init(path: "/broadcasts", name: "nav.broadcasts"), .init(path: "/routes", name: "nav.routes"),
        .init(path: "/mending", name: "nav.mending"), .init(path: "/charts", name: "nav.charts"),
        .init(path: "/subscriptions", name: "nav.subscriptions"),
        .init(path: "/silences", name: "nav.silences"),
    ]

    /// `/incidents/INC1` belongs to `/incidents`.
    static func isAt(_ entry: NavigationEntry, _ path: String) -> Bool {
        entry.path == "/" ? path == "/" : path == entry.path || path.hasPrefix(entry.path + "/")
    }
}
