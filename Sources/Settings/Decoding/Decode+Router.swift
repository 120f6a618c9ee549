// `router`, `severities` and `calendars`.

import Foundation
import Incidents
import Routing

extension ConfigurationReader {
    func routerSettings(_ top: Section) -> RouterSettings {
        let empty = YAMLNode(content: .nothing, place: root.place)
        let router = section(top.node("router").flatMap { $0.members == nil ? nil : $0 } ?? empty, "router", "`router`")
        routerSection = router
        func path(_ name: String) -> String {
            FilePath.resolve(router?.text(name) ?? router?.standard(name) ?? name, against: directory)
        }
        var settings = RouterSettings(
            queue: path("queue"), state: path("state"), templates: path("templates"), assumedSeverity: scale.mostUrgent)
        guard let router else { return settings }
        settings.timezone = router.text("timezone") ?? router.standard("timezone") ?? "UTC"
        settings.retain = router.seconds("retain") ?? settings.retain
        settings.settle = router.seconds("settle") ?? settings.settle
        settings.lateAfter = router.seconds("late_after") ?? settings.lateAfter
        settings.trust = trust(router)
        settings.publicURL = publicURL(router)
        settings.mailbox = mailbox(router)
        if case .severity(let severity)? = router.first("assume_severity")?.value { settings.assumedSeverity = severity }
        var paths = ["queue": settings.queue, "state": settings.state, "templates": settings.templates]
        paths["mailbox"] = settings.mailbox
        for (name, path) in paths.sorted(by: { $0.key < $1.key }) where router.has(name) {
            if let other = paths.first(where: { $0.key < name && $0.value == path }) {
                findings.error("`\(name)` and `\(other.key)` are the same directory; each needs its own", at: router.place(of: name))
            }
        }
        return settings
    }

    /// Without a slash at the end.
    private func publicURL(_ router: Section) -> String? {
        guard let given = router.first("public_url"), let parts = try? URLText(given.text) else { return nil }
        if parts.user != nil || parts.rest.contains(where: { "?#{".contains($0) }) {
            findings.error("`public_url` must be scheme, host and path alone, such as https://tocsin.example.com", at: given.place)
            return nil
        }
        if root["http"] == nil {
            findings.warning(
                "`public_url`: links in messages begin with it, and nothing answers there without `http`; add it, or leave this out, and "
                    + "messages carry codes for `tocsin confirm`", at: given.place)
        }
        var url = given.text
        while url.hasSuffix("/") { url.removeLast() }
        return url
    }

    /// A Maildir: warned of where it is none, for it may be made later.
    private func mailbox(_ router: Section) -> String? {
        guard let given = router.first("mailbox") else { return nil }
        let path = FilePath.resolve(given.text, against: directory)
        var status = stat()
        if given.isPlaceholder || stat("\(path)/new", &status) == 0 && status.st_mode & S_IFMT == S_IFDIR { return path }
        findings.warning(
            "`mailbox`: \(given.raw.shortened) is no Maildir (it has no directory `new`): nothing is read from it",
            at: given.place)
        return path
    }

    /// Nil where the section is not there. What cannot be read trusts nobody.
    private func trust(_ router: Section) -> [String: Set<EventType>]? {
        guard let given = router.given["trust"] else { return router.misspelt.contains("trust") ? [:] : nil }
        if given.node.isNothing || given.node.members?.isEmpty ?? false {
            findings.error(
                "`trust` is empty: nobody could drop anything; name an owner, or leave it out to trust everybody", at: given.place)
        }
        var trust: [String: Set<EventType>] = [:]
        for owner in given.named {
            if !Self.isOwner(owner.name) {
                findings.error("`\(owner.name.shortened)` cannot be an owner: write a user's name, or a numeric user id", at: owner.place)
            }
            trust[owner.name] = Set(owner.values.compactMap { EventType(rawValue: $0.text.lowercased()) })
        }
        return trust
    }

    /// A name as it can stand in passwd(5), or a user id as the system writes it.
    private static func isOwner(_ name: String) -> Bool {
        if !name.isEmpty, name.utf8.allSatisfy({ (0x30...0x39).contains($0) }) { return UInt32(name).map { String($0) == name } ?? false }
        return !name.isEmpty && !name.hasPrefix("-") && !AddressText.holdsControls(name)
            && !name.contains { $0.isWhitespace || $0 == ":" || $0 == "/" || $0 == "*" }
    }

    /// Whether the directories of the queue and the state are surely those that are meant, whatever else is wrong: a
    /// default must not stand in for a path that could not be read.
    func knowsDirectories(_ top: Section) -> Bool {
        guard let router = routerSection, !top.misspelt.contains("router") else { return false }
        if let node = top.node("router"), !node.isNothing, node.members == nil { return false }
        return ["queue", "state"].allSatisfy { name in
            let isRepeated = top.node("router")?.members?.contains { $0.key == name && $0.isRepeated } ?? false
            return !router.misspelt.contains(name) && !isRepeated && (!router.has(name) || router.first(name) != nil)
        }
    }

    /// The scale, silently: what is wrong with the section is found when the section is read like any other.
    func decodeScale() {
        guard let members = root["severities"]?.members, !members.isEmpty else { return }
        var steps: [SeverityScale.Step] = []
        for member in members {
            let words: [String] =
                switch member.value.content {
                case .text(let text, _): [text]
                case .list(let nodes): nodes.compactMap(\.text)
                default: []
                }
            steps.append(SeverityScale.Step(name: member.key, aliases: words))
            severityPlaces[member.key] = member.place
        }
        scale = SeverityScale(steps: steps)
    }

    func checkSeverities(_ top: Section) {
        guard let given = top.given["severities"] else { return }
        if given.node.members?.isEmpty ?? given.node.isNothing {
            findings.error("`severities` is empty; leave it out for the standard scale", at: given.place)
        }
        var seen: [String: String] = [:]
        func check(_ word: String, of step: String, at place: Place) {
            if word.isEmpty || AddressText.holdsControls(word) || "<>=!~".contains(word.first ?? " ") || word.contains("*") {
                findings.error("`\(word.shortened)` cannot be a severity's name: use letters, digits, `-`, `_` and `.`", at: place)
            } else if let other = seen[word.lowercased()] {
                let home = other == step ? "twice in `\(step)`" : "in `\(other)` already"
                findings.error("`\(word.shortened)` is \(home); a severity's names and aliases may be there once", at: place)
            } else {
                seen[word.lowercased()] = step
            }
        }
        for step in given.named { check(step.name, of: step.name, at: step.place) }
        for step in given.named {
            for alias in step.values { check(alias.raw, of: step.name, at: alias.place) }
        }
    }

    func calendars(_ top: Section, zone: String) -> [String: BusinessCalendar] {
        var calendars: [String: BusinessCalendar] = [:]
        for member in named(top, "calendars") {
            guard let section = section(member.value, "calendars.*", "calendar `\(member.key)`") else { continue }
            var days: Set<Int> = []
            for given in section.all("days") {
                if case .weekdays(let some) = given.value { days.formUnion(some) }
            }
            if days.isEmpty { days = section.standard("days").flatMap(TimeText.weekdays) ?? [1, 2, 3, 4, 5] }
            var hours = section.standard("hours").flatMap(TimeText.hours) ?? (0, 1_440)
            if case .hours(let opens, let closes)? = section.first("hours")?.value { hours = (opens, closes) }
            guard let zone = TimeZone(identifier: section.text("timezone") ?? zone) else { continue }
            calendars[member.key] = BusinessCalendar(
                name: member.key, days: days, opens: hours.opens, closes: hours.closes, timeZone: zone,
                holidays: Set(section.texts("holidays")))
        }
        return calendars
    }
}
