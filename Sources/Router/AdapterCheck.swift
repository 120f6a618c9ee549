// `http.intake`, held against the adapters that it names: before a tool finds out.

import Adapters
import Incidents
import Settings

extension ConfigurationCheck {
    /// Mistakes in adapters' files, adapters that there are not, and secrets that nothing can be checked with.
    mutating func checkAdapters(_ file: String, _ http: HTTPSettings) {
        for (name, intake) in http.intake.sorted(by: { $0.key < $1.key }) {
            func add(_ message: String) {
                diagnostics.append(Diagnostic(severity: .error, file: file, message: "`http.intake.\(name)`: \(message)"))
            }
            let adapter: Adapter
            if let shipped = Adapter.shipped(intake.adapter) {
                adapter = shipped
            } else if intake.adapter.hasPrefix("/") {
                let reading = Adapter.load(path: intake.adapter)
                diagnostics += reading.diagnostics
                if reading.isMissing, reading.diagnostics.isEmpty { add("there is no file \(intake.adapter)") }
                guard let read = reading.adapter else { continue }
                adapter = read
            } else {
                add(
                    "there is no adapter `\(intake.adapter)`\(Suggestion.clause(for: intake.adapter, among: Adapter.shippedNames)); "
                        + "name one of \(Adapter.shippedNames.joined(separator: ", ")), or a file: `adapter: adapters/\(name).yaml`")
                continue
            }
            guard let secret = intake.secret else { continue }
            if secret.reveal().isEmpty {
                add("`secret` is empty: anybody could sign with it")
            } else if !adapter.isSigned {
                add("`secret` is for nothing: the adapter `\(adapter.name)` knows no signature; leave it out, and give the tool a token")
            }
        }
    }
}
