//! What others said that concerns oneself: mentions, answers, reactions; beside them the reminders that rang and the threads with
//! something new. How far each chat's part was read is own data, `inbox:CHAT_ID`, by the chat's revision: the same on all devices.

use protocol::{ChatId, Message, MessageId, MessageType, Timestamp, UserId};
use sql::{Error, Tx, params};
use view::{InboxRow, InboxWhat, Update};

use crate::engine::Engine;
use crate::error::EngineError;
use crate::inbox::Source;
use crate::messages::{self, Meaning};
use crate::step::Step;

/// Entries about how far a chat's part was read: `inbox:CHAT_ID`.
pub(crate) const INBOX: &str = "inbox:";
/// Most rows of the list.
const LIST_MAX: u32 = 200;
/// More than these are forgotten, the oldest first.
const KEPT_MAX: u32 = 1_000;

const MENTION: i64 = 0;
const ANSWER: i64 = 1;
const REACTION: i64 = 2;

/// The value of an entry.
#[derive(serde::Serialize, serde::Deserialize)]
struct Read {
    rev: u64,
}

/// What a row of the table says.
struct News {
    kind: i64,
    chat: String,
    message: String,
    who: UserId,
    emoji: String,
    at: i64,
    unread: bool,
}

/// Those that are new: after the chat's mark, and for messages after the read mark of the chat, where they stand in its main line.
const UNREAD: &str = "n.fresh = 1 AND n.rev > coalesce(r.rev, 0)
    AND (n.kind = 2 OR m.thread IS NOT NULL OR m.seq > c.read_seq)";
const FROM: &str = "FROM news n JOIN chats c ON c.id = n.chat_id LEFT JOIN news_read r ON r.chat_id = n.chat_id
    JOIN messages m ON m.chat_id = n.chat_id AND m.id = n.message_id";

impl Engine {
    /// A message came, or changed.
    pub(crate) fn note_news(
        &mut self,
        s: &mut Step<'_, '_>,
        chat: &ChatId,
        message: &Message,
        meaning: Meaning,
        source: Source,
    ) -> Result<(), EngineError> {
        let Some(me) = self.me() else { return Ok(()) };
        if message.deleted_at.is_some() {
            self.forget_news(s, chat, &message.id)?;
            return Ok(());
        }
        if message.message_type != MessageType::Text {
            return Ok(());
        }
        let fresh = source != Source::Snapshot;
        if message.sender_id == me {
            return self.note_reactions(s, chat, message, me, fresh);
        }
        let kind = if meaning.mentions_me {
            MENTION
        } else if let Some(answered) = &message.reply_to
            && messages::get(s.tx, chat, answered)?.is_some_and(|answered| answered.sender == me)
        {
            ANSWER
        } else {
            return Ok(());
        };
        let row = (kind, message.sender_id, "", message.timestamp.0, fresh);
        self.screen.dirty.news |= put(s.tx, chat, message, row)?;
        Ok(())
    }

    fn note_reactions(
        &mut self,
        s: &mut Step<'_, '_>,
        chat: &ChatId,
        message: &Message,
        me: UserId,
        fresh: bool,
    ) -> Result<(), EngineError> {
        let known = s.tx.rows(
            "SELECT who, emoji FROM news WHERE chat_id = ?1 AND message_id = ?2 AND kind = 2",
            params![chat.as_str(), message.id.as_str()],
            |r| Ok((UserId(r.int(0)?), r.text(1)?)),
        )?;
        let now: Vec<(UserId, &str)> = message
            .reactions
            .iter()
            .flat_map(|(emoji, who)| who.iter().map(move |who| (*who, emoji.as_str())))
            .filter(|(who, _)| *who != me)
            .collect();
        for (who, emoji) in known.iter().filter(|(who, emoji)| !now.contains(&(*who, emoji.as_str()))) {
            s.tx.execute(
                "DELETE FROM news WHERE chat_id = ?1 AND message_id = ?2 AND kind = 2 AND who = ?3 AND emoji = ?4",
                params![chat.as_str(), message.id.as_str(), who.0, emoji.as_str()],
            )?;
            self.screen.dirty.news = true;
        }
        // Nobody says when someone reacted: as it was heard, or with the message.
        let at = if fresh { s.now } else { message.timestamp.0 };
        for (who, emoji) in now {
            self.screen.dirty.news |= put(s.tx, chat, message, (REACTION, who, emoji, at, fresh))?;
        }
        Ok(())
    }

    /// A message is there no more.
    pub(crate) fn forget_news(
        &mut self,
        s: &mut Step<'_, '_>,
        chat: &ChatId,
        id: &MessageId,
    ) -> Result<(), EngineError> {
        let gone = s
            .tx
            .execute("DELETE FROM news WHERE chat_id = ?1 AND message_id = ?2", params![chat.as_str(), id.as_str()])?;
        self.screen.dirty.news |= gone > 0;
        Ok(())
    }

    /// All of it, newest first.
    pub(crate) fn inbox_rows(&mut self, s: &mut Step<'_, '_>) -> Result<Vec<InboxRow>, EngineError> {
        let found = s.tx.rows(
            &format!(
                "SELECT n.kind, n.chat_id, n.message_id, n.who, n.emoji, n.at_ms, CASE WHEN {UNREAD} THEN 1 ELSE 0 END
                 {FROM} ORDER BY n.at_ms DESC LIMIT ?1"
            ),
            params![LIST_MAX],
            |r| {
                Ok(News {
                    kind: r.int(0)?,
                    chat: r.text(1)?,
                    message: r.text(2)?,
                    who: UserId(r.int(3)?),
                    emoji: r.text(4)?,
                    at: r.int(5)?,
                    unread: r.flag(6)?,
                })
            },
        )?;
        let mut rows = Vec::new();
        for news in found {
            if !self.own.has_blocked(news.who) {
                rows.extend(self.news_row(s, news)?);
            }
        }
        for (message, rang) in self.rung(s)? {
            rows.push(InboxRow { what: InboxWhat::Reminder, message, at: rang, unread: true });
        }
        for thread in self.followed_threads(s)?.into_iter().filter(|thread| thread.replies.unread) {
            let (count, at) = (thread.replies.count, thread.replies.last_at);
            rows.push(InboxRow { what: InboxWhat::Thread { count }, message: thread.root, at, unread: true });
        }
        rows.sort_by_key(|row| std::cmp::Reverse(row.at));
        Ok(rows)
    }

    fn news_row(&mut self, s: &mut Step<'_, '_>, news: News) -> Result<Option<InboxRow>, EngineError> {
        let (Some(chat), Some(id)) = (ChatId::new(news.chat), MessageId::new(news.message)) else { return Ok(None) };
        let Some(message) = messages::get(s.tx, &chat, &id)? else { return Ok(None) };
        let Some(message) = self.hit(s, &chat, message)? else { return Ok(None) };
        let what = match news.kind {
            MENTION => InboxWhat::Mention,
            ANSWER => InboxWhat::Answer,
            _ => InboxWhat::Reaction { emoji: news.emoji, who: Box::new(self.person_row(s, news.who)?) },
        };
        Ok(Some(InboxRow { what, message, at: Timestamp(news.at), unread: news.unread }))
    }

    /// Everything was seen.
    pub(crate) fn mark_inbox_read(&mut self, s: &mut Step<'_, '_>) -> Result<(), EngineError> {
        let chats =
            s.tx.rows(&format!("SELECT n.chat_id, max(n.rev) {FROM} WHERE {UNREAD} GROUP BY n.chat_id"), &[], |r| {
                Ok((r.text(0)?, r.count(1)?))
            })?;
        for (chat, rev) in chats {
            // All that this device knows of the chat: another one may have learned it under a later revision.
            let have =
                s.tx.row("SELECT have FROM scopes WHERE scope = ?1", params![format!("chat:{chat}")], |r| r.count(0))?;
            let read = Read { rev: rev.max(have.unwrap_or(0)) };
            self.put_item(s, &format!("{INBOX}{chat}"), Some(serde_json::to_string(&read)?))?;
        }
        Ok(())
    }

    /// How far a chat's part was read, here or elsewhere.
    pub(crate) fn inbox_read(
        &mut self,
        s: &mut Step<'_, '_>,
        chat: &str,
        value: Option<&str>,
    ) -> Result<(), EngineError> {
        let read = value.and_then(|json| serde_json::from_str::<Read>(json).ok()).map_or(0, |read| read.rev);
        s.tx.execute(
            "INSERT INTO news_read (chat_id, rev) VALUES (?1, ?2)
             ON CONFLICT (chat_id) DO UPDATE SET rev = max(news_read.rev, excluded.rev)",
            params![chat, read],
        )?;
        self.screen.dirty.news = true;
        Ok(())
    }

    /// Tells the screen how many are new, when that changed.
    pub(crate) fn show_inbox(&mut self, s: &mut Step<'_, '_>) -> Result<(), EngineError> {
        let unread = s.tx.one(&format!("SELECT count(*) {FROM} WHERE {UNREAD}"), &[], |r| r.count(0))?;
        let unread = u32::try_from(unread).unwrap_or(u32::MAX);
        if self.screen.inbox_unread != Some(unread) {
            self.screen.inbox_unread = Some(unread);
            s.update(Update::Inbox { unread });
        }
        Ok(())
    }
}

/// `true` when it was not known.
fn put(
    tx: &mut Tx<'_>,
    chat: &ChatId,
    message: &Message,
    (kind, who, emoji, at, fresh): (i64, UserId, &str, i64, bool),
) -> Result<bool, Error> {
    let done = tx.execute(
        "INSERT INTO news (kind, chat_id, message_id, who, emoji, rev, at_ms, fresh) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
         ON CONFLICT DO NOTHING",
        params![kind, chat.as_str(), message.id.as_str(), who.0, emoji, message.rev, at, fresh],
    )?;
    Ok(done > 0)
}

/// At the start: the oldest are forgotten.
pub(crate) fn prune(tx: &mut Tx<'_>) -> Result<(), Error> {
    tx.execute(
        "DELETE FROM news WHERE at_ms < (SELECT at_ms FROM news ORDER BY at_ms DESC LIMIT 1 OFFSET ?1)",
        params![KEPT_MAX],
    )?;
    Ok(())
}

/// The chat whose part a key is about.
pub(crate) fn chat_of(key: &str) -> Option<&str> {
    key.strip_prefix(INBOX)
}
