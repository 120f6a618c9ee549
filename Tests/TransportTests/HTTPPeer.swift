// The server's half of HTTP/1.1, as much as the tests need.

import Testing

@testable import Transport

struct ReceivedRequest {
    var line: String
    var headers: [String]
    var body: [UInt8]

    func header(_ name: String) -> String? {
        headers.first { $0.lowercased().hasPrefix(name.lowercased() + ":") }.map { String($0.dropFirst(name.count + 1)).trimmed }
    }
}

extension String {
    var trimmed: String { String(drop { $0 == " " }) }
}

extension Peer {
    func readRequest() -> ReceivedRequest? {
        guard let line = readLine() else { return nil }
        var request = ReceivedRequest(line: line, headers: [], body: [])
        while let header = readLine(), !header.isEmpty { request.headers.append(header) }
        guard let length = request.header("Content-Length").flatMap(Int.init) else { return request }
        guard let body = read(length) else { return nil }
        request.body = body
        return request
    }

    func answer(_ status: Int = 200, _ body: String = "ok", headers: [String] = []) {
        let lines = ["HTTP/1.1 \(status) X", "Content-Length: \(body.utf8.count)"] + headers
        write(lines.joined(separator: "\r\n") + "\r\n\r\n" + body)
    }
}

/// A client in the hostile environment.
func makeHTTPClient() -> HTTPClient {
    return HTTPClient()
}

func request(
    _ server: LoopbackServer, _ path: String = "/hook/s3cr3t", method: String = "POST", body: String = "payload", timeout: Double = 20,
    destination: String? = nil, connections: Int = 4
) -> HTTPRequest {
    HTTPRequest(
        method: method, url: "http://127.0.0.1:\(server.port)\(path)", body: Array(body.utf8), timeout: timeout,
        destination: destination, connections: connections)
}

extension HTTPResult {
    var response: HTTPResponse? {
        if case .answered(let response) = self { response } else { nil }
    }

    var failure: TransportFailure? {
        if case .failed(let failure) = self { failure } else { nil }
    }
}
