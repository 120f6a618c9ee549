// Webhooks of other tools, and the files that say how to read them.

import Adapters
import Foundation
import Incidents
import JSON

extension FuzzTarget {
    private static let names = Adapter.shippedNames
    private static let bodies = names.flatMap { Corpus.samples(inCheckout: "Tests/AdaptersTests/Fixtures/\($0)", ending: ".json") }

    /// Whatever comes of a body is an event that is accepted, or a fault that says what is wrong.
    static let webhook = FuzzTarget("webhook", share: 30, few: 400, Mutator(corpus: bodies, tokens: Tokens.json)) { input in
        guard let body = try? JSONValue.parse(bytes: input.bytes) else { return }
        for name in names {
            guard let adapter = Adapter.shipped(name) else { return input.check(false, "no adapter \(name)") }
            do throws(AdapterFault) {
                let adaptation = try adapter.events(from: body, scale: .standard)
                for document in adaptation.events {
                    input.wasTaken = true
                    let event = try? parser.event(from: document, origin: EventOrigin(file: "x.json", modified: now, size: 0))
                    input.check(event != nil, "an event of \(name) that is not accepted")
                    input.check(event?.id == document["id"]?.string, "an event of \(name) without an id of its own")
                    input.check(document.byteCount < 1 << 20, "an event of \(name) of \(document.byteCount) bytes")
                }
                for fault in adaptation.faults { check(fault, &input) }
            } catch {
                check(error, &input)
            }
        }
    }

    private static func check(_ fault: AdapterFault, _ input: inout FuzzInput) {
        let message = fault.message
        input.check(!message.isEmpty && message.utf8.count < 4_096, "a message of \(message.utf8.count) bytes")
        input.check(!message.unicodeScalars.contains { $0.properties.generalCategory == .control }, "control characters in a message")
    }

    /// An adapter that can be read, or says where it is wrong.
    static let adapter = FuzzTarget(
        "adapter", share: 10, few: 100, Mutator(corpus: Corpus.samples(inCheckout: "adapters", ending: ".yaml"), tokens: Tokens.yaml)
    ) { input in
        let reading = Adapter.read(input.text, path: "x.yaml")
        input.wasTaken = reading.adapter != nil
        input.check((reading.adapter == nil) == !reading.diagnostics.isEmpty, "neither an adapter nor an error, or both")
        input.check(reading.diagnostics.count <= 1_100, "\(reading.diagnostics.count) findings")
        if let adapter = reading.adapter, let body = bodies.first.flatMap({ try? JSONValue.parse(bytes: $0) }) {
            _ = try? adapter.events(from: body, scale: .standard)
        }
    }
}
