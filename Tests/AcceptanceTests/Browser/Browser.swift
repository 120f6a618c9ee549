// A real browser, driven as a person would use it: Debian's Chromium by its chromedriver, over W3C WebDriver.

import Foundation
import Glibc
import JSON

/// A headless Chromium of its own, with nothing in its history. Ends with its last reference.
final class Browser: Sendable {
    private let driver: RunningProgram
    private let base: String
    private let folder: TemporaryFolder

    static let isThere = ["chromium", "chromedriver"].allSatisfy { access("/usr/bin/\($0)", X_OK) == 0 }

    struct Failure: Error, CustomStringConvertible { var description: String }

    private init(driver: RunningProgram, base: String, folder: TemporaryFolder) {
        self.driver = driver
        self.base = base
        self.folder = folder
    }

    /// - Parameters:
    ///   - width: of the window, in CSS pixels.
    ///   - isDark: what `prefers-color-scheme` says.
    static func start(width: Int = 1_280, height: Int = 900, isDark: Bool = false) async throws -> Browser {
        let folder = try TemporaryFolder()
        let port = try freePorts(1)[0]
        let driver = try RunningProgram("/usr/bin/chromedriver", ["--port=\(port)"], in: folder.path)
        try await eventually("chromedriver listens: \(driver.errors)") { isListening(port) }
        var options = [
            "--headless=new", "--disable-gpu", "--disable-dev-shm-usage", "--window-size=\(width),\(height)", "--lang=en",
            "--user-data-dir=\(folder.path)/profile", "--no-first-run", "--disable-background-networking", "--disable-sync",
        ]
        if geteuid() == 0 { options.append("--no-sandbox") }
        if isDark { options.append("--force-dark-mode") }
        let wanted: JSONValue = [
            "capabilities": [
                "alwaysMatch": [
                    "browserName": "chrome", "goog:chromeOptions": ["args": .array(options.map(JSONValue.string))],
                    "goog:loggingPrefs": ["browser": "ALL", "performance": "ALL"],
                ]
            ]
        ]
        let answer = try await Self.call("POST", "http://127.0.0.1:\(port)/session", wanted)
        guard let session = answer["sessionId"]?.string else { throw Failure(description: "no session: \(answer.text)") }
        return Browser(driver: driver, base: "http://127.0.0.1:\(port)/session/\(session)", folder: folder)
    }

    func close() async {
        _ = try? await Self.call("DELETE", base, nil)
        // It holds nothing that a graceful end would save, and does not always end when it is asked.
        driver.send(SIGKILL)
        _ = await driver.wait()
    }

    // MARK: Where one is

    func open(_ url: String) async throws { try await post("/url", ["url": .string(url)]) }

    var address: String { get async throws { try await get("/url").string ?? "" } }

    /// Opens a window of its own, and goes there.
    ///
    /// - Returns: its handle, for `go(to:)`.
    func newWindow() async throws -> String {
        let handle = try await post("/window/new", ["type": "window"])["handle"]?.string ?? ""
        try await go(to: handle)
        return handle
    }

    var window: String { get async throws { try await get("/window").string ?? "" } }

    func go(to handle: String) async throws { try await post("/window", ["handle": .string(handle)]) }

    // MARK: What one sees and does

    /// The text of the first element, as a reader sees it; nil where there is none.
    func text(_ selector: String) async throws -> String? {
        guard let element = try await find(selector) else { return nil }
        return try? await get("/element/\(element)/text").string
    }

    func has(_ selector: String) async throws -> Bool { try await find(selector) != nil }

    func click(_ selector: String) async throws { try await post("/element/\(try await need(selector))/click", [:]) }

    func type(_ text: String, into selector: String) async throws {
        try await post("/element/\(try await need(selector))/value", ["text": .string(text)])
    }

    /// What a script returns.
    @discardableResult
    func run(_ script: String) async throws -> JSONValue {
        try await post("/execute/sync", ["script": .string(script), "args": []])
    }

    /// A picture of what the window shows, as PNG.
    func picture() async throws -> Data { Data(base64Encoded: try await get("/screenshot").string ?? "") ?? Data() }

    // MARK: What it noticed

    /// What the console said since the last look.
    func console() async throws -> [String] {
        (try await post("/se/log", ["type": "browser"]).array ?? []).compactMap { $0["message"]?.string }
    }

    /// Everything that was asked of the network since the last look.
    func requests() async throws -> [String] {
        (try await post("/se/log", ["type": "performance"]).array ?? []).compactMap { entry in
            guard let text = entry["message"]?.string, let message = try? JSONValue.parse(bytes: Array(text.utf8))["message"],
                message["method"]?.string == "Network.requestWillBeSent"
            else { return nil }
            return message["params"]?["request"]?["url"]?.string
        }
    }

    // MARK: The protocol

    private func find(_ selector: String) async throws -> String? {
        do {
            return try await post("/element", ["using": "css selector", "value": .string(selector)]).object?.values.first?.string
        } catch let failure as Failure where failure.description.contains("no such element") {
            return nil
        }
    }

    private func need(_ selector: String) async throws -> String {
        guard let element = try await find(selector) else {
            throw Failure(description: "no `\(selector)` on \(try await address)")
        }
        return element
    }

    private func get(_ path: String) async throws -> JSONValue { try await Self.call("GET", base + path, nil) }

    @discardableResult
    private func post(_ path: String, _ body: JSONValue) async throws -> JSONValue { try await Self.call("POST", base + path, body) }

    private static func call(_ method: String, _ address: String, _ body: JSONValue?) async throws -> JSONValue {
        guard let url = URL(string: address), let port = url.port else { throw Failure(description: "no address: \(address)") }
        guard let answer = await DriverCall.run(method, port: port, path: url.path, body: body?.bytes ?? []) else {
            throw Failure(description: "\(method) \(url.path): no answer")
        }
        let value = try JSONValue.parse(bytes: answer.body)["value"] ?? .null
        guard answer.status == 200 else {
            throw Failure(
                description: "\(method) \(url.path): \(value["error"]?.string ?? ""): \(value["message"]?.string ?? "")")
        }
        return value
    }
}
