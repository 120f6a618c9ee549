// Files that the configuration consists of: read whole, bounded, with faults as values.

import Foundation

/// Paths as the file names them.
enum FilePath {
    /// An absolute path without `.` and `..`.
    static func resolve(_ path: String, against directory: String) -> String {
        let whole = path.hasPrefix("/") ? path : directory + "/" + path
        var parts: [Substring] = []
        for part in whole.split(separator: "/") where part != "." {
            if part == ".." {
                _ = parts.popLast()
            } else {
                parts.append(part)
            }
        }
        return "/" + parts.joined(separator: "/")
    }

    static func directory(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/"), slash > path.startIndex else { return "/" }
        return String(path[..<slash])
    }
}

enum FileText {
    enum Fault: Error, Equatable {
        case missing
        case notReadable
        case notRegular
        case tooLarge
        case notUTF8
        case failed(Int32)

        /// The end of a sentence about the file.
        var phrase: String {
            switch self {
            case .missing: "does not exist"
            case .notReadable: "cannot be read: permission denied"
            case .notRegular: "is no regular file"
            case .tooLarge: "is too large"
            case .notUTF8: "is not UTF-8"
            case .failed(let code): "cannot be read: \(String(cString: strerror(code)))"
            }
        }
    }

    /// The bytes of a regular file of at most `limit` bytes.
    static func read(_ path: String, limit: Int) -> Result<[UInt8], Fault> {
        // Without O_NONBLOCK the opening of a fifo would wait for its writer.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            switch errno {
            case ENOENT, ENOTDIR: return .failure(.missing)
            case EACCES, EPERM: return .failure(.notReadable)
            default: return .failure(.failed(errno))
            }
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return .failure(.failed(errno)) }
        guard status.st_mode & S_IFMT == S_IFREG else { return .failure(.notRegular) }
        guard status.st_size <= limit else { return .failure(.tooLarge) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = Foundation.read(descriptor, &buffer, buffer.count)
            if count < 0 {
                if errno == EINTR { continue }
                return .failure(.failed(errno))
            }
            if count == 0 { return .success(bytes) }
            bytes += buffer[..<count]
            if bytes.count > limit { return .failure(.tooLarge) }
        }
    }

    /// Who may read a file beside its owner and root. Links are followed: what they lead to is what is read.
    static func readers(_ path: String) -> FileReaders {
        var status = stat()
        guard stat(path, &status) == 0 else { return .owner }
        return FileReaders(mode: status.st_mode, owner: status.st_uid, reader: geteuid())
    }
}

/// Who may read a file, as far as it is more than needed.
enum FileReaders: Equatable {
    /// Nobody who need not.
    case owner
    /// The group, although the file is the reader's own. A file of root's that a service reads by its group
    /// (`root:tocsin`, 0640) is as it should be.
    case group
    case everybody

    init(mode: mode_t, owner: uid_t, reader: uid_t) {
        if mode & S_IROTH != 0 {
            self = .everybody
        } else if mode & S_IRGRP != 0, owner == reader, reader != 0 {
            self = .group
        } else {
            self = .owner
        }
    }
}
