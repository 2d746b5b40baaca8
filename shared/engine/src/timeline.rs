//! The open chat: which part of its history is on screen, and the diffs that keep it true. Shows only what the cache has
//! without holes; asks the server for the rest.

use protocol::{ChatId, MessageId};
use sql::params;
use view::{TimelineDiff, TimelinePosition, Update};

use crate::chats::{self, ChatInfo};
use crate::disappearing::was_there;
use crate::engine::Engine;
use crate::error::EngineError;
use crate::messages::{self, State, Stored};
use crate::ranges;
use crate::requests::Page;
use crate::screen::Dirty;
use crate::step::Step;

mod pages;
mod row;

/// Messages of one page.
const PAGE: u64 = 50;
/// Messages above the place where a timeline opens.
const ABOVE: u64 = 30;
/// Messages below it.
const BELOW: u64 = 60;
/// Most pages that are asked to find a message that is not in the cache.
const SEEK_PAGES_MAX: u32 = 20;
/// Messages of one page while seeking.
const SEEK_PAGE: u32 = 200;

/// The open chat.
pub(crate) struct Open {
    pub(crate) chat: ChatId,
    /// What is on screen; `None` until the first reset.
    window: Option<Window>,
}

/// `low..=high` is on screen; nothing while `high < low`. `at_end`: new messages join it, and those not yet sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Window {
    low: u64,
    high: u64,
    at_end: bool,
}

/// Where to open a chat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Target {
    Unread,
    Latest,
    Message(MessageId),
}

impl Engine {
    pub(crate) fn is_open(&self, chat: &ChatId) -> bool {
        self.timeline.as_ref().is_some_and(|open| open.chat == *chat)
    }

    pub(crate) fn close_chat(&mut self) {
        self.timeline = None;
        self.screen.open = None;
        self.screen.members_of = None;
    }

    /// The lowest place on screen.
    pub(crate) fn shown_low(&self) -> Option<u64> {
        self.timeline.as_ref()?.window.map(|window| window.low)
    }

    /// Opens a chat, or moves to another place in it. `false`: the message is not here and cannot be fetched now.
    pub(crate) fn open_chat(
        &mut self,
        s: &mut Step<'_, '_>,
        chat: &ChatId,
        target: Target,
    ) -> Result<bool, EngineError> {
        let Some(info) = chats::get(s.tx, chat)? else { return Ok(false) };
        let found = match &target {
            Target::Message(id) => messages::get(s.tx, chat, id)?,
            _ => None,
        };
        if let (Target::Message(id), None) = (&target, &found)
            && (!self.is_entered() || was_there(s.tx, chat, id)?)
        {
            return Ok(false);
        }
        self.requests.leave(chat);
        if !self.is_open(chat) {
            self.timeline = Some(Open { chat: chat.clone(), window: None });
            self.screen.open = Some(chat.clone());
            self.screen.members_of = None;
        }
        match (target, found) {
            (Target::Unread, _) if info.unread > 0 => self.open_at_unread(s, &info)?,
            (Target::Message(_), Some(m)) if m.state == State::Settled => self.open_at(s, &info, &m)?,
            (Target::Message(id), None) => self.seek(s, chat, id, SEEK_PAGES_MAX)?,
            _ => self.open_at_end(s, &info)?,
        }
        Ok(true)
    }

    fn open_at_unread(&mut self, s: &mut Step<'_, '_>, info: &ChatInfo) -> Result<(), EngineError> {
        let wanted = info.read_seq + 1;
        if ranges::around(s.tx, &info.id, wanted)?.is_none() && self.is_entered() {
            self.ask_page(s, &info.id, Page::Unread, None, None, Some(wanted), 100);
            return Ok(());
        }
        self.reset_at_unread(s, info)
    }

    /// Resets at the first unread message that the cache has.
    fn reset_at_unread(&mut self, s: &mut Step<'_, '_>, info: &ChatInfo) -> Result<(), EngineError> {
        let first = s.tx.row(
            "SELECT id, seq FROM messages WHERE chat_id = ?1 AND ord > ?2 AND counts = 1 AND state = 0 ORDER BY ord LIMIT 1",
            params![info.id.as_str(), messages::ord_of(info.read_seq)],
            |r| Ok((r.text(0)?, r.count(1)?)),
        )?;
        match first.and_then(|(id, seq)| Some((MessageId::new(id)?, seq))) {
            Some((id, seq)) => self.reset_around(s, info, seq, TimelinePosition::FirstUnread { id }),
            None => self.open_at_end(s, info),
        }
    }

    fn open_at_end(&mut self, s: &mut Step<'_, '_>, info: &ChatInfo) -> Result<(), EngineError> {
        let window = match ranges::tail(s.tx, &info.id)? {
            Some((low, high)) => Window { low: low.max(high.saturating_sub(PAGE - 1)), high, at_end: true },
            None => Window { low: info.last_seq + 1, high: info.last_seq, at_end: true },
        };
        self.reset(s, info, window, TimelinePosition::End)
    }

    fn open_at(&mut self, s: &mut Step<'_, '_>, info: &ChatInfo, m: &Stored) -> Result<(), EngineError> {
        let (low, high) = ranges::around(s.tx, &info.id, m.seq)?.unwrap_or((m.seq, m.seq));
        // A lone piece of history (a found message) is fetched with its surroundings.
        let lone = (low > 1 && m.seq - low < 5) || (high < info.last_seq && high - m.seq < 5);
        if lone && self.is_entered() {
            let page = Page::Around { id: m.id.clone(), seq: m.seq };
            self.ask_page(s, &info.id, page, None, None, Some(m.seq), 100);
            return Ok(());
        }
        self.reset_around(s, info, m.seq, TimelinePosition::Message { id: m.id.clone() })
    }

    fn seek(&mut self, s: &mut Step<'_, '_>, chat: &ChatId, id: MessageId, pages_left: u32) -> Result<(), EngineError> {
        let before = ranges::tail(s.tx, chat)?.map(|(low, _)| low);
        self.ask_page(s, chat, Page::Seek { id, pages_left }, before, None, None, SEEK_PAGE);
        Ok(())
    }

    fn reset_around(
        &mut self,
        s: &mut Step<'_, '_>,
        info: &ChatInfo,
        seq: u64,
        position: TimelinePosition,
    ) -> Result<(), EngineError> {
        let (low, high) = ranges::around(s.tx, &info.id, seq)?.unwrap_or((seq, seq));
        let tail = ranges::tail(s.tx, &info.id)?.map_or(0, |(_, high)| high);
        let window = Window { low: low.max(seq.saturating_sub(ABOVE)), high: high.min(seq + BELOW), at_end: false };
        let window = Window { at_end: window.high == tail, ..window };
        self.reset(s, info, window, position)
    }

    fn reset(
        &mut self,
        s: &mut Step<'_, '_>,
        info: &ChatInfo,
        window: Window,
        position: TimelinePosition,
    ) -> Result<(), EngineError> {
        let mut window = window;
        let mut stored = messages::between(s.tx, &info.id, window.low, window.high)?;
        // Much of this piece may stand in threads: more of the main line is shown then, as far as the cache has it.
        while (stored.len() as u64) < PAGE / 2 && window.low > 1 {
            let low = ranges::around(s.tx, &info.id, window.low)?.map_or(window.low, |(low, _)| low);
            let further = low.max(window.low.saturating_sub(PAGE));
            if further >= window.low {
                break;
            }
            let mut older = messages::between(s.tx, &info.id, further, window.low - 1)?;
            older.append(&mut stored);
            (stored, window.low) = (older, further);
        }
        if window.at_end {
            stored.append(&mut messages::unsettled(s.tx, &info.id)?);
        }
        let rows = self.message_rows(s, info, stored)?;
        if let Some(open) = &mut self.timeline {
            open.window = Some(window);
        }
        self.screen.dirty.messages.clear();
        let diff = TimelineDiff::Reset { rows, has_older: window.low > 1, has_newer: !window.at_end, position };
        diffs(s, &info.id, vec![diff]);
        Ok(())
    }

    fn window_of(&self, chat: &ChatId) -> Option<Window> {
        self.timeline.as_ref().filter(|open| open.chat == *chat)?.window
    }

    fn set_window(&mut self, window: Window) {
        if let Some(open) = &mut self.timeline {
            open.window = Some(window);
        }
    }

    /// A snapshot replaced the history of a chat: what is on screen is shown anew at the end of the step.
    pub(crate) fn timeline_replaced(&mut self, chat: &ChatId) {
        if let Some(open) = self.timeline.as_mut().filter(|open| open.chat == *chat) {
            open.window = None;
            self.screen.dirty.replaced = true;
        }
    }

    /// An own message is shown even if one was looking at older ones.
    pub(crate) fn show_own_post(&mut self, s: &mut Step<'_, '_>, chat: &ChatId) -> Result<(), EngineError> {
        let away = self.window_of(chat).is_some_and(|window| !window.at_end);
        match chats::get(s.tx, chat)? {
            Some(info) if away => self.open_at_end(s, &info),
            _ => Ok(()),
        }
    }

    /// The end of the step: what changed in the open chat.
    pub(crate) fn show_timeline(&mut self, s: &mut Step<'_, '_>, dirty: &Dirty) -> Result<(), EngineError> {
        let Some(chat) = self.timeline.as_ref().map(|open| open.chat.clone()) else { return Ok(()) };
        let Some(info) = chats::get(s.tx, &chat)? else { return Ok(()) };
        if dirty.replaced {
            return if info.unread > 0 { self.reset_at_unread(s, &info) } else { self.open_at_end(s, &info) };
        }
        let Some(mut window) = self.window_of(&chat) else { return Ok(()) };
        if window.at_end
            && let Some((low, high)) = ranges::tail(s.tx, &chat)?
        {
            if window.high < window.low {
                window = Window { low, high, at_end: true };
            } else if low <= window.high + 1 {
                window.high = window.high.max(high);
            } else {
                return self.open_at_end(s, &info);
            }
            self.set_window(window);
        }
        let mut out: Vec<TimelineDiff> = dirty
            .removed
            .iter()
            .filter(|(of, _)| *of == chat)
            .map(|(_, id)| TimelineDiff::Remove { id: id.clone() })
            .collect();
        let mut stored = Vec::new();
        for id in self.dirty_rows(s, &info, window, dirty)? {
            let Some(m) = messages::get(s.tx, &chat, &id)?.filter(|m| m.thread.is_none()) else { continue };
            let settled = m.state == State::Settled;
            if (settled && (window.low..=window.high).contains(&m.seq)) || (!settled && window.at_end) {
                stored.push(m);
            } else if Some(m.sender) == self.me() {
                out.push(TimelineDiff::Remove { id });
            }
        }
        stored.sort_by_key(|m| m.ord);
        let rows = self.message_rows(s, &info, stored)?;
        out.extend(rows.into_iter().map(|row| TimelineDiff::Upsert { row: Box::new(row) }));
        if !out.is_empty() {
            diffs(s, &chat, out);
        }
        Ok(())
    }

    /// Ids of the rows to tell again: changed ones, those whose ticks moved, those of people whose names changed.
    fn dirty_rows(
        &mut self,
        s: &mut Step<'_, '_>,
        info: &ChatInfo,
        window: Window,
        dirty: &Dirty,
    ) -> Result<Vec<MessageId>, EngineError> {
        let mut ids: Vec<MessageId> =
            dirty.messages.iter().filter(|(chat, _)| *chat == info.id).map(|(_, id)| id.clone()).collect();
        if dirty.ticks.contains(&info.id) || !dirty.names.is_empty() {
            let me = self.me();
            let low = window.low.max(window.high.saturating_sub(PAGE * 4));
            for m in messages::between(s.tx, &info.id, low, window.high)? {
                let tick = dirty.ticks.contains(&info.id) && Some(m.sender) == me;
                if (tick || dirty.names.contains(&m.sender))
                    && !dirty.messages.contains(&(info.id.clone(), m.id.clone()))
                {
                    ids.push(m.id);
                }
            }
        }
        Ok(ids)
    }
}

fn diffs(s: &mut Step<'_, '_>, chat: &ChatId, diffs: Vec<TimelineDiff>) {
    s.update(Update::Timeline { chat_id: chat.clone(), diffs });
}
