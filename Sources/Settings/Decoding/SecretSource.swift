// `${env:NAME}` and `${file:PATH}` in the texts of the file, replaced by what they name. What a secret holds goes into
// values only, never into a finding.

import Foundation

/// A text whose secrets have been looked up.
struct Expansion {
    var text: String
    /// Something in it came from the environment or a file.
    var holdsSecret = false
    /// Something in it could not be looked up; the finding has been made.
    var isUnresolved = false
    /// Something in it stands for what is missing.
    var isPlaceholder = false
}

/// Where secrets come from.
struct SecretSource {
    /// A secret file holds a key or a password, not a disk image.
    static let maximumFileSize = 1 << 20
    static let placeholder = "placeholder"

    let environment: [String: String]
    /// What relative paths of `${file:}` are relative to.
    let directory: String
    /// What is missing is replaced by a placeholder instead of being an error.
    let placeholders: Bool

    func expand(_ text: String, at place: Place, _ findings: Findings) -> Expansion {
        guard text.contains("${") else { return Expansion(text: text) }
        var result = Expansion(text: "")
        var rest = text[...]
        while let open = rest.firstRange(of: "${") {
            result.text += rest[..<open.lowerBound]
            guard let close = rest[open.upperBound...].firstIndex(of: "}") else {
                findings.error("`${` has no `}`; a secret is `${env:NAME}` or `${file:PATH}`", at: place)
                result.isUnresolved = true
                return result
            }
            let inside = String(rest[open.upperBound..<close])
            switch look(up: inside) {
            case .success(let secret):
                result.text += secret
                result.holdsSecret = true
                warn(about: inside, at: place, findings)
            case .failure(let fault):
                if placeholders, fault.isMissing {
                    result.text += Self.placeholder
                    result.holdsSecret = true
                    result.isPlaceholder = true
                } else {
                    findings.error(fault.message, at: place)
                    result.isUnresolved = true
                }
            }
            rest = rest[rest.index(after: close)...]
        }
        result.text += rest
        return result
    }

    private struct Fault: Error {
        var message: String
        var isMissing: Bool
    }

    private func look(up inside: String) -> Result<String, Fault> {
        if inside.hasPrefix("env:") {
            let name = String(inside.dropFirst(4))
            guard isName(name) else { return .failure(Fault(message: "`${env:}` needs a variable's name", isMissing: false)) }
            guard let value = environment[name] else {
                return .failure(Fault(message: "the environment variable `\(name)` is not set", isMissing: true))
            }
            if value.isEmpty { return .failure(Fault(message: "the environment variable `\(name)` is empty", isMissing: true)) }
            return .success(value)
        }
        if inside.hasPrefix("file:") {
            let path = String(inside.dropFirst(5))
            if path.isEmpty { return .failure(Fault(message: "`${file:}` needs a path", isMissing: false)) }
            return read(path)
        }
        let hint = isName(inside) ? "`${\(inside)}` is no secret; did you mean `${env:\(inside)}`?" : "`${…}` is no secret"
        return .failure(Fault(message: "\(hint) (secrets are `${env:NAME}` and `${file:PATH}`)", isMissing: false))
    }

    private func isName(_ text: String) -> Bool {
        !text.isEmpty && !(text.first?.isNumber ?? true) && text.utf8.allSatisfy(AddressText.isWordByte)
    }

    private func read(_ path: String) -> Result<String, Fault> {
        switch FileText.read(FilePath.resolve(path, against: directory), limit: Self.maximumFileSize) {
        case .failure(let fault):
            return .failure(
                Fault(message: "the secret's file `\(path)` \(fault.phrase)", isMissing: fault != .tooLarge && fault != .notUTF8))
        case .success(let bytes):
            guard var text = String(validating: bytes, as: UTF8.self) else {
                return .failure(Fault(message: "the secret's file `\(path)` is not UTF-8", isMissing: false))
            }
            if text.hasSuffix("\r\n") || text.hasSuffix("\n") { text.removeLast() }
            if text.isEmpty { return .failure(Fault(message: "the secret's file `\(path)` is empty", isMissing: true)) }
            return .success(text)
        }
    }

    private func warn(about inside: String, at place: Place, _ findings: Findings) {
        guard inside.hasPrefix("file:") else { return }
        let path = String(inside.dropFirst(5))
        switch FileText.readers(FilePath.resolve(path, against: directory)) {
        case .owner: break
        case .group: findings.warning("the secret's file `\(path)` can be read by its group; `chmod g-r` it", at: place)
        case .everybody:
            findings.warning("the secret's file `\(path)` can be read by every user of this machine; `chmod o-r` it", at: place)
        }
    }
}
