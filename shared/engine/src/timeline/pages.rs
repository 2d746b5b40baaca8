//! Pages of the open timeline: from the cache while it has them, else from the server.

use protocol::frame::{History, HistoryPage};
use protocol::{ChatId, Request, Timestamp};
use view::{TimelineDiff, TimelinePosition};

use super::{PAGE, SEEK_PAGE, Window, diffs};
use crate::chats::ChatInfo;
use crate::engine::Engine;
use crate::error::EngineError;
use crate::requests::{Ask, Page};
use crate::step::Step;
use crate::{chats, messages, ranges};

impl Engine {
    pub(crate) fn load_older(&mut self, s: &mut Step<'_, '_>, chat: &ChatId) -> Result<(), EngineError> {
        let Some(window) = self.window_of(chat) else { return Ok(()) };
        let low = ranges::around(s.tx, chat, window.low)?.map_or(window.low, |(low, _)| low);
        if low < window.low {
            return self.grow_older(s, chat, window, low.max(window.low.saturating_sub(PAGE)), window.low > 1);
        }
        if window.low <= 1 {
            return self.grow_older(s, chat, window, window.low, false);
        }
        if !self.is_entered() {
            diffs(s, chat, vec![TimelineDiff::Older { rows: Vec::new(), has_older: true, failed: true }]);
            return Ok(());
        }
        let asked = self.requests.any(|ask| matches!(ask, Ask::Page { chat: c, page: Page::Older } if c == chat));
        if !asked {
            self.ask_page(s, chat, Page::Older, Some(window.low), None, None, PAGE as u32);
        }
        Ok(())
    }

    pub(crate) fn load_newer(&mut self, s: &mut Step<'_, '_>, chat: &ChatId) -> Result<(), EngineError> {
        let Some(window) = self.window_of(chat) else { return Ok(()) };
        let high = ranges::around(s.tx, chat, window.high)?.map_or(window.high, |(_, high)| high);
        if window.at_end || high > window.high {
            return self.grow_newer(s, chat, window, high.min(window.high + PAGE), false);
        }
        if !self.is_entered() {
            diffs(s, chat, vec![TimelineDiff::Newer { rows: Vec::new(), has_newer: true, failed: true }]);
            return Ok(());
        }
        let asked = self.requests.any(|ask| matches!(ask, Ask::Page { chat: c, page: Page::Newer } if c == chat));
        if !asked {
            self.ask_page(s, chat, Page::Newer, None, Some(window.high), None, PAGE as u32);
        }
        Ok(())
    }

    fn grow_older(
        &mut self,
        s: &mut Step<'_, '_>,
        chat: &ChatId,
        window: Window,
        low: u64,
        more: bool,
    ) -> Result<(), EngineError> {
        let Some(info) = chats::get(s.tx, chat)? else { return Ok(()) };
        let stored = if low < window.low { messages::between(s.tx, chat, low, window.low - 1)? } else { Vec::new() };
        let rows = self.message_rows(s, &info, stored)?;
        self.set_window(Window { low, ..window });
        if rows.is_empty() && more && low > 1 && low < window.low {
            // All of it stands in threads: on to the next piece.
            return self.load_older(s, chat);
        }
        diffs(s, chat, vec![TimelineDiff::Older { rows, has_older: more && low > 1, failed: false }]);
        Ok(())
    }

    fn grow_newer(
        &mut self,
        s: &mut Step<'_, '_>,
        chat: &ChatId,
        window: Window,
        high: u64,
        failed: bool,
    ) -> Result<(), EngineError> {
        let Some(info) = chats::get(s.tx, chat)? else { return Ok(()) };
        let tail = ranges::tail(s.tx, chat)?.map_or(0, |(_, high)| high);
        let mut stored =
            if high > window.high { messages::between(s.tx, chat, window.high + 1, high)? } else { Vec::new() };
        let at_end = high >= tail;
        if at_end && !window.at_end {
            stored.append(&mut messages::unsettled(s.tx, chat)?);
        }
        let rows = self.message_rows(s, &info, stored)?;
        self.set_window(Window { high: high.max(window.high), at_end, ..window });
        if rows.is_empty() && !at_end && !failed && high > window.high {
            return self.load_newer(s, chat);
        }
        diffs(s, chat, vec![TimelineDiff::Newer { rows, has_newer: !at_end, failed }]);
        Ok(())
    }

    #[allow(clippy::too_many_arguments, reason = "the fields of one request")]
    pub(super) fn ask_page(
        &mut self,
        s: &mut Step<'_, '_>,
        chat: &ChatId,
        page: Page,
        before_seq: Option<u64>,
        after_seq: Option<u64>,
        around_seq: Option<u64>,
        limit: u32,
    ) {
        let around_time = if let Page::Date { at_ms } = page { Some(Timestamp(at_ms)) } else { None };
        let history =
            History { chat_id: chat.clone(), before_seq, after_seq, around_seq, around_time, limit: Some(limit) };
        self.requests.ask(s, Ask::Page { chat: chat.clone(), page }, None, Request::History(history));
    }

    /// `history_page` for the timeline. Rows are kept whether or not the chat is still open.
    pub(crate) fn page_came(
        &mut self,
        s: &mut Step<'_, '_>,
        page: Page,
        history: &HistoryPage,
    ) -> Result<(), EngineError> {
        let chat = history.chat_id.clone();
        self.apply_history(s, history)?;
        let Some(info) = chats::get(s.tx, &chat)?.filter(|_| self.is_open(&chat)) else { return Ok(()) };
        match page {
            Page::Older => {
                let Some(window) = self.window_of(&chat) else { return Ok(()) };
                let low = ranges::around(s.tx, &chat, window.low)?.map_or(window.low, |(low, _)| low);
                let low = low.max(window.low.saturating_sub(PAGE));
                self.grow_older(s, &chat, window, low, history.has_more_before)
            }
            Page::Newer => {
                let Some(window) = self.window_of(&chat) else { return Ok(()) };
                let high = ranges::around(s.tx, &chat, window.high)?.map_or(window.high, |(_, high)| high);
                self.grow_newer(s, &chat, window, high.min(window.high + PAGE), false)
            }
            Page::Unread => self.reset_at_unread(s, &info),
            Page::Around { id, seq } => self.reset_around(s, &info, seq, TimelinePosition::Message { id }),
            Page::Date { at_ms } => self.reset_at_time(s, &info, at_ms),
            Page::Seek { id, pages_left } => match messages::get(s.tx, &chat, &id)? {
                Some(m) => self.reset_around(s, &info, m.seq, TimelinePosition::Message { id }),
                None if pages_left > 0 && history.has_more_before && self.is_entered() => {
                    let before = history.messages.first().map(|m| m.seq);
                    let page = Page::Seek { id, pages_left: pages_left - 1 };
                    self.ask_page(s, &chat, page, before, None, None, SEEK_PAGE);
                    Ok(())
                }
                None => self.open_at_end(s, &info),
            },
            Page::Left => Ok(()),
        }
    }

    /// Goes to the first message at or after a moment: asks the server for it, or looks into the cache.
    pub(crate) fn jump_to_time(&mut self, s: &mut Step<'_, '_>, chat: &ChatId, at_ms: i64) -> Result<(), EngineError> {
        if !self.is_open(chat) {
            return Ok(());
        }
        self.requests.leave(chat);
        if self.is_entered() {
            self.ask_page(s, chat, Page::Date { at_ms }, None, None, None, 100);
            return Ok(());
        }
        match chats::get(s.tx, chat)? {
            Some(info) => self.reset_at_time(s, &info, at_ms),
            None => Ok(()),
        }
    }

    fn reset_at_time(&mut self, s: &mut Step<'_, '_>, info: &ChatInfo, at_ms: i64) -> Result<(), EngineError> {
        match messages::first_at(s.tx, &info.id, at_ms)? {
            Some(m) => self.reset_around(s, info, m.seq, TimelinePosition::Message { id: m.id }),
            None => self.open_at_end(s, info),
        }
    }

    /// A page will not come (now).
    pub(crate) fn page_failed(&mut self, s: &mut Step<'_, '_>, chat: &ChatId, page: Page) -> Result<(), EngineError> {
        let Some(info) = chats::get(s.tx, chat)?.filter(|_| self.is_open(chat)) else { return Ok(()) };
        match page {
            Page::Older => {
                diffs(s, chat, vec![TimelineDiff::Older { rows: Vec::new(), has_older: true, failed: true }]);
                Ok(())
            }
            Page::Newer => {
                diffs(s, chat, vec![TimelineDiff::Newer { rows: Vec::new(), has_newer: true, failed: true }]);
                Ok(())
            }
            Page::Around { id, seq } => self.reset_around(s, &info, seq, TimelinePosition::Message { id }),
            Page::Date { at_ms } => self.reset_at_time(s, &info, at_ms),
            Page::Unread | Page::Seek { .. } if self.window_of(chat).is_none() => self.reset_at_unread(s, &info),
            Page::Unread | Page::Seek { .. } | Page::Left => Ok(()),
        }
    }
}
