// The HTTP side, and the order in which a request goes through it. Everything that changes anything leaves as an event in the
// queue; everything that is shown is read from the ledger.

import Foundation
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
import Logging
import NIOCore
import ServiceLifecycle
import Settings

/// Listens where `http.listen` says.
public struct WebServer: Service {
    let house: House
    /// Told the port once it listens.
    let onListening: @Sendable (Int) -> Void

    public init(_ house: House, onListening: @escaping @Sendable (Int) -> Void = { _ in }) {
        self.house = house
        self.onListening = onListening
    }

    public func run() async throws {
        let http = house.http
        let router = Self.router(house)
        let logger = house.logger
        let vitals = house.vitals
        let application = Application(
            router: router, server: try Self.server(house, logger),
            configuration: ApplicationConfiguration(
                address: .hostname(http.host, port: http.port), serverName: "tocsin",
                availableConnectionsDelegate: MaximumAvailableConnections(
                    Connections.limit, logger: Logger(label: "tocsin.http") { _ in SwiftLogNoOpLogHandler() })),
            onServerRunning: { [onListening] channel in
                let port = channel.localAddress?.port ?? http.port
                var bound = http
                bound.port = port
                logger.notice("answers HTTP", metadata: ["address": "\(bound.address)"])
                vitals?.listens(at: bound.address)
                onListening(port)
            }, logger: Logger(label: "tocsin.http") { _ in SwiftLogNoOpLogHandler() })
        // Live pages never end by themselves.
        let live = house.live
        do {
            try await withGracefulShutdownHandler {
                try await application.run()
            } onGracefulShutdown: {
                Task { await live.close() }
            }
        } catch let error as IOError {
            throw ListeningError(http.address, error: error.errnoCode)
        }
    }

    /// Every route, with what each request passes first.
    static func router(_ house: House) -> Hummingbird.Router<WebContext> {
        let router = Hummingbird.Router(context: WebContext.self)
        let table = addAccess(to: router, house)
        addIntake(to: router, house)
        addAnswers(to: router, house)
        addPages(to: router, house)
        addReports(to: router, house)
        addOperations(to: router, house)
        table.fill(router)
        return router
    }

    private static func server(_ house: House, _ logger: Logger) throws -> HTTPServerBuilder {
        let (http, refusals) = (house.http, Refusals(logger))
        let limits = HTTP1Channel.Configuration(
            additionalChannelHandlers: [ConnectionShare(house, refusals), ConnectionManners()], idleTimeout: .seconds(Connections.idle),
            httpDecoderConfiguration: .init(maxHeaderFieldSize: 16 * 1_024, maxHeaderListSize: 64 * 1_024))
        guard let files = http.tls else { return .http1(configuration: limits) }
        let certificate = try Certificate(certificate: files.certificate, key: files.key, logger: logger)
        return try .tls(.http1(configuration: limits), tlsConfiguration: certificate.configuration)
    }
}
