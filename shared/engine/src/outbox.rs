//! What this person changed and the server may not have yet. Survives restarts; keeps order per chat; asks until there
//! is an answer, always under the same id, so that nothing happens twice.
//!
//! A row waits → is asked (one per chat at a time) → is accepted, and shown on top of the history until its revision
//! arrives → is gone; or it is refused for good: posts stay, to be tried again or thrown away, other changes vanish.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use protocol::frame::MessageAccepted;
use protocol::{Chat, ChatId, ErrorCode, LocalId, MessageId, ProtocolError, Request, Scope};
use sql::{Error, Tx, params};

use crate::engine::Engine;
use crate::error::EngineError;
use crate::io::Timer;
use crate::requests::Ask;
use crate::sealing::Sending;
use crate::step::Step;
use crate::{chats, messages, ranges};

pub(crate) mod overlay;
mod posts;

pub(crate) use posts::post_request;

/// Most chats that have a change on its way at a time.
const LANES_MAX: usize = 32;
/// An `internal` error this often is final: one bad message must not stop a chat for good.
const INTERNAL_ERRORS_MAX: u32 = 8;
/// Longest pause after an error that may pass.
const PAUSE_MS_MAX: u32 = 30_000;

/// What a row asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum What {
    Post,
    Edit,
    Delete,
    React,
    Pin,
    Vote,
    ClosePoll,
    RemovePreview,
    Create,
}

impl What {
    fn text(self) -> &'static str {
        match self {
            What::Post => "post",
            What::Edit => "edit",
            What::Delete => "delete",
            What::React => "react",
            What::Pin => "pin",
            What::Vote => "vote",
            What::ClosePoll => "close_poll",
            What::RemovePreview => "remove_preview",
            What::Create => "create",
        }
    }

    fn of(text: &str) -> Self {
        match text {
            "post" => What::Post,
            "edit" => What::Edit,
            "delete" => What::Delete,
            "react" => What::React,
            "pin" => What::Pin,
            "vote" => What::Vote,
            "close_poll" => What::ClosePoll,
            "remove_preview" => What::RemovePreview,
            _ => What::Create,
        }
    }
}

/// The lanes in memory: a cache of the rows that wait.
#[derive(Default)]
pub(crate) struct Outbox {
    lanes: BTreeMap<ChatId, VecDeque<i64>>,
    asked: BTreeSet<ChatId>,
    /// Chats with rows that are accepted but not arrived.
    accepted: BTreeSet<ChatId>,
    paused_until: i64,
    pauses: u32,
    /// The last number given. Numbers are not used twice while this engine lives: an answer to a row that is gone must not
    /// find another one in its place.
    last_n: i64,
}

impl Outbox {
    pub(crate) fn load(tx: &mut Tx<'_>) -> Result<Self, EngineError> {
        let mut outbox = Self::default();
        let rows = tx
            .rows("SELECT chat_id, n, state FROM outbox ORDER BY n", &[], |r| Ok((r.text(0)?, r.int(1)?, r.int(2)?)))?;
        for (chat, n, state) in rows {
            outbox.last_n = n;
            let chat = ChatId::new(chat).ok_or_else(|| EngineError::Corrupt("outbox.chat_id".to_owned()))?;
            if state == 0 {
                outbox.lanes.entry(chat).or_default().push_back(n);
            } else if state == 1 {
                outbox.accepted.insert(chat);
            }
        }
        let unsettled =
            tx.rows("SELECT DISTINCT chat_id FROM messages WHERE state <> 0 AND state = 2", &[], |r| r.text(0))?;
        outbox.accepted.extend(unsettled.into_iter().filter_map(ChatId::new));
        Ok(outbox)
    }

    /// Something waits in a chat.
    pub(crate) fn has(&self, chat: &ChatId) -> bool {
        self.lanes.contains_key(chat)
    }

    /// How many changes wait.
    pub(crate) fn waiting(&self) -> u32 {
        self.lanes.values().map(|lane| u32::try_from(lane.len()).unwrap_or(u32::MAX)).sum()
    }

    /// The connection is gone: what was asked waits again.
    pub(crate) fn disconnect(&mut self) {
        self.asked.clear();
        self.paused_until = 0;
    }

    fn leave(&mut self, chat: &ChatId, n: i64) {
        if let Some(lane) = self.lanes.get_mut(chat) {
            lane.retain(|waiting| *waiting != n);
            if lane.is_empty() {
                self.lanes.remove(chat);
            }
        }
    }
}

struct Row {
    local_id: LocalId,
    message_id: Option<MessageId>,
    what: What,
    request: Request,
    errors: u32,
}

fn row(tx: &mut Tx<'_>, n: i64) -> Result<Option<Row>, EngineError> {
    let found =
        tx.row("SELECT local_id, message_id, what, request, errors FROM outbox WHERE n = ?1", params![n], |r| {
            Ok((r.text(0)?, r.opt_text(1)?, r.text(2)?, r.text(3)?, r.int(4)?))
        })?;
    let Some((local_id, message_id, what, request, errors)) = found else { return Ok(None) };
    let local_id = uuid::Uuid::parse_str(&local_id).map_err(|e| EngineError::Corrupt(e.to_string()))?;
    Ok(Some(Row {
        local_id: LocalId(local_id),
        message_id: message_id.and_then(MessageId::new),
        what: What::of(&what),
        request: serde_json::from_str(&request)?,
        errors: u32::try_from(errors).unwrap_or(u32::MAX),
    }))
}

fn delete(tx: &mut Tx<'_>, n: i64) -> Result<(), Error> {
    tx.execute("DELETE FROM outbox WHERE n = ?1", params![n]).map(|_| ())
}

/// The row that posts a message: its number, and how often it was asked.
fn post_of(tx: &mut Tx<'_>, chat: &ChatId, id: &MessageId) -> Result<Option<(i64, u32)>, Error> {
    tx.row(
        "SELECT n, attempts FROM outbox WHERE chat_id = ?1 AND message_id = ?2 AND what = 'post'",
        params![chat.as_str(), id.as_str()],
        |r| Ok((r.int(0)?, u32::try_from(r.int(1)?).unwrap_or(u32::MAX))),
    )
}

impl Engine {
    /// Writes a change down; it is asked as soon as its turn comes.
    pub(crate) fn enqueue(
        &mut self,
        s: &mut Step<'_, '_>,
        chat: &ChatId,
        what: What,
        message: Option<&MessageId>,
        local_id: LocalId,
        request: &Request,
    ) -> Result<(), EngineError> {
        self.outbox.last_n += 1;
        let n = self.outbox.last_n;
        s.tx.execute(
            "INSERT INTO outbox (n, chat_id, local_id, message_id, what, request, state, attempts, errors, rev)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0, 0, 0, 0)",
            params![
                n,
                chat.as_str(),
                local_id.to_string(),
                message.map(MessageId::as_str),
                what.text(),
                serde_json::to_string(request)?
            ],
        )?;
        self.outbox.lanes.entry(chat.clone()).or_default().push_back(n);
        self.screen.dirty.connection = true;
        self.screen.dirty.chats.insert(chat.clone());
        if let Some(id) = message {
            self.screen.dirty_message(chat, id);
        }
        Ok(())
    }

    /// Asks for the first waiting row of each chat that has nothing on its way.
    pub(crate) fn send_outbox(&mut self, s: &mut Step<'_, '_>) -> Result<(), EngineError> {
        if !self.is_entered() || s.now < self.outbox.paused_until {
            return Ok(());
        }
        let free = LANES_MAX.saturating_sub(self.outbox.asked.len());
        let turns: Vec<(ChatId, i64)> = self
            .outbox
            .lanes
            .iter()
            .filter(|(chat, _)| !self.outbox.asked.contains(*chat) && !self.sealing_waits(chat))
            .filter_map(|(chat, lane)| Some((chat.clone(), *lane.front()?)))
            .take(free)
            .collect();
        for (chat, n) in turns {
            let Some(row) = row(s.tx, n)? else {
                self.outbox.leave(&chat, n);
                continue;
            };
            let request = match self.as_sent(s, &chat, n, row.message_id.as_ref(), row.request)? {
                Sending::Now(request) => request,
                Sending::Later => continue,
                Sending::Never(code) => {
                    self.change_refused(s, &chat, n, &ProtocolError::new(code, "not in the chat"))?;
                    continue;
                }
            };
            s.tx.execute("UPDATE outbox SET attempts = attempts + 1 WHERE n = ?1", params![n])?;
            self.outbox.asked.insert(chat.clone());
            self.requests.ask(s, Ask::Change { chat, n }, Some(row.local_id), *request);
        }
        Ok(())
    }

    /// `message_accepted` to a row.
    pub(crate) fn change_accepted(
        &mut self,
        s: &mut Step<'_, '_>,
        chat: &ChatId,
        n: i64,
        accepted: &MessageAccepted,
    ) -> Result<(), EngineError> {
        self.change_answered(chat, n);
        let Some(row) = row(s.tx, n)? else { return Ok(()) };
        if let Some(id) = &row.message_id {
            self.screen.dirty_message(chat, id);
        }
        self.outbox.accepted.insert(chat.clone());
        if row.what == What::Post {
            delete(s.tx, n)?;
            if let Some(id) = &row.message_id {
                self.forget_uploads_of(s, id, true)?;
                messages::accept(s.tx, chat, id, accepted.rev, accepted.seq, accepted.timestamp.0)?;
            }
        } else {
            s.tx.execute("UPDATE outbox SET state = 1, rev = ?2 WHERE n = ?1", params![n, accepted.rev])?;
        }
        let have = self.have(s, &Scope::Chat(chat.clone()))?;
        self.revision_reached(s, chat, have)
    }

    /// `chat_state` to a row that makes a chat.
    pub(crate) fn chat_made(
        &mut self,
        s: &mut Step<'_, '_>,
        chat: &ChatId,
        n: i64,
        made: &Chat,
    ) -> Result<(), EngineError> {
        self.change_answered(chat, n);
        delete(s.tx, n)?;
        chats::put(s.tx, made)?;
        self.screen.dirty.chats.insert(chat.clone());
        Ok(())
    }

    /// An answer that says nothing of a place: the change is done.
    pub(crate) fn change_done(&mut self, s: &mut Step<'_, '_>, chat: &ChatId, n: i64) -> Result<(), EngineError> {
        self.change_answered(chat, n);
        delete(s.tx, n)?;
        self.screen.dirty.chats.insert(chat.clone());
        Ok(())
    }

    fn change_answered(&mut self, chat: &ChatId, n: i64) {
        self.outbox.pauses = 0;
        self.outbox.asked.remove(chat);
        self.outbox.leave(chat, n);
        self.screen.dirty.connection = true;
        self.screen.dirty.chats.insert(chat.clone());
    }

    /// A row was refused: for now, or for good.
    pub(crate) fn change_refused(
        &mut self,
        s: &mut Step<'_, '_>,
        chat: &ChatId,
        n: i64,
        error: &ProtocolError,
    ) -> Result<(), EngineError> {
        let Some(row) = row(s.tx, n)? else {
            self.change_answered(chat, n);
            return Ok(());
        };
        let anew = self.seal_again(s, n, error.code)?;
        let hopeless = (anew || error.code == ErrorCode::Internal) && row.errors + 1 >= INTERNAL_ERRORS_MAX;
        if (anew || error.code.is_retryable()) && !hopeless {
            let fell = anew || error.code == ErrorCode::Internal;
            s.tx.execute("UPDATE outbox SET errors = errors + ?2 WHERE n = ?1", params![n, fell])?;
            self.outbox.asked.remove(chat);
            self.pause_outbox(s, error.retry_after_ms);
            return Ok(());
        }
        self.change_answered(chat, n);
        match (row.what, &row.message_id) {
            (What::Post, Some(id)) => {
                s.tx.execute("UPDATE outbox SET state = 2 WHERE n = ?1", params![n])?;
                messages::refuse(s.tx, chat, id, error.code)?;
                self.screen.dirty_message(chat, id);
            }
            (What::Create, _) => {
                delete(s.tx, n)?;
                chats::refuse(s.tx, chat)?;
                self.screen.dirty.chats.insert(chat.clone());
            }
            (_, id) => {
                delete(s.tx, n)?;
                if let Some(id) = id {
                    self.screen.dirty_message(chat, id);
                }
            }
        }
        Ok(())
    }

    fn pause_outbox(&mut self, s: &mut Step<'_, '_>, wanted_ms: Option<u32>) {
        self.outbox.pauses = (self.outbox.pauses + 1).min(16);
        let grown = 500u32.saturating_mul(1 << self.outbox.pauses.min(10)).min(PAUSE_MS_MAX);
        let pause = wanted_ms.unwrap_or(0).max(s.chance_ms(grown)).max(50);
        self.outbox.paused_until = s.now + i64::from(pause);
        s.set_timer(Timer::Outbox, pause);
    }

    pub(crate) fn outbox_timer(&mut self) {
        self.outbox.paused_until = 0;
    }

    /// An own post came back by another way than its acceptance: it is done.
    pub(crate) fn post_came_back(
        &mut self,
        s: &mut Step<'_, '_>,
        chat: &ChatId,
        id: &MessageId,
    ) -> Result<(), EngineError> {
        if let Some((n, _)) = post_of(s.tx, chat, id)? {
            delete(s.tx, n)?;
            self.forget_uploads_of(s, id, true)?;
            // When it is on its way, the lane stays closed until its answer comes, which then finds nothing to do.
            self.outbox.leave(chat, n);
            self.screen.dirty.connection = true;
        }
        Ok(())
    }

    /// All of a chat up to `have` is applied: accepted changes that are in it need no showing any more.
    pub(crate) fn revision_reached(
        &mut self,
        s: &mut Step<'_, '_>,
        chat: &ChatId,
        have: u64,
    ) -> Result<(), EngineError> {
        if !self.outbox.accepted.contains(chat) {
            return Ok(());
        }
        for (id, seq) in messages::settle_passed(s.tx, chat, have)? {
            ranges::add(s.tx, chat, seq, seq)?;
            chats::saw_seq(s.tx, chat, seq)?;
            self.screen.dirty_message(chat, &id);
        }
        let arrived = s.tx.rows(
            "DELETE FROM outbox WHERE chat_id = ?1 AND state = 1 AND rev <= ?2 RETURNING message_id",
            params![chat.as_str(), have],
            |r| r.opt_text(0),
        )?;
        for id in arrived.into_iter().flatten().filter_map(MessageId::new) {
            self.screen.dirty_message(chat, &id);
        }
        let left = s.tx.one(
            "SELECT (SELECT count(*) FROM outbox WHERE chat_id = ?1 AND state = 1)
                  + (SELECT count(*) FROM messages WHERE chat_id = ?1 AND state = 2 AND state <> 0)",
            params![chat.as_str()],
            |r| r.int(0),
        )?;
        if left == 0 {
            self.outbox.accepted.remove(chat);
        }
        Ok(())
    }
}
