// What is kept back for a while; who is on duty, and who is away.

import Foundation
import Hummingbird
import Incidents
import JSON
import Ledger
import Router
import Routing
import Settings

struct SilencesPage {
    let request: PageRequest
    private var words: Words { request.words }
    private static let listed = 100

    static func add(to router: Hummingbird.Router<WebContext>, _ house: House) {
        house.pages.page("/silences", to: router, house) { try await SilencesPage(request: $0).page() }
        house.pages.form("/silences/start", to: router, house) { try await start($0) }
        house.pages.form("/silences/end", to: router, house) { try await end($0) }
        house.pages.form("/absences/away", to: router, house) { try await away($0) }
        house.pages.form("/absences/back", to: router, house) { try await back($0) }
    }

    private func page() async throws -> Page {
        try request.checkFilters(["all"])
        let isAll = request.asked("all") != nil
        let rows = try await request.ledger.silences(includeEnded: isAll, latest: isAll ? Self.listed : nil).filter {
            isAll || request.now < $0.silence.until
        }
        let absences = try await request.ledger.absences()
        let duty = DutyNow(request.setup.configuration.table, absences: absences, now: request.now)
        return Page(title: words("silences.title"), body: [silences(rows, isAll: isAll), onDuty(duty), away(duty)])
    }

    // MARK: Silences

    private func silences(_ rows: [SilenceRow], isAll: Bool) -> HTML {
        let cells = rows.reversed().prefix(Self.listed).map { row -> [HTML] in
            let silence = row.silence
            var cells: [HTML] = [
                [.element(.code, [:], HTML(MatchText.words(silence.match))), .element(.small, [:], HTML(silence.id))],
                HTML(silence.by ?? "–"), HTML(silence.reason ?? "–"), state(silence),
                HTML(words("silences.kept-back", ["n": "\(row.suppressed)", "incidents": "\(row.incidents)"])),
            ]
            if request.mayOperate {
                cells.append(
                    silence.endedAt == nil && request.now < silence.until
                        ? .form("/silences/end", .hidden("id", silence.id), .button(words("silences.end"))) : .empty)
            }
            return cells
        }
        let start: HTML =
            request.mayOperate
            ? .form(
                "/silences/start", id: "silence",
                .field(
                    words("silences.match"), name: "match", placeholder: "service=search severity=<=medium", isRequired: true, limit: 2_000),
                .field(words("silences.until"), name: "until", placeholder: "2h, 18:00, mon 08:00", isRequired: true),
                .field(words("silences.reason"), name: "reason", isRequired: true), .button(words("silences.start"), tone: .good))
            : .empty
        return [
            .paragraph(words("silences.how"), class: "hint"),
            .table(
                caption: words("silences.title"),
                columns: [
                    words("silences.what"), words("silences.by"), words("silences.reason"), words("silences.when"), words("silences.count"),
                ] + (request.mayOperate ? [words("mending.do")] : []), rows: Array(cells), none: words("silences.none")),
            .element(
                .p, [:], isAll ? .link(words("silences.only-now"), to: "/silences") : .link(words("silences.all"), to: "/silences?all=1")),
            .element(.div, [.class: "panel"], start),
        ]
    }

    private func state(_ silence: Silence) -> HTML {
        if let ended = silence.endedAt { return [.badge(words("silences.ended"), .quiet), " ", request.time(ended)] }
        if silence.from > request.now { return [.badge(words("silences.planned"), .plain), " ", request.time(silence.from)] }
        if silence.until <= request.now { return .badge(words("silences.ended"), .quiet) }
        return [.badge(words("silences.active"), .warn), HTML(" \(words("silences.ends")) "), request.time(silence.until)]
    }

    private static func start(_ form: FormRequest) async throws -> FormOutcome {
        let configuration = form.house.setup.value.configuration
        let match: MatchWords
        do {
            match = try MatchWords(
                try form.needed("match", "silences.match.needed").split(whereSeparator: \.isWhitespace).map(String.init),
                scale: configuration.scale)
        } catch let error as MatchError {
            throw PageFault(.unprocessableContent, error.message)
        }
        let zone = configuration.table.rules.timeZone
        guard let until = form.field("until").flatMap({ WhenText.parse($0, now: form.now, in: zone) }), until > form.now else {
            throw PageFault(.unprocessableContent, form.words("fault.bad-time"))
        }
        let reason = try form.needed("reason", "silences.reason.needed")
        return try await form.drop(
            .silence,
            [
                "silence": [
                    "id": .string(WebEvent.shortID("s")), "action": "start", "match": .object(match.json),
                    "until": .string(Timestamp.format(until)), "reason": .string(String(reason.prefix(500))),
                    "by": .string(form.by),
                ]
            ], to: "/silences", said: "silence-started")
    }

    private static func end(_ form: FormRequest) async throws -> FormOutcome {
        let id = try form.needed("id", "silences.unknown")
        guard try await form.house.ledger.silences(includeEnded: false).contains(where: { $0.silence.id == id }) else {
            throw PageFault(.notFound, form.words("silences.unknown"))
        }
        return try await form.drop(
            .silence,
            [
                "silence": [
                    "id": .string(id), "action": "end", "by": .string(form.by),
                ]
            ], to: "/silences", said: "silence-ended")
    }

    // MARK: Duty

    private func onDuty(_ duty: DutyNow) -> HTML {
        let rows = duty.rows.map { row -> [HTML] in
            let person: HTML =
                row.person.map { person in
                    let instead = row.turn.map { $0.person == person ? "" : words("duty.instead", ["who": $0.person]) } ?? ""
                    return [.element(.strong, [:], HTML(person)), .element(.small, [:], HTML(instead))]
                } ?? .badge(words("duty.nobody"), .bad)
            let next: HTML = row.next.map { [HTML("\($0.person) "), request.time($0.from)] } ?? HTML("–")
            return [HTML(row.rotation.name), person, request.time(row.turn?.until), next]
        }
        return .section(
            words("duty.title"), id: "duty",
            .table(
                caption: words("duty.title"),
                columns: [words("duty.rotation"), words("duty.who"), words("duty.until"), words("duty.next")], rows: rows,
                none: words("duty.none")))
    }

    private func away(_ duty: DutyNow) -> HTML {
        let rows = duty.absences.map { absence -> [HTML] in
            let isNow = absence.from <= request.now
            var cells: [HTML] = [
                HTML(absence.who),
                isNow ? .badge(words("duty.away-now"), .warn) : request.time(absence.from), request.time(absence.until),
                HTML(absence.deputy ?? words("duty.no-deputy")),
            ]
            if request.mayOperate {
                cells.append(.form("/absences/back", .hidden("who", absence.who), .button(words("duty.back"))))
            }
            return cells
        }
        let people = request.setup.configuration.table.directory.people.keys.sorted()
        let form: HTML =
            request.mayOperate && !people.isEmpty
            ? .form(
                "/absences/away", id: "away", .choice(words("duty.who"), name: "who", options: people.map { ($0, $0) }, chosen: nil),
                .field(words("duty.until"), name: "until", placeholder: "4h, mon 08:00", isRequired: true),
                .choice(
                    words("duty.deputy"), name: "deputy", options: [("", words("duty.no-deputy"))] + people.map { ($0, $0) }, chosen: nil),
                .button(words("duty.go")))
            : .empty
        return .section(
            words("duty.away"), id: "absences",
            .table(
                caption: words("duty.away"),
                columns: [words("duty.who"), words("duty.from"), words("duty.until"), words("duty.deputy")]
                    + (request.mayOperate ? [words("mending.do")] : []), rows: rows, none: words("duty.away.none")),
            .element(.div, [.class: "panel"], form))
    }

    private static func away(_ form: FormRequest) async throws -> FormOutcome {
        let configuration = form.house.setup.value.configuration
        let who = try form.needed("who", "duty.unknown")
        guard configuration.table.directory.people[who] != nil else { throw PageFault(.notFound, form.words("duty.unknown")) }
        guard let until = form.field("until").flatMap({ WhenText.parse($0, now: form.now, in: configuration.table.rules.timeZone) }),
            until > form.now
        else { throw PageFault(.unprocessableContent, form.words("fault.bad-time")) }
        var absence: [String: JSONValue] = [
            "who": .string(who), "until": .string(Timestamp.format(until)), "by": .string(form.by),
        ]
        if let deputy = form.field("deputy") {
            if deputy == who { throw PageFault(.unprocessableContent, form.words("duty.own-deputy")) }
            absence["deputy"] = .string(deputy)
        }
        return try await form.drop(.absence, ["absence": .object(absence)], to: "/silences", said: "away")
    }

    private static func back(_ form: FormRequest) async throws -> FormOutcome {
        let who = try form.needed("who", "duty.unknown")
        return try await form.drop(
            .absence, ["absence": ["who": .string(who), "until": .string(Timestamp.format(form.now)), "by": .string(form.by)]],
            to: "/silences", said: "back")
    }
}
