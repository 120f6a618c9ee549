// The one table of options: the reader takes names, types, bounds and defaults from it, and docs/configuration.md is
// written from it. The options themselves stand in the files beside this one, by section.

/// All options of routes.yaml.
public enum OptionTable {
    /// In the order of the documentation.
    public static let options: [Option] = chapters.flatMap(\.options)

    /// A chapter of the documentation.
    struct Chapter: Sendable {
        var title: String
        var intro: String
        var example: String
        var options: [Option]
    }

    static let chapters: [Chapter] = [
        top, router, severities, calendars, sla, channels, slack, teams, email, twilio, gateway, people, groups, rotations, routes,
        escalation,
        statusReports, noise, responses, incidentChannel, broadcasts, http, life,
    ]

    private static let byPath = Dictionary(options.map { ($0.path, $0) }, uniquingKeysWith: { first, _ in first })
    private static let byParent = Dictionary(grouping: options, by: \.parent)

    /// The option at a path. An option that several kinds of channel have each in their own way has several entries:
    /// the one for `variant` is taken.
    static func option(_ path: String, variant: ChannelVariant? = nil) -> Option? {
        guard let first = byPath[path] else { return nil }
        guard let variant, !first.on.isEmpty, !first.on.contains(variant) else { return first }
        return byParent[first.parent]?.first { $0.path == path && $0.on.contains(variant) } ?? first
    }

    /// All kinds of channel that have an option; empty where all have it.
    static func variants(of path: String, parent: String) -> Set<ChannelVariant> {
        let entries = (byParent[parent] ?? []).filter { $0.path == path }
        return entries.contains { $0.on.isEmpty } ? [] : entries.reduce(into: []) { $0.formUnion($1.on) }
    }

    /// The options that may stand in a section.
    static func members(of path: String) -> [Option] { byParent[path] ?? [] }
}
