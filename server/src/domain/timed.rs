//! Entries of own data that the server acts on when it is time: messages that are to be sent later, reminders. Each is done once:
//! taking its row of `due` out and doing it are one transaction.
//!
//! An entry is armed when it is put, moved when it is put anew, disarmed when it is taken away. When it is time, the message is
//! posted under the id that the entry names, and the entry goes; or the message is refused, and the entry says why. A reminder
//! rings: its entry says since when, and the person's devices tell them.

use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, TimeZone};
use protocol::frame::{PostMessage, PutItem};
use protocol::limits::{SCHEDULE_AHEAD_MS_MAX, ZONE_BYTES_MAX};
use protocol::timed::{REMINDER, Reminder, SCHEDULED, ScheduledMessage, When, reminder_id, scheduled_id};
use protocol::{ErrorCode, Item, LocalId, MessageType, Row, Scope, Timestamp, UserId};

use super::{Cx, Failure, access, messages, status};
use crate::store::due::{self, Due};
use crate::store::{items, members};

/// The server acts on entries of this key.
pub fn is_timed(key: &str) -> bool {
    key.starts_with(SCHEDULED) || key.starts_with(REMINDER)
}

/// An entry changes: notes when it is time for it, or that there is nothing to do any more.
///
/// # Errors
/// `invalid_field` for a value that cannot be acted on.
pub(super) fn arm(cx: &mut Cx<'_, '_>, body: &PutItem) -> Result<(), Failure> {
    if !is_timed(&body.key) {
        return Ok(());
    }
    let user = cx.actor;
    let Some(value) = &body.value else { return Ok(due::remove(cx.tx, user, &body.key)?) };
    let (when, is_over) = if body.key.starts_with(REMINDER) {
        let reminder: Option<Reminder> = reminder_id(&body.key).and_then(|_| read(value));
        let reminder = reminder.ok_or_else(|| Failure::field("value", "not a reminder"))?;
        (reminder.when, reminder.rang_at.is_some())
    } else {
        let scheduled = checked(&body.key, value)?;
        (scheduled.when, scheduled.refused.is_some())
    };
    let at = instant(&when)?;
    if at.0 > cx.now.0 + SCHEDULE_AHEAD_MS_MAX {
        return Err(Failure::field("value", "more than ten years ahead"));
    }
    if is_over {
        due::remove(cx.tx, user, &body.key)?;
    } else {
        due::put(cx.tx, user, &body.key, at)?;
    }
    Ok(())
}

fn checked(key: &str, value: &str) -> Result<ScheduledMessage, Failure> {
    if scheduled_id(key).is_none() {
        return Err(Failure::field("key", "scheduled: and then the message's id, a UUID"));
    }
    let scheduled: ScheduledMessage = read(value).ok_or_else(|| Failure::field("value", "not a scheduled message"))?;
    messages::check_content(&scheduled.content, true)?;
    Ok(scheduled)
}

/// What is due now, and when the next will be; each in order.
///
/// # Errors
/// See [`sql::Error`].
pub fn look(cx: &mut Cx<'_, '_>, most: u32) -> Result<(Vec<Due>, Option<Timestamp>), Failure> {
    let mut earliest = due::earliest(cx.tx, most + 1)?;
    let later = earliest.iter().position(|due| due.at > cx.now).unwrap_or(earliest.len().min(most as usize));
    let next = earliest.get(later).map(|due| due.at);
    earliest.truncate(later);
    Ok((earliest, next))
}

/// It is time: does what is to be done, unless it was done or moved meanwhile. The actor is the entry's person.
///
/// # Errors
/// See [`sql::Error`]: nothing was done then, and it is still due. Refusals are kept in the entry.
pub fn fire(cx: &mut Cx<'_, '_>, found: &Due) -> Result<(), Failure> {
    if !due::take(cx.tx, found)? {
        return Ok(());
    }
    if let Some(poll) = messages::poll::of_due(&found.key) {
        return messages::poll::time_is_up(cx, found, poll);
    }
    if let Some(message) = messages::disappear::of_due(&found.key) {
        return messages::disappear::time_is_up(cx, found, &message);
    }
    if status::is_due(&found.key) {
        return status::time_is_up(cx, found);
    }
    let value = items::get(cx.tx, found.user, &found.key)?.and_then(|item| item.value);
    if found.key.starts_with(REMINDER) {
        return ring(cx, found, value.as_deref());
    }
    // What was checked when it was put: an entry that cannot be read stays as it is, and nothing is done for it.
    let known = value.as_deref().and_then(read::<ScheduledMessage>).zip(scheduled_id(&found.key));
    let Some((mut scheduled, id)) = known else { return Ok(()) };
    if is_early(cx, found, &scheduled.when)? {
        return Ok(());
    }
    match post(cx, id, &scheduled) {
        Ok(()) => put(cx, found, None),
        Err(Failure::Refused(error)) => {
            scheduled.refused = Some(error.code);
            put(cx, found, Some(written(&scheduled)?))
        }
        Err(failure) => Err(failure),
    }
}

/// A reminder says since when it rings.
fn ring(cx: &mut Cx<'_, '_>, found: &Due, value: Option<&str>) -> Result<(), Failure> {
    let Some(mut reminder) = value.and_then(read::<Reminder>) else { return Ok(()) };
    if is_early(cx, found, &reminder.when)? {
        return Ok(());
    }
    reminder.rang_at = Some(cx.now);
    put(cx, found, Some(written(&reminder)?))
}

/// The rules of the zone may have changed since it was noted: what the person's clock shows is what they meant. It is noted anew.
fn is_early(cx: &mut Cx<'_, '_>, found: &Due, when: &When) -> Result<bool, Failure> {
    let meant = instant(when)?;
    if meant > cx.now {
        due::put(cx.tx, found.user, &found.key, meant)?;
    }
    Ok(meant > cx.now)
}

fn written(value: &impl serde::Serialize) -> Result<String, Failure> {
    Ok(serde_json::to_string(value).map_err(|e| sql::Error::Bug(e.to_string()))?)
}

fn post(cx: &mut Cx<'_, '_>, id: LocalId, scheduled: &ScheduledMessage) -> Result<(), Failure> {
    access::person(cx, cx.actor)?;
    if scheduled.sealed {
        return Err(Failure::refused(ErrorCode::PlaintextRefused, "one of the writer's devices posts what is sealed"));
    }
    let mut mentions: Vec<UserId> = Vec::new();
    for user in &scheduled.mentions {
        let there = members::get(cx.tx, &scheduled.chat_id, *user)?.is_some_and(|row| !row.gone);
        if there && !mentions.contains(user) {
            mentions.push(*user);
        }
    }
    let body = PostMessage {
        chat_id: scheduled.chat_id.clone(),
        content: scheduled.content.clone(),
        message_type: MessageType::Text,
        reply_to: scheduled.reply_to.clone(),
        mentions,
        reactions: Vec::new(),
        encrypt_for_recipients: false,
        forward_of: None,
        attachments: Vec::new(),
        poll: None,
        everyone: None,
        thread: scheduled.thread.clone(),
    };
    messages::append(cx, Some(id), &body).map(drop)
}

fn put(cx: &mut Cx<'_, '_>, found: &Due, value: Option<String>) -> Result<(), Failure> {
    let scope = Scope::User(found.user);
    let item = Item { key: found.key.clone(), value, rev: cx.next_rev(&scope)? };
    items::put(cx.tx, found.user, &item)?;
    cx.tell_row(scope, Row::Item(item));
    Ok(())
}

fn read<T: serde::de::DeserializeOwned>(value: &str) -> Option<T> {
    serde_json::from_str(value).ok()
}

/// Which instant is meant, by the rules of the zone that are known here: the clock's first time to show it after a gap, and of
/// two equal readings the one that the person's device took it for.
fn instant(when: &When) -> Result<Timestamp, Failure> {
    let (Some(zone), Some(wall)) = (&when.zone, &when.wall) else { return Ok(when.at) };
    if zone.len() > ZONE_BYTES_MAX || wall.len() > ZONE_BYTES_MAX {
        return Err(Failure::field("value", "a zone or wall time that is too long"));
    }
    // A zone that is newer than these rules: the device knew it.
    let Ok(zone) = TimeZone::get(zone) else { return Ok(when.at) };
    let wall: DateTime = wall.parse().map_err(|_| Failure::field("value", "no wall time"))?;
    let ambiguous = zone.to_ambiguous_timestamp(wall);
    let found = match ambiguous.offset() {
        AmbiguousOffset::Fold { .. } => {
            let later = ambiguous.later();
            let as_chosen = later.as_ref().is_ok_and(|later| later.as_millisecond() == when.at.0);
            if as_chosen { later } else { ambiguous.earlier() }
        }
        _ => ambiguous.compatible(),
    };
    let found = found.map_err(|_| Failure::field("value", "a moment out of range"))?;
    Ok(Timestamp(found.as_millisecond()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn berlin(wall: &str, at: &str) -> String {
        let when =
            When { at: at.parse().unwrap(), zone: Some("Europe/Berlin".to_owned()), wall: Some(wall.to_owned()) };
        instant(&when).unwrap().to_string()
    }

    #[test]
    fn the_wall_clock_counts_whatever_instant_the_device_took_it_for() {
        assert_eq!(berlin("2026-03-28T09:00", "2026-03-28T08:00:00Z"), "2026-03-28T08:00:00Z");
        assert_eq!(berlin("2026-03-30T09:00", "2026-03-30T08:00:00Z"), "2026-03-30T07:00:00Z");
    }

    #[test]
    fn a_time_that_the_clocks_skip_comes_an_hour_later_on_them() {
        assert_eq!(berlin("2026-03-29T02:30", "2026-03-29T01:30:00Z"), "2026-03-29T01:30:00Z");
    }

    #[test]
    fn of_a_time_that_comes_twice_the_chosen_one_counts_and_else_the_first() {
        assert_eq!(berlin("2026-10-25T02:30", "2026-10-25T00:30:00Z"), "2026-10-25T00:30:00Z");
        assert_eq!(berlin("2026-10-25T02:30", "2026-10-25T01:30:00Z"), "2026-10-25T01:30:00Z");
        assert_eq!(berlin("2026-10-25T02:30", "2026-10-20T00:00:00Z"), "2026-10-25T00:30:00Z");
    }

    #[test]
    fn an_unknown_zone_leaves_the_instant() {
        let at = Timestamp(5);
        let when = When { at, zone: Some("Mars/Olympus".to_owned()), wall: Some("2026-01-01T00:00".to_owned()) };
        assert_eq!(instant(&when).unwrap(), at);
    }
}
