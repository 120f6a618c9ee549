// The listening sockets, all on 127.0.0.1.

import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

struct Listeners {
    let reception: Reception
    let group: MultiThreadedEventLoopGroup
    let tls: NIOSSLContext?

    init(reception: Reception, group: MultiThreadedEventLoopGroup, certificates: Certificates?) throws(SandboxError) {
        self.reception = reception
        self.group = group
        tls = try certificates.map { certificates throws(SandboxError) in try Self.context(certificates) }
    }

    /// Binds everything; the ports that were got.
    func bind() async throws(SandboxError) -> (http: Int, smtp: Int, smtps: Int) {
        let options = reception.options
        let http = try await bind(options.httpPort) { [reception, tls] channel in
            if options.https, let tls { try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls)) }
            try channel.pipeline.syncOperations.configureHTTPServerPipeline(withPipeliningAssistance: true, withErrorHandling: true)
            try channel.pipeline.syncOperations.addHandler(HTTPConnection(reception: reception, isSecure: options.https))
        }
        let smtp = try await bind(options.smtpPort) { [reception, tls] channel in
            try channel.pipeline.syncOperations.addHandler(SMTPConnection(reception: reception, tls: tls, isImplicit: false))
        }
        guard let tls, options.tls else { return (http, smtp, 0) }
        let smtps = try await bind(options.smtpsPort) { [reception] channel in
            try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls))
            try channel.pipeline.syncOperations.addHandler(SMTPConnection(reception: reception, tls: tls, isImplicit: true))
        }
        return (http, smtp, smtps)
    }

    private func bind(_ port: Int, _ initialise: @escaping @Sendable (any Channel) throws -> Void) async throws(SandboxError) -> Int {
        let bootstrap = ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 1_024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in channel.eventLoop.makeCompletedFuture { try initialise(channel) } }
        do {
            let channel = try await bootstrap.bind(host: "127.0.0.1", port: port).get()
            return channel.localAddress?.port ?? port
        } catch let error as IOError where error.errnoCode == EADDRINUSE {
            throw SandboxError(code: .portTaken, message: "port \(port) on 127.0.0.1 is taken; choose another, or 0 for a free one")
        } catch {
            throw SandboxError(code: .cannotListen, message: "cannot listen on 127.0.0.1:\(port): \(error)")
        }
    }

    private static func context(_ certificates: Certificates) throws(SandboxError) -> NIOSSLContext {
        do {
            let chain = try NIOSSLCertificate.fromPEMFile(certificates.certificate).map { NIOSSLCertificateSource.certificate($0) }
            let key = try NIOSSLPrivateKey(file: certificates.key, format: .pem)
            var settings = TLSConfiguration.makeServerConfiguration(certificateChain: chain, privateKey: .privateKey(key))
            // A peer that never says goodbye must not hold up `stop`.
            settings.shutdownTimeout = .milliseconds(200)
            return try NIOSSLContext(configuration: settings)
        } catch {
            throw SandboxError(code: .certificateFailed, message: "the sandbox's certificate cannot be used: \(error)")
        }
    }
}
