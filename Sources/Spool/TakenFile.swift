// A file that has been taken out of the queue and is this router's to deal with: it lies in queue/.taken until it is
// forgotten or rejected, and is handed out again after a crash.

import Foundation
import Incidents

/// One taken file with its content.
public struct TakenFile: Sendable {
    public enum Content: Sendable {
        case bytes([UInt8])
        /// The whole file is unacceptable, and was not read: reject it with this.
        case unreadable(Rejection)
    }

    /// As it was dropped; bytes that are not UTF-8 are replaced.
    public let name: String
    public let content: Content
    public let modified: Date
    /// Bytes.
    public let size: Int
    /// The user who owns the file.
    public let owner: UInt32
    /// Grows with each file that is taken, across restarts while any is left.
    public let sequence: UInt64
    public let isNDJSON: Bool
    /// The number of the first line in `content`: above 1 for what a slow writer added to a file that was taken before.
    public let firstLine: Int

    let original: FileName
    let taken: FileName
    let stamp: FileStamp
    let queue: QueueHandle

    init(
        content: Content, stamp: FileStamp, sequence: UInt64, original: FileName, taken: FileName, queue: QueueHandle, firstLine: Int = 1
    ) {
        name = original.text
        self.content = content
        modified = stamp.modifiedDate
        size = stamp.size
        owner = stamp.owner
        self.sequence = sequence
        isNDJSON = original.kind == .ndjson
        self.firstLine = firstLine
        self.original = original
        self.taken = taken
        self.stamp = stamp
        self.queue = queue
    }

    /// What it takes to remove the file, and no more.
    var withoutContent: TakenFile {
        TakenFile(
            content: .bytes([]), stamp: stamp, sequence: sequence, original: original, taken: taken, queue: queue, firstLine: firstLine)
    }

    /// The largest `.json` file, in bytes.
    public static let maximumJSON = 1 << 20
    /// The largest `.ndjson` file, in bytes.
    public static let maximumNDJSON = 64 << 20
    /// The longest line of an `.ndjson` file, in bytes.
    public static let maximumLine = 1 << 20

    /// Where the event of a document came from.
    public func origin(line: Int? = nil) -> EventOrigin { EventOrigin(file: name, modified: modified, size: size, line: line) }

    /// The lines that are not blank, of an `.ndjson` file; the whole content as one, without a number, of a `.json`
    /// file. Nothing where the file is unreadable.
    public var documents: TakenDocuments {
        guard case .bytes(let bytes) = content else { return TakenDocuments(bytes: [], firstLine: 1) }
        return TakenDocuments(bytes: bytes, firstLine: isNDJSON ? firstLine : nil)
    }
}

/// One document in a taken file.
public struct TakenDocument: Sendable, Equatable {
    /// The line in an `.ndjson` file, from 1; nil for a `.json` file.
    public var line: Int?
    public var bytes: [UInt8]
    /// Set where the line is too long to be looked at.
    public var rejection: Rejection?
}

/// The documents in a taken file, cut out one after the other.
public struct TakenDocuments: Sequence, IteratorProtocol, Sendable {
    private let bytes: [UInt8]
    private var line: Int?
    private var position = 0
    private var isDone = false

    package init(bytes: [UInt8], firstLine: Int?) {
        self.bytes = bytes
        line = firstLine
        isDone = firstLine == nil ? false : bytes.isEmpty
    }

    public mutating func next() -> TakenDocument? {
        guard !isDone else { return nil }
        guard let first = line else {
            isDone = true
            return TakenDocument(line: nil, bytes: bytes, rejection: nil)
        }
        var number = first
        defer { line = number }
        while position < bytes.count {
            let end = bytes[position...].firstIndex(of: 0x0A) ?? bytes.count
            var cut = end
            if cut > position, bytes[cut - 1] == 0x0D { cut -= 1 }
            let text = bytes[position..<cut]
            let current = number
            position = end + 1
            number += 1
            if text.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) { continue }
            let isTooLong = text.count > TakenFile.maximumLine
            return TakenDocument(
                line: current, bytes: Array(text),
                rejection: isTooLong
                    ? Rejection(
                        .tooLarge, "the line has \(text.count) bytes; a line may have \(TakenFile.maximumLine) (1 MiB)", line: current,
                        column: 1) : nil)
        }
        isDone = true
        return nil
    }
}

/// What is wrong with a taken file, or with one line of it.
public struct RejectedPart: Sendable {
    /// The line of an `.ndjson` file, from 1; nil where the whole file is rejected.
    public var line: Int?
    /// The line's bytes, without the line feed.
    public var bytes: [UInt8]?
    public var rejection: Rejection

    public init(line: Int? = nil, bytes: [UInt8]? = nil, rejection: Rejection) {
        self.line = line
        self.bytes = bytes
        self.rejection = rejection
    }
}
