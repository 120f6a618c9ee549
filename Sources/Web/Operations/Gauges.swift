// What was measured, as metrics. Nothing is asked of the ledger here: a scrape costs the same with an empty ledger and with a
// million deliveries.

import Exposition
import Foundation
import Ledger
import Router

enum Gauges {
    static func families(_ vitals: Vitals, now: Date) -> [Exposition.Family] {
        var families = [single("tocsin_ready", "1 where /readyz says so.", vitals.health.isReady ? 1 : 0)]
        families.append(checks(vitals))
        guard let reading = vitals.reading else { return families }
        families.append(single("tocsin_measured_timestamp_seconds", "When the gauges were measured.", reading.at.timeIntervalSince1970))
        families += queue(reading, now) + ledger(reading) + channels(reading) + monitors(reading)
        if let summary = reading.summary { families += deliveries(summary, now) }
        return families
    }

    private static func single(_ name: String, _ help: String, _ value: Double) -> Exposition.Family {
        var family = Exposition.Family(name, help)
        family.add(value)
        return family
    }

    private static func single(_ name: String, _ help: String, _ value: Int) -> Exposition.Family { single(name, help, Double(value)) }

    private static func checks(_ vitals: Vitals) -> Exposition.Family {
        var family = Exposition.Family("tocsin_check_ok", "1 where a check of /readyz is fine.")
        for check in vitals.health.checks { family.add(check.isFine ? 1 : 0, [Label("check", check.name)]) }
        return family
    }

    private static func queue(_ reading: VitalReading, _ now: Date) -> [Exposition.Family] {
        [
            single("tocsin_queue_files", "Files that wait in the queue.", reading.queue.waiting),
            single("tocsin_queue_taken_files", "Files that were taken and are not settled.", reading.queue.taken),
            single("tocsin_queue_rejected_files", "Files in rejected/.", reading.queue.rejected),
            single(
                "tocsin_queue_oldest_seconds", "Age of the oldest file that waits; 0 where none does.",
                reading.oldestFile.map { max(0, now.timeIntervalSince($0)) } ?? 0),
        ]
    }

    private static func ledger(_ reading: VitalReading) -> [Exposition.Family] {
        var free = Exposition.Family("tocsin_disk_free_bytes", "Room on the disk of a directory.")
        for disk in reading.disks { free.add(disk.space.free, [Label("directory", disk.name)]) }
        var open = Exposition.Family("tocsin_incidents_open", "Open incidents, by severity.")
        for (severity, count) in reading.openIncidents { open.add(count, [Label("severity", severity)]) }
        return [
            single("tocsin_ledger_bytes", "Size of the ledger.", reading.ledgerSize),
            single("tocsin_ledger_wal_bytes", "Size of the ledger's write-ahead log.", reading.logSize), free, open,
        ]
    }

    private static func channels(_ reading: VitalReading) -> [Exposition.Family] {
        var breakers = Exposition.Family("tocsin_breaker_open", "1 where a channel does not get through, and one at a time is tried.")
        var paused = Exposition.Family("tocsin_channel_paused", "1 where a channel was paused by hand.")
        let pauses = reading.summary?.pauses ?? []
        let isAll = pauses.contains { $0.channel == nil }
        for channel in reading.channels {
            breakers.add(reading.failing.contains(channel) ? 1 : 0, [Label("channel", channel)])
            paused.add(isAll || pauses.contains { $0.channel == channel } ? 1 : 0, [Label("channel", channel)])
        }
        return [breakers, paused, single("tocsin_attempts_under_way", "Attempts that have no answer yet.", reading.underWay)]
    }

    private static func monitors(_ reading: VitalReading) -> [Exposition.Family] {
        var heard = Exposition.Family(
            "tocsin_monitor_heard_timestamp_seconds", "When a dead man was last heard; else since when it is watched.")
        var silent = Exposition.Family("tocsin_monitor_silent", "1 where a dead man's silence has opened its incident.")
        for monitor in reading.monitors {
            heard.add(monitor.last.timeIntervalSince1970, [Label("monitor", monitor.name)])
            silent.add(monitor.isSilent ? 1 : 0, [Label("monitor", monitor.name)])
        }
        return [heard, silent]
    }

    private static func deliveries(_ summary: LedgerSummary, _ now: Date) -> [Exposition.Family] {
        var states = Exposition.Family("tocsin_deliveries", "Deliveries in the ledger, by channel and state.")
        for (channel, counts) in summary.channels {
            for (state, count) in counts { states.add(count, [Label("channel", channel), Label("state", state.rawValue)]) }
        }
        return [
            states,
            single(
                "tocsin_deliveries_due", "Deliveries that are due and not made, counted up to \(LedgerStore.dueBound).",
                summary.undeliveredDue),
            single(
                "tocsin_deliveries_oldest_due_seconds", "For how long the oldest of them has been due; 0 where there is none.",
                summary.oldestDue.map { max(0, now.timeIntervalSince($0)) } ?? 0),
            single(
                "tocsin_deliveries_dead", "Deliveries that were given up, or whose outcome is unknown: `tocsin dead` lists them.",
                summary.needsMending),
        ]
    }
}
