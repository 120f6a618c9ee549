// A strict JSON reader (RFC 8259) that knows where it is: Foundation's gives no position and lets duplicate members
// pass. It reads bytes once, never recurses past `maximumDepth`, and is linear in the text.

extension JSONValue {
    /// Parses one JSON document.
    ///
    /// Names of members that are canonically equal (`é` as one character, and as `e` with an accent) are the same name, as
    /// equal strings are everywhere in Swift: both in one object are a duplicate.
    ///
    /// - Parameters:
    ///   - text: UTF-8; a byte order mark at the beginning is passed over.
    ///   - maximumDepth: how deep arrays and objects may nest.
    /// - Throws: `JSONError` with the first fault.
    public static func parse(_ text: some Sequence<UInt8>, maximumDepth: Int = 64) throws(JSONError) -> JSONValue {
        try parse(bytes: Array(text), maximumDepth: maximumDepth)
    }

    /// Parses one JSON document; see `parse(_:maximumDepth:)`.
    public static func parse(bytes: [UInt8], maximumDepth: Int = 64) throws(JSONError) -> JSONValue {
        if let error = invalidUTF8(bytes) { throw error }
        var scanner = JSONScanner(bytes: bytes, maximumDepth: maximumDepth)
        return try scanner.document()
    }

    /// The first byte that is not UTF-8, as an error; nil where all is well.
    private static func invalidUTF8(_ bytes: [UInt8]) -> JSONError? {
        var isASCII = true
        for byte in bytes where byte >= 0x80 {
            isASCII = false
            break
        }
        if isASCII { return nil }
        var decoder = Unicode.UTF8.ForwardParser()
        var iterator = bytes.makeIterator()
        var line = 1
        var column = 1
        var offset = 0
        while true {
            switch decoder.parseScalar(from: &iterator) {
            case .valid(let scalar):
                let isMark = offset == 0 && scalar.elementsEqual([0xEF, 0xBB, 0xBF])
                offset += scalar.count
                if isMark { continue }
                if scalar.count == 1, scalar.first == 0x0A {
                    line += 1
                    column = 1
                } else {
                    column += 1
                }
            case .emptyInput: return nil
            case .error:
                let hex = offset < bytes.count ? String(bytes[offset], radix: 16, uppercase: true) : "?"
                return JSONError(
                    code: .notUTF8, message: "byte 0x\(hex) is not UTF-8; save the file as UTF-8",
                    line: line, column: column, pointer: "", endsEarly: bytes.count - offset < 4 && startsScalar(bytes[offset...]))
            }
        }
    }

    /// Whether these last bytes are the beginning of a character whose rest has not been written yet.
    private static func startsScalar(_ tail: ArraySlice<UInt8>) -> Bool {
        guard let lead = tail.first else { return false }
        let wanted = lead >= 0xF0 && lead <= 0xF4 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC2 ? 2 : 0
        return lead <= 0xF4 && tail.count < wanted && tail.dropFirst().allSatisfy { $0 & 0xC0 == 0x80 }
    }
}

struct JSONScanner {
    let bytes: [UInt8]
    let maximumDepth: Int
    var position = 0
    /// The path to the value that is being read: member names and array indices, for the pointer of an error.
    var path: [Step] = []

    enum Step {
        case member(String)
        case element(Int)
    }

    init(bytes: [UInt8], maximumDepth: Int) {
        self.bytes = bytes
        self.maximumDepth = maximumDepth
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
    }

    mutating func document() throws(JSONError) -> JSONValue {
        skipSpace()
        let value = try value()
        skipSpace()
        if position < bytes.count { throw fault("\(found) after the end of the value; one file holds one event") }
        return value
    }

    private mutating func value() throws(JSONError) -> JSONValue {
        guard position < bytes.count else { throw fault("the text ends where a value should be") }
        switch bytes[position] {
        case UInt8(ascii: "{"): return try object()
        case UInt8(ascii: "["): return try array()
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        default: throw fault("\(found) where a value should be")
        }
    }

    private mutating func object() throws(JSONError) -> JSONValue {
        try enter()
        var members: [String: JSONValue] = [:]
        position += 1
        skipSpace()
        if take(UInt8(ascii: "}")) { return .object(members) }
        // Most objects of events fit, and need not grow.
        members.reserveCapacity(12)
        while true {
            guard position < bytes.count else { throw fault("the text ends inside an object") }
            guard bytes[position] == UInt8(ascii: "\"") else { throw fault("\(found) where a member's name should be") }
            let start = position
            let name = try string()
            path.append(.member(name))
            if members[name] != nil {
                throw fault("member `\(excerpt(name))` comes twice in one object; keep one", code: .duplicateMember, at: start)
            }
            skipSpace()
            guard take(UInt8(ascii: ":")) else { throw fault("\(found) where `:` should follow the name") }
            skipSpace()
            members[name] = try value()
            path.removeLast()
            skipSpace()
            if take(UInt8(ascii: "}")) { return .object(members) }
            guard take(UInt8(ascii: ",")) else { throw fault("\(found) where `,` or `}` should be") }
            skipSpace()
        }
    }

    private mutating func array() throws(JSONError) -> JSONValue {
        try enter()
        var elements: [JSONValue] = []
        position += 1
        skipSpace()
        if take(UInt8(ascii: "]")) { return .array(elements) }
        while true {
            path.append(.element(elements.count))
            elements.append(try value())
            path.removeLast()
            skipSpace()
            if take(UInt8(ascii: "]")) { return .array(elements) }
            guard take(UInt8(ascii: ",")) else { throw fault("\(found) where `,` or `]` should be") }
            skipSpace()
        }
    }

    /// Each open container holds one step of the path, so the path's length is the depth.
    private func enter() throws(JSONError) {
        if path.count >= maximumDepth {
            throw fault("arrays and objects nest deeper than \(maximumDepth)", code: .tooDeep)
        }
    }

    private mutating func word(_ word: StaticString, _ value: JSONValue) throws(JSONError) -> JSONValue {
        for index in 0..<word.utf8CodeUnitCount {
            guard position < bytes.count else { throw fault("the text ends inside `\(word)`") }
            guard bytes[position] == word.utf8Start[index] else { throw fault("\(found) where `\(word)` was begun") }
            position += 1
        }
        return value
    }

    private mutating func number() throws(JSONError) -> JSONValue {
        let start = position
        _ = take(UInt8(ascii: "-"))
        if take(UInt8(ascii: "0")) {
            if position < bytes.count, isDigit(bytes[position]) { throw fault("a number may not begin with 0") }
        } else {
            try digits()
        }
        if take(UInt8(ascii: ".")) { try digits() }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            try digits()
        }
        return .number(String(decoding: bytes[start..<position], as: UTF8.self))
    }

    private mutating func digits() throws(JSONError) {
        guard position < bytes.count else { throw fault("the text ends inside a number") }
        guard isDigit(bytes[position]) else { throw fault("\(found) where a digit should be") }
        while position < bytes.count, isDigit(bytes[position]) { position += 1 }
    }

    private func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

    mutating func take(_ byte: UInt8) -> Bool {
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    private mutating func skipSpace() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x09, 0x0A, 0x0D: position += 1
            default: return
            }
        }
    }
}
