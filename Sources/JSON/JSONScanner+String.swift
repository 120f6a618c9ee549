// Strings and the words of an error: the parts of the scanner that look inside characters.

extension JSONScanner {
    /// Reads a string from its opening quote past its closing one.
    mutating func string() throws(JSONError) -> String {
        position += 1
        let start = position
        // Most strings have no escape: they are one slice.
        while position < bytes.count {
            let byte = bytes[position]
            if byte == UInt8(ascii: "\"") {
                let text = String(decoding: bytes[start..<position], as: UTF8.self)
                position += 1
                return text
            }
            if byte == UInt8(ascii: "\\") { return try escapedString(from: start) }
            if byte < 0x20 { throw controlCharacter(byte) }
            position += 1
        }
        throw fault("the text ends inside a string")
    }

    private mutating func escapedString(from start: Int) throws(JSONError) -> String {
        var out = Array(bytes[start..<position])
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: out, as: UTF8.self)
            case UInt8(ascii: "\\"): try escape(into: &out)
            case 0..<0x20:
                position -= 1
                throw controlCharacter(byte)
            default: out.append(byte)
            }
        }
        throw fault("the text ends inside a string")
    }

    private mutating func escape(into out: inout [UInt8]) throws(JSONError) {
        guard position < bytes.count else { throw fault("the text ends inside a string") }
        let byte = bytes[position]
        let start = position - 1
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): out.append(byte)
        case UInt8(ascii: "b"): out.append(0x08)
        case UInt8(ascii: "f"): out.append(0x0C)
        case UInt8(ascii: "n"): out.append(0x0A)
        case UInt8(ascii: "r"): out.append(0x0D)
        case UInt8(ascii: "t"): out.append(0x09)
        case UInt8(ascii: "u"):
            var unit = try hex4()
            if (0xD800..<0xDC00).contains(unit) {
                let isPair = position + 1 < bytes.count && bytes[position] == 0x5C && bytes[position + 1] == UInt8(ascii: "u")
                // Nothing, or a lone backslash, may still become the other half.
                let isCut = position >= bytes.count || (position + 1 == bytes.count && bytes[position] == 0x5C)
                if isCut { throw fault("the text ends inside a string", at: bytes.count) }
                guard isPair else { throw fault("half of a surrogate pair is no character", at: start) }
                position += 2
                let low = try hex4()
                guard (0xDC00..<0xE000).contains(low) else { throw fault("half of a surrogate pair is no character", at: start) }
                unit = 0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00)
            }
            guard let scalar = Unicode.Scalar(unit) else { throw fault("half of a surrogate pair is no character", at: start) }
            out += String(Character(scalar)).utf8
        default:
            throw fault("`\\` may stand only before \" \\ / b f n r t u", at: start)
        }
    }

    private mutating func hex4() throws(JSONError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard position < bytes.count else { throw fault("the text ends inside a string") }
            guard let digit = Character(Unicode.Scalar(bytes[position])).hexDigitValue, bytes[position] < 0x80 else {
                throw fault("\(found) where a hexadecimal digit should be")
            }
            value = value << 4 | UInt32(digit)
            position += 1
        }
        return value
    }

    private func controlCharacter(_ byte: UInt8) -> JSONError {
        fault(byte == 0x0A ? "a line ends inside a string; write \\n" : "a control character stands inside a string; escape it")
    }

    /// What stands at the position, in words.
    var found: String {
        guard position < bytes.count else { return "the text ends" }
        let byte = bytes[position]
        if byte < 0x20 || byte == 0x7F { return "a control character (0x\(String(byte, radix: 16, uppercase: true))) stands" }
        let character = String(decoding: bytes[position..<min(position + 4, bytes.count)], as: UTF8.self).prefix(1)
        return "`\(excerpt(String(character)))` stands"
    }

    /// An error at a place (the current one unless told); a text that merely stops is marked.
    func fault(_ message: String, code: JSONError.Code = .notJSON, at place: Int? = nil) -> JSONError {
        let place = place ?? position
        var line = 1
        var column = 1
        var index = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        while index < place {
            if bytes[index] == 0x0A {
                line += 1
                column = 1
            } else if bytes[index] & 0xC0 != 0x80 {
                column += 1
            }
            index += 1
        }
        return JSONError(
            code: code, message: message, line: line, column: column,
            pointer: path.map { "/" + $0.token }.joined(), endsEarly: code == .notJSON && place >= bytes.count)
    }
}

extension JSONScanner.Step {
    /// As a step of a JSON Pointer.
    fileprivate var token: String {
        switch self {
        case .member(let name): pointerToken(name)
        case .element(let index): String(index)
        }
    }
}
