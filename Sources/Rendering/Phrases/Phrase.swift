// Every phrase that the program itself says. Its words are in templates/languages/LANGUAGE.json, under its name in snake
// case; those of the templates (`words.impact`) stand there as well, and need no case here.

/// A phrase, by what it says in English.
enum Phrase: Int, CaseIterable, Sendable {
    // Times.
    case lessThanAMinute, minutes, hours, hoursMinutes, days, daysHours, daysRelative, daysHoursRelative
    case justNow, ago, ahead, soon
    case minutesLong, hoursLong, hoursMinutesLong, daysLong
    case clockTime, yourTime, dayTime, yearTime, moment

    // States.
    case statusOpen, statusAcknowledged, statusInProgress, statusEscalated, statusOnHold, statusResolved, statusClosed
    case targetAcknowledge, targetResolve, targetUpdate, targetSla

    // Clocks.
    case clockLine, clockAcknowledge, clockResolve, clockUpdate
    case timeLeft, running, atRisk, breached, breachedStill, standsStill, metIn, met, metLate, metLateBy
    case targetAtRisk, targetMissed, notAcknowledged, notResolved, noWord, unkeptYet, unkeptWithin
    case promise, promiseDone

    // What happened.
    case digest, escalated, escalatedAgain, escalatedToLevel, acknowledged, acknowledgedBy, update, announcement, correction
    case correctionOf, reopened, resolvedAfter, closed, beingWorkedOn, onHold, opened
    case severityRaised, severityLowered, severityChanged
    case leadIsNow, leadIsNobody, assignedTo, nowWithTeam, noLongerAssigned
    case yoursNow, yourRole, withYourTeam, notYours, youLead, youLeadNoMore, chosenBecause
    case broadcastApproved, broadcastRefused, broadcastWaits, yourBroadcastRefused, yourBroadcastExpired, yourBroadcastStopped
    case yourBroadcastNobody, approvalFacts
    case subscribed, subscriptionEnded, confirmSubscription, confirmBody, incidentsInGeneral
    case silenceStarted, silenceEnded, silenceIsOver, yourSilenceEnded, yourSilenceEnds, yourSilenceEndsSoon
    case away, back, backAgain, somebody, youStandIn
    case statusReport, tocsin, test, addressLost, yourAddressLost
    case reminder, updateIsDue, noWordFor, stillAfter, stillAndNobody, stillOpenNobody, still, comesAndGoes, calmAgain
    case onDutyYou, onDutyOver, onDutyNow, onDutyNobody, openIncidents, noOpenIncidents, openIncident
    case groundFirst, groundNext, groundNobodyFree, groundStandsIn, groundOnDuty, groundAway, groundNobodyOnDuty, groundSnoozed
    case groundQuietHours, groundNobodyStandsIn, groundNamedBy, groundResponse, groundCondition, groundNoOther, groundMoreAddresses
    case signsOfLife, signsNoneOpen, signsOpen, signsNoneQueued, signsQueued, signsOverdue, signsNoneDead, signsDead
    case monitorTitle, monitorNextSteps, monitorSilent, monitorNever, monitorHeard, monitorRemoved, endedMeanwhile
    case neglected, neglectedIncident, neglectAdvice
    case unnamed, headline, because, nobodyAcknowledged, assignedBy

    // Lines below the headline.
    case summaryOpen, summaryEnded, reopenedBefore, by, changeMove, changeOf
    case ownerAcknowledged, ownerOpen, ownerQuiet, teamOpen, teamQuiet, ownerSomebody, ownerNobody, late

    // What is expected.
    case nothingToDo, nothingForNow, nothingHasIt, nothingSomebody, nothingInformation, nothingChannelWorks, nothingUnless
    case acknowledgeIt, acknowledgeWith, acknowledgeByAnswer, acknowledgeByLink, lookAtStatus, lookAtIncidents, lookAtSuppressions,
        tellOperators
    case approve, tellStakeholders, tellStakeholdersWith, resolveOrSay, resolveOrSayWith, takeOver
    case confirmByLink, confirmByCode, confirmShort, sendAgain

    // Digests.
    case countOpen, countResolved, countClosed, countOver, countOther, countOthers, messagesHeld, messagesHeldAbout
    case waitForSomebody, lasted, since, hasIt, nobodyHasIt, latestOf, andMore, alsoAffected, listWithMore

    // The message's own way.
    case replaces, insteadOfSlack, insteadOfTeams, insteadOfEmail, insteadOfSms, insteadOf
    case whyOwed, whySubscription, whyResponsibility, whyTold, whyBroadcast, whyRoom
    case leavingSubscription, leavingOther, leavingHow, stopToEnd, originally

    /// As the language files call it: `hours_minutes`.
    var key: String {
        var key = ""
        for character in "\(self)" { key += character.isUppercase ? "_\(character.lowercased())" : String(character) }
        return key
    }
}

/// What a phrase leaves open.
enum Slot: String, Sendable {
    case count, minutes, hours, duration, time, ago, weekday, day, month, year, zone
    case target, state, left, moment, last, name, id, to, from, by, reason, until, level, severity, what, deputy
    case team, title, topic, command, link, code, address, audience, lasted, channel, owner, list, more, mailto, subject, happening
}
