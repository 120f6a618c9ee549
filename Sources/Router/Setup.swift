// One configuration, made ready for work: what the pipeline consults for each event and each delivery. A reload swaps
// the whole of it, so that nothing ever sees half of an old and half of a new one.

import Delivery
import Foundation
import Glibc
import Incidents
import Ledger
import Rendering
import Routing
import Settings
import Spool
import Synchronization

/// A configuration with its parser, channels and templates.
public final class Setup: Sendable {
    public let configuration: RouterConfiguration
    public let parser: EventParser
    public let channels: ChannelSet
    public let policies: [String: RetryPolicy]
    /// By channel.
    public let limits: [String: ChannelLimits]
    public let templates: TemplateLibrary
    /// Which types the files of which owner may contain; nil: everybody may do everything.
    public let trust: [UInt32: Set<EventType>]?
    public let links: Links

    public init(configuration: RouterConfiguration, templates: TemplateLibrary, channels: ChannelSet, links: Links) {
        self.configuration = configuration
        self.parser = EventParser(scale: configuration.scale)
        self.channels = channels
        self.links = links
        self.templates = templates
        self.trust = configuration.router.trust.map(Owners.resolve)
        self.policies = Dictionary(
            configuration.channels.map { ($0.name, RetryPolicy(options: $0.options)) }, uniquingKeysWith: { first, _ in first })
        self.limits = Dictionary(
            configuration.channels.map { ($0.name, ChannelLimits($0.options)) }, uniquingKeysWith: { first, _ in first })
    }

    /// Whether the HTTP side wrote this file: then the token, or the signed link, was the authority, not the file's owner. Nobody
    /// but this router's user (and root) can make such a file. What was accepted counts even where there is no `http` any more.
    func isFromHTTP(_ file: TakenFile) -> Bool {
        file.owner == geteuid() && file.name.hasPrefix(QueueLoad.httpPrefix)
    }

    /// Seconds for which a delivery's own way is tried before the next one is taken as well.
    func patience(with delivery: QueuedDelivery) -> TimeInterval {
        (limits[delivery.channel] ?? ChannelLimits()).fallbackAfter[delivery.priority]
    }
}

/// What bounds one destination of a channel.
public struct ChannelLimits: Sendable, Equatable {
    /// On their way at a time.
    var concurrency = 4
    var rates: [Rate] = []
    /// Seconds, by severity.
    var fallbackAfter = ChannelOptions().fallbackAfter

    init() {}

    init(_ options: ChannelOptions) {
        concurrency = options.concurrency
        rates = options.rate
        fallbackAfter = options.fallbackAfter
    }
}

extension ChannelSettings {
    /// SMS: the most segments of one message; nil for other channels.
    public var maximumSegments: Int? {
        switch way {
        case .twilio(let settings): settings.maximumSegments
        case .gateway(let settings): settings.maximumSegments
        case .slackWebhook, .slackBot, .teams, .email: nil
        }
    }
}

/// The owners that `router.trust` names.
public enum Owners {
    /// The user ids of the names; who is nobody on this machine is left out, and may drop nothing.
    static func resolve(_ trust: [String: Set<EventType>]) -> [UInt32: Set<EventType>] {
        var resolved: [UInt32: Set<EventType>] = [:]
        for (owner, types) in trust {
            if let id = id(of: owner) { resolved[id, default: []].formUnion(types) }
        }
        return resolved
    }

    /// A user's id, by name or already as a number; nil where there is no such user. Asks the system: may block.
    static func id(of owner: String) -> UInt32? { UInt32(owner) ?? getpwnam(owner).map { $0.pointee.pw_uid } }
}

/// The setup in force. Reading it is cheap; whoever reads it works with that one to the end.
public final class CurrentSetup: Sendable {
    private let box: Mutex<Setup>

    public init(_ setup: Setup) { box = Mutex(setup) }

    public var value: Setup { box.withLock { $0 } }

    public func replace(with setup: Setup) { box.withLock { $0 = setup } }
}
