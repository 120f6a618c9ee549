// RFC 6376's relaxed canonicalization, and what a signature covers.

enum DKIMCanonical {
    /// Section 3.4.2: lower-case name, unfolded, runs of white space as one space, trimmed. Without CRLF.
    static func header(_ field: MailField) -> [UInt8] {
        var out = Array(field.name.lowercased().utf8) + [UInt8(ascii: ":")]
        var isBlank = false
        var isStart = true
        for byte in field.body.utf8 {
            switch byte {
            case 0x20, 0x09, 0x0D, 0x0A:
                isBlank = true
            default:
                if isBlank, !isStart { out.append(0x20) }
                isBlank = false
                isStart = false
                out.append(byte)
            }
        }
        return out
    }

    /// Section 3.4.4: white space at line ends goes, runs of it become one space, empty lines at the end go.
    static func body(_ bytes: [UInt8]) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(bytes.count)
        var emptyLines = 0
        var line: [UInt8] = []
        func close() {
            if line.last == 0x20 { line.removeLast() }
            if line.isEmpty {
                emptyLines += 1
            } else {
                for _ in 0..<emptyLines { out += [0x0D, 0x0A] }
                emptyLines = 0
                out += line
                out += [0x0D, 0x0A]
                line.removeAll(keepingCapacity: true)
            }
        }
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            if byte == 0x0D, index + 1 < bytes.count, bytes[index + 1] == 0x0A {
                close()
                index += 2
                continue
            }
            if byte == 0x20 || byte == 0x09 {
                if line.last != 0x20 { line.append(0x20) }
            } else {
                line.append(byte)
            }
            index += 1
        }
        if !line.isEmpty { close() }
        return out
    }

    /// Section 3.7: the fields that `names` picks, each name from the bottom up (section 5.4.2), then the signature's own
    /// field with an empty `b=` and no last CRLF. A name without a field left stands for its absence.
    static func signed(_ names: [String], in fields: [MailField], signature: MailField) -> [UInt8] {
        var left: [String: [MailField]] = [:]
        for field in fields { left[field.name.lowercased(), default: []].append(field) }
        var out: [UInt8] = []
        for name in names {
            guard let field = left[name.lowercased()]?.popLast() else { continue }
            out += header(field)
            out += [0x0D, 0x0A]
        }
        return out + header(signature)
    }
}
