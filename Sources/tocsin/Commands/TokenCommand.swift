// tocsin token create, list, revoke

import ArgumentParser
import Foundation
import Incidents
import JSON
import Ledger
import Settings
import Web

struct TokenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token",
        abstract: "Makes, lists and ends tokens: access to the HTTP side.",
        discussion: """
            A token gives scopes: `intake` drops events, `read` looks, `operate` looks and changes. It is printed once; what is kept is
            its hash, in tokens.json in the state directory. Works before the first run; what is revoked is refused at once.

              tocsin token create --scope intake --name monitoring
              tocsin token create --scope operate --name ana --expires 90d
              tocsin token list
              tocsin token revoke 7k3m9x2p
            """,
        subcommands: [Create.self, List.self, Revoke.self])

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Makes a token, and prints it: the only time that anybody sees it.",
            discussion: "  tocsin token create --scope intake,read --name monitoring --expires 90d")

        @Option(help: "What it allows: intake, read, operate; several with commas.")
        var scope: [String]

        @Option(help: "Who has it; the `source` of events that name none. (default: its scopes)")
        var name: String?

        @Option(help: "For how long it is valid, for instance 90d. (default: until it is revoked)")
        var expires: String?

        @OptionGroup var option: ConfigOption

        func run() async throws {
            let scopes = try TokenCommand.scopes(scope)
            var expiry: Date?
            if let expires {
                guard let seconds = DurationText.parse(expires), seconds > 0 else {
                    throw usage("--expires takes a duration, for instance 90d; this is `\(expires)`")
                }
                expiry = Date().addingTimeInterval(seconds)
            }
            let configuration = try option.load(lenient: true)
            do {
                try LedgerStore.prepare(directory: configuration.router.state)
            } catch {
                throw failure(error.message, Exit.io)
            }
            let name = name ?? scopes.sorted().map(\.rawValue).joined(separator: "-")
            do throws(TokenError) {
                let (token, text) = try TokenStore(state: configuration.router.state)
                    .create(name: name, scopes: scopes, expiresAt: expiry, now: Date())
                let until = token.expiresAt.map { "until \(Timestamp.format($0))" } ?? "until it is revoked"
                Terminal.complain("token \(token.id) of \(Terminal.clean(name)), valid \(until). Keep it: it is not shown again.")
                if configuration.http == nil {
                    Terminal.complain("routes.yaml has no section `http` yet: without it nothing listens")
                }
                Terminal.say(text)
            } catch {
                throw failure(error.message, Exit.io)
            }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists the tokens, without their texts.")

        @Flag(help: "One JSON object a line.")
        var json = false

        @OptionGroup var option: ConfigOption

        func run() async throws {
            let configuration = try option.load(lenient: true)
            let tokens: [AccessToken]
            do {
                tokens = try TokenStore(state: configuration.router.state).tokens()
            } catch {
                throw failure(error.message, Exit.io)
            }
            let now = Date()
            if json {
                for token in tokens { Terminal.say(TokenCommand.line(token, now: now).text) }
            } else if tokens.isEmpty {
                Terminal.say("There is no token. (`tocsin token create --scope intake` makes one)")
            } else {
                var table = Table([.name("ID"), .init("NAME", shrinks: true), .init("SCOPES"), .init("MADE"), .init("EXPIRES")])
                for token in tokens {
                    let expiry = token.expiresAt.map { "\(Moment.short($0, now: now)) (\(Moment.relative($0, now: now)))" } ?? "never"
                    table.add([
                        .init(token.id), .init(token.name), .init(token.scopes.sorted().map(\.rawValue).joined(separator: ", ")),
                        .init(Moment.short(token.createdAt, now: now)), .init(expiry, token.isExpired(at: now) ? .grey : nil),
                    ])
                }
                table.show()
            }
        }
    }

    struct Revoke: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Ends a token: a running router refuses it from its next request on.",
            discussion: "  tocsin token revoke 7k3m9x2p")

        @Argument(help: "The token's id, as `tocsin token list` shows it.")
        var id: String

        @OptionGroup var option: ConfigOption

        func run() async throws {
            let configuration = try option.load(lenient: true)
            let store = TokenStore(state: configuration.router.state)
            do throws(TokenError) {
                if let token = try store.revoke(id) {
                    Terminal.say("Revoked token \(token.id) of \(Terminal.clean(token.name)).")
                    return
                }
            } catch {
                throw failure(error.message, Exit.io)
            }
            let known = (try? store.tokens().map(\.id)) ?? []
            // Who gives the whole token has just shown it to the shell's history: it works, and its id is not repeated.
            throw failure(
                "there is no token `\(id.count > 20 ? "…" : id)`\(Suggestion.clause(for: id, among: known)); `tocsin token list` shows their ids",
                Exit.no)
        }
    }

    private static func scopes(_ words: [String]) throws -> Set<Scope> {
        var scopes: Set<Scope> = []
        let names = Scope.allCases.map(\.rawValue)
        for word in words.flatMap({ $0.split(separator: ",") }).map({ $0.trimmingCharacters(in: .whitespaces).lowercased() }) {
            guard let scope = Scope(rawValue: word) else {
                throw usage("there is no scope `\(word)`\(Suggestion.clause(for: word, among: names)) (\(names.joined(separator: ", ")))")
            }
            scopes.insert(scope)
        }
        if scopes.isEmpty { throw usage("--scope is empty; it takes \(names.joined(separator: ", "))") }
        return scopes
    }

    private static func line(_ token: AccessToken, now: Date) -> JSONLine {
        JSONLine([
            "id": .string(token.id), "name": .string(token.name), "scopes": .array(token.scopes.sorted().map { .string($0.rawValue) }),
            "created_at": .string(Timestamp.format(token.createdAt)),
            "expires_at": token.expiresAt.map { .string(Timestamp.format($0)) } ?? .null, "expired": .bool(token.isExpired(at: now)),
        ])
    }
}
