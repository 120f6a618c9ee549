// Tokens: only their hashes are kept, and what is revoked or expired opens nothing.

import Foundation
import JSON
import Testing

@testable import Web

@Suite struct TokenTests {
    private let path: String
    private let store: TokenStore

    init() throws {
        path = NSTemporaryDirectory() + "tokens-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        store = TokenStore(state: path)
    }

    private func text() throws -> String { try String(contentsOfFile: path + "/tokens.json", encoding: .utf8) }

    @Test func whatIsMadeIsKnownAndOnlyItsHashIsKept() throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        let (token, text) = try store.create(name: "monitoring", scopes: [.intake, .read], now: Date())
        #expect(text.hasPrefix("tocsin_\(token.id)_"))
        #expect(store.token(text, now: Date())?.name == "monitoring")
        #expect(store.token(text, now: Date())?.scopes == [.intake, .read])
        #expect(!(try self.text()).contains(text.suffix(52)))
        let mode = try FileManager.default.attributesOfItem(atPath: path + "/tokens.json")[.posixPermissions] as? Int
        #expect(mode == 0o600)
        // Another process's store, and one that has looked before.
        #expect(TokenStore(state: path).token(text, now: Date()) != nil)
        let second = try TokenStore(state: path).create(name: "b", scopes: [.read], now: Date())
        #expect(store.token(second.1, now: Date())?.name == "b")
        #expect(try store.tokens().map(\.name) == ["monitoring", "b"])
    }

    @Test func whatIsRevokedOrExpiredOpensNothing() throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        let now = Date()
        let (token, text) = try store.create(name: "a", scopes: [.read], expiresAt: now.addingTimeInterval(60), now: now)
        #expect(store.token(text, now: now.addingTimeInterval(59)) != nil)
        #expect(store.token(text, now: now.addingTimeInterval(61)) == nil)
        #expect(store.token(id: token.id, now: now) != nil)
        #expect(try TokenStore(state: path).revoke(token.id)?.id == token.id)
        #expect(store.token(text, now: now) == nil)
        #expect(store.token(id: token.id, now: now) == nil)
        #expect(try store.revoke(token.id) == nil)
    }

    @Test func whatIsNotOursIsNobodys() throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        let (token, text) = try store.create(name: "a", scopes: [.read], now: Date())
        let forged = "tocsin_\(token.id)_" + String(repeating: "0", count: 52)
        for other in [
            "", "x", "tocsin_", forged, text + "0", text.uppercased(), String(repeating: "é", count: 68), String(text.dropLast()) + "\n",
        ] {
            #expect(store.token(other, now: Date()) == nil)
        }
    }

    @Test func aSymbolicLinkAndAFileThatOthersWriteAreNotBelieved() throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        let (_, text) = try store.create(name: "a", scopes: [.read], now: Date())
        try FileManager.default.setAttributes([.posixPermissions: 0o666], ofItemAtPath: path + "/tokens.json")
        let fresh = TokenStore(state: path)
        #expect(fresh.token(text, now: Date()) == nil)
        #expect(fresh.trouble?.message.contains("chmod 600") == true)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path + "/tokens.json")
        try FileManager.default.moveItem(atPath: path + "/tokens.json", toPath: path + "/elsewhere.json")
        try FileManager.default.createSymbolicLink(atPath: path + "/tokens.json", withDestinationPath: path + "/elsewhere.json")
        #expect(TokenStore(state: path).token(text, now: Date()) == nil)
        #expect(throws: TokenError.self) { try store.create(name: "b", scopes: [.read], now: Date()) }
    }

    @Test func aDamagedFileShutsNobodyOutAndIsNotOverwritten() throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        let (_, text) = try store.create(name: "a", scopes: [.read], now: Date())
        #expect(store.token(text, now: Date()) != nil)
        try Data("{".utf8).write(to: URL(fileURLWithPath: path + "/tokens.json"))
        #expect(store.token(text, now: Date()) != nil)
        #expect(store.trouble != nil)
        #expect(throws: TokenError.self) { try store.create(name: "b", scopes: [.read], now: Date()) }
        #expect(try self.text() == "{")
    }

    @Test func manyAtOnceLoseNone() async throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        let path = path
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<20 {
                group.addTask { _ = try TokenStore(state: path).create(name: "t\(number)", scopes: [.read], now: Date()) }
            }
            try await group.waitForAll()
        }
        #expect(try store.tokens().count == 20)
    }

    @Test(arguments: ["", "a\nb", String(repeating: "x", count: 101)])
    func aNameIsOneShortLine(name: String) {
        defer { try? FileManager.default.removeItem(atPath: path) }
        #expect(throws: TokenError.self) { try store.create(name: name, scopes: [.read], now: Date()) }
    }

    @Test func aFileThatIsMendedByItsRightsIsBelievedAtOnce() throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        let (first, text) = try store.create(name: "a", scopes: [.read], now: Date())
        #expect(store.token(text, now: Date()) != nil)
        let second = try TokenStore(state: path).create(name: "b", scopes: [.read], now: Date()).1
        #expect(try TokenStore(state: path).revoke(first.id) != nil)
        let file = path + "/tokens.json"
        try FileManager.default.setAttributes([.posixPermissions: 0o666], ofItemAtPath: file)
        // What was read last is in force, and the trouble is known.
        #expect(store.token(text, now: Date()) != nil && store.trouble != nil)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file)
        #expect(store.token(text, now: Date()) == nil)
        #expect(store.token(second, now: Date()) != nil)
        #expect(store.trouble == nil)
    }
}
