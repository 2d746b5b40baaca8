//! Threads: the one that is open, and those that the person follows: began, wrote in, or was mentioned in. How far each was
//! read is own data.

use protocol::frame::{ThreadMessages, ThreadPage};
use protocol::limits::PAGE_MESSAGES_MAX;
use protocol::{ChatId, Message, MessageId, Request, UserId};
use sql::params;
use view::{RepliesRow, ThreadRow, TimelineDiff, TimelinePosition, Update};

use crate::chats;
use crate::engine::Engine;
use crate::error::EngineError;
use crate::messages::{self, State, Stored};
use crate::requests::Ask;
use crate::screen::Dirty;
use crate::step::Step;

/// How far a thread was read: `thread:ROOT_ID`.
pub(crate) const THREAD: &str = "thread:";
/// Most pages of a thread that are fetched when it is opened.
const PAGES_MAX: u32 = 10;
/// Most threads of the list.
const LIST_MAX: u32 = 100;

#[derive(serde::Serialize, serde::Deserialize)]
struct Read {
    chat_id: ChatId,
    read_seq: u64,
}

impl Engine {
    /// Shows a thread beside the chat. `false`: its first message is not in the cache.
    pub(crate) fn open_thread(
        &mut self,
        s: &mut Step<'_, '_>,
        chat: &ChatId,
        root: &MessageId,
    ) -> Result<bool, EngineError> {
        if messages::get(s.tx, chat, root)?.is_none() {
            return Ok(false);
        }
        self.screen.thread = Some((chat.clone(), root.clone()));
        self.reset_thread(s)?;
        self.ask_thread(s, chat, root, None, PAGES_MAX);
        Ok(true)
    }

    fn ask_thread(
        &mut self,
        s: &mut Step<'_, '_>,
        chat: &ChatId,
        root: &MessageId,
        before_seq: Option<u64>,
        pages_left: u32,
    ) {
        if self.is_entered() {
            let (chat_id, message_id) = (chat.clone(), root.clone());
            let page = ThreadPage { chat_id, message_id, before_seq, limit: Some(PAGE_MESSAGES_MAX) };
            let ask = Ask::Thread { chat: chat.clone(), root: root.clone(), pages_left };
            self.requests.ask(s, ask, None, Request::Thread(page));
        }
    }

    pub(crate) fn thread_page_came(
        &mut self,
        s: &mut Step<'_, '_>,
        chat: &ChatId,
        root: &MessageId,
        pages_left: u32,
        page: &ThreadMessages,
    ) -> Result<(), EngineError> {
        self.apply_found(s, chat, std::slice::from_ref(&*page.root))?;
        self.apply_found(s, chat, &page.messages)?;
        let open = self.screen.thread.as_ref().is_some_and(|(of, id)| of == chat && id == root);
        if let (true, true, Some(first)) = (open, page.has_more_before && pages_left > 0, page.messages.first()) {
            self.ask_thread(s, chat, root, Some(first.seq), pages_left - 1);
        }
        Ok(())
    }

    fn reset_thread(&mut self, s: &mut Step<'_, '_>) -> Result<(), EngineError> {
        let Some((chat, root)) = self.screen.thread.clone() else { return Ok(()) };
        let Some(info) = chats::get(s.tx, &chat)? else { return Ok(()) };
        let mut stored: Vec<Stored> = messages::get(s.tx, &chat, &root)?.into_iter().collect();
        stored.append(&mut messages::of_thread(s.tx, &chat, &root)?);
        let rows = self.message_rows(s, &info, stored)?;
        let position = TimelinePosition::End;
        let diffs = vec![TimelineDiff::Reset { rows, has_older: false, has_newer: false, position }];
        s.update(Update::Thread { chat_id: chat, message_id: root, diffs });
        Ok(())
    }

    /// The end of the step: what changed in the open thread.
    pub(crate) fn show_thread(&mut self, s: &mut Step<'_, '_>, dirty: &Dirty) -> Result<(), EngineError> {
        let Some((chat, root)) = self.screen.thread.clone() else { return Ok(()) };
        let Some(info) = chats::get(s.tx, &chat)? else { return Ok(()) };
        let mut diffs: Vec<TimelineDiff> = dirty
            .removed
            .iter()
            .filter(|(of, _)| *of == chat)
            .map(|(_, id)| TimelineDiff::Remove { id: id.clone() })
            .collect();
        let mut stored = Vec::new();
        for (_, id) in dirty.messages.iter().filter(|(of, _)| *of == chat) {
            let found = messages::get(s.tx, &chat, id)?;
            stored.extend(found.filter(|m| m.id == root || m.thread.as_ref() == Some(&root)));
        }
        stored.sort_by_key(|m| m.ord);
        let rows = self.message_rows(s, &info, stored)?;
        diffs.extend(rows.into_iter().map(|row| TimelineDiff::Upsert { row: Box::new(row) }));
        if !diffs.is_empty() {
            s.update(Update::Thread { chat_id: chat, message_id: root, diffs });
        }
        Ok(())
    }

    /// A message of a thread came.
    pub(crate) fn thread_grew(
        &mut self,
        s: &mut Step<'_, '_>,
        chat: &ChatId,
        message: &Message,
    ) -> Result<(), EngineError> {
        let (Some(me), Some(root)) = (self.me(), &message.thread) else { return Ok(()) };
        let own = message.sender_id == me;
        let began = messages::get(s.tx, chat, root)?.is_some_and(|first| first.sender == me);
        let follows = own || began || message.mentions.contains(&me);
        let seq = if own { 0 } else { message.seq };
        let read = if own { message.seq } else { 0 };
        s.tx.execute(
            "INSERT INTO threads (root_id, chat_id, last_seq, last_ms, read_seq, followed) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT (root_id) DO UPDATE SET chat_id = excluded.chat_id,
                 last_seq = max(threads.last_seq, excluded.last_seq), last_ms = max(threads.last_ms, excluded.last_ms),
                 read_seq = max(threads.read_seq, excluded.read_seq), followed = max(threads.followed, excluded.followed)",
            params![root.as_str(), chat.as_str(), seq, message.timestamp.0, read, follows],
        )?;
        self.screen.dirty.threads = true;
        self.screen.dirty_message(chat, root);
        Ok(())
    }

    /// The newest of a thread was seen.
    pub(crate) fn mark_thread_read(
        &mut self,
        s: &mut Step<'_, '_>,
        chat: &ChatId,
        root: &MessageId,
    ) -> Result<(), EngineError> {
        let moved = s.tx.row(
            "UPDATE threads SET read_seq = last_seq WHERE root_id = ?1 AND read_seq < last_seq RETURNING read_seq, followed",
            params![root.as_str()],
            |r| Ok((r.count(0)?, r.flag(1)?)),
        )?;
        let Some((read_seq, followed)) = moved else { return Ok(()) };
        self.screen.dirty.threads = true;
        self.screen.dirty_message(chat, root);
        if followed {
            let value = serde_json::to_string(&Read { chat_id: chat.clone(), read_seq })?;
            self.put_item(s, &format!("{THREAD}{root}"), Some(value))?;
        }
        Ok(())
    }

    /// Another device read a thread.
    pub(crate) fn thread_read_elsewhere(
        &mut self,
        s: &mut Step<'_, '_>,
        root: &MessageId,
        value: Option<&str>,
    ) -> Result<(), EngineError> {
        let Some(read) = value.and_then(|json| serde_json::from_str::<Read>(json).ok()) else { return Ok(()) };
        s.tx.execute(
            "INSERT INTO threads (root_id, chat_id, last_seq, last_ms, read_seq, followed) VALUES (?1, ?2, 0, 0, ?3, 0)
             ON CONFLICT (root_id) DO UPDATE SET read_seq = max(threads.read_seq, excluded.read_seq)",
            params![root.as_str(), read.chat_id.as_str(), read.read_seq],
        )?;
        self.screen.dirty.threads = true;
        self.screen.dirty_message(&read.chat_id, root);
        Ok(())
    }

    /// A followed thread that was not read up to this place.
    pub(crate) fn is_news_in_thread(
        &mut self,
        s: &mut Step<'_, '_>,
        root: &MessageId,
        seq: u64,
    ) -> Result<bool, EngineError> {
        let found = s.tx.row(
            "SELECT 1 FROM threads WHERE root_id = ?1 AND followed = 1 AND read_seq < ?2",
            params![root.as_str(), seq],
            |r| r.int(0),
        )?;
        Ok(found.is_some())
    }

    pub(crate) fn show_threads_unread(&mut self, s: &mut Step<'_, '_>) -> Result<(), EngineError> {
        let unread =
            s.tx.one("SELECT count(*) FROM threads WHERE followed = 1 AND last_seq > read_seq", &[], |r| r.count(0))?;
        let unread = u32::try_from(unread).unwrap_or(u32::MAX);
        if self.screen.threads_unread != Some(unread) {
            self.screen.threads_unread = Some(unread);
            s.update(Update::Threads { unread });
        }
        Ok(())
    }

    /// Threads that one follows, newest first.
    pub(crate) fn followed_threads(&mut self, s: &mut Step<'_, '_>) -> Result<Vec<ThreadRow>, EngineError> {
        let found = s.tx.rows(
            "SELECT chat_id, root_id FROM threads WHERE followed = 1 ORDER BY last_ms DESC LIMIT ?1",
            params![LIST_MAX],
            |r| Ok((r.text(0)?, r.text(1)?)),
        )?;
        let mut rows = Vec::new();
        for (chat, root) in found {
            let (Some(chat), Some(root)) = (ChatId::new(chat), MessageId::new(root)) else { continue };
            let Some(first) = messages::get(s.tx, &chat, &root)? else { continue };
            let Some(replies) = self.replies(s, &first)? else { continue };
            if let Some(root) = self.hit(s, &chat, first)? {
                rows.push(ThreadRow { root, replies });
            }
        }
        Ok(rows)
    }

    /// The thread under a message, in short.
    pub(crate) fn replies(&mut self, s: &mut Step<'_, '_>, m: &Stored) -> Result<Option<RepliesRow>, EngineError> {
        let Some(replies) = &m.details.replies else { return Ok(None) };
        if m.state != State::Settled {
            return Ok(None);
        }
        let unread = s.tx.row(
            "SELECT 1 FROM threads WHERE root_id = ?1 AND followed = 1 AND last_seq > read_seq",
            params![m.id.as_str()],
            |r| r.int(0),
        )?;
        let mut people = Vec::new();
        for id in &replies.people {
            people.push(self.person_row(s, UserId(id.0))?);
        }
        let (count, last_at) = (replies.count, replies.last_at);
        Ok(Some(RepliesRow { count, last_at, people, unread: unread.is_some() }))
    }
}
