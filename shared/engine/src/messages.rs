//! The messages of the cache. A message enters the history once, by its id, whichever way it comes.

use protocol::{
    Attachment, ChatId, ErrorCode, Everyone, Forwarded, LinkPreview, Message, MessageId, MessageType, NewPoll, Poll,
    Replies, UserId,
};
use sql::{Error, Row, Tx, params};

use crate::content::Content;
use crate::keywords::Keywords;
use crate::{search, text};

mod find;
mod own;
mod sealed;

pub(crate) use find::{
    answers, between, by_number, first_at, last, mentioning, of_thread, pinned, settled_after, stands, unsettled,
    with_files, with_links,
};
pub(crate) use own::{NewOwn, accept, put_queued, queue_again, refuse, rewrite, set_details, settle_passed};
pub(crate) use sealed::{forget_sealed, inside, put_opened, sealed_as, set_cipher};

/// Orders of messages that are not in the history yet begin here: after every accepted one.
pub(crate) const QUEUED_ORD: u64 = 1 << 62;

/// The order of an accepted message.
pub(crate) fn ord_of(seq: u64) -> u64 {
    seq << 20
}

/// Where a message is on its way into the history.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// In its place. The end.
    Settled,
    /// In the outbox. → `Accepted`, `Refused`, `Settled`.
    Queued,
    /// The server has it; its row has not come back yet. → `Settled`.
    Accepted,
    /// The server said no. → `Queued` when the person tries again.
    Refused,
}

impl State {
    fn code(self) -> i64 {
        match self {
            State::Settled => 0,
            State::Queued => 1,
            State::Accepted => 2,
            State::Refused => 3,
        }
    }

    fn of(code: i64) -> Self {
        match code {
            1 => State::Queued,
            2 => State::Accepted,
            3 => State::Refused,
            _ => State::Settled,
        }
    }
}

/// Reactions by first use.
pub(crate) type Reactions = Vec<(String, Vec<UserId>)>;

/// A message as the cache has it.
#[derive(Debug, Clone)]
pub(crate) struct Stored {
    pub(crate) n: i64,
    pub(crate) id: MessageId,
    pub(crate) ord: u64,
    pub(crate) seq: u64,
    pub(crate) sender: UserId,
    pub(crate) content: String,
    pub(crate) kind: MessageType,
    pub(crate) at: i64,
    pub(crate) reply_to: Option<MessageId>,
    pub(crate) mentions: Vec<UserId>,
    pub(crate) reactions: Reactions,
    pub(crate) sealed: bool,
    pub(crate) edited: bool,
    pub(crate) deleted: bool,
    pub(crate) rev: u64,
    pub(crate) state: State,
    pub(crate) failure: Option<ErrorCode>,
    pub(crate) counts: bool,
    pub(crate) mentions_me: bool,
    pub(crate) pinned_at: Option<i64>,
    pub(crate) details: Details,
    pub(crate) thread: Option<MessageId>,
    pub(crate) expires_at: Option<i64>,
}

impl Stored {
    /// As one line of plain text: what it says, or what its files are called. Empty when it cannot be read.
    pub(crate) fn line(&self, chars_max: usize) -> String {
        let readable = Content::of(&self.content, self.sealed).readable().unwrap_or_default();
        if !readable.trim().is_empty() || self.details.attachments.is_empty() {
            return text::one_line(readable, chars_max);
        }
        // A voice is called what it is; its ending says nothing.
        let name = |a: &protocol::Attachment| {
            let stem = a.file.name.rsplit_once('.').filter(|_| a.about.waveform.is_some()).map(|(stem, _)| stem);
            stem.unwrap_or(&a.file.name).to_owned()
        };
        let names: Vec<String> = self.details.attachments.iter().map(name).collect();
        text::clipped(&names.join(", "), chars_max)
    }
}

/// What only few messages have.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub(crate) struct Details {
    /// Where it was said first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) forwarded: Option<Box<Forwarded>>,
    /// The thread under it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) replies: Option<Box<Replies>>,
    /// Its files.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) attachments: Vec<Attachment>,
    /// What can be answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) poll: Option<Box<Poll>>,
    /// What stands behind its first link.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) preview: Option<Box<LinkPreview>>,
    /// The poll as this device asked it, in case that it must be asked again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) asked: Option<Box<NewPoll>>,
    /// Everyone is mentioned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) everyone: Option<Everyone>,
    /// It is forwarded, and its files are not those of the original: this device brings them.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(crate) brought: bool,
}

impl Details {
    fn of(message: &Message) -> Self {
        Self {
            forwarded: message.forwarded.clone(),
            replies: message.replies.clone(),
            attachments: message.attachments.clone(),
            poll: message.poll.clone().map(without_ballots),
            preview: message.preview.clone(),
            asked: None,
            everyone: message.everyone,
            brought: false,
        }
    }

    /// For the column; nothing for nothing.
    pub(crate) fn text(&self) -> Option<String> {
        (*self != Self::default()).then(|| serde_json::to_string(self).expect("texts and numbers are JSON"))
    }
}

/// Votes inside of seals are kept by whom they are of.
fn without_ballots(mut poll: Box<Poll>) -> Box<Poll> {
    poll.ballots.clear();
    poll
}

const COLUMNS: &str = "n, id, ord, seq, sender_id, content, kind, at_ms, reply_to, mentions, reactions, sealed, edited, \
                       deleted, rev, state, failure, counts, mentions_me, pinned_at_ms, details, thread, expires_ms";

fn read(r: &Row<'_>) -> Result<Stored, Error> {
    let broken = |what: &str| Error::Bug(format!("messages.{what} is not what was written"));
    let reactions = r.text(10)?;
    Ok(Stored {
        n: r.int(0)?,
        id: MessageId::new(r.text(1)?).ok_or_else(|| broken("id"))?,
        ord: r.count(2)?,
        seq: r.count(3)?,
        sender: UserId(r.int(4)?),
        content: r.text(5)?,
        kind: kind_of(&r.text(6)?),
        at: r.int(7)?,
        reply_to: r.opt_text(8)?.and_then(MessageId::new),
        mentions: people_of(&r.text(9)?),
        reactions: if reactions.is_empty() {
            Vec::new()
        } else {
            serde_json::from_str(&reactions).map_err(|_| broken("reactions"))?
        },
        sealed: r.flag(11)?,
        edited: r.flag(12)?,
        deleted: r.flag(13)?,
        rev: r.count(14)?,
        state: State::of(r.int(15)?),
        failure: r.opt_text(16)?.map(|code| code_of(&code)),
        counts: r.flag(17)?,
        mentions_me: r.flag(18)?,
        pinned_at: r.opt_int(19)?,
        details: match r.opt_text(20)? {
            Some(json) => serde_json::from_str(&json).map_err(|_| broken("details"))?,
            None => Details::default(),
        },
        thread: r.opt_text(21)?.and_then(MessageId::new),
        expires_at: r.opt_int(22)?,
    })
}

fn kind_text(kind: MessageType) -> &'static str {
    match kind {
        MessageType::Text => "text",
        MessageType::System => "system",
        MessageType::Unknown => "unknown",
    }
}

fn kind_of(text: &str) -> MessageType {
    match text {
        "text" => MessageType::Text,
        "system" => MessageType::System,
        _ => MessageType::Unknown,
    }
}

fn people_text(people: &[UserId]) -> String {
    people.iter().map(|id| id.0.to_string()).collect::<Vec<_>>().join(",")
}

fn people_of(text: &str) -> Vec<UserId> {
    text.split(',').filter_map(|id| id.parse().ok().map(UserId)).collect()
}

pub(crate) fn code_of(text: &str) -> ErrorCode {
    serde_json::from_value(serde_json::Value::String(text.to_owned())).unwrap_or(ErrorCode::Internal)
}

pub(crate) fn get(tx: &mut Tx<'_>, chat: &ChatId, id: &MessageId) -> Result<Option<Stored>, Error> {
    tx.row(
        &format!("SELECT {COLUMNS} FROM messages WHERE chat_id = ?1 AND id = ?2"),
        params![chat.as_str(), id.as_str()],
        read,
    )
}

/// What [`put`] did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Put {
    /// It was not in the cache.
    New,
    /// An own message came back from the server and took its place.
    Settled,
    /// It was there and is now different.
    Changed {
        /// Whether it counted as unread before.
        counted: bool,
    },
    /// The cache had this or something newer.
    Same,
}

/// What of a message depends on who reads it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Meaning {
    pub(crate) counts: bool,
    pub(crate) mentions_me: bool,
}

impl Meaning {
    pub(crate) fn of(message: &Message, me: UserId, keywords: &Keywords) -> Self {
        let foreign = message.sender_id != me;
        let live = message.deleted_at.is_none() && message.message_type != MessageType::System;
        let readable = Content::of(&message.content, message.sealed).readable();
        let calls = || {
            message.mentions.contains(&me)
                || (message.everyone == Some(Everyone::All) && !message.sealed)
                || readable.is_some_and(|text| keywords.are_in(text))
        };
        // What stands in a thread counts there, see `threads`.
        Self { counts: foreign && live && message.thread.is_none(), mentions_me: live && foreign && calls() }
    }
}

/// Puts a message as the server has it into its place.
pub(crate) fn put(tx: &mut Tx<'_>, chat: &ChatId, m: &Message, meaning: Meaning) -> Result<Put, Error> {
    let n = number(m.timestamp.0, m.seq);
    if insert(tx, chat, m, n, meaning)? {
        return Ok(Put::New);
    }
    // Rare: it is there already, or its number or place is taken.
    let Some(old) = get(tx, chat, &m.id)? else {
        clear_place(tx, chat, m)?;
        let n = free_number(tx, n)?;
        return if insert(tx, chat, m, n, meaning)? {
            Ok(Put::New)
        } else {
            Err(Error::Bug("a message fits nowhere".to_owned()))
        };
    };
    if old.state == State::Settled && old.rev >= m.rev {
        return Ok(Put::Same);
    }
    clear_place(tx, chat, m)?;
    let n = if old.state == State::Settled { old.n } else { free_number(tx, n)? };
    let reactions = in_order_of_use(&old.reactions, m);
    let asked = old.details.asked.clone().filter(|_| m.poll.is_some());
    let details = Details { asked, ..Details::of(m) };
    tx.execute(
        "UPDATE messages SET n = ?3, ord = ?4, seq = ?5, sender_id = ?6, content = ?7, kind = ?8, at_ms = ?9, reply_to = ?10,
             mentions = ?11, reactions = ?12, sealed = ?13, edited = ?14, deleted = ?15, rev = ?16, state = 0, failure = NULL,
             counts = ?17, mentions_me = ?18, pinned_at_ms = ?19, details = ?20, thread = ?21, expires_ms = ?22
         WHERE chat_id = ?1 AND id = ?2",
        params![
            chat.as_str(),
            m.id.as_str(),
            n,
            ord_of(m.seq),
            m.seq,
            m.sender_id.0,
            m.content,
            kind_text(m.message_type),
            m.timestamp.0,
            m.reply_to.as_ref().map(MessageId::as_str),
            people_text(&m.mentions),
            reactions_text(&reactions),
            m.sealed,
            m.edited_at.is_some(),
            m.deleted_at.is_some(),
            m.rev,
            meaning.counts,
            meaning.mentions_me,
            m.pinned_at.map(|at| at.0),
            details.text(),
            m.thread.as_ref().map(MessageId::as_str),
            expires_ms(m),
        ],
    )?;
    if n != old.n || old.content != m.content || m.deleted_at.is_some() {
        search::forget(tx, old.n)?;
        index(tx, n, m)?;
    }
    Ok(if old.state == State::Settled { Put::Changed { counted: old.counts } } else { Put::Settled })
}

fn insert(tx: &mut Tx<'_>, chat: &ChatId, m: &Message, n: i64, meaning: Meaning) -> Result<bool, Error> {
    let reactions: Reactions = m.reactions.iter().map(|(emoji, who)| (emoji.clone(), who.clone())).collect();
    let done = tx.execute(
        "INSERT INTO messages (n, chat_id, id, ord, seq, sender_id, content, kind, at_ms, reply_to, mentions, reactions,
             sealed, edited, deleted, rev, state, failure, counts, mentions_me, pinned_at_ms, details, thread, expires_ms)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, 0, NULL, ?17, ?18, ?19, ?20, ?21, ?22)
         ON CONFLICT DO NOTHING",
        params![
            n,
            chat.as_str(),
            m.id.as_str(),
            ord_of(m.seq),
            m.seq,
            m.sender_id.0,
            m.content,
            kind_text(m.message_type),
            m.timestamp.0,
            m.reply_to.as_ref().map(MessageId::as_str),
            people_text(&m.mentions),
            reactions_text(&reactions),
            m.sealed,
            m.edited_at.is_some(),
            m.deleted_at.is_some(),
            m.rev,
            meaning.counts,
            meaning.mentions_me,
            m.pinned_at.map(|at| at.0),
            Details::of(m).text(),
            m.thread.as_ref().map(MessageId::as_str),
            expires_ms(m),
        ],
    )?;
    if done > 0 {
        index(tx, n, m)?;
    }
    Ok(done > 0)
}

/// When it goes by itself, while it is there.
fn expires_ms(m: &Message) -> Option<i64> {
    m.expires_at.filter(|_| m.deleted_at.is_none()).map(|at| at.0)
}

fn index(tx: &mut Tx<'_>, n: i64, m: &Message) -> Result<(), Error> {
    if m.message_type == MessageType::Text && m.deleted_at.is_none() && !m.sealed {
        search::remember(tx, n, &m.content)?;
    }
    Ok(())
}

/// Another message with this place in the history is from before the server was restored: it is no more.
fn clear_place(tx: &mut Tx<'_>, chat: &ChatId, m: &Message) -> Result<(), Error> {
    let stale = tx.row(
        "SELECT n FROM messages WHERE chat_id = ?1 AND ord = ?2 AND id <> ?3",
        params![chat.as_str(), ord_of(m.seq), m.id.as_str()],
        |r| r.int(0),
    )?;
    if let Some(n) = stale {
        search::forget(tx, n)?;
        tx.execute("DELETE FROM messages WHERE n = ?1", params![n])?;
    }
    Ok(())
}

/// Keeps the known order of reactions; new ones come last.
fn in_order_of_use(known: &Reactions, m: &Message) -> Reactions {
    let mut now: Vec<_> = m.reactions.iter().map(|(emoji, who)| (emoji.clone(), who.clone())).collect();
    now.sort_by_key(|(emoji, _)| known.iter().position(|(k, _)| k == emoji).unwrap_or(usize::MAX));
    now
}

fn reactions_text(reactions: &Reactions) -> String {
    if reactions.is_empty() {
        return String::new();
    }
    serde_json::to_string(reactions).expect("texts and numbers are JSON")
}

/// The row's number: by time, so that the search index is in order of time.
fn number(at_ms: i64, low: u64) -> i64 {
    const AT_MAX: i64 = 1 << 50;
    (at_ms.clamp(0, AT_MAX) << 12) | i64::try_from(low & 0xfff).unwrap_or(0)
}

fn free_number(tx: &mut Tx<'_>, wanted: i64) -> Result<i64, Error> {
    let mut n = wanted;
    while tx.row("SELECT 1 FROM messages WHERE n = ?1", params![n], |r| r.int(0))?.is_some() {
        n += 1;
    }
    Ok(n)
}

/// Takes a message out.
pub(crate) fn remove(tx: &mut Tx<'_>, chat: &ChatId, id: &MessageId) -> Result<(), Error> {
    if let Some(old) = get(tx, chat, id)? {
        search::forget(tx, old.n)?;
        tx.execute("DELETE FROM messages WHERE n = ?1", params![old.n])?;
    }
    Ok(())
}

/// Forgets the chat's history; what is not in it yet stays.
pub(crate) fn forget_history(tx: &mut Tx<'_>, chat: &ChatId) -> Result<(), Error> {
    tx.execute(
        "DELETE FROM message_index WHERE rowid IN (SELECT n FROM messages WHERE chat_id = ?1 AND state = 0)",
        params![chat.as_str()],
    )?;
    tx.execute("DELETE FROM messages WHERE chat_id = ?1 AND state = 0", params![chat.as_str()])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use sql::{Store, StoreLocation};

    /// What the planner says it will do.
    fn plan(statement: &str) -> String {
        let mut store = Store::open(&StoreLocation::Memory, None).unwrap();
        let lines: Vec<String> = store
            .write(|tx| {
                crate::schema::bring_up(tx)?;
                tx.rows(&format!("EXPLAIN QUERY PLAN {statement}"), &[], |r| r.text(3))
            })
            .unwrap();
        lines.join("; ")
    }

    #[test]
    fn what_runs_at_every_start_and_message_never_reads_the_whole_table() {
        for statement in [
            "SELECT DISTINCT chat_id FROM messages WHERE state <> 0 AND state = 2",
            "SELECT id FROM messages WHERE chat_id = 'c' AND state <> 0 AND state = 2 AND rev <= 7 AND seq > 0",
            "SELECT id FROM messages WHERE chat_id = 'c' AND state <> 0 ORDER BY ord",
        ] {
            let plan = plan(statement);
            assert!(plan.contains("messages_unsettled"), "{statement}: {plan}");
        }
        let last = plan("SELECT id FROM messages WHERE chat_id = 'c' ORDER BY ord DESC LIMIT 1");
        assert!(last.contains("messages_by_order") && !last.contains("TEMP B-TREE"), "{last}");
        let found = plan("SELECT rowid FROM message_index WHERE message_index MATCH 'a' ORDER BY rowid DESC LIMIT 5");
        assert!(!found.contains("TEMP B-TREE"), "{found}");
    }
}
