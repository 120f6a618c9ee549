// What can be fuzzed: where its inputs come from, and what must hold for each.

/// One input under test.
public struct FuzzInput: Sendable {
    public var bytes: [UInt8]
    /// For further choices; the same for the same input.
    public var chance: Chance
    /// What did not hold.
    public private(set) var faults: [String] = []
    /// The input was taken for good, not declined: both kinds must occur, or the fuzzer tests nothing.
    public var wasTaken = false

    init(bytes: [UInt8], chance: Chance) {
        self.bytes = bytes
        self.chance = chance
    }

    var text: String { String(decoding: bytes, as: UTF8.self) }

    mutating func check(_ holds: Bool, _ what: @autoclosure () -> String) {
        if !holds { faults.append(what()) }
    }
}

/// One door through which hostile input comes in.
public struct FuzzTarget: Sendable {
    public let name: String
    /// Of 1,000 inputs, how many are for this target: doors that are slow to open get fewer.
    public let share: Int
    /// How many are tried by the ordinary tests: some seconds of a debug build for all.
    public let few: Int
    let mutator: Mutator
    let check: @Sendable (inout FuzzInput) async -> Void

    init(_ name: String, share: Int, few: Int, _ mutator: Mutator, check: @escaping @Sendable (inout FuzzInput) async -> Void) {
        self.name = name
        self.share = share
        self.few = few
        self.mutator = mutator
        self.check = check
    }

    public static let all: [FuzzTarget] = [
        event, lines, webhook, adapter, routes, template, render, mail, answer, reply, pattern, short,
    ]
}
