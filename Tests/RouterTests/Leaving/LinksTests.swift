// What people feed back: only this key makes it, and any change is noticed.

import Foundation
import Glibc
import Incidents
import JSON
import Ledger
import Routing
import Settings
import Testing
import Transport

@testable import Router

@Suite struct LinksTests {
    private let links = Links(key: Array(0..<32), publicURL: "https://tocsin.example.com")
    private static let deeds: [Links.Deed] = [
        .leave(subscription: "s1"), .leave(subscription: "Ünï/\u{1F514} \"x\""), .confirm(subscription: "s1"),
        .confirm(subscription: "sms/+447700900123"), .leave(subscription: String(repeating: "x", count: 300) + "@example.com"),
    ]

    @Test(arguments: deeds) func aTokenComesBackAsItsDeed(deed: Links.Deed) throws {
        let token = links.token(deed)
        #expect(token == links.token(deed), "the same deed has the same token")
        #expect(token.utf8.allSatisfy { $0 == 0x2D || $0 == 0x5F || Character(Unicode.Scalar($0)).isLetter || (0x30...0x39).contains($0) })
        #expect(links.deed(token) == deed)
        #expect(links.url(deed) == "https://tocsin.example.com/u/\(token)")
        #expect(Links(key: Array(1..<33), publicURL: nil).deed(token) == nil, "another key")
        #expect(Links(key: Array(1..<33), publicURL: nil).url(deed) == nil)
    }

    @Test func tokensAreOpaqueAndApart() {
        let tokens = Self.deeds.map(links.token)
        #expect(Set(tokens).count == tokens.count)
        let plain = tokens.compactMap { Base64URL.bytes($0) }.map { String(decoding: $0, as: UTF8.self) }
        #expect(plain.allSatisfy { !$0.contains("s1") && !$0.contains("example") && !$0.contains("7700") })
    }

    @Test func anyChangeIsNoticed() throws {
        let token = links.token(.leave(subscription: "s1"))
        let bytes = try #require(Base64URL.bytes(token))
        for place in bytes.indices {
            for bit in 0..<8 {
                var changed = bytes
                changed[place] ^= 1 << bit
                #expect(links.deed(Base64URL.text(changed)) == nil)
            }
        }
        for length in 0..<token.count { #expect(links.deed(String(token.prefix(length))) == nil) }
        for more in ["A", "=", " ", "\n", "%"] { #expect(links.deed(token + more) == nil) }
        for text in ["", "AQ", String(repeating: "A", count: 100_000), "../../etc/passwd", "\u{0}"] { #expect(links.deed(text) == nil) }
    }

    @Test func codesAreReadAsPeopleTypeThem() {
        let code = links.code(confirming: "s1", to: "x@example.com")
        #expect(code.wholeMatch(of: /[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}/) != nil)
        #expect(code == links.code(confirming: "s1", to: "x@example.com"))
        #expect(code != links.code(confirming: "s1", to: "y@example.com"))
        #expect(code != Links.fixed.code(confirming: "s1", to: "x@example.com"))
        #expect(Links.typed(code.lowercased().replacing("-", with: " ")) == code)
        #expect(Links.typed("oOiI-lL1a") == "0011-111A")
        for text in ["", "ABCD-EFG", "ABCD-EFGHJ", "ABCU-EFGH", "ABC\u{0}-EFGH"] { #expect(Links.typed(text) == nil) }
    }

    @Test func itSaysNothingOfItsKey() {
        #expect("\(links)" == "Links" && String(reflecting: links) == "Links")
        #expect(Mirror(reflecting: links).children.isEmpty)
    }

    @Test func aDeedIsAnEvent() throws {
        let parser = EventParser(scale: .standard)
        let subscription = Subscription(id: "s1", who: .email("x@example.com"))
        let deed = try #require(links.deed(links.token(.leave(subscription: "s1"))))
        let payload = try #require(deed.payload(ending: subscription, reason: "by link"))
        #expect(payload["action"] == "unsubscribe" && payload["id"] == "s1" && payload["who"] == ["email": "x@example.com"])
        #expect(deed.payload(ending: nil, reason: "by link") == nil, "it is gone already")
        let event: JSONValue = ["type": "subscription", "id": "e", "subscription": payload]
        let parsed = try parser.event(from: event, origin: EventOrigin(file: "e.json", modified: Date(), size: 1))
        #expect(parsed.payload != nil)
    }
}

@Suite struct LinksKeyTests {
    private let state: String
    private var path: String { state + "/links.key" }

    init() throws {
        state = NSTemporaryDirectory() + "links-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: state, withIntermediateDirectories: true)
    }

    private func fault(makes: Bool = true) -> LinksKeyError? {
        do {
            _ = try Links.load(state: state, publicURL: nil, makesKey: makes)
            return nil
        } catch {
            return error
        }
    }

    @Test func itIsMadeOnceAndOnlyWhereAsked() throws {
        defer { try? FileManager.default.removeItem(atPath: state) }
        #expect(fault(makes: false)?.isMissing == true)
        let made = try Links.load(state: state, publicURL: nil, makesKey: true)
        var status = stat()
        #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o600 && status.st_size == 32)
        let again = try Links.load(state: state, publicURL: nil, makesKey: true)
        let token = made.token(.leave(subscription: "s1"))
        #expect(again.token(.leave(subscription: "s1")) == token && Links.fixed.deed(token) == nil)
        #expect(try FileManager.default.contentsOfDirectory(atPath: state) == ["links.key"])
        // A backup that lost its mode.
        chmod(path, 0o644)
        #expect(fault() == nil)
        #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o600)
    }

    /// Neither a start nor a reload goes on with a key that everybody knows.
    @Test func withoutAStateThereIsNoSetup() throws {
        defer { try? FileManager.default.removeItem(atPath: state) }
        func load(_ directory: String) throws -> LoadedSetup {
            let text = """
                version: 1
                router: {queue: "\(state)/queue", state: "\(directory)"}
                channels: {mail: {type: email, server: "smtp://127.0.0.1:2525", tls: off, from: "a@example.com"}}
                routes: [{name: all, to: ["mail:x@example.com"]}]
                """
            let path = "\(state)/routes.yaml"
            try text.write(toFile: path, atomically: true, encoding: .utf8)
            return SetupLoader(path: path, http: HTTPClient(), smtp: SMTPClient()).load()
        }
        let good = try load(state + "/state")
        #expect(good.setup != nil && good.stateFault == nil, "\(good.diagnostics)")
        let token = Links.fixed.token(.leave(subscription: "s1"))
        #expect(good.setup?.links.deed(token) == nil)
        try Data().write(to: URL(fileURLWithPath: state + "/file"))
        let bad = try load(state + "/file")
        #expect(bad.setup == nil && bad.stateFault?.code == .notADirectory && !bad.errors.isEmpty)
        // What is wrong with the key is wrong with the state, and not with routes.yaml.
        try Data(repeating: 1, count: 7).write(to: URL(fileURLWithPath: state + "/state/links.key"))
        #expect(try load(state + "/state").stateFault?.message.contains("damaged") == true)
    }

    @Test func whatCannotBeAKeyIsNamedAndLeftAlone() throws {
        defer { try? FileManager.default.removeItem(atPath: state) }
        for size in [0, 31, 33] {
            try Data(repeating: 1, count: size).write(to: URL(fileURLWithPath: path))
            #expect(fault()?.message.contains("damaged") == true)
        }
        try FileManager.default.removeItem(atPath: path)
        try Data(repeating: 1, count: 32).write(to: URL(fileURLWithPath: state + "/elsewhere"))
        #expect(symlink(state + "/elsewhere", path) == 0)
        #expect(fault()?.message.contains("symbolic link") == true)
        try FileManager.default.removeItem(atPath: path)
        #expect(mkfifo(path, 0o600) == 0)
        #expect(fault()?.message.contains("not a regular file") == true)
    }
}
