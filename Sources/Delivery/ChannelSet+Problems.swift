// What `check` says of channels beyond their spelling: keys that cannot sign, files that are not there, patterns that
// are none.

import Cryptography
import Foundation
import Settings

extension ChannelSet {
    /// All that would keep channels from working, in the configuration's order; messages hold no secrets.
    /// Reads the CA files.
    public static func problems(_ settings: [ChannelSettings]) -> [(channel: String, message: String)] {
        settings.flatMap { channel in
            (ca(channel.options.ca) + way(channel.way)).map { (channel: channel.name, message: $0) }
        }
    }

    private static func way(_ way: ChannelSettings.Way) -> [String] {
        switch way {
        case .slackWebhook, .slackBot, .teams, .twilio: []
        case .gateway(let gateway): GatewayChannel.problems(gateway)
        case .email(let email): email.faults
        }
    }

    private static func ca(_ path: String?) -> [String] {
        guard let path else { return [] }
        guard let bytes = FileManager.default.contents(atPath: path) else {
            return ["ca: \(path) cannot be read; it must be a PEM file with the certificates to trust"]
        }
        if Certificates.count(inPEM: Array(bytes)) > 0 { return [] }
        return ["ca: \(path) holds no certificate in PEM; it must begin with `-----BEGIN CERTIFICATE-----`"]
    }
}

extension EmailSettings {
    fileprivate var faults: [String] {
        var out: [String] = []
        for (option, mailbox) in [("from", from), ("reply_to", replyTo ?? from)] {
            do {
                _ = try EmailChannel.address(mailbox, option)
            } catch  where option == "from" || replyTo != nil {
                out.append(error.message)
            } catch {}
        }
        if let dkim {
            do {
                _ = try EmailChannel.signer(dkim)
            } catch {
                out.append(error.message)
            }
        }
        return out
    }
}
