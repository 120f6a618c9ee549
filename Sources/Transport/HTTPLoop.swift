// The thread with libcurl's multi handle. Everything here but `inbox` is touched by that thread alone.

import CCurl
import Foundation

/// Takes transfers from the inbox, runs them, completes them.
///
/// `@unchecked Sendable`: it is handed to its thread once, in `start`.
final class HTTPLoop: @unchecked Sendable {
    let inbox = HTTPInbox()
    private var multi: UnsafeMutableRawPointer?
    private var lanes: [String: HTTPLane] = [:]
    private var running: [ObjectIdentifier: HTTPTransfer] = [:]
    private var waiting = 0
    /// A transfer has been started that libcurl has not begun to drive.
    private var hasStarted = false
    private var lastSweep: Double = 0
    /// Handles that were reset and can be used again.
    private var spareHandles: [EasyHandle] = []
    private static let maximumSpareHandles = 64

    func start() {
        if inbox.bell >= 0, Curl.isStarted, let multi = curl_multi_init() {
            ccurl_multi_set_long(multi, CURLMOPT_MAXCONNECTS, 256)
            self.multi = multi
        }
        let thread = Thread { [self] in run() }
        thread.name = "tocsin-http"
        thread.start()
    }

    private func run() {
        guard let multi else {
            // No memory at all: every request fails, none waits for ever.
            failAll(inbox.end())
            inbox.announceEnd()
            return
        }
        var items: [HTTPInbox.Item] = []
        var bell = curl_waitfd(fd: inbox.bell, events: Int16(CURL_WAIT_POLLIN), revents: 0)
        while true {
            let isClosing = inbox.take(spare: &items)
            for item in items { handle(item, multi) }
            if isClosing { break }
            var unfinished: Int32 = 0
            // What is started from here on has to be driven before anything is waited for.
            hasStarted = false
            curl_multi_perform(multi, &unfinished)
            finishEnded(multi)
            if waiting > 0 { sweep(multi) }
            if hasStarted || !inbox.fallAsleep() { continue }
            // A wait of this length never holds anything up: the bell and libcurl's own timers end it earlier.
            bell.revents = 0
            curl_multi_poll(multi, &bell, 1, waiting > 0 ? 50 : 10_000, nil)
            if bell.revents != 0 { inbox.silence() }
        }
        items.removeAll()
        close(multi)
    }

    private func handle(_ item: HTTPInbox.Item, _ multi: UnsafeMutableRawPointer) {
        switch item {
        case .start(let transfer):
            if transfer.isCancelled {
                transfer.complete(.failed(.cancelled(mayHaveArrived: false)))
                return
            }
            transfer.deadline = Self.now() + max(0.001, transfer.request.timeout)
            let lane = lane(transfer.request.destination ?? transfer.request.origin)
            transfer.lane = lane
            transfer.stage = .waiting
            lane.append(transfer)
            waiting += 1
            advance(lane, multi)
        case .cancel(let transfer):
            cancel(transfer, multi)
        }
    }

    private func cancel(_ transfer: HTTPTransfer, _ multi: UnsafeMutableRawPointer) {
        switch transfer.stage {
        case .new: transfer.isCancelled = true
        case .waiting:
            waiting -= 1
            transfer.complete(.failed(.cancelled(mayHaveArrived: false)))
            // Those behind it may ask for more room than it did.
            if let lane = transfer.lane { advance(lane, multi) }
        case .running:
            let lane = transfer.lane
            remove(transfer, multi, .failed(.cancelled(mayHaveArrived: transfer.mayHaveArrived)))
            if let lane { advance(lane, multi) }
        case .done: break
        }
    }

    private func lane(_ destination: String) -> HTTPLane {
        if let lane = lanes[destination] { return lane }
        let lane = HTTPLane(destination)
        lanes[destination] = lane
        return lane
    }

    /// Starts one transfer; where that fails, it is completed and takes no place.
    private func run(_ transfer: HTTPTransfer, _ lane: HTTPLane, _ multi: UnsafeMutableRawPointer) {
        guard let handle = spareHandles.popLast() ?? EasyHandle() else {
            transfer.complete(
                .failed(TransportFailure(kind: .other, mayHaveArrived: false, curlCode: 27, detail: "There is not enough memory.")))
            return
        }
        let easy = transfer.prepare(handle, remaining: transfer.deadline - Self.now())
        guard easy.isUsable, curl_multi_add_handle(multi, easy.raw) == CURLM_OK else {
            transfer.complete(.failed(.refused("libcurl does not take this request: check the address, the proxy and `ca`.")))
            giveBack(easy)
            return
        }
        transfer.stage = .running
        lane.running += 1
        running[ObjectIdentifier(transfer)] = transfer
        hasStarted = true
    }

    /// Lets as many of a lane's waiting transfers run as there is room for; forgets a lane with nothing to do.
    private func advance(_ lane: HTTPLane, _ multi: UnsafeMutableRawPointer) {
        while let next = lane.popFirst() {
            waiting -= 1
            if next.latestStart > Self.now() { run(next, lane, multi) } else { next.complete(.failed(Self.waitedTooLong)) }
        }
        if lane.isEmpty { lanes[lane.destination] = nil }
    }

    private func finishEnded(_ multi: UnsafeMutableRawPointer) {
        var left: Int32 = 0
        while let message = curl_multi_info_read(multi, &left) {
            guard message.pointee.msg == CURLMSG_DONE, let raw = message.pointee.easy_handle else { continue }
            let code = message.pointee.data.result
            var context: UnsafeMutableRawPointer?
            guard ccurl_get_pointer(raw, CURLINFO_PRIVATE, &context) == CURLE_OK, let context else { continue }
            let transfer = Unmanaged<HTTPTransfer>.fromOpaque(context).takeUnretainedValue()
            let lane = transfer.lane
            remove(transfer, multi, transfer.result(of: code))
            if let lane { advance(lane, multi) }
        }
    }

    private func remove(_ transfer: HTTPTransfer, _ multi: UnsafeMutableRawPointer, _ result: HTTPResult) {
        guard let easy = transfer.easy else { return }
        curl_multi_remove_handle(multi, easy.raw)
        running[ObjectIdentifier(transfer)] = nil
        transfer.lane?.running -= 1
        transfer.lane = nil
        giveBack(easy)
        transfer.complete(result)
    }

    private func giveBack(_ easy: EasyHandle) {
        if spareHandles.count < Self.maximumSpareHandles {
            curl_easy_reset(easy.raw)
            spareHandles.append(EasyHandle(easy.raw))
        } else {
            curl_easy_cleanup(easy.raw)
        }
    }

    /// Fails those that waited for a connection until it was too late to begin.
    private func sweep(_ multi: UnsafeMutableRawPointer) {
        let now = Self.now()
        guard now - lastSweep >= 0.05 else { return }
        lastSweep = now
        for lane in lanes.values {
            let expired = lane.removeExpired(now)
            for transfer in expired {
                waiting -= 1
                transfer.complete(.failed(Self.waitedTooLong))
            }
            if !expired.isEmpty { advance(lane, multi) }
        }
    }

    private static let waitedTooLong = TransportFailure(
        kind: .timedOut, mayHaveArrived: false, curlCode: 28,
        detail: "The time allowed ran out before a connection to this host was free.")

    private func close(_ multi: UnsafeMutableRawPointer) {
        let late = inbox.end()
        for transfer in Array(running.values) {
            remove(transfer, multi, .failed(.cancelled(mayHaveArrived: transfer.mayHaveArrived)))
        }
        for lane in lanes.values {
            for transfer in lane.removeAll() { transfer.complete(.failed(.cancelled(mayHaveArrived: false))) }
        }
        failAll(late)
        lanes.removeAll()
        for easy in spareHandles { curl_easy_cleanup(easy.raw) }
        spareHandles.removeAll()
        curl_multi_cleanup(multi)
        self.multi = nil
        inbox.announceEnd()
    }

    private func failAll(_ items: [HTTPInbox.Item]) {
        for case .start(let transfer) in items { transfer.complete(.failed(.cancelled(mayHaveArrived: false))) }
    }

    /// Monotonic seconds.
    private static func now() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
