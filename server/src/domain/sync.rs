//! Catching up: what changed in a scope since the revision that a client has.
//!
//! The rows of `(from, to]`, each as it now is. A client that has nothing, or more than there is (the server was
//! restored from a backup), gets the present instead: chat, members, the newest page of messages.

use protocol::frame::{Changes, ScopeHave};
use protocol::limits::{CHANGES_ROWS_MAX, PAGE_MESSAGES_DEFAULT, RECEIPTS_MEMBERS_MAX};
use protocol::{Chat, ChatId, LinkPreview, Message, Poll, Row, Scope};

use super::{Cx, Failure, access, privacy};
use crate::store::{devices, emoji, groups, items, members, messages, scopes, users};

/// One frame holds about this many bytes of JSON at most, but always one row.
const CHANGES_BYTES_MAX: usize = 60 * 1024;
/// A snapshot of a larger chat holds only its actor's own member row and those of the page's authors; `list_members`
/// gives the others.
const SNAPSHOT_MEMBERS_MAX: u32 = 500;

/// The changes of one scope.
///
/// # Errors
/// `forbidden` for another person's scope, `not_a_member` and `not_found` for chats.
pub fn changes(cx: &mut Cx<'_, '_>, asked: &ScopeHave) -> Result<Changes, Failure> {
    let present = match &asked.scope {
        Scope::Team => None,
        Scope::User(user) if *user == cx.actor => None,
        Scope::User(_) => return Err(Failure::forbidden("another person's own data")),
        Scope::Chat(chat) => Some(access::own_chat(cx, chat)?.0),
    };
    let head = scopes::head(cx.tx, &asked.scope)?.rev;
    let ahead = asked.have > head;
    let snapshot = asked.have == 0 || ahead;
    let mut receipts = match &present {
        Some(chat) if chat.member_count <= RECEIPTS_MEMBERS_MAX => members::receipts(cx.tx, &chat.id)?,
        _ => Vec::new(),
    };
    privacy::hide_receipts(cx, &mut receipts)?;
    let mut changes =
        Changes { scope: asked.scope.clone(), from: asked.have, to: head, head, snapshot, rows: Vec::new(), receipts };
    if let (true, Some(chat)) = (snapshot, present) {
        changes.rows = snapshot_rows(cx, chat)?;
        return Ok(changes);
    }
    // People and memberships are never forgotten: their history from the start is the present.
    let after = if ahead { 0 } else { asked.have };
    let rows = rows_after(cx, &asked.scope, after)?;
    let (rows, cut) = fitting(rows);
    if cut {
        changes.to = rows.last().map_or(head, Row::rev);
    }
    changes.rows = rows;
    Ok(changes)
}

/// Up to one row more than a frame holds, so that the end is seen.
fn rows_after(cx: &mut Cx<'_, '_>, scope: &Scope, after: u64) -> Result<Vec<Row>, Failure> {
    let limit = CHANGES_ROWS_MAX + 1;
    let mut rows: Vec<Row> = match scope {
        Scope::Team => {
            let people = users::changed(cx.tx, after, limit)?.into_iter().map(Row::User);
            people.chain(emoji::changed(cx.tx, after, limit)?.into_iter().map(Row::Emoji)).collect()
        }
        Scope::User(user) => {
            let changed = members::changed_of(cx.tx, *user, after, limit)?;
            let own = items::changed(cx.tx, *user, after, limit)?;
            let devices = devices::changed(cx.tx, *user, after, limit)?;
            let admissions = groups::admissions_after(cx.tx, *user, after, limit)?;
            let rows = changed.iter().map(|row| Row::Membership(row.membership()));
            let rows = rows.chain(own.into_iter().map(Row::Item)).chain(devices.into_iter().map(Row::Device));
            rows.chain(admissions.into_iter().map(Row::Admission)).collect()
        }
        Scope::Chat(chat) => chat_rows_after(cx, chat, after, limit)?,
    };
    rows.sort_unstable_by_key(Row::rev);
    Ok(rows)
}

fn chat_rows_after(cx: &mut Cx<'_, '_>, chat: &ChatId, after: u64, limit: u32) -> Result<Vec<Row>, Failure> {
    let mut rows: Vec<Row> = messages::changed(cx.tx, chat, after, limit)?.into_iter().map(Row::Message).collect();
    rows.extend(members::changed(cx.tx, chat, after, limit)?.into_iter().map(|row| Row::Member(row.member())));
    let state = crate::store::chats::get(cx.tx, chat)?;
    if state.as_ref().is_some_and(|chat| chat.encrypted) {
        rows.extend(groups::commits_after(cx.tx, chat, after, limit)?.into_iter().map(Row::Handshake));
        rows.extend(groups::get(cx.tx, chat)?.filter(|group| group.rev > after).map(Row::Group));
    }
    rows.extend(state.filter(|chat| chat.rev > after).map(Row::Chat));
    Ok(rows)
}

/// Keeps what fits into one frame; `true` when something was cut off.
fn fitting(mut rows: Vec<Row>) -> (Vec<Row>, bool) {
    let mut bytes = 0;
    let within = rows.iter().take(CHANGES_ROWS_MAX as usize).take_while(|row| {
        bytes += row_bytes(row);
        bytes <= CHANGES_BYTES_MAX
    });
    let keep = within.count().max(1);
    let cut = rows.len() > keep;
    rows.truncate(keep);
    (rows, cut)
}

fn snapshot_rows(cx: &mut Cx<'_, '_>, chat: Chat) -> Result<Vec<Row>, Failure> {
    let mut page = messages::before(cx.tx, &chat.id, i64::MAX as u64, PAGE_MESSAGES_DEFAULT)?;
    let mut bytes = 0;
    let within = page.iter().take_while(|message| {
        bytes += message_bytes(message);
        bytes <= CHANGES_BYTES_MAX
    });
    page.truncate(within.count().max(1));
    let people = if chat.member_count <= SNAPSHOT_MEMBERS_MAX {
        members::present(cx.tx, &chat.id, SNAPSHOT_MEMBERS_MAX)?
    } else {
        let mut who: Vec<_> = page.iter().map(|message| message.sender_id).chain([cx.actor]).collect();
        who.sort_unstable();
        who.dedup();
        let mut found = Vec::new();
        for user in who {
            found.extend(members::get(cx.tx, &chat.id, user)?.filter(|row| !row.gone));
        }
        found
    };
    let mut rows: Vec<Row> = groups::get(cx.tx, &chat.id)?.map(Row::Group).into_iter().collect();
    rows.push(Row::Chat(chat));
    rows.extend(people.iter().map(|row| Row::Member(row.member())));
    rows.extend(page.into_iter().map(Row::Message));
    rows.sort_unstable_by_key(Row::rev);
    Ok(rows)
}

/// About how long a row is as JSON: near enough for a bound, cheap enough for every row.
fn row_bytes(row: &Row) -> usize {
    match row {
        Row::Message(message) => message_bytes(message),
        Row::Chat(chat) => 400 + chat.name.len() + chat.description.len(),
        Row::User(user) => 250 + user.display_name.len() + user.bio.len() + user.custom_status.len(),
        Row::Item(item) => 80 + item.key.len() + item.value.as_deref().map_or(0, json_bytes),
        Row::Device(device) => 300 + json_bytes(&device.name),
        Row::Admission(admission) => 250 + admission.content.len(),
        Row::Handshake(commit) => 250 + commit.content.len(),
        Row::Group(group) => 120 + (group.missing.len() + group.surplus.len()) * 80,
        Row::Member(_) | Row::Membership(_) => 160,
        Row::Emoji(emoji) => 200 + emoji.name.len() + json_bytes(&emoji.pack),
    }
}

/// About how long a message is as JSON.
pub(super) fn message_bytes(message: &Message) -> usize {
    let reactions: usize = message.reactions.iter().map(|(emoji, who)| emoji.len() + 8 + who.len() * 8).sum();
    // Room for every optional field: marks of time, where it was said first.
    let poll = message.poll.as_deref().map_or(0, poll_bytes);
    600 + poll
        + message.preview.as_deref().map_or(0, preview_bytes)
        + message.attachments.len() * 1_200
        + json_bytes(&message.content)
        + message.mentions.len() * 8
        + reactions
}

fn poll_bytes(poll: &Poll) -> usize {
    let options: usize = poll.options.iter().map(|option| 40 + json_bytes(&option.text)).sum();
    let ballots: usize = poll.ballots.iter().map(|ballot| 60 + ballot.content.len()).sum();
    200 + options + ballots + poll.solution.as_ref().map_or(0, |quiz| 60 + json_bytes(&quiz.explanation))
}

fn preview_bytes(preview: &LinkPreview) -> usize {
    let texts = [&preview.url, &preview.title, &preview.description, &preview.site_name];
    700 + texts.into_iter().map(|text| json_bytes(text)).sum::<usize>()
}

/// About how long a text is as JSON.
fn json_bytes(text: &str) -> usize {
    let escapes = text.bytes().filter(|b| matches!(b, b'"' | b'\\' | 0..=0x1f)).count();
    text.len() + escapes * 5
}
