//! Own marks on their way to the server: what was read, what was received. Sent in bunches; they only grow, so a lost one
//! is made good by the next.

use std::collections::{BTreeSet, HashMap};

use protocol::frame::SeqMark;
use protocol::limits::RECEIPTS_MEMBERS_MAX;
use protocol::{ChatId, ProtocolError, Request};

use crate::engine::Engine;
use crate::error::EngineError;
use crate::io::Timer;
use crate::requests::{Ask, tell};
use crate::step::Step;
use crate::{chats, ranges, receipts};

/// Marks wait this long for more.
const FLUSH_MS: u32 = 250;
/// A refused mark is tried again after this time.
const AGAIN_MS: u32 = 5_000;

#[derive(Default)]
pub(crate) struct Marks {
    due: BTreeSet<ChatId>,
    /// What this connection was told.
    told: HashMap<ChatId, u64>,
    timer: bool,
}

impl Marks {
    pub(crate) fn disconnect(&mut self) {
        *self = Self::default();
    }
}

impl Engine {
    /// Messages of a chat arrived: soon the server is told.
    pub(crate) fn delivered_due(&mut self, s: &mut Step<'_, '_>, chat: &ChatId) {
        if self.is_entered() {
            if !self.marks.due.contains(chat) {
                self.marks.due.insert(chat.clone());
            }
            self.flush_soon(s);
        }
    }

    /// The person read up to here.
    pub(crate) fn mark_read(&mut self, s: &mut Step<'_, '_>, chat: &ChatId, seq: u64) -> Result<(), EngineError> {
        self.unmark_unread(s, chat)?;
        if chats::mark_read(s.tx, chat, seq)? {
            chats::recount(s.tx, chat)?;
            self.screen.dirty.chats.insert(chat.clone());
            self.flush_soon(s);
        }
        Ok(())
    }

    /// A mark set by hand goes with the first look.
    fn unmark_unread(&mut self, s: &mut Step<'_, '_>, chat: &ChatId) -> Result<(), EngineError> {
        match chats::get(s.tx, chat)? {
            Some(info) if info.settings.marked_unread => {
                let settings = view::ChatSettings { marked_unread: false, ..info.settings };
                self.set_chat_settings(s, chat, &settings)
            }
            _ => Ok(()),
        }
    }

    fn flush_soon(&mut self, s: &mut Step<'_, '_>) {
        if !self.marks.timer {
            self.marks.timer = true;
            s.set_timer(Timer::Flush, FLUSH_MS);
        }
    }

    pub(crate) fn flush_timer(&mut self, s: &mut Step<'_, '_>) -> Result<(), EngineError> {
        self.marks.timer = false;
        if !self.is_entered() {
            return Ok(());
        }
        for (chat, seq) in chats::reads_to_send(s.tx)? {
            let asked =
                self.requests.any(|ask| matches!(ask, Ask::Read { chat: c, seq: q } if *c == chat && *q >= seq));
            if !asked {
                let mark = SeqMark { chat_id: chat.clone(), seq };
                self.requests.ask(s, Ask::Read { chat, seq }, None, Request::Read(mark));
            }
        }
        for chat in std::mem::take(&mut self.marks.due) {
            self.tell_delivered(s, &chat)?;
        }
        Ok(())
    }

    fn tell_delivered(&mut self, s: &mut Step<'_, '_>, chat: &ChatId) -> Result<(), EngineError> {
        let (Some(me), Some(info)) = (self.me(), chats::get(s.tx, chat)?) else { return Ok(()) };
        if info.member_count > RECEIPTS_MEMBERS_MAX || info.role.is_none() {
            return Ok(());
        }
        let have = ranges::tail(s.tx, chat)?.map_or(0, |(_, high)| high);
        let known = self.marks.told.get(chat).copied().unwrap_or(0).max(receipts::own_delivered(s.tx, chat, me)?);
        if have > known {
            self.marks.told.insert(chat.clone(), have);
            tell(s, Request::Delivered(SeqMark { chat_id: chat.clone(), seq: have }));
        }
        Ok(())
    }

    pub(crate) fn read_answered(&mut self, s: &mut Step<'_, '_>, chat: &ChatId, seq: u64) -> Result<(), EngineError> {
        chats::read_accepted(s.tx, chat, seq)?;
        Ok(())
    }

    pub(crate) fn read_refused(
        &mut self,
        s: &mut Step<'_, '_>,
        chat: &ChatId,
        seq: u64,
        error: &ProtocolError,
    ) -> Result<(), EngineError> {
        if error.code.is_retryable() {
            self.marks.timer = true;
            s.set_timer(Timer::Flush, error.retry_after_ms.unwrap_or(0).max(AGAIN_MS));
            return Ok(());
        }
        // Not a member any more: the mark is this device's own.
        chats::read_accepted(s.tx, chat, seq)?;
        Ok(())
    }
}
